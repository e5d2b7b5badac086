#include "socketcall.h"

#include <errno.h>
#include <linux/net.h>

#include "connect.h"
#include "sends.h"

namespace shuttle {

Answer on_socketcall(const Trap& trap) {
  uint32_t words[6] = {};
  constexpr size_t kArguments[] = {0, 3, 3, 3, 2, 3, 3, 3, 4, 4, 4, 6, 6, 2, 5, 5, 3, 3, 4, 5, 4};
  const auto call = static_cast<size_t>(trap.arg_int(0));
  if (call == 0 || call >= std::size(kArguments)) return Answer::fail(EINVAL);
  if (call != SYS_CONNECT && call != SYS_BIND && call != SYS_LISTEN && call != SYS_SENDTO && call != SYS_SENDMSG && call != SYS_SENDMMSG) return Answer::go_on();
  if (!trap.read(trap.notice.args[1], words, kArguments[call] * sizeof words[0])) return Answer::fail(EFAULT);
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
