#pragma once
#include <functional>

#include "trap.h"

namespace shuttle {

// Has a worker do what may take long for the caller of `trap`, and answer it. ENFILE where as many calls of its VM wait
// as may; one whose caller is gone before its turn is dropped.
Answer do_later(const Trap& trap, std::function<void()> task);

}  // namespace shuttle
