#pragma once
#include <napi.h>

namespace shuttle {

void register_engine(Napi::Env env, Napi::Object exports);

}  // namespace shuttle
