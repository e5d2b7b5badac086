#pragma once

namespace shuttle::init {

// Keeps a user namespace alive, whose maps turn files of root into the VM user's, until descriptor 0 ends.
int hold();

}  // namespace shuttle::init
