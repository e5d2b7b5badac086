#pragma once
#include <sys/socket.h>

#include "../fd.h"
#include "../owner.h"
#include "../trap.h"
#include "relay.h"

namespace shuttle {

// A socket call of the program's on its way: the engine's copy of the descriptor and of the address. What is decided
// is decided on these copies, and what crosses is done on them; the program can change neither.
struct SocketCall {
  Fd socket;
  sockaddr_storage address{};
  socklen_t length = 0;
  int domain = 0, type = 0;

  const sockaddr* target() const { return reinterpret_cast<const sockaddr*>(&address); }
  bool nonblocking() const;
};

// Lets the call happen inside the VM, where the wall refuses everything else: continued while all sockets in the VM
// are its own, and afterwards performed here on the copy, if that belongs to the VM's network (the hard rule).
Answer connect_inside(const Trap& trap, SocketCall call);

// Whether what comes over this rule's channels is remembered, for the rules that name it as their carrier.
bool is_carrier(const Vm& vm, const Ruling& ruling);

// Whether the bytes of a crossing are recorded, and how many.
std::optional<Tap> tap_for(const Vm& vm, const Ruling& ruling);

// The trapped calls.
Answer on_connect(const Trap& trap);
Answer on_bind(const Trap& trap);
Answer on_listen(const Trap& trap);

// By kind of socket; each in its own file.
Answer connect_unix(const Trap& trap, SocketCall call);
Answer connect_tcp(const Trap& trap, SocketCall call);

// Takes copies of what a connect or bind is about. A value: the call is answered already.
std::optional<Answer> take_call(const Trap& trap, int fd, uint64_t address, uint64_t length, SocketCall& call);

// Whether the socket was made in the VM's own network.
bool is_of(const Vm& vm, int socket);

}  // namespace shuttle
