#pragma once
#include <string>

#include "../trap.h"

namespace shuttle {

// Before the first write below a folder that is shown read-only: mounts the overlay that keeps the VM's private copy.
// True where `name` now lies in such an overlay; false where it lies elsewhere or the mount failed.
bool open_overlay(const Trap& trap, const std::string& name);

// An overlay would have to be mounted before `name` can be written.
bool awaits_overlay(Vm& vm, const std::string& name);

}  // namespace shuttle
