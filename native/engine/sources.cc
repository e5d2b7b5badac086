#include "sources.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <map>
#include <mutex>

#include "spawn.h"

namespace shuttle {
namespace {

// Root becomes the VM's user and the other way round, so that nobody's files look like nobody's.
std::string swapped_with_root(uint64_t id) {
  constexpr uint64_t kAll = 4294967295;
  std::string map = "0 " + std::to_string(id) + " 1\n" + std::to_string(id) + " 0 1\n";
  if (id > 1) map += "1 1 " + std::to_string(id - 1) + "\n";
  return map + std::to_string(id + 1) + " " + std::to_string(id + 1) + " " + std::to_string(kAll - id - 1) + "\n";
}

// A user namespace that exists for its maps only. It stays alive by its descriptor once its one process is gone.
Fd make_mapping(const std::string& init, uid_t uid, gid_t gid) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return {};
  Fd ours(ends[0]), theirs(ends[1]);
  Spawn spawn{init, {"shuttle-init", "hold"}, {theirs.get(), theirs.get(), theirs.get()}, CLONE_NEWUSER, 0, 0};
  const pid_t pid = spawn_process(spawn);
  if (pid < 0) return {};
  const std::string of = "/proc/" + std::to_string(pid);
  Fd space;
  if (write_file(of + "/uid_map", swapped_with_root(uid)) && write_file(of + "/gid_map", swapped_with_root(gid)))
    space.reset(open((of + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
  ::kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
  }
  return space;
}

int mapping_for(const std::string& init, uid_t uid, gid_t gid) {
  static std::mutex lock;
  static std::map<std::pair<uid_t, gid_t>, Fd> made;
  const std::lock_guard hold(lock);
  auto& mapping = made[{uid, gid}];
  if (!mapping) mapping = make_mapping(init, uid, gid);
  return mapping.get();
}

// Whether everybody may see it: then init reaches a read-only bind by its path, and nobody's ownership is needed.
bool is_open_to_all(const std::string& path) {
  struct stat status;
  for (size_t slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1))
    if (stat(path.substr(0, slash).c_str(), &status) != 0 || !(status.st_mode & S_IXOTH)) return false;
  if (stat(path.c_str(), &status) != 0) return false;
  return (status.st_mode & S_IROTH) && (!S_ISDIR(status.st_mode) || (status.st_mode & S_IXOTH));
}

struct Wanted {
  bool write = false;
  bool recursive = false;
  bool shift = false;
};

std::string common_folder(const std::string& a, const std::string& b) {
  size_t slash = 0;
  for (size_t i = 0; i < a.size() && i < b.size() && a[i] == b[i]; ++i)
    if (a[i] == '/') slash = i;
  return a.substr(0, slash == 0 ? 1 : slash);
}

std::map<std::string, Wanted> wanted_by(const std::vector<MountStep>& steps, bool shift) {
  std::map<std::string, Wanted> wanted;
  for (const auto& step : steps) {
    if (step.what == MountStep::Do::kBind) {
      if (!step.write && is_open_to_all(step.from)) continue;
      auto& one = wanted[step.from];
      one.recursive = one.shift = true;
      one.write |= step.write;
    } else if (step.what == MountStep::Do::kOverlay) {
      for (const auto& lower : step.lower) wanted[lower].shift = true;
      // Upper and work must lie on one mount. The layer's folder belongs to the VM's user as it is.
      if (!step.upper.empty()) wanted[common_folder(step.upper, step.work)].write = true;
    }
  }
  for (auto& [path, one] : wanted) one.shift &= shift;
  return wanted;
}

// A folder that is the VM user's already (a base prefix, a layer) stays so; root's is shown as that user's.
Fd prepare(const std::string& path, const Wanted& wanted, int mapping, uid_t uid) {
  Fd tree(open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (wanted.recursive ? AT_RECURSIVE : 0)));
  if (!tree) return tree;
  const int whole = AT_EMPTY_PATH | (wanted.recursive ? AT_RECURSIVE : 0);
  mount_attr attributes{};
  attributes.propagation = MS_PRIVATE;
  attributes.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (wanted.write ? 0 : MOUNT_ATTR_RDONLY);
  if (mount_setattr(tree.get(), "", whole, &attributes, sizeof attributes) != 0) return {};
  struct stat status;
  if (wanted.shift && mapping >= 0 && fstat(tree.get(), &status) == 0 && status.st_uid != uid) {
    mount_attr shifted{};
    shifted.attr_set = MOUNT_ATTR_IDMAP;
    shifted.userns_fd = static_cast<uint64_t>(mapping);
    // A file system that cannot be shifted is shown with the owners it has.
    if (mount_setattr(tree.get(), "", whole, &shifted, sizeof shifted) != 0 && wanted.recursive)
      mount_setattr(tree.get(), "", AT_EMPTY_PATH, &shifted, sizeof shifted);
  }
  return tree;
}

}  // namespace

Sources prepare_sources(const std::vector<MountStep>& steps, bool shift, uid_t uid, gid_t gid, const std::string& init) {
  Sources sources;
  if (geteuid() != 0) return sources;
  const auto wanted = wanted_by(steps, shift);
  const int mapping = shift && !wanted.empty() ? mapping_for(init, uid, gid) : -1;
  for (const auto& [path, how] : wanted) {
    struct stat status;
    Fd tree = prepare(path, how, mapping, uid);
    if (!tree || fstat(tree.get(), &status) != 0) continue;
    sources.paths.push_back({path, S_ISDIR(status.st_mode)});
    sources.trees.push_back(std::move(tree));
  }
  // The longest path first: it is the one that covers a path best.
  std::vector<size_t> order(sources.paths.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return sources.paths[a].path.size() > sources.paths[b].path.size(); });
  Sources sorted;
  for (size_t i : order) {
    sorted.paths.push_back(std::move(sources.paths[i]));
    sorted.trees.push_back(std::move(sources.trees[i]));
  }
  return sorted;
}

}  // namespace shuttle
