#pragma once
#include <sys/socket.h>

#include "../fd.h"
#include "../trap.h"

namespace shuttle {

// sendto, sendmsg or sendmmsg of a unix datagram socket to a named one. What crosses is sent here, from copies of the
// bytes and descriptors; of several messages the first, as the kernel may too.
Answer send_unix_datagram(const Trap& trap, Fd socket, const sockaddr_storage& address, socklen_t length);

}  // namespace shuttle
