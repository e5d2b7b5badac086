#include "sends.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "../vm.h"
#include "connect.h"
#include "message.h"
#include "send.h"
#include "udp.h"
#include "unix.h"

namespace shuttle {

namespace {

constexpr unsigned kMostMessages = 1024;  // UIO_MAXIOV: more are not looked at by the kernel either

int option(int socket, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

// One call, in whichever of its three forms.
struct Sends {
  int flags = 0;
  unsigned count = 1;
  uint64_t heads = 0;  // where the messages are described; 0: in the call itself
  bool many = false;   // sendmmsg

  uint64_t head(const Trap& trap, unsigned index) const { return heads + index * message_stride(trap); }
  int take(const Trap& trap, unsigned index, Message& message) const {
    return heads ? take_message(trap, head(trap, index), message) : take_sendto(trap, message);
  }
};

bool is_inet(int family) { return family == AF_INET || family == AF_INET6; }

// A socket of elsewhere does no more than write() would: it names nobody, and tells the kernel nothing.
int restrain(const Trap& trap, int socket, int domain, int type, Message& message) {
  if (is_of(trap.vm, socket)) return 0;
  const bool joined = type == SOCK_STREAM || type == SOCK_SEQPACKET;
  if (joined) message.name.length = 0;
  return message.name.length || !message.control.empty() || domain == AF_NETLINK ? EPERM : 0;
}

Answer send_one(const Trap& trap, const Sends& sends, int socket, unsigned index, bool may_wait) {
  Message message;
  if (const int error = sends.take(trap, index, message)) return Answer::fail(error);
  if (!trap.valid()) return Answer::fail(EINTR);  // the memory may be somebody else's by now; nobody hears this
  const int domain = option(socket, SO_DOMAIN), type = option(socket, SO_TYPE);
  if (domain < 0) return Answer::fail(ENOTSOCK);
  Fd copy(fcntl(socket, F_DUPFD_CLOEXEC, 0));
  const int flags = sends.flags | (may_wait ? 0 : MSG_DONTWAIT);
  const uint64_t head = sends.many ? sends.head(trap, index) : 0;
  if (domain == AF_UNIX && type == SOCK_DGRAM && message.name.family() == AF_UNIX)
    return send_unix_datagram({trap, std::move(copy), std::move(message), flags, head, sends.count == 1});
  if (const int error = restrain(trap, socket, domain, type, message)) return Answer::fail(error);
  if (domain != AF_UNIX) message.handed.clear();  // means nothing there
  if (is_inet(message.name.family())) meet_udp(trap, socket, *message.to(), message.name.length);
  return send_for({.trap = trap, .socket = std::move(copy), .message = std::move(message), .flags = flags, .fresh = {}, .file = {}, .head = head});
}

// Each message in turn, until one cannot go at once: that it took some of them is what sendmmsg may say at any time.
Answer send_here(const Trap& trap, const Sends& sends) {
  const Fd socket = trap.descriptor(trap.arg_int(0));
  if (!socket) return Answer::fail(EBADF);
  int64_t sent = 0;
  for (unsigned i = 0; i < sends.count; i++) {
    const Answer answer = send_one(trap, sends, socket.get(), i, i == 0);
    if (!sends.many || answer.kind != Answer::Kind::kValue || (answer.value < 0 && sent == 0)) return answer;
    if (answer.value < 0) break;
    sent++;
  }
  return Answer::give(sent);
}

Answer leave_or_send(const Trap& trap, const Sends& sends) {
  if (trap.vm.may_continue(trap.notice.tid, trap.notice.id, Foreign::kAny)) return Answer::go_on();
  return send_here(trap, sends);
}

// The addresses of all messages, each once; those that are beyond reading the kernel will complain of.
std::vector<Target> targets_of(const Trap& trap, const Sends& sends) {
  std::vector<Target> targets;
  for (unsigned i = 0; i < sends.count; i++) {
    Target target;
    if (!(sends.heads ? take_target(trap, sends.head(trap, i), target) : take_sendto_target(trap, target))) break;
    if (!target.length) continue;  // the common case: nothing was addressed
    const bool met = std::ranges::any_of(targets, [&](const Target& other) {
      return other.length == target.length && memcmp(&other.address, &target.address, other.length) == 0;
    });
    if (!met) targets.push_back(target);
  }
  return targets;
}

Answer on_sends(const Trap& trap, const Sends& sends) {
  if (trap.vm.foreign_sockets() == Foreign::kAny) return send_here(trap, sends);
  const std::vector<Target> targets = targets_of(trap, sends);
  const Fd socket = targets.empty() ? Fd() : trap.descriptor(trap.arg_int(0));
  if (!socket || !trap.valid()) return leave_or_send(trap, sends);
  if (option(socket.get(), SO_DOMAIN) == AF_UNIX) {
    const bool named = std::ranges::any_of(targets, [](const Target& each) { return each.family() == AF_UNIX; });
    return named ? send_here(trap, sends) : leave_or_send(trap, sends);
  }
  for (const Target& target : targets)
    if (is_inet(target.family())) meet_udp(trap, socket.get(), target.raw(), target.length);
  return leave_or_send(trap, sends);
}

}  // namespace

Answer on_sendto(const Trap& trap) { return on_sends(trap, {.flags = trap.arg_int(3)}); }

Answer on_sendmsg(const Trap& trap) {
  if (!trap.notice.args[1]) return Answer::fail(EFAULT);
  return on_sends(trap, {.flags = trap.arg_int(2), .heads = trap.notice.args[1]});
}

Answer on_sendmmsg(const Trap& trap) {
  if (!trap.notice.args[1]) return Answer::fail(EFAULT);
  const unsigned count = std::min(static_cast<unsigned>(trap.notice.args[2]), kMostMessages);
  return on_sends(trap, {.flags = trap.arg_int(3), .count = count, .heads = trap.notice.args[1], .many = true});
}

}  // namespace shuttle
