#include "cgroup.h"

#include <dirent.h>
#include <fcntl.h>
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

constexpr const char* kName = "shuttle.";

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

void ControlGroup::remove() {
  for (const auto& folder : folders_)
    // The last of its processes may still be on its way out.
    for (int tries = 0; rmdir(folder.c_str()) != 0 && errno == EBUSY && tries < 100; ++tries) usleep(1000);
  folders_.clear();
  meter_.clear();
}

std::optional<std::string> ControlGroup::folder_for(const char* controller, bool* second) {
  if (!places_) places_.emplace();
  const auto place = places_->of(controller);
  if (!place) return std::nullopt;
  *second = place->second;
  const auto own = std::find_if(folders_.begin(), folders_.end(), [&](const auto& folder) { return folder.starts_with(place->parent + "/" + kName); });
  if (own != folders_.end()) return *own;
  sweep(place->parent);
  std::string folder = place->parent + "/" + new_name();
  if (mkdir(folder.c_str(), 0755) != 0) return std::nullopt;
  folders_.push_back(folder);
  return folder;
}

bool ControlGroup::limit(const char* controller, const char* file_v2, const char* file_v1, uint64_t most) {
  if (most == 0) return true;
  bool second = false;
  const auto folder = folder_for(controller, &second);
  return folder && write_file(*folder + "/" + (second ? file_v2 : file_v1), std::to_string(most));
}

bool ControlGroup::limit_memory(uint64_t bytes) {
  if (!limit("memory", "memory.max", "memory.limit_in_bytes", bytes)) return false;
  // What is swapped out would not count; machines without swap accounting have no such file.
  for (const auto& folder : folders_) {
    if (bytes) write_file(folder + "/memory.swap.max", "0");
    if (bytes) write_file(folder + "/memory.memsw.limit_in_bytes", std::to_string(bytes));
  }
  return true;
}

bool ControlGroup::limit_processes(uint64_t most) {
  constexpr uint64_t kOfInit = 8;  // init's threads count too
  return limit("pids", "pids.max", "pids.max", most == 0 ? 0 : most + kOfInit);
}

// A group of version 2 counts its time whatever controllers it has.
bool ControlGroup::measure_cpu() {
  for (const char* controller : {"cpuacct", "cpu", "pids", "memory"}) {
    bool second = false;
    const auto folder = folder_for(controller, &second);
    if (!folder) continue;
    meter_ = *folder + (second ? "/cpu.stat" : "/cpuacct.usage");
    if (cpu_used()) return true;
    meter_.clear();
  }
  return false;
}

std::optional<uint64_t> ControlGroup::cpu_used() const {
  const Fd file(meter_.empty() ? -1 : open(meter_.c_str(), O_RDONLY | O_CLOEXEC));
  char text[256] = "";
  if (!file || read(file.get(), text, sizeof text - 1) <= 0) return std::nullopt;
  unsigned long long number = 0;
  if (sscanf(text, "usage_usec %llu", &number) == 1) return number * 1000;
  if (sscanf(text, "%llu", &number) == 1) return number;
  return std::nullopt;
}

bool ControlGroup::doors(std::vector<Fd>& doors) const {
  for (const auto& folder : folders_) {
    doors.emplace_back(open((folder + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC));
    if (!doors.back()) return false;
  }
  return true;
}

bool can_limit_as_a_whole() {
  ControlGroup group;
  return group.limit_memory(1 << 30) && group.limit_processes(1000);
}

}  // namespace shuttle
