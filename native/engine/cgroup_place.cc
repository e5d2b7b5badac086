#include "cgroup_place.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <vector>

#include "fd.h"
#include "spawn.h"

namespace shuttle {
namespace {

constexpr const char* kStarter = "/starter";  // where the processes of a group go that is divided

std::string text_of(const std::string& path) {
  const Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::string text;
  char room[4096];
  for (ssize_t size; file && (size = read(file.get(), room, sizeof room)) > 0;) text.append(room, static_cast<size_t>(size));
  return text;
}

std::vector<std::string> words_of(const std::string& text, char border = ' ') {
  std::vector<std::string> words;
  std::istringstream all(text);
  for (std::string word; std::getline(all, word, border);) words.push_back(word.substr(0, word.find('\n')));
  return words;
}

bool lists(const std::string& file, const std::string& controller) {
  for (const auto& word : words_of(text_of(file)))
    if (word == controller) return true;
  return false;
}

bool may_write(const std::string& path) { return access(path.c_str(), W_OK) == 0; }

// The own group of a hierarchy: of version 2 it has no controllers in its line, of version 1 this one among them.
std::optional<std::string> own_path(const std::string& groups, const std::string& controller) {
  for (const auto& line : words_of(groups, '\n')) {
    const size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string names = line.substr(first + 1, second - first - 1);
    if (controller.empty() ? line.starts_with("0::") : ("," + names + ",").find("," + controller + ",") != std::string::npos)
      return line.substr(second + 1);
  }
  return std::nullopt;
}

// Where a hierarchy is mounted, and which of its groups the mount shows as its root.
struct Mounted {
  std::string at, root;
};

std::optional<Mounted> mounted(const std::string& mounts, const std::string& type, const std::string& controller) {
  for (const auto& line : words_of(mounts, '\n')) {
    const size_t border = line.find(" - ");
    if (border == std::string::npos) continue;
    const auto before = words_of(line.substr(0, border)), after = words_of(line.substr(border + 3));
    if (before.size() < 5 || after.size() < 3 || after[0] != type) continue;
    if (controller.empty() || ("," + after[2] + ",").find("," + controller + ",") != std::string::npos) return Mounted{before[4], before[3]};
  }
  return std::nullopt;
}

std::optional<std::string> own_folder(const Mounted& tree, std::string path) {
  if (tree.root != "/") {
    if (!path.starts_with(tree.root)) return std::nullopt;
    path.erase(0, tree.root.size());
  }
  return path == "/" ? tree.at : tree.at + path;
}

bool is_marked_as_delegated(const std::string& folder) {
  char mark = 0;
  for (const char* name : {"user.delegate", "trusted.delegate"})
    if (getxattr(folder.c_str(), name, &mark, 1) == 1 && mark == '1') return true;
  return false;
}

// Every controller by itself, since one that is refused must not keep back the others.
void pass_on(const std::string& folder) {
  for (const char* controller : {"+memory", "+pids", "+cpu"}) write_file(folder + "/cgroup.subtree_control", controller);
}

bool divide(const std::string& own, const std::string& controller) {
  if (!lists(own + "/cgroup.controllers", controller) || !may_write(own + "/cgroup.subtree_control") || !may_write(own + "/cgroup.procs")) return false;
  const std::string starter = own + kStarter;
  if (mkdir(starter.c_str(), 0755) != 0 && errno != EEXIST) return false;
  constexpr int kTurns = 16;  // others may start meanwhile
  for (int turn = 0; turn < kTurns; ++turn) {
    const std::string left = text_of(own + "/cgroup.procs");
    if (left.empty()) break;
    for (const auto& pid : words_of(left, '\n')) write_file(starter + "/cgroup.procs", pid);
  }
  pass_on(own);
  return lists(own + "/cgroup.subtree_control", controller);
}

bool may_divide(const std::string& folder, const std::string& controller) {
  return lists(folder + "/cgroup.subtree_control", controller) && may_write(folder) && may_write(folder + "/cgroup.procs");
}

std::optional<std::string> place_of_version_2(const Mounted& tree, const std::string& own, const std::string& controller) {
  if (may_divide(own, controller)) return own;  // the root, which may hold processes all the same
  const bool top = own == tree.at;
  const std::string above = top ? own : own.substr(0, own.rfind('/'));
  if (own.ends_with(kStarter) && may_divide(above, controller)) return above;  // as we, or another Shuttle, left it
  if (is_marked_as_delegated(own) && divide(own, controller)) return own;
  if (!top && may_divide(above, controller)) return above;
  // Whoever gave an ordinary user a group to write in meant it to be divided.
  if (geteuid() != 0 && divide(own, controller)) return own;
  if (may_divide(tree.at, controller)) return tree.at;
  return std::nullopt;
}

}  // namespace

GroupPlaces::GroupPlaces() : GroupPlaces(text_of("/proc/self/mountinfo"), text_of("/proc/self/cgroup")) {}

std::optional<GroupPlace> GroupPlaces::of(const char* controller) const {
  if (const auto tree = mounted(mounts_, "cgroup", controller)) {
    const auto path = own_path(groups_, controller);
    const auto own = path ? own_folder(*tree, *path) : std::nullopt;
    if (own && may_write(*own) && may_write(*own + "/cgroup.procs")) return GroupPlace{*own, false};
    return std::nullopt;
  }
  const auto tree = mounted(mounts_, "cgroup2", "");
  const auto path = own_path(groups_, "");
  const auto own = tree && path ? own_folder(*tree, *path) : std::nullopt;
  if (!own) return std::nullopt;
  if (const auto parent = place_of_version_2(*tree, *own, controller)) return GroupPlace{*parent, true};
  return std::nullopt;
}

}  // namespace shuttle
