#include "kernel.h"

#include "../engine/cgroup.h"
#include "../engine/kernel_abilities.h"

namespace shuttle {

void register_kernel(Napi::Env env, Napi::Object exports) {
  exports.Set("kernelAbilities", Napi::Function::New(env, [](const Napi::CallbackInfo& info) {
                const KernelAbilities able = kernel_abilities();
                auto out = Napi::Object::New(info.Env());
                out.Set("syncWakeUp", able.sync_wake_up);
                out.Set("waitKillable", able.wait_killable);
                out.Set("threadDescriptors", able.thread_descriptors);
                out.Set("groups", can_limit_as_a_whole());
                return out;
              }));
}

}  // namespace shuttle
