#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "change.h"
#include "holders.h"

namespace shuttle {

// Runs system calls inside the VM as its user with the caller's umask; see errand.h for what `act` may do.
int64_t in_vm(const Trap& trap, const std::function<int64_t()>& act);

// Does in the program's place what its call asks for, on canonical paths: of the VM (`inside`) or of the host, where
// no link is followed on the way. The call's result, or a negative errno; -ENOSYS for what is not done by proxy.
int64_t perform(const Trap& trap, const ChangeCall& call, const std::string& first, const std::string& second, bool inside);

}  // namespace shuttle
