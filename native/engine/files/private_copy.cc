#include "private_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../engine.h"
#include "../errand.h"
#include "state.h"

namespace shuttle {

namespace {

constexpr unsigned kMountId = 0x1000;  // STATX_MNT_ID

bool is_read_only_bind(const Spot& here, struct statx& info) {
  if (!here.exists || !S_ISREG(here.mode)) return false;
  if (syscall(SYS_statx, here.file.get(), "", AT_EMPTY_PATH, STATX_INO | kMountId, &info) != 0 || !(info.stx_mask & kMountId)) return false;
  struct statvfs mount;
  return (info.stx_attributes & STATX_ATTR_MOUNT_ROOT) && fstatvfs(here.file.get(), &mount) == 0 && (mount.f_flag & ST_RDONLY);
}

// System calls only. What lies under the bind is the file it was laid on, which is the VM user's.
int64_t copy_over(int from, int folder, const char* to, mode_t mode) {
  const long out = syscall(SYS_openat, folder, to, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0);
  if (out < 0) return -errno;
  syscall(SYS_fchmod, out, mode & 0777);
  char buffer[1 << 16];
  int64_t error = 0;
  for (;;) {
    const long size = syscall(SYS_read, from, buffer, sizeof buffer);
    if (size < 0) error = -errno;
    if (size <= 0) break;
    for (long done = 0; done < size && !error;) {
      const long wrote = syscall(SYS_write, out, buffer + done, size - done);
      if (wrote < 0) error = -errno;
      done += wrote;
    }
    if (error) break;
  }
  syscall(SYS_close, out);
  return error;
}

// Takes away exactly the mount that was looked at: its name may lead elsewhere by now, but a file that something is
// mounted on can be neither renamed nor removed, so what is checked in its folder stays.
int64_t take_away(const char* above, const char* name, const struct statx& seen) {
  open_how how = {};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long folder = syscall(SYS_openat2, AT_FDCWD, above, &how, sizeof how);
  struct statx now;
  if (folder < 0 || syscall(SYS_fchdir, folder) != 0) return -errno;
  if (syscall(SYS_statx, folder, name, AT_SYMLINK_NOFOLLOW, STATX_INO | kMountId, &now) != 0) return -errno;
  if (now.stx_mnt_id != seen.stx_mnt_id || now.stx_ino != seen.stx_ino) return -EAGAIN;
  if (syscall(SYS_umount2, name, MNT_DETACH | UMOUNT_NOFOLLOW) != 0) return -errno;
  return folder;
}

}  // namespace

bool make_private(const Trap& trap, const Spot& here) {
  struct statx seen = {};
  if (!is_read_only_bind(here, seen)) return false;
  Vm& vm = trap.vm;
  char link[40];
  snprintf(link, sizeof link, "/proc/self/fd/%d", here.file.get());
  const Fd from(open(link, O_RDONLY | O_CLOEXEC));
  const std::string above(parent_of(here.name)), name(leaf_of(here.name));
  const VmPlan& plan = vm.spec.plan;
  const Ground inside{.pidfd = vm.init().pidfd(), .enter = CLONE_NEWUSER | CLONE_NEWNS};
  const int64_t error = !from ? -EACCES : errand(inside, [&]() -> int64_t {
    const int64_t folder = take_away(above.c_str(), name.c_str(), seen);
    if (folder < 0) return folder;
    if (syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid) != 0 || syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid) != 0) return -errno;
    const int64_t failed = copy_over(from.get(), static_cast<int>(folder), name.c_str(), here.mode);
    syscall(SYS_close, folder);
    return failed;
  });
  files_of(vm).mounts_changed();
  if (error)
    vm.engine.tell({.type = Event::Type::kProblem, .vm = vm.name(), .problem = "OVERLAY_FAILED", .detail = here.name + ": " + strerror(static_cast<int>(-error))});
  return !error;
}

}  // namespace shuttle
