#pragma once
#include <napi.h>

namespace shuttle {

// Registers the pure parts of net/ for tests: messages and files that somebody hostile may have written, and who listens.
void register_net(Napi::Env env, Napi::Object exports);

}  // namespace shuttle
