#include <fcntl.h>
#include <linux/mount.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "init.h"

namespace shuttle::init {
namespace {

int failed(bool good) { return good ? 0 : errno; }

int bind(Stage& stage, const MountStep& step, const std::string& at) {
  const std::string from = stage.reach(step.from);
  bool folder = false;
  if (int error = shows_folder(stage, step, &folder); error) return error;
  if (int error = make_target(at, folder); error) return error;
  const int tree = open_tree(AT_FDCWD, from.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
  if (tree < 0) return errno;
  mount_attr wanted{};
  wanted.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (step.write ? 0 : MOUNT_ATTR_RDONLY);
  wanted.propagation = MS_PRIVATE;
  int error = failed(mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &wanted, sizeof wanted) == 0);
  if (!error) error = failed(move_mount(tree, "", AT_FDCWD, at.c_str(), MOVE_MOUNT_F_EMPTY_PATH) == 0);
  close(tree);
  return error;
}

int memory(const std::string& at, mode_t mode, uint64_t bytes) {
  char options[64];
  snprintf(options, sizeof options, "mode=%o,size=%llu", mode, static_cast<unsigned long long>(bytes));
  if (bytes == 0) snprintf(options, sizeof options, "mode=%o", mode);
  if (int error = make_target(at, true); error) return error;
  return failed(mount("tmpfs", at.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options) == 0);
}

int folder(const std::string& at, mode_t mode) {
  if (int error = make_target(at, true); error) return error;
  return failed(chmod(at.c_str(), mode) == 0);
}

int link(const std::string& at, const std::string& target) {
  if (symlink(target.c_str(), at.c_str()) == 0 || errno == EEXIST) return 0;
  if (errno != ENOENT) return errno;
  if (int error = make_target(at.substr(0, at.rfind('/')), true); error) return error;
  return failed(symlink(target.c_str(), at.c_str()) == 0);
}

// Where no overlay lies a name cannot be taken away, only emptied.
int mask(const std::string& at) {
  struct stat status;
  if (lstat(at.c_str(), &status) != 0) return 0;
  if (S_ISDIR(status.st_mode)) return failed(mount("tmpfs", at.c_str(), "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV, "mode=555,size=4k") == 0);
  return failed(mount("/dev/null", at.c_str(), nullptr, MS_BIND, nullptr) == 0);
}

int proc(const std::string& at) {
  if (int error = make_target(at, true); error) return error;
  // Only what may be looked into is there at all: not init, whose mounts are for a moment the host's when it shows one more.
  return failed(mount("proc", at.c_str(), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, "hidepid=ptraceable") == 0);
}

int queues(const std::string& at) {
  if (int error = make_target(at, true); error) return error;
  if (mount("mqueue", at.c_str(), "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0) return 0;
  return errno == ENODEV ? 0 : errno;  // a kernel without message queues
}

int overlay(Stage& stage, const MountStep& step, const std::string& at, const Filling& filling) {
  if (int error = make_target(at, true); error) return error;
  return mount_overlay(stage, step, at, filling);
}

}  // namespace

int write_text(const std::string& at, mode_t mode, const std::string& text) {
  if (int error = make_target(at, false); error) return error;
  const int out = open(at.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW);
  if (out < 0) return errno;
  int error = failed(write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  if (!error) error = failed(fchmod(out, mode) == 0);
  close(out);
  return error;
}

int shows_folder(Stage& stage, const MountStep& step, bool* folder) {
  *folder = true;
  if (step.what != MountStep::Do::kBind) return 0;
  struct stat status;
  if (stat(stage.reach(step.from).c_str(), &status) != 0) return errno;
  *folder = S_ISDIR(status.st_mode);
  // Through a bound socket or FIFO a program would reach the host's other end, and devices are no files at all.
  return *folder || S_ISREG(status.st_mode) ? 0 : EOPNOTSUPP;
}

int make_target(const std::string& path, bool folder, mode_t mode) {
  const auto make = [&] {
    if (folder) return mkdir(path.c_str(), mode);
    const int made = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (made < 0) return -1;
    return close(made);
  };
  if (make() == 0 || errno == EEXIST) return 0;
  if (errno == EROFS) return access(path.c_str(), F_OK) == 0 ? 0 : EROFS;
  if (errno != ENOENT) return errno;
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos || slash == 0) return ENOENT;
  if (int error = make_target(path.substr(0, slash), true, 0755); error) return error;
  return make() == 0 || errno == EEXIST ? 0 : errno;
}

int apply(Stage& stage, const MountStep& step, const std::string& at, const Filling& filling) {
  int error = EINVAL;
  switch (step.what) {
    case MountStep::Do::kFolder: return folder(at, step.mode);
    case MountStep::Do::kLink: return link(at, step.from);
    case MountStep::Do::kFile: return write_text(at, step.mode, step.text);
    case MountStep::Do::kMemory: return memory(at, step.mode, step.bytes);
    case MountStep::Do::kProc: return proc(at);
    case MountStep::Do::kDevices: return make_devices(at);
    case MountStep::Do::kQueues: return queues(at);
    case MountStep::Do::kMask: return mask(at);
    case MountStep::Do::kBind: error = bind(stage, step, at); break;
    case MountStep::Do::kOverlay: error = overlay(stage, step, at, filling); break;
  }
  if (!error || !step.optional) return error;
  // A folder that cannot be shown is one that nobody may look into; a file, or what has gone meanwhile, is not there.
  if (step.what == MountStep::Do::kOverlay) chmod(at.c_str(), error == ENOENT ? 0555 : 0);
  return 0;
}

}  // namespace shuttle::init
