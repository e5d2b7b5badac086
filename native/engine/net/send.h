#pragma once
#include <sys/socket.h>

#include "../fd.h"
#include "../trap.h"
#include "message.h"

namespace shuttle {

// A message that the engine sends for a program: from its own copy of the socket, to an address and with descriptors
// that the program can no longer change.
struct Sending {
  Trap trap;
  Fd socket;        // whose flags say whether the caller waits
  Message message;
  int flags = 0;    // as the caller passed them
  Fd fresh = {};    // the socket to send from instead, where the program's own is in the wrong network
  Fd file = {};     // what the address names, for as long as it is needed
  uint64_t head = 0;  // of a sendmmsg: where the caller wants to be told what went

  int from() const { return fresh ? fresh.get() : socket.get(); }
};

// Sends it. Where a blocking caller has to wait, it does so on a worker, as long as it lives. For sendmmsg the answer
// is 1, otherwise the bytes that went.
Answer send_for(Sending sending);

}  // namespace shuttle
