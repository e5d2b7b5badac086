#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
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

// A work folder that no overlay had before. A used one would have to be cleared first, of the mark that a `volatile`
// overlay leaves among other things, and removing folders can cost a disk more than all the rest of a start.
int fresh_work(const std::string& work, std::string& made) {
  if (int error = make_target(work, true, 0700); error) return error;
  for (unsigned n = 0;; ++n) {
    made = work + "/" + std::to_string(n);
    if (mkdir(made.c_str(), 0700) == 0) return 0;
    if (errno != EEXIST) return errno;
  }
}

// Where writes go: folders of the stage, or of the VM's layer on disk.
struct Writing {
  std::string upper, work;
};

int prepare_writing(Stage& stage, const MountStep& step, mode_t mode, Writing& writing) {
  if (step.upper.empty()) {
    writing = {stage.folder("u"), stage.folder("w")};
    return chmod(writing.upper.c_str(), mode) == 0 ? 0 : errno;
  }
  writing.upper = stage.reach(step.upper);
  struct stat old;
  const bool fresh = lstat(writing.upper.c_str(), &old) != 0;
  if (int error = make_target(writing.upper, true); error) return error;
  if (fresh && chmod(writing.upper.c_str(), mode) != 0) return errno;
  return fresh_work(stage.reach(step.work), writing.work);
}

}  // namespace

bool changed_before(Stage& stage, const MountStep& step, const std::string& name) {
  if (step.upper.empty()) return false;
  std::string at = stage.reach(step.upper);
  for (size_t start = 0; start < name.size();) {
    const size_t end = std::min(name.find('/', start), name.size());
    at += "/" + name.substr(start, end - start);
    start = end + 1;
    struct stat status;
    if (lstat(at.c_str(), &status) != 0) return false;
    if (start > name.size() || !S_ISDIR(status.st_mode)) return true;  // itself, or what stands where its folder was
    char opaque = 0;  // a folder that was made anew shows nothing of the one it replaced
    if (lgetxattr(at.c_str(), "user.overlay.opaque", &opaque, 1) == 1 && opaque == 'y') return true;
  }
  return false;
}

int mount_overlay(Stage& stage, const MountStep& step, const std::string& at, const Filling& filling) {
  std::string lowers, first;
  for (const std::string& lower : step.lower) {
    const std::string reached = stage.reach(lower);
    if (first.empty()) first = reached;
    lowers += (lowers.empty() ? "" : ":") + escaped(reached);
  }
  mode_t mode = 0755;
  if (!first.empty()) {
    struct stat status;
    if (stat(first.c_str(), &status) != 0) return errno;
    if (!S_ISDIR(status.st_mode)) return ENOTDIR;
    mode = mode_for_us(status);
  }
  if (first.empty() || !filling.empty()) {
    const std::string layer = stage.folder("h");
    if (chmod(layer.c_str(), mode) != 0) return errno;
    fill_layer(stage, first, filling, layer);
    lowers = lowers.empty() ? layer : layer + ":" + lowers;
  }
  Writing writing;
  if (int error = prepare_writing(stage, step, mode, writing); error) return error;
  std::string options = "lowerdir=" + lowers + ",upperdir=" + escaped(writing.upper) + ",workdir=" + escaped(writing.work) + ",userxattr";
  if (step.is_volatile || step.upper.empty()) options += ",volatile";
  if (options.size() >= 4096) return ENAMETOOLONG;
  return mount("overlay", at.c_str(), "overlay", MS_NOSUID | MS_NODEV, options.c_str()) == 0 ? 0 : errno;
}

}  // namespace shuttle::init
