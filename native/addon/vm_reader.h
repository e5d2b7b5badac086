#pragma once
#include <napi.h>

#include "../engine/vm.h"

namespace shuttle {

// Reads a VmSpec (native/contract/vm.ts). Throws a Napi::TypeError that names the key.
VmSpec vm_spec_from(const Napi::Value& value);

// Reads {argv, cwd, env} of a program to be started.
Launch launch_from(const Napi::Object& from);
void stdio_from(const Napi::Object& from, int stdio[3]);

}  // namespace shuttle
