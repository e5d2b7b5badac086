#pragma once
#include "../trap.h"
#include "address.h"

namespace shuttle {

// Decides what becomes of datagrams from the program's socket (the engine's copy) to `to`, records it once for each
// session, and opens the session where they cross. Cheap where that was done before.
void rule_udp(const Trap& trap, int socket, const Address& to, Op op);

}  // namespace shuttle
