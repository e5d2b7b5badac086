#pragma once
#include "address.h"

namespace shuttle {

// Makes a socket of the engine's in a VM's network able to stand at any address there, beside others at the same port.
void may_stand_anywhere(int socket, int family);

// Binds such a socket; 0 or an errno.
int bind_inside(int socket, const Address& at);

}  // namespace shuttle
