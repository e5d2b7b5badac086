#pragma once
#include "../trap.h"

namespace shuttle {

// ioctls about network interfaces. The kernel answers them from the network that the socket is of, and a socket handed
// over is of the host's: it would tell the host's addresses. So they are all made here, on a socket of the VM's own.
Answer on_interface_ioctl(const Trap& trap);

}  // namespace shuttle
