#pragma once
// What the headers of Debian 12 do not name yet. Every use is tried, and has a way round on kernels without it.
#include <fcntl.h>
#include <linux/seccomp.h>

#include <cstdint>

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS SECCOMP_IOW(4, __u64)
#endif

namespace shuttle {

constexpr unsigned kWaitKillable = 1U << 5;   // SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, kernel 5.19
constexpr uint64_t kSyncWakeUp = 1;           // SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, kernel 6.6
constexpr unsigned kPidfdThread = O_EXCL;     // PIDFD_THREAD, kernel 6.9

}  // namespace shuttle
