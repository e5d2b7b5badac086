#pragma once
#include <napi.h>

#include <vector>

#include "../engine/decide.h"

namespace shuttle {

// Reads an array of CompiledRule objects (native/contract/rules.ts). Throws a Napi::TypeError that names the place.
std::vector<CompiledRule> rules_from(const Napi::Value& value);

// Variables of native/contract/rules.ts and the process ids, by the tokens' names; what is absent stays empty.
Bindings bindings_from(const Napi::Value& value);

void register_rules(Napi::Env env, Napi::Object exports);

}  // namespace shuttle
