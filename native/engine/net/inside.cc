#include "inside.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#ifndef IPV6_FREEBIND
#define IPV6_FREEBIND 78
#endif

namespace shuttle {

void may_stand_anywhere(int socket, int family) {
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family != AF_INET6) return;
  setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  // The route that makes every address local is enough for IPv4; an IPv6 socket may be bound only to what an interface has.
  setsockopt(socket, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof on);
}

int bind_inside(int socket, const Address& at) {
  sockaddr_storage address;
  socklen_t length = at.put(address);
  return bind(socket, reinterpret_cast<sockaddr*>(&address), length) == 0 ? 0 : errno;
}

}  // namespace shuttle
