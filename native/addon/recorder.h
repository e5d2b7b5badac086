#pragma once
#include <napi.h>

#include <memory>

#include "../engine/recorder.h"

namespace shuttle {

// The recorder behind a NativeRecorder of JavaScript. Throws a TypeError where the value is something else.
std::shared_ptr<Recorder> recorder_from(Napi::Value value);

void register_recorder(Napi::Env env, Napi::Object exports);

}  // namespace shuttle
