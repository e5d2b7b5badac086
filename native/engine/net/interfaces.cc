#include "interfaces.h"

#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <string>

#include "../vm.h"

namespace shuttle {

namespace {

constexpr size_t kMostRoom = 64 << 10;  // of a list of interfaces; a VM has one

// What takes and gives one struct ifreq, and changes nothing.
constexpr unsigned kAsking[] = {SIOCGIFNAME,   SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFDSTADDR, SIOCGIFBRDADDR, SIOCGIFNETMASK, SIOCGIFMETRIC,
                                SIOCGIFMTU,    SIOCGIFHWADDR, SIOCGIFINDEX, SIOCGIFTXQLEN, SIOCGIFMAP};

bool write_memory(const Trap& trap, uint64_t address, const void* from, size_t size) {
  iovec here{const_cast<void*>(from), size}, there{reinterpret_cast<void*>(address), size};
  return trap.valid() && process_vm_writev(trap.notice.tid, &here, 1, &there, 1, 0) == static_cast<ssize_t>(size);
}

Answer give_one(const Trap& trap, int own, unsigned request) {
  ifreq one;
  if (!trap.read(trap.notice.args[2], &one, sizeof one)) return Answer::fail(EFAULT);
  if (ioctl(own, request, &one) != 0) return Answer::fail(errno);
  return write_memory(trap, trap.notice.args[2], &one, sizeof one) ? Answer::give(0) : Answer::fail(EFAULT);
}

Answer give_list(const Trap& trap, int own) {
  ifconf list;
  if (!trap.read(trap.notice.args[2], &list, sizeof list)) return Answer::fail(EFAULT);
  const auto to = reinterpret_cast<uint64_t>(list.ifc_buf);
  if (list.ifc_len < 0) return Answer::fail(EINVAL);
  std::string room(std::min(static_cast<size_t>(list.ifc_len), kMostRoom), '\0');
  ifconf ours{.ifc_len = static_cast<int>(room.size()), .ifc_ifcu = {.ifcu_buf = to ? room.data() : nullptr}};
  if (ioctl(own, SIOCGIFCONF, &ours) != 0) return Answer::fail(errno);
  list.ifc_len = ours.ifc_len;
  if (to && ours.ifc_len > 0 && !write_memory(trap, to, room.data(), static_cast<size_t>(ours.ifc_len))) return Answer::fail(EFAULT);
  return write_memory(trap, trap.notice.args[2], &list, sizeof list) ? Answer::give(0) : Answer::fail(EFAULT);
}

}  // namespace

Answer on_interface_ioctl(const Trap& trap) {
  const Fd socket = trap.descriptor(trap.arg_int(0));
  if (!socket) return Answer::fail(EBADF);
  int family = 0, error = 0;
  socklen_t size = sizeof family;
  if (getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &family, &size) != 0) return Answer::fail(ENOTTY);
  const auto request = static_cast<unsigned>(trap.notice.args[1]);
  if (request == SIOCOUTQNSD) {
    int waiting = 0;  // of the connection itself
    if (ioctl(socket.get(), SIOCOUTQNSD, &waiting) != 0) return Answer::fail(errno);
    return write_memory(trap, trap.notice.args[2], &waiting, sizeof waiting) ? Answer::give(0) : Answer::fail(EFAULT);
  }
  const bool one = std::ranges::find(kAsking, request) != std::end(kAsking);
  if (!one && request != SIOCGIFCONF) return Answer::fail(EOPNOTSUPP);
  // Which addresses are told depends on the socket's family.
  const Fd own = trap.vm.init().make_socket(family == AF_INET6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0, &error);
  if (!own) return Answer::fail(std::max(error < 0 ? -error : error, 1));
  return one ? give_one(trap, own.get(), request) : give_list(trap, own.get());
}

}  // namespace shuttle
