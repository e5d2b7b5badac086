// Connecting TCP sockets. The engine opens a listener at the wanted address inside the caller's VM just in time,
// connects the program's own socket to it (on its own copy, so the address is the engine's), and relays to a socket in
// the owner's network. It works for any program, and no socket of another network comes inside.
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "../engine.h"
#include "../later.h"
#include "../workers.h"
#include "address.h"
#include "connect.h"
#include "dns.h"
#include "inside.h"
#include "endpoint_rule.h"
#include "machine.h"
#include "names.h"
#include "own_listeners.h"
#include "place.h"
#include "relay.h"
#include "replace.h"
#include "sock_diag.h"

namespace shuttle {

namespace {

constexpr int kOutboundWaitMs = 30000;

struct Found {
  Place place = Place::host();
  bool net = false;  // neither a VM nor this machine
  Owner owner;
};

std::vector<Found> look_outside(const Trap& trap, const Address& target) {
  std::vector<Found> found;
  sockaddr_storage address;
  target.put(address);
  const bool here = is_machine_address(target);
  for (Place& place : Place::others(trap.vm)) {
    uint32_t inode = 0;
    if (!tcp_listens(place.diag(), reinterpret_cast<sockaddr&>(address), &inode, is_own_listener)) continue;
    // A VM that listens everywhere does not stand for machines elsewhere.
    if (!here) continue;
    Owner owner{.place = place.name(), .image = image_of_socket(inode, place.pid_space())};
    found.push_back({std::move(place), false, std::move(owner)});
  }
  if (!here) found.push_back({Place::host(), true, {.place = "net"}});
  return found;
}

// Waits for a connection under way: 0, or its errno. Gives up when the caller does.
int finish_connect(const Trap& trap, int socket) {
  pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
  for (int waited = 0; waited < kOutboundWaitMs; waited += 100) {
    if (poll(&waiting, 1, 100) > 0) break;
    if (!trap.valid() || trap.vm.engine.workers().stopping()) return EINTR;
  }
  int error = ETIMEDOUT;
  socklen_t size = sizeof error;
  if (waiting.revents) getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return error;
}

struct Crossing {
  Trap trap;
  SocketCall call;
  Address target;
  Found owner;
  Ruling ruling;
  std::string object;
  Fd outside;
  bool hand_over = false;  // the outside socket itself takes the place of the program's
};

// Whether the socket is connected or on its way: then a further connect only asks how it went.
bool under_way(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state != TCP_CLOSE;
}

// A listener of the engine's inside the VM, at the wanted address or, where the VM itself listens on every address of
// that port, at one of its loopback: then only the peer's name is not the one asked for.
int listen_inside(const Trap& trap, const SocketCall& call, const Address& at, OwnListener& listener) {
  int error = 0;
  for (const Address& place : {at, Address::loopback(at.family)}) {
    Fd socket = trap.vm.init().make_socket(at.family, SOCK_STREAM | SOCK_NONBLOCK, 0, &error);
    if (!socket) return error;
    may_stand_anywhere(socket.get(), at.family);
    listener = OwnListener(std::move(socket));
    socklen_t length = place.put(listener.address);
    error = bind(listener.get(), reinterpret_cast<sockaddr*>(&listener.address), length) != 0 || listen(listener.get(), 8) != 0 ? errno : 0;
    if (error) continue;
    length = sizeof listener.address;
    getsockname(listener.get(), reinterpret_cast<sockaddr*>(&listener.address), &length);
    listener.length = Address::of(reinterpret_cast<sockaddr&>(listener.address)).put(listener.address, call.domain);
    return 0;
  }
  return error;
}

// The connection that the program's own socket made; others that came first are not part of this ruling.
Fd accept_own(int listener, int socket) {
  sockaddr_storage own{}, peer;
  socklen_t size = sizeof own;
  getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size);
  pollfd waiting{.fd = listener, .events = POLLIN, .revents = 0};
  while (poll(&waiting, 1, 1000) > 0) {
    size = sizeof peer;
    Fd accepted(accept4(listener, reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (accepted && Address::of(reinterpret_cast<sockaddr&>(peer)) == Address::of(reinterpret_cast<sockaddr&>(own))) return accepted;
  }
  return {};
}

Answer fail_outside(const Crossing& crossing, int error) {
  crossing.trap.record({.op = Op::kTcpConnect, .object = crossing.object, .peer = crossing.owner.owner.place,
                        .peer_image = crossing.owner.owner.image, .verdict = Verdict::kShuttled, .status = error, .rule = crossing.ruling.rule});
  return Answer::fail(error);
}

// A relay costs each byte two more copies, so a fresh socket is replaced by the connected one where nothing forbids it:
// no rule, no recording of bytes. Wine's server keeps sockets for others and is never asked to notice.
bool may_hand_over(const Crossing& crossing) {
  const Trap& trap = crossing.trap;
  return !trap.vm.windows() && !crossing.ruling.relay && trap.vm.spec.payload == PayloadKept::kNone &&
         is_fresh(trap, crossing.call, trap.arg_int(0)) && trap.vm.expect_foreign_sockets(Foreign::kStreams);
}

Answer put_outside(Crossing& crossing) {
  const Trap& trap = crossing.trap;
  const bool waits = !crossing.call.nonblocking();
  fcntl(crossing.outside.get(), F_SETFL, waits ? 0 : O_NONBLOCK);
  if (const int error = replace_socket(trap, crossing.call, trap.arg_int(0), crossing.outside)) return fail_outside(crossing, error);
  trap.record({.op = Op::kTcpConnect, .object = crossing.object, .peer = crossing.owner.owner.place, .peer_image = crossing.owner.owner.image,
               .verdict = Verdict::kShuttled, .rule = crossing.ruling.rule});
  return Answer::give(0);
}

// The outside is joined; now the program's own socket. Gives what its connect returns.
Answer join_inside(Crossing& crossing) {
  const Trap& trap = crossing.trap;
  if (crossing.hand_over) return put_outside(crossing);
  Share::Held held = Relay::room_in(*trap.vm.share);
  if (!held) return fail_outside(crossing, EADDRNOTAVAIL);  // as where all ports are in use
  OwnListener listener;
  if (const int error = listen_inside(trap, crossing.call, crossing.target.reached(), listener)) return fail_outside(crossing, error);
  const auto* name = reinterpret_cast<const sockaddr*>(&listener.address);
  const Answer answer = connect(crossing.call.socket.get(), name, listener.length) == 0 ? Answer::give(0) : Answer::fail(errno);
  if (answer.value != 0 && answer.value != -EINPROGRESS) return fail_outside(crossing, static_cast<int>(-answer.value));
  Fd accepted = accept_own(listener.get(), crossing.call.socket.get());
  if (!accepted) return fail_outside(crossing, ECONNREFUSED);

  const std::optional<Tap> tap = tap_for(trap.vm, crossing.ruling);
  trap.record({.op = Op::kTcpConnect, .object = crossing.object, .peer = crossing.owner.owner.place, .peer_image = crossing.owner.owner.image,
               .verdict = Verdict::kShuttled, .rule = crossing.ruling.rule,
               .channel = tap ? std::optional(tap->channel) : std::nullopt});
  trap.vm.engine.relay().join(std::move(accepted), std::move(crossing.outside), {.tap = tap}, std::move(held));
  return answer;
}

Answer carry(Crossing crossing) {
  int error = 0;
  crossing.hand_over = may_hand_over(crossing);
  const Address target = crossing.target.reached();
  const int family = crossing.hand_over ? crossing.call.domain : target.family;
  sockaddr_storage address;
  const socklen_t length = target.put(address, family);
  crossing.outside = crossing.owner.place.make_socket(family, SOCK_STREAM | SOCK_NONBLOCK, &error);
  if (!crossing.outside) return fail_outside(crossing, error);
  if (crossing.hand_over) {
    copy_options(crossing.call.socket.get(), crossing.outside.get());
    fcntl(crossing.outside.get(), F_SETFL, O_NONBLOCK);
  }
  error = connect(crossing.outside.get(), reinterpret_cast<sockaddr*>(&address), length) == 0 ? 0 : errno;
  // On one machine the answer is there at once; only what is far away is worth a thread.
  if (error == EINPROGRESS) {
    pollfd waiting{.fd = crossing.outside.get(), .events = POLLOUT, .revents = 0};
    if (poll(&waiting, 1, 5) > 0) error = finish_connect(crossing.trap, crossing.outside.get());
  }
  if (error != EINPROGRESS) return error ? fail_outside(crossing, error) : join_inside(crossing);

  auto waiting = std::make_shared<Crossing>(std::move(crossing));
  return do_later(waiting->trap, [waiting] {
    const int failed = finish_connect(waiting->trap, waiting->outside.get());
    waiting->trap.answer(failed ? fail_outside(*waiting, failed) : join_inside(*waiting));
  });
}

}  // namespace

Answer connect_tcp(const Trap& trap, SocketCall call) {
  const Address target = Address::of(*call.target(), call.length);
  if (!target || target.port == 0) return connect_inside(trap, std::move(call));
  if (!is_of(trap.vm, call.socket.get())) return Answer::fail(EISCONN);
  if (under_way(call.socket.get()))
    return connect(call.socket.get(), call.target(), call.length) == 0 ? Answer::give(0) : Answer::fail(errno);
  if (auto answer = connect_dns(trap, call.socket.get(), call.address, call.length)) return *answer;
  sockaddr_storage reached;
  target.reached().put(reached);
  if (is_machine_address(target) && tcp_listens(trap.vm.diag(), reinterpret_cast<sockaddr&>(reached), nullptr, is_own_listener)) {
    trap.record({.op = Op::kTcpConnect, .object = endpoint_name(trap.vm, *call.target()), .peer = trap.vm.name(), .verdict = Verdict::kPassed, .source = Source::kSeen});
    return connect_inside(trap, std::move(call));
  }
  std::vector<Found> found = look_outside(trap, target.reached());
  std::vector<Owner> owners;
  for (const Found& each : found) owners.push_back(each.owner);
  const auto [ruling, object] = rule_on_endpoint(trap, Op::kTcpConnect, target, owners);
  if (ruling.verdict == Verdict::kShuttled)
    return carry({trap, std::move(call), target, std::move(found[static_cast<size_t>(ruling.owner)]), ruling, object, {}});
  refuse(trap, Op::kTcpConnect, object, owners, ruling, ECONNREFUSED);
  return Answer::fail(ECONNREFUSED);
}

}  // namespace shuttle
