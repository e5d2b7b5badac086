#include "bring_out.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../vm.h"
#include "carry.h"
#include "names.h"
#include "perform.h"

namespace shuttle {

namespace {

// Opened by the VM's user in the VM, so that nothing is read for a program that it could not read.
Fd open_own(const Trap& trap, const Spot& own) {
  const std::string name = own.name;
  Fd file(static_cast<int>(in_vm(trap, [&]() -> int64_t {
    const long opened = syscall(SYS_openat, AT_FDCWD, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0);
    return opened < 0 ? -errno : opened;
  })));
  struct stat info;
  if (!file || fstat(file.get(), &info) != 0 || info.st_ino != own.inode || info.st_dev != own.device || !S_ISREG(info.st_mode)) return {};
  return file;
}

Fd folder_of(const std::string& path) {
  return Fd(open_resolved(AT_FDCWD, std::string(parent_of(path)), O_PATH | O_DIRECTORY | O_CLOEXEC, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS));
}

// A file without a name where the file system can, so that a crash leaves none; else one that is removed again.
class Fresh {
 public:
  Fresh(int folder, pid_t tid) : folder_(folder), name_(".shuttle-" + std::to_string(getpid()) + "-" + std::to_string(tid)) {
    file_.reset(openat(folder, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
    if (file_ || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return;
    file_.reset(openat(folder, name_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0600));
    named_ = static_cast<bool>(file_);
  }
  ~Fresh() {
    if (named_) unlinkat(folder_, name_.c_str(), 0);
  }
  Fresh(const Fresh&) = delete;

  explicit operator bool() const { return static_cast<bool>(file_); }
  int get() const { return file_.get(); }

  int64_t put_at(const std::string& name) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file_.get());
    if (!named_ && linkat(AT_FDCWD, link, folder_, name_.c_str(), AT_SYMLINK_FOLLOW) != 0) return -errno;
    named_ = true;
    if (renameat(folder_, name_.c_str(), folder_, name.c_str()) != 0) return -errno;
    named_ = false;
    return 0;
  }

 private:
  const int folder_;
  const std::string name_;
  Fd file_;
  bool named_ = false;
};

// For as long as the caller waits for it.
int64_t copy(const Trap& trap, int from, int to) {
  constexpr size_t kChunk = 8 << 20;
  for (;;) {
    const ssize_t size = sendfile(to, from, nullptr, kChunk);
    if (size == 0) return 0;
    if (size < 0 && errno != EINTR) return -errno;
    if (!trap.valid()) return -EINTR;
  }
}

}  // namespace

int64_t bring_out(const Trap& trap, const Spot& own, const std::string& host_path) {
  const Fd from = open_own(trap, own), folder = folder_of(host_path);
  struct stat before, above;
  if (!from) return -EACCES;
  if (!folder) return -ENOENT;
  if (fstat(from.get(), &before) != 0 || fstat(folder.get(), &above) != 0) return -errno;
  if (trap.vm.spec.plan.disk && static_cast<uint64_t>(before.st_size) > trap.vm.spec.plan.disk) return -EFBIG;
  const ActingAs user(trap.vm, above.st_uid);
  Fresh fresh(folder.get(), trap.notice.tid);
  if (!fresh) return -errno;
  if (const int64_t error = copy(trap, from.get(), fresh.get())) return error;
  const timespec times[2] = {before.st_atim, before.st_mtim};
  if (fchmod(fresh.get(), before.st_mode & 0777) != 0 || futimens(fresh.get(), times) != 0) return -errno;
  return fresh.put_at(std::string(leaf_of(host_path)));
}

}  // namespace shuttle
