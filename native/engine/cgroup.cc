#include "cgroup.h"

#include <dirent.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "spawn.h"

namespace shuttle {
namespace {

constexpr const char* kTree = "/sys/fs/cgroup";
constexpr const char* kName = "shuttle.";

// The group of version 1 that this process is in, so that a VM does not leave the limits its starter has.
std::string own_group(const char* controller) {
  FILE* file = fopen("/proc/self/cgroup", "re");
  if (!file) return "";
  char line[4352];
  std::string found;
  const std::string wanted = std::string(":") + controller + ":";
  while (fgets(line, sizeof line, file))
    if (const char* at = strstr(line, wanted.c_str())) found = std::string(at + wanted.size(), strcspn(at + wanted.size(), "\n"));
  fclose(file);
  return found == "/" ? "" : found;
}

// Where a controller's groups are made: the one tree of version 2, if its root passes the controller on, or below this
// process's own of version 1.
std::string parent_of(const char* controller, bool* second) {
  const std::string passed_on = std::string(kTree) + "/cgroup.subtree_control";
  if (FILE* file = fopen(passed_on.c_str(), "re")) {
    char line[512] = "";
    const bool listed = fgets(line, sizeof line, file) && strstr(line, controller);
    fclose(file);
    *second = true;
    return listed ? kTree : "";
  }
  *second = false;
  const std::string own = std::string(kTree) + "/" + controller + own_group(controller);
  return access((own + "/cgroup.procs").c_str(), W_OK) == 0 ? own : "";
}

// Groups of a Shuttle that was killed.
void sweep(const std::string& parent) {
  DIR* folder = opendir(parent.c_str());
  if (!folder) return;
  while (const dirent* entry = readdir(folder)) {
    if (strncmp(entry->d_name, kName, strlen(kName)) != 0) continue;
    const int pid = atoi(entry->d_name + strlen(kName));
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) rmdir((parent + "/" + entry->d_name).c_str());
  }
  closedir(folder);
}

std::string new_name() {
  static std::atomic<unsigned> next{0};
  return kName + std::to_string(getpid()) + "." + std::to_string(next++);
}

}  // namespace

ControlGroup::~ControlGroup() {
  for (const auto& folder : folders_)
    // The last of its processes may still be on its way out.
    for (int tries = 0; rmdir(folder.c_str()) != 0 && errno == EBUSY && tries < 100; ++tries) usleep(1000);
}

bool ControlGroup::limit(const char* controller, const char* file_v2, const char* file_v1, uint64_t most) {
  if (most == 0) return true;
  if (geteuid() != 0) return false;
  bool second = false;
  const std::string parent = parent_of(controller, &second);
  if (parent.empty()) return false;
  const auto own = std::find_if(folders_.begin(), folders_.end(), [&](const auto& folder) { return folder.starts_with(parent + "/" + kName); });
  std::string folder = own == folders_.end() ? parent + "/" + new_name() : *own;
  if (own == folders_.end()) {
    sweep(parent);
    if (mkdir(folder.c_str(), 0755) != 0) return false;
    folders_.push_back(folder);
  }
  return write_file(folder + "/" + (second ? file_v2 : file_v1), std::to_string(most));
}

bool ControlGroup::limit_memory(uint64_t bytes) { return limit("memory", "memory.max", "memory.limit_in_bytes", bytes); }
bool ControlGroup::limit_processes(uint64_t most) {
  constexpr uint64_t kOfInit = 8;  // init's threads count too
  return limit("pids", "pids.max", "pids.max", most == 0 ? 0 : most + kOfInit);
}

bool ControlGroup::add(pid_t pid) const {
  for (const auto& folder : folders_)
    if (!write_file(folder + "/cgroup.procs", std::to_string(pid))) return false;
  return true;
}

}  // namespace shuttle
