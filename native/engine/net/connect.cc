#include "connect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include <chrono>

#include <algorithm>

#include "../engine.h"
#include "../handlers.h"
#include "../later.h"
#include "../vm.h"
#include "../workers.h"
#include "udp.h"

#ifndef SO_NETNS_COOKIE
#define SO_NETNS_COOKIE 71
#endif

namespace shuttle {

namespace {

int option(int socket, int name) {
  int value = 0;
  socklen_t size = sizeof value;
  return getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

Answer result_of(int result) { return result == 0 ? Answer::give(0) : Answer::fail(errno); }

}  // namespace

bool SocketCall::nonblocking() const { return fcntl(socket.get(), F_GETFL) & O_NONBLOCK; }

bool is_of(const Vm& vm, int socket) {
  uint64_t cookie = 0;
  socklen_t size = sizeof cookie;
  // Fails for netlink before 5.14 and for what is no socket; those are told apart by the call itself.
  if (getsockopt(socket, SOL_SOCKET, SO_NETNS_COOKIE, &cookie, &size) != 0) return false;
  return cookie == vm.network();
}

namespace {

// What comes over a carrier is remembered by the VMs at its ends.
void listen_to(Tap& tap, const Vm& vm, const Ruling& ruling) {
  const auto& rules = vm.engine.rules->rules();
  if (!is_carrier(vm, ruling)) return;
  const auto own = std::ranges::find(rules, ruling.rule, &CompiledRule::id);
  tap.carrier = ruling.rule;
  tap.inside = vm.handed;
  for (const auto& other : vm.engine.others(vm))
    if (own != rules.end() && other->name() == own->to) tap.outside = other->handed;
}

}  // namespace

bool is_carrier(const Vm& vm, const Ruling& ruling) {
  const auto& rules = vm.engine.rules->rules();
  return !ruling.rule.empty() && std::ranges::any_of(rules, [&](const CompiledRule& rule) { return rule.carrier == ruling.rule; });
}

std::optional<Tap> tap_for(const Vm& vm, const Ruling& ruling) {
  const PayloadKept payload = vm.spec.payload;
  if (payload == PayloadKept::kNone && !ruling.relay) return std::nullopt;
  const uint32_t keep = payload == PayloadKept::kFull ? UINT32_MAX : payload == PayloadKept::kHead ? kHeadBytes : 0;
  Tap tap{vm.engine.record->new_channel(), keep};
  listen_to(tap, vm, ruling);
  return tap;
}

namespace {

// By init, which lives where the caller lives: paths mean the same, and the server learns of a user of its own VM.
Answer connect_unix_inside(const Trap& trap, SocketCall call) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/cwd", trap.notice.tid);
  auto cwd = std::make_shared<Fd>(open(path, O_PATH | O_CLOEXEC));
  return do_later(trap, [trap, cwd, call = std::make_shared<SocketCall>(std::move(call))] {
    const int error = trap.vm.init().connect_in(call->socket.get(), call->target(), call->length, cwd->get());
    trap.answer(error ? Answer::fail(error) : Answer::give(0));
  });
}

using Clock = std::chrono::steady_clock;

// A connect that waits, though not longer than its caller lives: a server that takes nobody would hold up our end. The
// socket's own flags are the program's to see, its patience is lent for a moment.
int connect_patiently(const Trap& trap, const SocketCall& call) {
  const int socket = call.socket.get();
  timeval patience{}, moment{.tv_sec = 0, .tv_usec = 1000};
  socklen_t size = sizeof patience;
  getsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, &size);
  const bool forever = patience.tv_sec == 0 && patience.tv_usec == 0;
  const auto until = Clock::now() + std::chrono::seconds(patience.tv_sec) + std::chrono::microseconds(patience.tv_usec);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &moment, sizeof moment);
  int error = connect(socket, call.target(), call.length) == 0 ? 0 : errno;
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (error != EINPROGRESS) return error;
  for (pollfd done{.fd = socket, .events = POLLOUT, .revents = 0}; poll(&done, 1, 50) <= 0;) {
    if (!trap.valid() || trap.vm.engine.workers().stopping()) return EINTR;
    if (!forever && Clock::now() >= until) return EINPROGRESS;
  }
  size = sizeof error;
  getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

}  // namespace

Answer connect_inside(const Trap& trap, SocketCall call) {
  if (trap.vm.may_continue(trap.notice.tid, trap.notice.id)) return Answer::go_on();
  if (!is_of(trap.vm, call.socket.get())) return Answer::fail(EISCONN);
  if (call.domain == AF_UNIX && call.target()->sa_family == AF_UNIX) return connect_unix_inside(trap, std::move(call));
  if (call.nonblocking() || call.target()->sa_family == AF_UNSPEC)
    return result_of(connect(call.socket.get(), call.target(), call.length));
  return do_later(trap, [trap, call = std::make_shared<SocketCall>(std::move(call))] {
    const int error = connect_patiently(trap, *call);
    trap.answer(error ? Answer::fail(error) : Answer::give(0));
  });
}

std::optional<Answer> take_call(const Trap& trap, int fd, uint64_t address, uint64_t length, SocketCall& call) {
  call.socket = trap.descriptor(fd);
  if (!call.socket) return Answer::fail(EBADF);
  if (length > sizeof call.address) return Answer::fail(EINVAL);
  call.length = static_cast<socklen_t>(length);
  if (!trap.read(address, &call.address, call.length)) return Answer::fail(EFAULT);
  if (!trap.valid()) return Answer::fail(EINTR);  // the number may be somebody else's by now; nobody hears this
  call.domain = option(call.socket.get(), SO_DOMAIN);
  call.type = option(call.socket.get(), SO_TYPE);
  if (call.domain < 0) return Answer::fail(ENOTSOCK);
  return std::nullopt;
}

Answer on_connect(const Trap& trap) {
  SocketCall call;
  if (auto refused = take_call(trap, trap.arg_int(0), trap.notice.args[1], trap.notice.args[2] & 0xffffffff, call)) return *refused;
  const int family = call.target()->sa_family;
  const bool inet = family == AF_INET || family == AF_INET6;
  if (call.length >= sizeof(sa_family_t)) {
    if (family == AF_UNIX && call.domain == AF_UNIX) return connect_unix(trap, std::move(call));
    if (inet && (call.domain == AF_INET || call.domain == AF_INET6)) {
      if (call.type == SOCK_STREAM) return connect_tcp(trap, std::move(call));
      if (call.type == SOCK_DGRAM) return connect_udp(trap, std::move(call.socket), call.address, call.length);
    }
  }
  return connect_inside(trap, std::move(call));
}

}  // namespace shuttle
