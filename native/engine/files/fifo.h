#pragma once
#include <functional>

#include "holders.h"

namespace shuttle {

// Hands over one end of a FIFO that lies elsewhere. Waits for the other end as the kernel would, in a worker, for as
// long as the caller does. Calls `opened` with 0 or an errno once it is decided, which is before the waiting.
Answer carry_fifo(const Trap& trap, Holder holder, int flags, std::function<void(int error)> opened);

}  // namespace shuttle
