// What the addon offers to JavaScript; each area registers its own.
#include <napi.h>

#include "engine.h"
#include "files.h"
#include "kernel.h"
#include "net.h"
#include "recorder.h"
#include "rules.h"
#include "stdio.h"

namespace {

Napi::Object register_all(Napi::Env env, Napi::Object exports) {
  shuttle::register_engine(env, exports);
  shuttle::register_files(env, exports);
  shuttle::register_kernel(env, exports);
  shuttle::register_net(env, exports);
  shuttle::register_recorder(env, exports);
  shuttle::register_rules(env, exports);
  shuttle::register_stdio(env, exports);
  return exports;
}

}  // namespace

NODE_API_MODULE(shuttle, register_all)
