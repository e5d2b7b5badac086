#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "../engine.h"
#include "../workers.h"
#include "descriptors.h"
#include "unix.h"
#include "unix_find.h"

namespace shuttle {

namespace {

constexpr size_t kLargest = 212992;
constexpr size_t kMostParts = 1024;

// A datagram out of the caller's memory.
struct Message {
  std::string bytes;
  std::vector<Fd> handed;
  int flags = 0;
};

int take_parts(const Trap& trap, const msghdr& head, std::string& bytes) {
  if (head.msg_iovlen > kMostParts) return EMSGSIZE;
  std::vector<iovec> parts(head.msg_iovlen);
  if (!parts.empty() && !trap.read(reinterpret_cast<uint64_t>(head.msg_iov), parts.data(), parts.size() * sizeof parts[0])) return EFAULT;
  for (const iovec& part : parts) {
    if (part.iov_len > kLargest - bytes.size()) return EMSGSIZE;
    const size_t at = bytes.size();
    bytes.resize(at + part.iov_len);
    if (part.iov_len && !trap.read(reinterpret_cast<uint64_t>(part.iov_base), bytes.data() + at, part.iov_len)) return EFAULT;
  }
  return 0;
}

int take_descriptors(const Trap& trap, const msghdr& head, std::vector<Fd>& handed) {
  if (!head.msg_control || !head.msg_controllen) return 0;
  if (head.msg_controllen > 4096) return EINVAL;
  std::string control(head.msg_controllen, '\0');
  if (!trap.read(reinterpret_cast<uint64_t>(head.msg_control), control.data(), control.size())) return EFAULT;
  for (const int number : descriptor_numbers(control)) {
    Fd copy = trap.descriptor(number);
    if (!copy) return EBADF;
    handed.push_back(std::move(copy));
  }
  return 0;
}

int take_message(const Trap& trap, Message& message) {
  if (trap.notice.nr == SYS_sendmsg || trap.notice.nr == SYS_sendmmsg) {
    msghdr head;
    if (!trap.read(trap.notice.args[1], &head, sizeof head)) return EFAULT;
    message.flags = trap.arg_int(trap.notice.nr == SYS_sendmsg ? 2 : 3);
    const int error = take_parts(trap, head, message.bytes);
    return error ? error : take_descriptors(trap, head, message.handed);
  }
  const size_t size = trap.notice.args[2];
  if (size > kLargest) return EMSGSIZE;
  message.bytes.resize(size);
  message.flags = trap.arg_int(3);
  return size == 0 || trap.read(trap.notice.args[1], message.bytes.data(), size) ? 0 : EFAULT;
}

struct Sending {
  Trap trap;
  SocketCall call;
  Fd fresh;  // the socket to send from, where the program's own is in the wrong network
  Message message;
  sockaddr_storage to;
  socklen_t length;
  Fd file = {};  // what `to` names, for as long as a full queue makes the caller wait

  int socket() const { return fresh ? fresh.get() : call.socket.get(); }
};

Answer send_now(const Sending& sending) {
  const ssize_t sent = send_message(sending.socket(), sending.message.bytes, sending.message.handed,
                                    reinterpret_cast<const sockaddr*>(&sending.to), sending.length, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent < 0) return Answer::fail(errno);
  return Answer::give(sending.trap.notice.nr == SYS_sendmmsg ? 1 : sent);
}

// A full queue makes a blocking caller wait, as it would natively.
Answer send_or_wait(Sending sending) {
  const Answer answer = send_now(sending);
  if (answer.value != -EAGAIN || sending.call.nonblocking() || (sending.message.flags & MSG_DONTWAIT)) return answer;
  auto waiting = std::make_shared<Sending>(std::move(sending));
  waiting->trap.vm.engine.workers().run([waiting] {
    Answer later = Answer::fail(EAGAIN);
    while (later.value == -EAGAIN && waiting->trap.valid() && !waiting->trap.vm.engine.workers().stopping()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      later = send_now(*waiting);
    }
    waiting->trap.answer(later);
  });
  return Answer::later();
}

Answer send_to(const Trap& trap, SocketCall call, Fd fresh, int file, bool may_hand = true) {
  Sending sending{trap, std::move(call), std::move(fresh), {}, {}, 0};
  if (const int error = take_message(trap, sending.message)) return Answer::fail(error);
  if (!sending.message.handed.empty() && !may_hand) return Answer::fail(ETOOMANYREFS);
  if (!trap.valid()) return Answer::fail(EINTR);
  sending.to = sending.call.address;
  sending.length = sending.call.length;
  if (file >= 0) {
    sending.file = Fd(fcntl(file, F_DUPFD_CLOEXEC, 0));
    sending.length = address_of_file(sending.file.get(), reinterpret_cast<sockaddr_un&>(sending.to));
  }
  return send_or_wait(std::move(sending));
}

Answer send_inside(const Trap& trap, SocketCall call, const UnixAsked& asked) {
  if (!trap.vm.foreign_sockets()) return Answer::go_on();
  if (!is_of(trap.vm, call.socket.get())) return Answer::fail(EPERM);
  return send_to(trap, std::move(call), {}, asked.file.get());
}

Answer send_across(const Trap& trap, SocketCall call, const UnixFound& target) {
  Fd fresh;
  int error = 0;
  if (!target.file && !(fresh = target.place.make_socket(AF_UNIX, SOCK_DGRAM, &error))) return Answer::fail(error);
  // What is handed along makes the receiver's network rules depend on ours.
  const bool may_hand = trap.vm.expect_foreign_sockets() && target.place.expect_foreign_sockets();
  return send_to(trap, std::move(call), std::move(fresh), target.file.get(), may_hand);
}

}  // namespace

Answer send_unix_datagram(const Trap& trap, Fd socket, const sockaddr_storage& address, socklen_t length) {
  SocketCall call{.socket = std::move(socket), .address = address, .length = length, .domain = AF_UNIX, .type = SOCK_DGRAM};
  const UnixAsked asked = unix_asked(trap, call);
  if (asked.inside) return send_inside(trap, std::move(call), asked);
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
  const Answer answer = send_across(trap, std::move(call), target);
  trap.record({.op = Op::kUnixSend, .object = asked.object, .peer = target.owner.place, .peer_image = target.owner.image,
               .verdict = Verdict::kShuttled, .status = answer.value < 0 ? static_cast<int>(-answer.value) : 0, .rule = ruling.rule});
  return answer;
}

}  // namespace shuttle
