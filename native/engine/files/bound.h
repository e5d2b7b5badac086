#pragma once
#include <string>

#include "../vm.h"
#include "resolve.h"

// Single files that rules show are binds, mounts of their own. What a program does to a name the kernel refuses there, so
// the engine does it; none of it asks what rules allow.
namespace shuttle {

enum class Bound { kNo, kToRead, kToWrite };

// Whether a spot of a VM is such a bind.
Bound bound(const Spot& here);

// Whether two spots of a VM lie on one mount, so that the kernel would rename between them.
bool on_one_mount(const Spot& one, const Spot& other);

// Renames `from` to `to`, or removes `from` where `to` is empty, as the VM's user, though something is bound at the last
// of the names: in a copy of the VM's mounts without that bind. With the file under it the kernel takes the bind itself
// away from the VM. 0 or a negative errno.
int64_t change_under_bind(Vm& vm, const Spot& shown, const std::string& from, const std::string& to);

// Shows the host's file at `name` (again), to be written. A problem is told, and the name keeps what it has.
void bind_again(Vm& vm, const std::string& name, const std::string& host_path);

}  // namespace shuttle
