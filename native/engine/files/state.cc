#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../engine.h"
#include "../errand.h"

namespace shuttle {

namespace {

constexpr unsigned kClone = 1;              // OPEN_TREE_CLONE
constexpr unsigned kRecursive = 0x8000;     // AT_RECURSIVE
constexpr long kMountSetattr = 442;
struct MountAttributes { uint64_t set, clear, propagation, userns; };

// A private copy of everything mounted at and below the root of wherever this runs, made read-only as a whole.
int64_t copy_read_only() {
  const long tree = syscall(SYS_open_tree, AT_FDCWD, "/", kClone | kRecursive | O_CLOEXEC);
  if (tree < 0) return -errno;
  MountAttributes attributes{.set = 1 /* MOUNT_ATTR_RDONLY */, .clear = 0, .propagation = 1 << 18 /* MS_PRIVATE */, .userns = 0};
  if (syscall(kMountSetattr, tree, "", AT_EMPTY_PATH | kRecursive, &attributes, sizeof attributes) == 0) return tree;
  const int error = errno;
  close(static_cast<int>(tree));
  return -error;
}

bool may_change_outside(const Vm& vm) {
  for (Op op : {Op::kFileWrite, Op::kFileCreate, Op::kFileDelete})
    if (vm.engine.rules->any(vm.name(), op)) return true;
  return false;
}

}  // namespace

FileState::FileState(const Vm& vm) : zones(vm.spec.zones), changes_by_rule(may_change_outside(vm)), mounted(vm.spec.lazy.size()) {}

std::shared_ptr<const Fd> FileState::read_only_root(const Vm& vm) {
  std::lock_guard lock(mutex_);
  if (!read_only_) {
    const Ground inside{.pidfd = vm.init().pidfd(), .enter = CLONE_NEWUSER | CLONE_NEWNS};
    read_only_ = std::make_shared<const Fd>(static_cast<int>(errand(inside, copy_read_only)));
  }
  return read_only_;
}

void FileState::mounts_changed() {
  std::lock_guard lock(mutex_);
  read_only_.reset();
}

bool FileState::looks_first(const std::string& name) {
  constexpr size_t kMost = 1 << 18;
  const uint64_t hash = sip_hash(name, key_).low;
  return looked_.size() < kMost ? looked_.insert(hash).second : !looked_.contains(hash);
}

FileState& files_of(Vm& vm) {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  if (!vm.files) vm.files = std::make_shared<FileState>(vm);
  return *vm.files;
}

const Fd& read_only_host() {
  static const Fd tree = [] {
    const int fresh = CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER);
    return Fd(static_cast<int>(errand({.fresh = fresh}, copy_read_only)));
  }();
  return tree;
}

}  // namespace shuttle
