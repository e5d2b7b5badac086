#pragma once
#include <sys/types.h>

#include <functional>

namespace shuttle {

// Asks the Wine server of a VM to end, which then writes what programs changed in the registry, and waits for that. A
// server that does not end is left to whoever kills the VM. `init` is the VM's process 1 as the host sees it.
void end_wine_server(pid_t init, const std::function<bool()>& stopping);

}  // namespace shuttle
