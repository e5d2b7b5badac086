#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <unordered_map>

#include "init.h"

namespace shuttle::init {
namespace {

bool below(const std::string& path, const std::string& folder) {
  return path.size() > folder.size() && path.starts_with(folder) && (folder == "/" || path[folder.size()] == '/');
}

std::string words(const MountStep& step) {
  static constexpr const char* kNames[] = {"folder", "link", "file", "bind", "overlay", "memory", "proc", "devices", "queues", "mask"};
  return std::string(kNames[static_cast<unsigned>(step.what) % std::size(kNames)]) + " " + step.to;
}

bool is_mount(const MountStep& step) {
  switch (step.what) {
    case MountStep::Do::kFolder:
    case MountStep::Do::kLink:
    case MountStep::Do::kFile:
    case MountStep::Do::kMask: return false;
    default: return true;
  }
}

// The mounts of a plan, found by what lies below them.
class Mounts {
 public:
  explicit Mounts(const std::vector<MountStep>& steps) : steps_(steps) {
    for (const MountStep& step : steps)
      if (is_mount(step)) mounts_.push_back(&step);
  }

  // The overlay that a path lies in, of the mounts made before `end`: the deepest, and of those the last. None where
  // that is no overlay.
  const MountStep* holder_of(const std::string& path, size_t end) const {
    const MountStep* holder = nullptr;
    for (const MountStep* mount : mounts_) {
      if (mount >= steps_.data() + end) break;
      if (below(path, mount->to) && (!holder || mount->to.size() >= holder->to.size())) holder = mount;
    }
    return holder && holder->what == MountStep::Do::kOverlay ? holder : nullptr;
  }

 private:
  const std::vector<MountStep>& steps_;
  std::vector<const MountStep*> mounts_;
};

std::string name_in(const std::string& path, const std::string& folder) { return path.substr(folder == "/" ? 1 : folder.size() + 1); }

int own_mount_namespace(int proc) { return openat(proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC); }

}  // namespace

void Root::build(const wire::Plan& plan, const std::function<void()>& inside) {
  const int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  must(proc >= 0, "/proc");
  must((host_space_ = own_mount_namespace(proc)) >= 0, "mount namespace");
  // The stage stands in both namespaces: the one in which the host can be seen, which only init keeps, and the VM's.
  std::string room = "mode=755";
  if (plan.vm.disk > 0) room += ",size=" + std::to_string(plan.vm.disk);
  must(mount("shuttle", kStage, "tmpfs", MS_NOSUID | MS_NODEV, room.c_str()) == 0, "stage");
  must(unshare(CLONE_NEWNS) == 0, "mount namespace");
  must((own_space_ = own_mount_namespace(proc)) >= 0, "mount namespace");
  close(proc);
  inside();

  std::vector<int> fds;
  for (size_t i = 0; i < plan.sources.size(); ++i) fds.push_back(wire::kFirstSource + static_cast<int>(i));
  stage_.add(plan.sources, fds);
  const std::string root = stage_.folder("r");
  must(mount("tmpfs", root.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, room.c_str()) == 0, "root");
  const auto& steps = plan.vm.steps;
  std::unordered_map<const MountStep*, Filling> fillings;
  const Mounts mounts(steps);
  std::vector<bool> placed(steps.size());  // by the filling of an overlay alone, or by the VM itself in an earlier life
  for (size_t i = 0; i < steps.size(); ++i) {
    const bool mask = steps[i].what == MountStep::Do::kMask;
    const MountStep* holder = mounts.holder_of(steps[i].to, mask ? steps.size() : i);
    if (mask) masks_.push_back(steps[i].to);
    if (!holder) continue;
    placed[i] = !is_mount(steps[i]) || (steps[i].what == MountStep::Do::kBind && !steps[i].write && changed_before(stage_, *holder, name_in(steps[i].to, holder->to)));
    if (mask) fillings[holder].masks.push_back(name_in(steps[i].to, holder->to));
    else fillings[holder].things.push_back({name_in(steps[i].to, holder->to), &steps[i]});
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    if (placed[i]) continue;
    const int error = apply(stage_, steps[i], steps[i].to == "/" ? root : root + steps[i].to, fillings[&steps[i]]);
    if (error) fail(words(steps[i]), error);
  }
  must(chdir(root.c_str()) == 0 && syscall(SYS_pivot_root, ".", ".") == 0, "pivot_root");
  must(umount2(".", MNT_DETACH) == 0 && chdir("/") == 0, "leaving the host");
  must(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
}

int Root::mount_later(const MountStep& step, const std::vector<wire::Source>& sources, const std::vector<int>& fds) {
  if (setns(host_space_, CLONE_NEWNS) != 0) return errno;
  Stage stage;
  stage.add(sources, fds);
  const std::string at = stage.folder("m") + "/x";
  Filling filling;
  for (const auto& mask : masks_)
    if (below(mask, step.to)) filling.masks.push_back(name_in(mask, step.to));
  int error = apply(stage, step, at, filling);
  int tree = -1;
  struct stat status{};
  if (!error && (tree = open_tree(AT_FDCWD, at.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE)) < 0) error = errno;
  if (!error && fstat(tree, &status) != 0) error = errno;
  umount2(at.c_str(), MNT_DETACH);
  must(setns(own_space_, CLONE_NEWNS) == 0, "returning to the VM");
  if (!error) error = make_target(step.to, S_ISDIR(status.st_mode));
  if (!error && move_mount(tree, "", AT_FDCWD, step.to.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) error = errno;
  if (tree >= 0) close(tree);
  return error;
}

}  // namespace shuttle::init
