#pragma once
#include <string>

#include "../trap.h"

namespace shuttle {

// A path as the caller wrote it, made absolute by the folder it is in.
std::string absolute_in_vm(const Trap& trap, const std::string& path);

// The name of what a descriptor is open on, links followed.
std::string name_of_descriptor(int fd);

}  // namespace shuttle
