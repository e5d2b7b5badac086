// bind and listen: what a VM offers to itself and, by rule, to others.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "../engine.h"
#include "../handlers.h"
#include "../vm.h"
#include "../files/carry.h"
#include "../files/names.h"
#include "address.h"
#include "connect.h"
#include "publish.h"
#include "udp.h"
#include "unix_find.h"
#include "unix_name.h"

namespace shuttle {

namespace {

Answer result_of(int result) { return result == 0 ? Answer::give(0) : Answer::fail(errno); }

void tell_served(const Trap& trap, Op op, const std::string& object) {
  trap.vm.engine.tell({.type = Event::Type::kServed, .vm = trap.vm.name(), .op = std::string(name_of(op)), .object = object});
}

// The name under which a bound socket is reached; empty where it has none.
std::string served_name(const Trap& trap, const SocketCall& call) {
  if (call.domain == AF_UNIX) {
    const std::string name = unix_name(call.address, call.length);
    return name.empty() || name[0] == '@' ? name : canonical(absolute_in_vm(trap, name));
  }
  return Address::of(*call.target(), call.length).text();
}

Op serve_op(const SocketCall& call) {
  if (call.domain == AF_UNIX) return Op::kUnixServe;
  return call.type == SOCK_DGRAM ? Op::kUdpServe : Op::kTcpServe;
}

void record_served(const Trap& trap, const SocketCall& call, Source source, int status) {
  if (call.domain != AF_UNIX && call.domain != AF_INET && call.domain != AF_INET6) return;
  const std::string object = served_name(trap, call);
  if (object.empty()) return;
  const Op op = serve_op(call);
  trap.record({.op = op, .object = object, .peer = trap.vm.name(), .verdict = Verdict::kPassed, .status = status, .source = source});
  if (status != 0) return;
  tell_served(trap, op, object);
  publish(trap, op, object, call);
}

// The engine may have more rights in the VM's network than the program: ports that want some are left to the kernel.
bool anybody_may_bind(const SocketCall& call) {
  const Address address = Address::of(*call.target(), call.length);
  return address && (address.port == 0 || address.port >= IPPORT_RESERVED);
}

}  // namespace

Answer on_bind(const Trap& trap) {
  SocketCall call;
  if (auto refused = take_call(trap, trap.arg_int(0), trap.notice.args[1], trap.notice.args[2] & 0xffffffff, call)) return *refused;
  const bool datagram = call.type == SOCK_DGRAM;
  const bool udp = datagram && call.domain != AF_UNIX;
  if (udp) yield_udp(trap.vm, *call.target());
  // A datagram server serves once it is bound, so that is done before it is told.
  const bool here = udp && anybody_may_bind(call) && is_of(trap.vm, call.socket.get());
  if (!here && trap.vm.may_continue(trap.notice.tid, trap.notice.id)) {
    if (datagram) record_served(trap, call, Source::kSeen, 0);
    return Answer::go_on();
  }
  if (!is_of(trap.vm, call.socket.get())) return Answer::fail(EINVAL);
  int error = 0;
  if (call.domain == AF_UNIX) {
    // A path is made in the caller's folder, so by init, which lives where the caller lives.
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cwd", trap.notice.tid);
    Fd cwd(open(path, O_PATH | O_CLOEXEC));
    error = trap.vm.init().bind_in(call.socket.get(), call.target(), call.length, cwd.get(), umask_of(trap.notice.tid));
  } else if (bind(call.socket.get(), call.target(), call.length) != 0) {
    error = errno;
  }
  if (datagram) record_served(trap, call, Source::kEngine, error);
  return error ? Answer::fail(error) : Answer::give(0);
}

Answer on_listen(const Trap& trap) {
  SocketCall call;
  if (auto refused = take_call(trap, trap.arg_int(0), 0, 0, call)) return *refused;
  // Never blocks, so always done here: then the row tells what became of it. Sockets of elsewhere are refused.
  if (!is_of(trap.vm, call.socket.get())) return Answer::fail(EINVAL);
  const Answer answer = result_of(listen(call.socket.get(), trap.arg_int(1)));
  call.length = sizeof call.address;
  getsockname(call.socket.get(), reinterpret_cast<sockaddr*>(&call.address), &call.length);
  record_served(trap, call, Source::kEngine, static_cast<int>(-answer.value));
  return answer;
}

}  // namespace shuttle
