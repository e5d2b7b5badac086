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
#include <compare>
#include <csignal>
#include <map>
#include <mutex>

#include "spawn.h"

namespace shuttle {
namespace {

// The owner of what is shown becomes the VM's user and the other way round, so that nobody's files look like nobody's.
std::string swapping(uint64_t owner, uint64_t user) {
  constexpr uint64_t kAll = 4294967295;
  const uint64_t low = std::min(owner, user), high = std::max(owner, user);
  const auto line = [](uint64_t from, uint64_t to, uint64_t count) {
    return count == 0 ? std::string() : std::to_string(from) + " " + std::to_string(to) + " " + std::to_string(count) + "\n";
  };
  if (low == high) return line(0, 0, kAll);
  return line(owner, user, 1) + line(user, owner, 1) + line(0, 0, low) + line(low + 1, low + 1, high - low - 1) + line(high + 1, high + 1, kAll - high - 1);
}

struct Ids {
  uid_t uid = 0;
  gid_t gid = 0;
  auto operator<=>(const Ids&) const = default;
};

// A user namespace that exists for its maps only. It stays alive by its descriptor once its one process is gone.
Fd make_mapping(const std::string& init, Ids owner, Ids user) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return {};
  Fd ours(ends[0]), theirs(ends[1]);
  Spawn spawn{init, {"shuttle-init", "hold"}, {theirs.get(), theirs.get(), theirs.get()}, CLONE_NEWUSER};
  const pid_t pid = spawn_process(spawn);
  if (pid < 0) return {};
  const std::string of = "/proc/" + std::to_string(pid);
  Fd space;
  if (write_file(of + "/uid_map", swapping(owner.uid, user.uid)) && write_file(of + "/gid_map", swapping(owner.gid, user.gid)))
    space.reset(open((of + "/ns/user").c_str(), O_RDONLY | O_CLOEXEC));
  ::kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
  }
  return space;
}

// Kept for the next VM; few owners come up in one process.
int mapping_for(const std::string& init, Ids owner, Ids user) {
  static std::mutex lock;
  static std::map<std::pair<Ids, Ids>, Fd> made;
  const std::lock_guard hold(lock);
  auto& mapping = made[{owner, user}];
  if (!mapping) mapping = make_mapping(init, owner, user);
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

// A folder of the base system. A single file of anybody's is shown as its owner's, which programs look at.
bool is_plain(const std::string& path) {
  struct stat status;
  return path.starts_with("/usr/") || path.starts_with("/etc/") || stat(path.c_str(), &status) != 0 || S_ISDIR(status.st_mode);
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
      if (!step.write && is_plain(step.from) && is_open_to_all(step.from)) continue;
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

// What belongs to somebody is shown as the VM user's. A file system that cannot do that is shown with the owners it has.
void show_as(int tree, int whole, const std::string& init, Ids user) {
  struct stat status;
  if (fstat(tree, &status) != 0 || status.st_uid == user.uid) return;
  mount_attr shifted{};
  shifted.attr_set = MOUNT_ATTR_IDMAP;
  const int mapping = mapping_for(init, {status.st_uid, status.st_gid}, user);
  if (mapping < 0) return;
  shifted.userns_fd = static_cast<uint64_t>(mapping);
  if (mount_setattr(tree, "", whole, &shifted, sizeof shifted) != 0 && (whole & AT_RECURSIVE))
    mount_setattr(tree, "", AT_EMPTY_PATH, &shifted, sizeof shifted);
}

Fd prepare(const std::string& path, const Wanted& wanted, const std::string& init, Ids user) {
  Fd tree(open_tree(AT_FDCWD, path.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (wanted.recursive ? AT_RECURSIVE : 0)));
  if (!tree) return tree;
  const int whole = AT_EMPTY_PATH | (wanted.recursive ? AT_RECURSIVE : 0);
  mount_attr attributes{};
  attributes.propagation = MS_PRIVATE;
  attributes.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | (wanted.write ? 0 : MOUNT_ATTR_RDONLY);
  if (mount_setattr(tree.get(), "", whole, &attributes, sizeof attributes) != 0) return {};
  if (wanted.shift) show_as(tree.get(), whole, init, user);
  return tree;
}

}  // namespace

Sources prepare_sources(const std::vector<MountStep>& steps, bool shift, uid_t uid, gid_t gid, const std::string& init) {
  Sources sources;
  if (geteuid() != 0) return sources;
  const auto wanted = wanted_by(steps, shift);
  for (const auto& [path, how] : wanted) {
    struct stat status;
    Fd tree = prepare(path, how, init, {uid, gid});
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
