#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "init.h"

namespace shuttle::init {
namespace {

constexpr uint32_t kLoopback = 1;  // the index of `lo` in every network namespace

struct LinkUp {
  nlmsghdr head;
  ifinfomsg link;
};
struct LocalRoute {
  nlmsghdr head;
  rtmsg route;
  rtattr attribute;
  uint32_t device;
};

bool ask(int socket, const void* request, size_t size) {
  if (send(socket, request, size, 0) < 0) return false;
  char room[512];
  const ssize_t got = recv(socket, room, sizeof room, 0);
  if (got < static_cast<ssize_t>(sizeof(nlmsghdr) + sizeof(nlmsgerr))) return errno = EPROTO, false;
  const auto* answer = reinterpret_cast<nlmsgerr*>(room + sizeof(nlmsghdr));
  errno = -answer->error;
  return answer->error == 0;
}

// `ip route add local 0.0.0.0/0 dev lo`, or the same for IPv6: every address is this machine's own.
bool add_local_route(int socket, uint8_t family) {
  LocalRoute request{};
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = RTM_NEWROUTE;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
  request.route.rtm_family = family;
  request.route.rtm_table = RT_TABLE_LOCAL;
  request.route.rtm_protocol = RTPROT_BOOT;
  request.route.rtm_scope = family == AF_INET ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE;
  request.route.rtm_type = RTN_LOCAL;
  request.attribute.rta_len = RTA_LENGTH(sizeof request.device);
  request.attribute.rta_type = RTA_OIF;
  request.device = kLoopback;
  return ask(socket, &request, sizeof request);
}

}  // namespace

void bring_up_loopback() {
  const int socket = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  must(socket >= 0, "route socket");
  LinkUp up{};
  up.head.nlmsg_len = sizeof up;
  up.head.nlmsg_type = RTM_NEWLINK;
  up.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  up.link.ifi_index = kLoopback;
  up.link.ifi_flags = up.link.ifi_change = IFF_UP;
  must(ask(socket, &up, sizeof up), "loopback");
  must(add_local_route(socket, AF_INET), "IPv4 route");
  if (!add_local_route(socket, AF_INET6)) errno = 0;  // a kernel without IPv6 is no failure
  close(socket);
}

}  // namespace shuttle::init
