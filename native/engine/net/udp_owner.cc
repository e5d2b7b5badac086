#include "udp_owner.h"

#include <netinet/in.h>

#include <cstring>

#include "../engine.h"
#include "../vm.h"
#include "machine.h"
#include "sock_diag.h"
#include "state.h"

namespace shuttle {
namespace {

Address local_of(const InetSocket& socket) { return Address::from(socket.family, socket.address, socket.port); }
Address peer_of(const InetSocket& socket) { return Address::from(socket.family, socket.peer, socket.peer_port); }

// A connected socket takes datagrams from its peer only.
bool expects(const InetSocket& socket, const Address& client, const Address& to) {
  if (socket.listening || !(local_of(socket) == to)) return false;
  Address peer = peer_of(socket);
  return peer.port == client.port && (client.is_any() || peer == client);
}

const InetSocket* server_in(Vm& vm, const std::vector<InetSocket>& sockets, const Address& to, bool this_machine) {
  sockaddr_storage at;
  to.put(at);
  NetState& state = net_of(vm);
  const InetSocket* found =
      socket_for(sockets, reinterpret_cast<sockaddr&>(at), [&](uint32_t inode) { return state.udp.is_ours(inode); });
  // In a VM every address is local: one that listens on all of them does not mean the network's.
  if (found && !this_machine && local_of(*found).is_any()) return nullptr;
  return found;
}

}  // namespace

InsideUdp inside_udp(Vm& vm, const Address& client, const Address& to) {
  std::vector<InetSocket> sockets = inet_sockets(vm.diag(), IPPROTO_UDP, to.port);
  for (const InetSocket& socket : sockets)
    if (expects(socket, client, to)) {
      bool ours = net_of(vm).udp.is_ours(socket.inode);
      return {true, ours, ours ? std::string() : image_of_socket(socket.inode, vm.pid_space())};
    }
  const InetSocket* server = server_in(vm, sockets, to, is_machine_address(to));
  if (!server) return {};
  return {true, false, image_of_socket(server->inode, vm.pid_space())};
}

std::vector<UdpOwner> udp_owners(Vm& vm, const Address& to) {
  std::vector<UdpOwner> owners;
  if (to.is_multicast()) {
    owners.push_back({.owner = {.place = "net", .image = {}, .hidden = true}, .vm = nullptr});
    return owners;
  }
  const bool this_machine = is_machine_address(to);
  for (auto& other : vm.engine.others(vm)) {
    std::vector<InetSocket> sockets = inet_sockets(other->diag(), IPPROTO_UDP, to.port);
    if (const InetSocket* server = server_in(*other, sockets, to, this_machine))
      owners.push_back({.owner = {.place = other->name(), .image = image_of_socket(server->inode, other->pid_space())}, .vm = other});
  }
  if (!this_machine) {
    owners.push_back({.owner = {.place = "net", .image = {}}, .vm = nullptr});
    return owners;
  }
  sockaddr_storage at;
  to.put(at);
  uint32_t inode = 0;
  if (udp_bound(host_diag(), reinterpret_cast<sockaddr&>(at), &inode))
    owners.push_back({.owner = {.place = "host", .image = image_of_socket(inode, 0)}, .vm = nullptr});
  return owners;
}

Fd reach_udp(const UdpOwner& owner, const Address& to, int& error) {
  const int type = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
  error = 0;
  Fd socket = owner.vm ? owner.vm->init().make_socket(to.family, type, IPPROTO_UDP, &error)
                       : Fd(::socket(to.family, type, IPPROTO_UDP));
  if (!socket) {
    error = owner.vm ? std::abs(error) : errno;
    return socket;
  }
  sockaddr_storage at;
  socklen_t length = to.put(at);
  if (connect(socket.get(), reinterpret_cast<sockaddr*>(&at), length) != 0) {
    error = errno;
    return Fd();
  }
  if (owner.vm) net_of(*owner.vm).udp.add_ours(socket.get());
  return socket;
}

}  // namespace shuttle
