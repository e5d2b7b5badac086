#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <unordered_map>
#include <unordered_set>

#include "init.h"

namespace shuttle::init {
namespace {

class Layer {
 public:
  Layer(const std::string& lower, const std::string& layer) : lower_(lower), layer_(layer) {}

  // A masked name becomes a whiteout. Names whose folder is not there, or not ours to look into, need none; and where
  // no lower folder lies under it, a whiteout would be listed.
  void hide(const std::string& name) {
    const size_t slash = name.rfind('/');
    if (lower_.empty() || !parents_of(name, false) || (slash != std::string::npos && made_.contains(name.substr(0, slash)))) return;
    if (mknod(at(name).c_str(), S_IFCHR, makedev(0, 0)) != 0 && errno != EEXIST) fail("hiding " + name, errno);
  }

  void add(Stage& stage, const std::string& name, const MountStep& step) {
    if (!parents_of(name, true)) return;
    struct stat status;
    const bool there = lstat(under(name).c_str(), &status) == 0;
    switch (step.what) {
      case MountStep::Do::kFile: fine(write_text(at(name), step.mode, step.text), name); return;
      case MountStep::Do::kLink: if (!there && symlink(step.from.c_str(), at(name).c_str()) != 0) fine(errno, name); return;
      case MountStep::Do::kFolder:
        if (!there) fine(make_target(at(name), true), name), chmod(at(name).c_str(), step.mode), made_.insert(name);
        return;
      default: break;
    }
    bool folder = true;
    if (!there && shows_folder(stage, step, &folder) == 0) fine(make_target(at(name), folder), name);
  }

 private:
  std::string at(const std::string& name) const { return layer_ + "/" + name; }
  std::string under(const std::string& name) const { return lower_.empty() ? std::string("/dev/null/none") : lower_ + "/" + name; }
  static void fine(int error, const std::string& name) {
    if (error && error != EEXIST) fail("placing " + name, error);
  }

  // The folders above a name, with the lower folder's modes; those it lacks are made only if asked for.
  bool parents_of(const std::string& name, bool make) {
    for (size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1))
      if (!folder(name.substr(0, slash), make)) return false;
    return true;
  }

  bool folder(const std::string& name, bool make) {
    const auto known = known_.find(name);
    if (known != known_.end() && (known->second || !make)) return known->second;
    struct stat status;
    const bool there = lstat(under(name).c_str(), &status) == 0;
    const bool good = there ? S_ISDIR(status.st_mode) : make;
    if (good && !there) made_.insert(name);
    if (good && mkdir(at(name).c_str(), 0755) == 0 && there) chmod(at(name).c_str(), mode_for_us(status));
    return known_[name] = good;
  }

  const std::string lower_, layer_;
  std::unordered_map<std::string, bool> known_;
  std::unordered_set<std::string> made_;  // here and not below
};

}  // namespace

// Somebody else's folder is not to become writable by being shown.
mode_t mode_for_us(const struct stat& folder) {
  const mode_t mode = folder.st_mode & 07777;
  if (folder.st_uid == getuid()) return mode;
  const mode_t ours = folder.st_gid == getgid() ? (mode >> 3) & 7 : mode & 7;
  return (mode & ~0700U) | (ours << 6);
}

void fill_layer(Stage& stage, const std::string& lower, const Filling& filling, const std::string& layer) {
  Layer made(lower, layer);
  for (const auto& thing : filling.things) made.add(stage, thing.name, *thing.step);
  for (const auto& name : filling.masks) made.hide(name);
  errno = 0;
}

}  // namespace shuttle::init
