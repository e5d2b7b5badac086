#pragma once
#include "connect.h"

namespace shuttle {

// Puts a connected socket in the place of the caller's: under every number that means the old one, with its flags,
// options and epoll entries. 0 or an errno. The caller's VM must expect foreign sockets before.
int replace_socket(const Trap& trap, const SocketCall& call, int number, const Fd& fresh);

}  // namespace shuttle
