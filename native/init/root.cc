#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

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

// The last overlay that holds a masked name decides whether it can be taken away altogether.
bool under_overlay(const std::string& name, const std::vector<MountStep>& steps) {
  const MountStep* holder = nullptr;
  for (const auto& step : steps)
    if (step.what != MountStep::Do::kMask && below(name, step.to) && (!holder || step.to.size() >= holder->to.size())) holder = &step;
  return holder && holder->what == MountStep::Do::kOverlay;
}

int own_mount_namespace(int proc) { return openat(proc, "self/ns/mnt", O_RDONLY | O_CLOEXEC); }

}  // namespace

std::vector<std::string> Root::masks_below(const std::string& to) const {
  std::vector<std::string> names;
  for (const auto& mask : masks_)
    if (below(mask, to)) names.push_back(mask.substr(to == "/" ? 1 : to.size() + 1));
  return names;
}

void Root::build(const wire::Plan& plan) {
  const int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  must(proc >= 0, "/proc");
  must((host_space_ = own_mount_namespace(proc)) >= 0, "mount namespace");
  // The stage stands in both namespaces: the one in which the host can be seen, which only init keeps, and the VM's.
  std::string room = "mode=700";
  if (plan.vm.disk > 0) room += ",size=" + std::to_string(plan.vm.disk);
  must(mount("shuttle", kStage, "tmpfs", MS_NOSUID | MS_NODEV, room.c_str()) == 0, "stage");
  must(unshare(CLONE_NEWNS) == 0, "mount namespace");
  must((own_space_ = own_mount_namespace(proc)) >= 0, "mount namespace");
  close(proc);

  std::vector<int> fds;
  for (size_t i = 0; i < plan.sources.size(); ++i) fds.push_back(wire::kFirstSource + static_cast<int>(i));
  stage_.add(plan.sources, fds);
  const std::string root = stage_.folder("r");
  must(mount("tmpfs", root.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=16m") == 0, "root");
  for (const auto& step : plan.vm.steps)
    if (step.what == MountStep::Do::kMask && under_overlay(step.to, plan.vm.steps)) masks_.push_back(step.to);
  for (const auto& step : plan.vm.steps) {
    if (step.what == MountStep::Do::kMask && under_overlay(step.to, plan.vm.steps)) continue;
    const int error = apply(stage_, step, step.to == "/" ? root : root + step.to, masks_below(step.to));
    if (error) fail(words(step), error);
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
  int error = apply(stage, step, at, masks_below(step.to));
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
