#include "bound.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../engine.h"
#include "../errand.h"
#include "state.h"

namespace shuttle {

namespace {

// Takes the bind away in the mount namespace this runs in, a copy that nobody else uses. System calls only.
int64_t take_bind_away(const char* above, const char* name, const Spot& shown) {
  open_how how = {};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long folder = syscall(SYS_openat2, AT_FDCWD, above, &how, sizeof how);
  if (folder < 0) return -errno;
  struct stat now;
  int64_t error = syscall(SYS_fchdir, folder) == 0 && syscall(SYS_newfstatat, folder, name, &now, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno;
  if (!error && (now.st_ino != shown.inode || now.st_dev != shown.device)) error = -EAGAIN;
  if (!error && syscall(SYS_umount2, name, MNT_DETACH | UMOUNT_NOFOLLOW) != 0) error = -errno;
  syscall(SYS_close, folder);
  return error;
}

}  // namespace

Bound bound(const Spot& here) {
  struct statx info;
  if (!here.exists || !S_ISREG(here.mode)) return Bound::kNo;
  if (syscall(SYS_statx, here.file.get(), "", AT_EMPTY_PATH, STATX_INO, &info) != 0 || !(info.stx_attributes & STATX_ATTR_MOUNT_ROOT)) return Bound::kNo;
  struct statvfs mount;
  if (fstatvfs(here.file.get(), &mount) != 0) return Bound::kNo;
  return mount.f_flag & ST_RDONLY ? Bound::kToRead : Bound::kToWrite;
}

bool on_one_mount(const Spot& one, const Spot& other) {
  constexpr unsigned kMountId = 0x1000;  // STATX_MNT_ID
  uint64_t mounts[2] = {};
  for (const Spot* spot : {&one, &other}) {
    struct statx info;
    if (!spot->exists || syscall(SYS_statx, spot->file.get(), "", AT_EMPTY_PATH, kMountId, &info) != 0 || !(info.stx_mask & kMountId)) return false;
    mounts[spot == &other] = info.stx_mnt_id;
  }
  return mounts[0] == mounts[1];
}

int64_t change_under_bind(Vm& vm, const Spot& shown, const std::string& from, const std::string& to) {
  files_of(vm).errands.take();
  const std::string above(parent_of(shown.name)), name(leaf_of(shown.name));
  const VmPlan& plan = vm.spec.plan;
  const Ground inside{.pidfd = vm.init().pidfd(), .enter = CLONE_NEWUSER | CLONE_NEWNS};
  const int64_t result = errand(inside, [&]() -> int64_t {
    if (syscall(SYS_unshare, CLONE_NEWNS) != 0 || syscall(SYS_mount, nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return -errno;
    if (const int64_t error = take_bind_away(above.c_str(), name.c_str(), shown)) return error;
    if (syscall(SYS_setresgid, plan.gid, plan.gid, plan.gid) != 0 || syscall(SYS_setresuid, plan.uid, plan.uid, plan.uid) != 0) return -errno;
    const long done = to.empty() ? syscall(SYS_unlinkat, AT_FDCWD, from.c_str(), 0)
                                 : syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0);
    return done < 0 ? -errno : 0;
  });
  files_of(vm).mounts_changed();
  return result;
}

void bind_again(Vm& vm, const std::string& name, const std::string& host_path) {
  MountStep step{.what = MountStep::Do::kBind, .to = name, .from = host_path, .write = true};
  const int error = vm.init().mount(step);
  files_of(vm).mounts_changed();
  if (error) vm.engine.tell({.type = Event::Type::kProblem, .vm = vm.name(), .problem = "OVERLAY_FAILED", .detail = name + ": " + strerror(error)});
}

}  // namespace shuttle
