#pragma once
#include "../fd.h"
#include "../trap.h"
#include "message.h"

namespace shuttle {

// A datagram from a unix socket of the caller's to a named one.
struct UnixSend {
  Trap trap;
  Fd socket;
  Message message;
  int flags = 0;
  uint64_t head = 0;          // of a sendmmsg: see Sending
  bool may_continue = false;  // it is all that the call asks for, so what stays inside may be left to the kernel
};

// What crosses is sent here, from copies of the bytes and descriptors.
Answer send_unix_datagram(UnixSend send);

}  // namespace shuttle
