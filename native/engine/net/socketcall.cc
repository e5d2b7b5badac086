#include "socketcall.h"

#include <errno.h>
#include <linux/net.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "../init_client.h"
#include "../vm.h"
#include "connect.h"
#include "sends.h"

namespace shuttle {

namespace {

// What a program may make without privileges, since it is made by process 1, which has some.
bool may_make(int family, int type, int protocol) {
  const bool stream = type == SOCK_STREAM, datagram = type == SOCK_DGRAM;
  switch (family) {
    case AF_UNIX: return (stream || datagram || type == SOCK_SEQPACKET) && (protocol == 0 || protocol == AF_UNIX);
    case AF_INET:
    case AF_INET6: return (stream && (protocol == 0 || protocol == IPPROTO_TCP)) || (datagram && (protocol == 0 || protocol == IPPROTO_UDP));
    case AF_NETLINK: return datagram || type == SOCK_RAW;
    default: return false;
  }
}

// The filter refuses strange kinds of sockets by their registers; here the kind is in memory, so the socket is made for
// the program instead, in its network.
Answer make_socket(const Trap& trap, const uint32_t words[3]) {
  constexpr int kFlags = SOCK_CLOEXEC | SOCK_NONBLOCK;
  const int family = static_cast<int>(words[0]), flags = static_cast<int>(words[1]) & kFlags, protocol = static_cast<int>(words[2]);
  const int type = static_cast<int>(words[1]) & ~kFlags;
  if (!may_make(family, type, protocol)) return Answer::fail(EAFNOSUPPORT);
  int error = 0;
  const Fd made = trap.vm.init().make_socket(family, type | (flags & SOCK_NONBLOCK), protocol, &error);
  if (!made) return Answer::fail(error);
  return Answer::give(trap.vm.notifier().add_fd(trap.notice.id, made.get(), -1, flags & SOCK_CLOEXEC));
}

}  // namespace

Answer on_socketcall(const Trap& trap) {
  uint32_t words[6] = {};
  constexpr size_t kArguments[] = {0, 3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4};
  const auto call = static_cast<size_t>(trap.arg_int(0));
  if (call == 0 || call >= std::size(kArguments)) return Answer::fail(EINVAL);
  if (call != SYS_SOCKET && call != SYS_CONNECT && call != SYS_BIND && call != SYS_LISTEN && call != SYS_SENDTO && call != SYS_SENDMSG && call != SYS_SENDMMSG) return Answer::go_on();
  if (!trap.read(trap.notice.args[1], words, kArguments[call] * sizeof words[0])) return Answer::fail(EFAULT);
  if (call == SYS_SOCKET) return make_socket(trap, words);
  Notice notice = trap.notice;
  for (int i = 0; i < 6; i++) notice.args[i] = words[i];
  const Trap unpacked = trap.with(notice);
  switch (call) {
    case SYS_CONNECT: return on_connect(unpacked);
    case SYS_BIND: return on_bind(unpacked);
    case SYS_LISTEN: return on_listen(unpacked);
    case SYS_SENDMSG: return on_sendmsg(unpacked);
    case SYS_SENDMMSG: return on_sendmmsg(unpacked);
    default: return words[4] ? on_sendto(unpacked) : Answer::go_on();
  }
}

}  // namespace shuttle
