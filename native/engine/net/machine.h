#pragma once
#include "address.h"

namespace shuttle {

// Whether an address is this machine's own: its loopback, the wildcard, or one that an interface of the engine's
// network namespace has (looked up again after a second). All other addresses are the network's.
bool is_machine_address(const Address& address);

// A NETLINK_SOCK_DIAG socket of the engine's own namespace, made once.
int host_diag();

}  // namespace shuttle
