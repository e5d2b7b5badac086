// Connecting unix sockets. A path is carried by connecting the program's own socket to the file in the other VM's
// root or on the host, so that epoll, dup and flags stay native; an abstract name lives in a network namespace, so a
// socket made there takes the place of the caller's.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/time.h>
#include <sys/un.h>

#include "../engine.h"
#include "../later.h"
#include "../windows/desk.h"
#include "../workers.h"
#include "as_person.h"
#include "connect.h"
#include "replace.h"
#include "rendezvous.h"
#include "unix_find.h"
#include "unix_name.h"

namespace shuttle {

namespace {

// Connects without waiting longer than a moment, whatever the socket's own flags: those are shared with the program.
int connect_briefly(int socket, const sockaddr* address, socklen_t length) {
  timeval before{}, moment{.tv_sec = 0, .tv_usec = 1000};
  socklen_t size = sizeof before;
  getsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &before, &size);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &moment, sizeof moment);
  const int error = connect(socket, address, length) == 0 ? 0 : errno;
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &before, sizeof before);
  return error;
}

struct Crossing {
  Trap trap;
  SocketCall call;
  UnixFound target;
  Ruling ruling;
  std::string object;
  std::optional<Tap> tap;

  void record(int error) const {
    trap.record({.op = Op::kUnixConnect, .object = object, .peer = target.owner.place, .peer_image = target.owner.image,
                 .verdict = Verdict::kShuttled, .status = error, .rule = ruling.rule,
                 .channel = tap ? std::optional(tap->channel) : std::nullopt});
  }
  // Descriptors may come along, and with them sockets of another network. False: they must not.
  bool expect_foreign_sockets() const { return trap.vm.expect_foreign_sockets() && target.place.expect_foreign_sockets(); }
};

// Connects `socket` to the target, in whose network it must be where the name is abstract.
int reach(const Crossing& crossing, int socket) {
  const VmPlan& plan = crossing.trap.vm.spec.plan;
  const SpeaksAs person(plan.uid, plan.gid);  // who serves may give root more than the program is
  if (!crossing.target.file) return connect_briefly(socket, crossing.call.target(), crossing.call.length);
  sockaddr_un address;
  const socklen_t length = address_of_file(crossing.target.file.get(), address);
  return connect_briefly(socket, reinterpret_cast<sockaddr*>(&address), length);
}

int join_abstract(const Crossing& crossing) {
  int error = 0;
  Fd fresh = crossing.target.place.make_socket(AF_UNIX, crossing.call.type, &error);
  if (!fresh) return error;
  if ((error = reach(crossing, fresh.get()))) return error;
  copy_options(crossing.call.socket.get(), fresh.get());
  return replace_socket(crossing.trap, crossing.call, crossing.trap.arg_int(0), fresh);
}

// The engine in the middle: the program's own socket is connected to a socket of ours.
int join_relayed(const Crossing& crossing) {
  int error = 0;
  Share::Held held = Relay::room_in(*crossing.trap.vm.share);
  if (!held) return EAGAIN;  // as where the server has all it takes
  Fd outside = crossing.target.place.make_socket(AF_UNIX, crossing.call.type, &error);
  if (!outside) return error;
  if ((error = reach(crossing, outside.get()))) return error;
  Fd inside = meet(crossing.call.socket.get(), crossing.call.type, &error);
  if (!inside) return error;
  const bool pass = !crossing.ruling.relay && crossing.expect_foreign_sockets();
  crossing.trap.vm.engine.relay().join(std::move(inside), std::move(outside),
                                       {.tap = crossing.tap, .messages = crossing.call.type != SOCK_STREAM, .descriptors = pass}, std::move(held));
  return 0;
}

int join(const Crossing& crossing) {
  const bool datagrams = crossing.call.type == SOCK_DGRAM;
  if ((crossing.tap && !datagrams) || !crossing.expect_foreign_sockets()) return join_relayed(crossing);
  // A datagram socket of another network could be sent from to any abstract name there, so none is put inside.
  if (!crossing.target.file) return datagrams ? join_relayed(crossing) : join_abstract(crossing);
  return reach(crossing, crossing.call.socket.get());
}

// A full backlog makes a blocking caller wait, as it would natively, for as long as the caller lives.
void wait_for_backlog(const Crossing& crossing) {
  int error = EAGAIN;
  while (error == EAGAIN && crossing.trap.valid() && !crossing.trap.vm.engine.workers().stopping()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    error = join(crossing);
  }
  crossing.record(error);
  crossing.trap.answer(error ? Answer::fail(error) : Answer::give(0));
}

Answer carry(Crossing crossing) {
  const int error = join(crossing);
  if (error != EAGAIN || crossing.call.nonblocking()) {
    crossing.record(error);
    return error ? Answer::fail(error) : Answer::give(0);
  }
  auto waiting = std::make_shared<Crossing>(std::move(crossing));
  return do_later(waiting->trap, [waiting] { wait_for_backlog(*waiting); });
}

}  // namespace

// The agent of a Windows process calls the engine: its own socket is connected to one of ours.
static Answer admit_agent(const Trap& trap, SocketCall& call) {
  int error = 0;
  Fd line = meet(call.socket.get(), call.type, &error);
  if (!line) return Answer::fail(error);
  trap.vm.agents->admit(trap.shared_caller(), std::move(line));
  return Answer::give(0);
}

Answer connect_unix(const Trap& trap, SocketCall call) {
  if (trap.vm.agents && call.type == SOCK_SEQPACKET && AgentDesk::is_door(abstract_bytes(call.address, call.length))) return admit_agent(trap, call);
  const UnixAsked asked = unix_asked(trap, call);
  if (asked.inside) {
    trap.record({.op = Op::kUnixConnect, .object = asked.object, .peer = trap.vm.name(), .verdict = Verdict::kPassed, .source = Source::kSeen});
    return connect_inside(trap, std::move(call));
  }
  std::vector<UnixFound> found = unix_outside(trap, asked);
  std::vector<Owner> owners;
  for (const UnixFound& each : found) owners.push_back(each.owner);
  Bindings bindings;
  const Question question = question_of(trap, Op::kUnixConnect, asked.object, bindings);
  Ruling ruling = rule_on(*trap.vm.engine.rules, question, owners, trap.vm.spec.mode == Mode::kAllow);
  if (ruling.verdict == Verdict::kShuttled)
    return carry({trap, std::move(call), std::move(found[static_cast<size_t>(ruling.owner)]), ruling, asked.object, tap_for(trap.vm, ruling)});
  // As the kernel would say it were nothing there.
  const int error = asked.is_abstract() ? ECONNREFUSED : ENOENT;
  refuse(trap, Op::kUnixConnect, asked.object, owners, ruling, error);
  return Answer::fail(error);
}

}  // namespace shuttle
