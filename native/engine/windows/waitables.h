#pragma once
#include <vector>

#include "carrier.h"

namespace shuttle {

// Mutexes, events, semaphores and timers: each its own kind.
const std::vector<Carrier*>& waitables();

}  // namespace shuttle
