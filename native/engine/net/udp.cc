#include "udp.h"

#include <netinet/in.h>

#include <cerrno>

#include "../vm.h"
#include "connect.h"
#include "state.h"
#include "udp_rule.h"

namespace shuttle {
namespace {

int option(int socket, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  return getsockopt(socket, SOL_SOCKET, name, &value, &size) == 0 ? value : -1;
}

bool is_udp(int socket) {
  return option(socket, SO_TYPE) == SOCK_DGRAM && option(socket, SO_PROTOCOL) == IPPROTO_UDP;
}

}  // namespace

Answer connect_udp(const Trap& trap, Fd socket, const sockaddr_storage& address, socklen_t length) {
  if (!is_of(trap.vm, socket.get())) return Answer::fail(EISCONN);
  const auto& target = reinterpret_cast<const sockaddr&>(address);
  meet_udp(trap, socket.get(), target, length);
  return connect(socket.get(), &target, length) == 0 ? Answer::give(0) : Answer::fail(errno);
}

void meet_udp(const Trap& trap, int socket, const sockaddr& target, socklen_t length) {
  if (!is_udp(socket)) return;
  const Address to = Address::of(target, length);
  if (to && to.port) rule_udp(trap, socket, to.reached(), Op::kUdpSend);
}

void yield_udp(Vm& vm, const sockaddr& address) {
  if (Address at = Address::of(address)) net_of(vm).udp.yield(at);
}

}  // namespace shuttle
