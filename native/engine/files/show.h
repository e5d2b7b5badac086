#pragma once
#include <optional>
#include <string>

#include "holders.h"

namespace shuttle {

// A program of the host that came to be after the VM's start, or of which the mounts show only the name: where rules give
// it to every program of the VM at every time, a mount shows it from now on, as one from the start would have. Starting
// it is then the kernel's, which asks nobody for what it reads. The rule that gives it; empty where none does.
std::optional<std::string> show_program(const Trap& trap, const Spot& here);

// Whether such a program may be shown, without doing it.
bool may_show_program(const Trap& trap, const Spot& here);

}  // namespace shuttle
