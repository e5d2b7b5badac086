#pragma once
#include "wire.h"

namespace shuttle::init {

// Where root starts a VM: gives root up, makes the namespaces as the VM's user, and goes on as process 1 in them. Only
// that process returns; it has waited until the parent wrote its id maps.
void pass_through_door(const wire::Plan& plan);

// Keeps a user namespace alive, whose maps turn files of root into the VM user's, until descriptor 0 ends.
int hold();

}  // namespace shuttle::init
