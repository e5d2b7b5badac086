#pragma once
#include <string>

#include "resolve.h"

namespace shuttle {

// A single file is shown by a read-only bind, which has no layer of its own. Before the first change: takes the bind
// away and leaves a copy of what it showed in its place, the VM's own. Descriptors opened before keep the host's file.
// False where the file is no such bind, or the copy failed.
bool make_private(const Trap& trap, const Spot& here);

}  // namespace shuttle
