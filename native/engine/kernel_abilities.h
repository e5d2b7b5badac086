#pragma once

namespace shuttle {

// What newer kernels give besides what Shuttle needs, each found by trying.
struct KernelAbilities {
  bool sync_wake_up = false;        // 6.6: the engine is woken on the program's own processor
  bool wait_killable = false;       // 5.19: a signal does not repeat a call the engine has begun
  bool thread_descriptors = false;  // 6.9: a thread's own descriptors, not its first thread's
};

KernelAbilities kernel_abilities();

}  // namespace shuttle
