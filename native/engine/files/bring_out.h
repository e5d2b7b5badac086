#pragma once
#include "holders.h"

namespace shuttle {

// Makes the content of a file of the VM's own (`own`) that of the host's file which a rule lets the VM write: what a
// program asks for that writes a new file and renames it over the old one. On the host it is as it is inside: whoever
// opens the file meets the old content or the new, never a part. 0 or a negative errno; nothing has changed then.
int64_t bring_out(const Trap& trap, const Spot& own, const std::string& host_path);

}  // namespace shuttle
