#pragma once
#include <napi.h>

#include <cstdint>
#include <memory>

#include "../engine/recorder.h"

namespace shuttle {

// A load for tests and the bench: threads that record as the engine's would.
struct SelfTest {
  uint64_t rows = 1'000'000;  // in all
  size_t threads = 1;
  uint64_t names = 1000;  // distinct objects
  size_t detail = 0;      // bytes of detail of every 16th row
  size_t payload = 0;     // bytes of a payload with every 16th row; 0 is none
};

// A promise of how many rows got a seq and how many nanoseconds it took.
Napi::Value run_self_test(Napi::Env env, std::shared_ptr<Recorder> recorder, const SelfTest& test);

}  // namespace shuttle
