#include "kernel_abilities.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include "fd.h"
#include "newer_kernel.h"

namespace shuttle {
namespace {

// A filter that refuses nothing. It stays with the calling thread.
Fd listener(unsigned long flags) {
  sock_filter all[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
  const sock_fprog program{1, all};
  return Fd(static_cast<int>(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | flags, &program)));
}

void try_all(KernelAbilities& able) {
  able.thread_descriptors = static_cast<bool>(Fd(static_cast<int>(syscall(SYS_pidfd_open, gettid(), kPidfdThread))));
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
  Fd heard = listener(kWaitKillable);
  able.wait_killable = static_cast<bool>(heard);
  if (!heard) heard = listener(0);
  able.sync_wake_up = heard && ioctl(heard.get(), SECCOMP_IOCTL_NOTIF_SET_FLAGS, kSyncWakeUp) == 0;
}

}  // namespace

KernelAbilities kernel_abilities() {
  KernelAbilities able;
  std::thread([&able] { try_all(able); }).join();
  return able;
}

}  // namespace shuttle
