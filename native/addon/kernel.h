#pragma once
#include <napi.h>

namespace shuttle {

// What the running kernel lets Shuttle do, each tried; for `shuttle doctor`.
void register_kernel(Napi::Env env, Napi::Object exports);

}  // namespace shuttle
