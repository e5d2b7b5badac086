// Datagrams to named unix sockets.
#include <errno.h>
#include <fcntl.h>

#include "../engine.h"
#include "send.h"
#include "unix.h"
#include "unix_find.h"

namespace shuttle {

namespace {

// Sends to the file behind `file`, or to the address that was asked for.
Answer send_to(UnixSend send, Fd fresh, int file) {
  Sending sending{.trap = send.trap, .socket = std::move(send.socket), .message = std::move(send.message), .flags = send.flags,
                  .fresh = std::move(fresh), .file = {}, .head = send.head};
  if (file >= 0) {
    sending.file = Fd(fcntl(file, F_DUPFD_CLOEXEC, 0));
    sending.message.name.length = address_of_file(sending.file.get(), reinterpret_cast<sockaddr_un&>(sending.message.name.address));
  }
  return send_for(std::move(sending));
}

Answer send_inside(UnixSend send, const UnixAsked& asked) {
  if (send.may_continue && send.trap.vm.may_continue(send.trap.notice.tid, send.trap.notice.id, Foreign::kAny)) return Answer::go_on();
  if (!is_of(send.trap.vm, send.socket.get())) return Answer::fail(EPERM);
  return send_to(std::move(send), {}, asked.file.get());
}

Answer send_across(UnixSend send, const UnixFound& target) {
  Fd fresh;
  int error = 0;
  if (!target.file && !(fresh = target.place.make_socket(AF_UNIX, SOCK_DGRAM, &error))) return Answer::fail(error);
  // What is handed along makes the receiver's network rules depend on ours.
  if (!send.message.handed.empty() && !(send.trap.vm.expect_foreign_sockets() && target.place.expect_foreign_sockets()))
    return Answer::fail(ETOOMANYREFS);
  return send_to(std::move(send), std::move(fresh), target.file.get());
}

}  // namespace

Answer send_unix_datagram(UnixSend send) {
  const Trap trap = send.trap;
  const SocketCall call{.socket = {}, .address = send.message.name.address, .length = send.message.name.length, .domain = AF_UNIX, .type = SOCK_DGRAM};
  const UnixAsked asked = unix_asked(trap, call);
  if (asked.inside) return send_inside(std::move(send), asked);
  std::vector<UnixFound> found = unix_outside(trap, asked);
  std::vector<Owner> owners;
  for (const UnixFound& each : found) owners.push_back(each.owner);
  Bindings bindings;
  const Question question = question_of(trap, Op::kUnixSend, asked.object, bindings);
  const Ruling ruling = rule_on(*trap.vm.engine.rules, question, owners, trap.vm.spec.mode == Mode::kAllow);
  if (ruling.verdict != Verdict::kShuttled) {
    const int error = asked.is_abstract() ? ECONNREFUSED : ENOENT;
    refuse(trap, Op::kUnixSend, asked.object, owners, ruling, error);
    return Answer::fail(error);
  }
  const UnixFound& target = found[static_cast<size_t>(ruling.owner)];
  const Answer answer = send_across(std::move(send), target);
  trap.record({.op = Op::kUnixSend, .object = asked.object, .peer = target.owner.place, .peer_image = target.owner.image,
               .verdict = Verdict::kShuttled, .status = answer.value < 0 ? static_cast<int>(-answer.value) : 0, .rule = ruling.rule});
  return answer;
}

}  // namespace shuttle
