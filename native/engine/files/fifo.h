#pragma once
#include <functional>

#include "holders.h"

namespace shuttle {

// Hands over one end of a FIFO that lies elsewhere. Waits for the other end as the kernel would, in a worker, for as
// long as the caller does; calls `opened` with 0 or an errno before the caller hears of it.
Answer carry_fifo(const Trap& trap, Holder holder, int flags, std::function<void(int error)> opened);

}  // namespace shuttle
