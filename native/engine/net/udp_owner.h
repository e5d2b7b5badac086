#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../owner.h"
#include "address.h"

namespace shuttle {

// One place where a datagram's target was found, and how to reach it there.
struct UdpOwner {
  Owner owner;
  std::shared_ptr<Vm> vm;  // null for the host and the network
};

// Whether a socket of the VM's own would get what `client` sends to `to`. `answering`: it is one of the engine's, so `to`
// is where an earlier datagram came from.
struct InsideUdp {
  bool served = false;
  bool answering = false;
  std::string image;
};
InsideUdp inside_udp(Vm& vm, const Address& client, const Address& to);

// Other VMs that serve the address, the host, the network, in this order.
std::vector<UdpOwner> udp_owners(Vm& vm, const Address& to);

// A socket in the owner's network, connected to `to`; empty with an errno in `error`.
Fd reach_udp(const UdpOwner& owner, const Address& to, int& error);

}  // namespace shuttle
