#include "udp.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <netinet/in.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <vector>

#include "../engine.h"
#include "../vm.h"
#include "../workers.h"
#include "connect.h"
#include "state.h"
#include "udp_owner.h"
#include "udp_rule.h"
#include "unix.h"

namespace shuttle {
namespace {

constexpr size_t kLargestDatagram = 65536;
constexpr unsigned kMostMessages = 1024;  // UIO_MAXIOV: more are not looked at by the kernel either

int option(int socket, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool is_udp(int socket) {
  return option(socket, SO_TYPE) == SOCK_DGRAM && option(socket, SO_PROTOCOL) == IPPROTO_UDP;
}

// An address a program passed, copied.
struct Target {
  sockaddr_storage address{};
  socklen_t length = 0;

  const sockaddr& raw() const { return reinterpret_cast<const sockaddr&>(address); }
  int family() const { return length >= sizeof(sa_family_t) ? raw().sa_family : AF_UNSPEC; }
  bool inet() const { return family() == AF_INET || family() == AF_INET6; }
};

std::optional<Target> target_of(const Trap& trap, uint64_t address, uint32_t length) {
  Target target;
  if (length == 0 || length > sizeof target.address) return std::nullopt;
  target.length = length;
  if (!trap.read(address, &target.address, length) || !trap.valid()) return std::nullopt;
  return target;
}

// What the kernel itself would say to arguments that could not be read or mean nothing is left to it.
Answer leave_to_kernel() { return Answer::go_on(); }

// What a send to `target` needs before it is made.
void prepare(const Trap& trap, int socket, const Target& target) {
  Address to = Address::of(target.raw(), target.length);
  if (to && to.port) rule_udp(trap, socket, to.reached(), Op::kUdpSend);
}

// sendto where sockets of other networks may be inside: a descriptor's number could be given another meaning after the
// look, so it is sent here, on the copies. A socket that is not the VM's own has no addresses to send to.
Answer send_here(const Trap& trap, Fd socket, const Target& target) {
  if (is_udp(socket.get()) && !is_of(trap.vm, socket.get())) return Answer::fail(EPERM);
  const size_t size = trap.notice.args[2];
  if (is_udp(socket.get()) && size > kLargestDatagram) return Answer::fail(EMSGSIZE);
  auto bytes = std::make_shared<std::string>(std::min<size_t>(size, 1 << 20), '\0');
  if (!bytes->empty() && !trap.read(trap.notice.args[1], bytes->data(), bytes->size())) return Answer::fail(EFAULT);
  const int flags = trap.arg_int(3) | MSG_NOSIGNAL;
  auto send_now = [target, bytes](int number, int how) {
    ssize_t sent = sendto(number, bytes->data(), bytes->size(), how, &target.raw(), target.length);
    return sent >= 0 ? Answer::give(sent) : Answer::fail(errno);
  };
  Answer answer = send_now(socket.get(), flags | MSG_DONTWAIT);
  const bool waits = !(flags & MSG_DONTWAIT) && !(fcntl(socket.get(), F_GETFL) & O_NONBLOCK);
  if (answer.value != -EAGAIN || !waits) return answer;
  trap.vm.engine.workers().run([trap, send_now, flags, held = std::make_shared<Fd>(std::move(socket))] {
    trap.answer(send_now(held->get(), flags));
  });
  return Answer::later();
}

bool is_i386(const Trap& trap) { return trap.notice.arch == AUDIT_ARCH_I386; }

// Where a message's name is, as its struct says in the caller's own layout.
struct MessageName {
  uint64_t address = 0;
  uint32_t length = 0;
};
struct MessageI386 {  // struct compat_msghdr, and the count that sendmmsg keeps behind it
  uint32_t name, name_length, parts, part_count, control, control_length, flags, sent;
};
constexpr size_t kMessageI386 = offsetof(MessageI386, sent);

std::optional<MessageName> name_in(const Trap& trap, uint64_t message) {
  if (is_i386(trap)) {
    MessageI386 head{};
    if (!trap.read(message, &head, kMessageI386)) return std::nullopt;
    return MessageName{head.name, head.name_length};
  }
  msghdr head{};
  if (!trap.read(message, &head, sizeof head)) return std::nullopt;
  return MessageName{reinterpret_cast<uint64_t>(head.msg_name), head.msg_namelen};
}

// The addresses of `count` messages, each once; those that are beyond reading the kernel will complain of.
std::vector<Target> targets_of(const Trap& trap, uint64_t messages, unsigned count) {
  std::vector<Target> targets;
  for (unsigned i = 0; i < count; i++) {
    const uint64_t at = messages + i * (is_i386(trap) ? sizeof(MessageI386) : sizeof(mmsghdr));
    auto name = name_in(trap, at);
    if (!name) break;
    if (!name->address) continue;  // the common case: nothing was addressed
    auto target = target_of(trap, name->address, name->length);
    if (!target) continue;
    bool met = std::ranges::any_of(targets, [&](const Target& other) {
      return other.length == target->length && memcmp(&other.address, &target->address, other.length) == 0;
    });
    if (!met) targets.push_back(*target);
  }
  return targets;
}

Answer look_at(const Trap& trap, int number, const std::vector<Target>& targets) {
  if (targets.empty()) return leave_to_kernel();
  Fd socket = trap.descriptor(number);
  if (!socket) return leave_to_kernel();
  if (option(socket.get(), SO_DOMAIN) == AF_UNIX) {
    auto named = std::ranges::find(targets, AF_UNIX, &Target::family);
    if (named == targets.end() || is_i386(trap)) return leave_to_kernel();  // Wine's do not name datagram sockets
    return send_unix_datagram(trap, std::move(socket), named->address, named->length);
  }
  if (!is_udp(socket.get())) return leave_to_kernel();
  if (trap.vm.foreign_sockets() && !is_of(trap.vm, socket.get())) return Answer::fail(EPERM);
  for (const Target& target : targets)
    if (target.inet()) prepare(trap, socket.get(), target);
  return leave_to_kernel();
}

}  // namespace

Answer connect_udp(const Trap& trap, Fd socket, const sockaddr_storage& address, socklen_t length) {
  if (!is_of(trap.vm, socket.get())) return Answer::fail(EISCONN);
  const auto& target = reinterpret_cast<const sockaddr&>(address);
  Address to = Address::of(target, length);
  if (to && to.port && is_udp(socket.get())) rule_udp(trap, socket.get(), to.reached(), Op::kUdpSend);
  return connect(socket.get(), &target, length) == 0 ? Answer::give(0) : Answer::fail(errno);
}

Answer on_sendto(const Trap& trap) {
  const auto length = static_cast<uint32_t>(trap.notice.args[5]);
  auto target = target_of(trap, trap.notice.args[4], length);
  if (!target) return leave_to_kernel();
  if (!trap.vm.foreign_sockets()) return look_at(trap, trap.arg_int(0), {*target});
  Fd socket = trap.descriptor(trap.arg_int(0));
  if (!socket) return Answer::fail(EBADF);
  const int domain = option(socket.get(), SO_DOMAIN);
  if (domain == AF_UNIX) return look_at(trap, trap.arg_int(0), {*target});
  if (is_udp(socket.get()) && target->inet()) prepare(trap, socket.get(), *target);
  if (domain == AF_NETLINK) return leave_to_kernel();  // speaks to its own kernel namespace, whichever it is
  return send_here(trap, std::move(socket), *target);
}

Answer on_sendmsg(const Trap& trap) {
  return look_at(trap, trap.arg_int(0), targets_of(trap, trap.notice.args[1], 1));
}

Answer on_sendmmsg(const Trap& trap) {
  const unsigned count = std::min(static_cast<unsigned>(trap.notice.args[2]), kMostMessages);
  return look_at(trap, trap.arg_int(0), targets_of(trap, trap.notice.args[1], count));
}

void yield_udp(Vm& vm, const sockaddr& address) {
  if (Address at = Address::of(address)) net_of(vm).udp.yield(at);
}

}  // namespace shuttle
