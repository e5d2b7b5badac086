#pragma once
#include "../fd.h"

namespace shuttle {

// Connects a program's own unix socket to one of the engine's, and gives the engine's end. Empty, with an errno, on
// failure. The name through which they meet is gone before anybody else could use it.
Fd meet(int socket, int type, int* error);

}  // namespace shuttle
