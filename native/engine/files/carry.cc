#include "carry.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "state.h"

namespace shuttle {

namespace {

constexpr int kKept = O_APPEND | O_NONBLOCK | O_DIRECT | O_DSYNC | O_SYNC | O_NOATIME | O_LARGEFILE;

Opened reopen(int file, int flags) {
  char path[40];
  snprintf(path, sizeof path, "/proc/self/fd/%d", file);
  const int fd = open(path, flags | O_CLOEXEC | O_NOCTTY);
  return fd < 0 ? -errno : fd;
}

}  // namespace

ActingAs::ActingAs(const Vm& vm, uid_t owner_of_file) {
  const VmPlan& plan = vm.spec.plan;
  if (geteuid() != 0 || plan.uid == 0 || (plan.shift && owner_of_file == 0)) return;
  // These are the thread's own when asked for directly; a group of root's must not help.
  syscall(SYS_setgroups, 0, nullptr);
  syscall(SYS_setfsgid, plan.gid);
  syscall(SYS_setfsuid, plan.uid);
  changed_ = true;
}

ActingAs::~ActingAs() {
  if (!changed_) return;
  syscall(SYS_setfsuid, 0);
  syscall(SYS_setfsgid, 0);
}

Opened open_found(const Vm& asker, const Holder& holder, int flags, bool any_kind) {
  if (!any_kind && !S_ISREG(holder.spot.mode)) return -EACCES;
  struct stat info;
  if (fstat(holder.spot.file.get(), &info) != 0) return -errno;
  const ActingAs user(asker, info.st_uid);
  const int kept = flags & (kKept | O_ACCMODE | O_TRUNC);
  if (any_kind) return reopen(holder.spot.file.get(), kept);
  // Another VM may hold a lease on its file: that must not stop this one's thread, so such an open fails instead.
  const Opened fd = reopen(holder.spot.file.get(), kept | O_NONBLOCK);
  if (fd >= 0 && !(kept & O_NONBLOCK)) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
  return fd;
}

namespace {

Opened open_below(const Vm& asker, const Fd& root, const Holder& holder, int flags) {
  if (!root) return -EACCES;
  Holder again;
  again.spot = find_in(root.get(), holder.spot.name, false);
  if (!again.spot.exists || again.spot.device != holder.spot.device || again.spot.inode != holder.spot.inode) return -ENOENT;
  return open_found(asker, again, (flags & kKept) | O_RDONLY);
}

}  // namespace

Opened open_to_read(const Vm& asker, const Holder& holder, int flags) {
  if (!holder.vm) return open_below(asker, read_only_host(), holder, flags);
  FileState& files = files_of(*holder.vm);
  const Opened fd = open_below(asker, *files.read_only_root(*holder.vm), holder, flags);
  if (fd != -ENOENT) return fd;
  files.mounts_changed();  // by whoever runs that VM: another Shuttle, perhaps
  return open_below(asker, *files.read_only_root(*holder.vm), holder, flags);
}

Opened create_on_host(const Trap& trap, const std::string& host_path, int flags, mode_t mode) {
  open_how how = {};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const std::string folder(parent_of(host_path));
  const Fd parent(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, folder.c_str(), &how, sizeof how)));
  if (!parent) return -errno;
  struct stat info;
  if (fstat(parent.get(), &info) != 0) return -errno;
  const ActingAs user(trap.vm, info.st_uid);
  const std::string name(leaf_of(host_path));
  const int exact = (flags & (kKept | O_ACCMODE)) | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY;
  const int fd = openat(parent.get(), name.c_str(), exact, 0600);
  if (fd < 0) return -errno;
  fchmod(fd, mode & 0777 & ~umask_of(trap.notice.tid));
  return fd;
}

Answer hand_over(const Trap& trap, int fd, int flags) {
  if (fd < 0) return Answer::fail(-fd);
  const Fd owned(fd);
  return Answer::give(trap.vm.notifier().add_fd(trap.notice.id, fd, -1, flags & O_CLOEXEC));
}

mode_t umask_of(pid_t tid) {
  char path[40], status[512];
  snprintf(path, sizeof path, "/proc/%d/status", tid);
  const Fd file(open(path, O_RDONLY | O_CLOEXEC));
  const ssize_t size = file ? read(file.get(), status, sizeof status - 1) : -1;
  unsigned mask = 022;
  if (size <= 0) return mask;
  status[size] = 0;
  const char* line = strstr(status, "Umask:");
  if (line) sscanf(line + 6, "%o", &mask);
  return mask;
}

}  // namespace shuttle
