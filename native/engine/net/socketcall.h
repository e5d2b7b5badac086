#pragma once
#include "../trap.h"

namespace shuttle {

// The 32-bit call that stands for all socket calls, with its arguments in memory.
Answer on_socketcall(const Trap& trap);

}  // namespace shuttle
