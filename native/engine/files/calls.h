#pragma once
#include "../trap.h"

// The handlers of calls on files, and the numbers they answer to on i386.
namespace shuttle {

Answer on_open(const Trap& trap);
Answer on_creat(const Trap& trap);
Answer on_openat(const Trap& trap);
Answer on_openat2(const Trap& trap);

Answer on_change(const Trap& trap);  // every call that changes a folder or a file's properties: change.cc
Answer on_lookup(const Trap& trap);  // stat, access, readlink: lookup.cc

}  // namespace shuttle
