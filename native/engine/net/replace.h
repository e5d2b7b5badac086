#pragma once
#include "connect.h"

namespace shuttle {

// Gives a socket the options and flags of another.
void copy_options(int from, int to);

// Whether the caller's socket can be replaced without the program noticing: not bound, under one number only, and in
// no epoll of its process. Entries of an epoll made before would be lost.
bool is_fresh(const Trap& trap, const SocketCall& call, int number);

// Puts a connected socket in the place of the caller's: under every number that means the old one, with its flags and
// options. 0 or an errno. The caller's VM must expect foreign sockets before.
int replace_socket(const Trap& trap, const SocketCall& call, int number, const Fd& fresh);

}  // namespace shuttle
