#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "init.h"

namespace shuttle::init {
namespace {

// In the options of an overlay a comma ends an option, a colon a lower folder.
std::string escaped(const std::string& path) {
  std::string out;
  for (char c : path) {
    if (c == ',' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

// The mode that gives the VM's user, who owns every folder made here, what the lower folder gives it: somebody else's
// folder is not to become writable by being shown.
mode_t mode_for_us(const struct stat& lower) {
  const mode_t mode = lower.st_mode & 07777;
  if (lower.st_uid == getuid()) return mode;
  const mode_t ours = lower.st_gid == getgid() ? (mode >> 3) & 7 : mode & 7;
  return (mode & ~0700U) | (ours << 6);
}

// A `volatile` overlay that was not unmounted in order leaves a mark that forbids mounting it again.
void clear_dirty_mark(const std::string& work) {
  const std::string incompat = work + "/work/incompat";
  unlink((incompat + "/volatile/dirty").c_str());
  rmdir((incompat + "/volatile/dirty").c_str());
  rmdir((incompat + "/volatile").c_str());
  rmdir(incompat.c_str());
}

// A layer between upper and lower in which each masked name is a whiteout, so that it does not exist for the program.
// Names whose folder is not there (or not ours to look into) need none.
bool make_hiding_layer(const std::string& lower, const std::vector<std::string>& masks, const std::string& layer) {
  bool any = false;
  for (const std::string& name : masks) {
    bool there = true;
    for (size_t slash = name.find('/'); there && slash != std::string::npos; slash = name.find('/', slash + 1)) {
      const std::string parent = name.substr(0, slash);
      struct stat status;
      there = lstat((lower + "/" + parent).c_str(), &status) == 0 && S_ISDIR(status.st_mode);
      const std::string copy = layer + "/" + parent;
      if (there && mkdir(copy.c_str(), 0700) == 0) chmod(copy.c_str(), mode_for_us(status));
    }
    if (there && mknod((layer + "/" + name).c_str(), S_IFCHR, makedev(0, 0)) == 0) any = true;
    else if (there && errno != EEXIST) fail("hiding " + name, errno);
  }
  errno = 0;
  return any;
}

}  // namespace

int mount_overlay(Stage& stage, const MountStep& step, const std::string& at, const std::vector<std::string>& masks) {
  if (step.lower.empty()) return EINVAL;
  std::string lowers, first;
  for (const std::string& lower : step.lower) {
    const std::string reached = stage.reach(lower);
    if (first.empty()) first = reached;
    lowers += (lowers.empty() ? "" : ":") + escaped(reached);
  }
  struct stat status;
  if (stat(first.c_str(), &status) != 0) return errno;
  if (!S_ISDIR(status.st_mode)) return ENOTDIR;
  if (!masks.empty()) {
    const std::string layer = stage.folder("h");
    chmod(layer.c_str(), mode_for_us(status));
    if (make_hiding_layer(first, masks, layer)) lowers = layer + ":" + lowers;
  }
  const bool memory = step.upper.empty();
  const std::string upper = memory ? stage.folder("u") : stage.reach(step.upper);
  const std::string work = memory ? stage.folder("w") : stage.reach(step.work);
  if (memory) {
    chmod(upper.c_str(), mode_for_us(status));
  } else {
    struct stat old;
    const bool fresh = lstat(upper.c_str(), &old) != 0;
    if (int error = make_target(upper, true); error) return error;
    if (fresh) chmod(upper.c_str(), mode_for_us(status));
    if (int error = make_target(work, true, 0700); error) return error;
    clear_dirty_mark(work);
  }
  std::string options = "lowerdir=" + lowers + ",upperdir=" + escaped(upper) + ",workdir=" + escaped(work) + ",userxattr";
  if (step.is_volatile || memory) options += ",volatile";
  if (options.size() >= 4096) return ENAMETOOLONG;
  return mount("overlay", at.c_str(), "overlay", MS_NOSUID | MS_NODEV, options.c_str()) == 0 ? 0 : errno;
}

}  // namespace shuttle::init
