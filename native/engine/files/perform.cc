#include "perform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../engine.h"
#include "../errand.h"
#include "carry.h"
#include "names.h"
#include "state.h"

namespace shuttle {

namespace {

int64_t result_of(long result) { return result < 0 ? -errno : result; }

// The folder of a path, none of whose parts may be a link.
Fd folder_of(const std::string& path) {
  open_how how = {};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return Fd(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, std::string(parent_of(path)).c_str(), &how, sizeof how)));
}

struct Job {
  Deed deed;
  int folder, folder2;
  const char* name;
  const char* name2;
  unsigned mode;
  int64_t length;
  int flags;
};

// System calls only: this may run in an errand.
int64_t act(const Job& job) {
  switch (job.deed) {
    case Deed::kMakeFolder: return result_of(syscall(SYS_mkdirat, job.folder, job.name, job.mode));
    case Deed::kRemoveFolder: return result_of(syscall(SYS_unlinkat, job.folder, job.name, AT_REMOVEDIR));
    case Deed::kRemove: return result_of(syscall(SYS_unlinkat, job.folder, job.name, job.flags & AT_REMOVEDIR));
    case Deed::kRename: return result_of(syscall(SYS_renameat2, job.folder, job.name, job.folder2, job.name2, job.flags));
    case Deed::kTruncate:
    case Deed::kMode: {
      const long fd = syscall(SYS_openat, job.folder, job.name, O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | (job.deed == Deed::kTruncate ? O_WRONLY : O_RDONLY), 0);
      if (fd < 0) return -errno;
      const long done = job.deed == Deed::kTruncate ? syscall(SYS_ftruncate, fd, job.length) : syscall(SYS_fchmod, fd, job.mode);
      const int error = errno;
      syscall(SYS_close, fd);
      return done < 0 ? -error : done;
    }
    case Deed::kOther: return -ENOSYS;
  }
  return -ENOSYS;
}

}  // namespace

int64_t in_vm(const Trap& trap, const std::function<int64_t()>& doing) {
  Vm& vm = trap.vm;
  files_of(vm).errands.take();
  const mode_t mask = umask_of(trap.notice.tid);
  const Ground inside{.pidfd = vm.init().pidfd(), .enter = CLONE_NEWUSER | CLONE_NEWNS, .uid = vm.spec.plan.uid, .gid = vm.spec.plan.gid};
  return errand(inside, [&] {
    syscall(SYS_umask, mask);
    return doing();
  });
}

int64_t perform(const Trap& trap, const ChangeCall& call, const std::string& first, const std::string& second, bool inside) {
  if (call.deed == Deed::kOther) return -ENOSYS;
  const std::string name(leaf_of(first)), name2(leaf_of(second));
  Job job{.deed = call.deed, .folder = AT_FDCWD, .folder2 = AT_FDCWD, .name = first.c_str(), .name2 = second.c_str(),
          .mode = call.mode >= 0 ? static_cast<unsigned>(trap.arg_int(call.mode)) : 0,
          .length = static_cast<int64_t>(trap.notice.args[1]),
          .flags = call.nr == SYS_renameat2 || call.flags >= 0 ? trap.arg_int(call.nr == SYS_renameat2 ? 4 : call.flags) : 0};
  if (inside) return in_vm(trap, [&] { return act(job); });

  const Fd folder = folder_of(first);
  const Fd folder2 = second.empty() ? Fd() : folder_of(second);
  if (!folder || (!second.empty() && !folder2)) return -ENOENT;
  job.folder = folder.get();
  job.folder2 = folder2.get();
  job.name = name.c_str();
  job.name2 = name2.c_str();
  if (call.deed == Deed::kMakeFolder) job.mode &= ~umask_of(trap.notice.tid);
  struct stat info;
  if (fstat(folder.get(), &info) != 0) return -errno;
  const ActingAs user(trap.vm, info.st_uid);
  return act(job);
}

}  // namespace shuttle
