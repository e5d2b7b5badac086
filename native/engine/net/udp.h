#pragma once
#include <sys/socket.h>

#include "../fd.h"
#include "../trap.h"

namespace shuttle {

// Datagrams that leave a VM. Its loopback is the whole world, so whatever a program sends stays inside until the engine
// opens a socket at that very address there, and joins it to the owner's. Such a face passes only what comes from
// the program sockets that were ruled on, which is why a send may be continued: there is nothing to gain by changing its
// arguments after the look. What needs no answer of the engine's costs one lookup.

// connect of a UDP socket: always performed here, on the engine's copies, since it never waits.
Answer connect_udp(const Trap& trap, Fd socket, const sockaddr_storage& address, socklen_t length);

// What a send from the program's socket (the engine's copy) to this address needs before it is made.
void meet_udp(const Trap& trap, int socket, const sockaddr& target, socklen_t length);

// A program of the VM is about to bind this address to a UDP socket of its own.
void yield_udp(Vm& vm, const sockaddr& address);

}  // namespace shuttle
