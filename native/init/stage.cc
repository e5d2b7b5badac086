#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "init.h"

namespace shuttle::init {

std::string Stage::folder(const char* kind) {
  static unsigned next = 0;  // both stages of a VM share one memory file system
  char path[64];
  snprintf(path, sizeof path, "%s/%s%u", kStage, kind, next++);
  must(mkdir(path, 0700) == 0, "stage");
  return path;
}

void Stage::add(const std::vector<wire::Source>& sources, const std::vector<int>& fds) {
  for (size_t i = 0; i < sources.size() && i < fds.size(); ++i) prepared_.push_back({sources[i], fds[i], {}});
}

std::string Stage::reach(const std::string& host_path) {
  for (auto& one : prepared_) {
    const std::string& path = one.source.path;
    const bool same = host_path == path;
    if (!same && !(host_path.starts_with(path) && (path == "/" || host_path[path.size()] == '/'))) continue;
    if (one.at.empty()) {
      const std::string holder = folder("s");
      const std::string at = holder + "/x";
      if (make_target(at, one.source.folder) != 0) return host_path;
      if (move_mount(one.fd, "", AT_FDCWD, at.c_str(), MOVE_MOUNT_F_EMPTY_PATH) != 0) return host_path;
      close(one.fd);
      one.at = at;
    }
    return same ? one.at : one.at + (path == "/" ? host_path : host_path.substr(path.size()));
  }
  return host_path;
}

}  // namespace shuttle::init
