#pragma once
#include <napi.h>

namespace shuttle {
void register_stdio(Napi::Env env, Napi::Object exports);
}
