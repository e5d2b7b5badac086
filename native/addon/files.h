#pragma once
#include <napi.h>

namespace shuttle {

// Registers the pure parts of files/ for tests: names of files, and which verdict a file gets.
void register_files(Napi::Env env, Napi::Object exports);

}  // namespace shuttle
