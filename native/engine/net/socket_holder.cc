// Whose socket an inode is. Looking through /proc costs milliseconds on a busy machine, so what was found is
// remembered and only checked again, which costs one readlink.
#include <dirent.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>

#include "../caller.h"
#include "../pid_space.h"
#include "sock_diag.h"

namespace shuttle {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kNobodyLasts = std::chrono::seconds(1);  // a holder may open its /proc to us later
constexpr size_t kMostKnown = 4096;
constexpr size_t kMostInVm = 1 << 16;  // descriptors that are looked at: a VM may have any number of them

struct Known {
  pid_t pid = 0;  // 0: nobody was found
  int number = 0;
  Clock::time_point since;
};

struct CloseFolder {
  void operator()(DIR* folder) const { closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

bool is_number(const char* text) { return *text >= '0' && *text <= '9'; }

std::string link_target(const std::string& path) {
  char target[64];
  ssize_t size = readlink(path.c_str(), target, sizeof target);
  return size > 0 ? std::string(target, static_cast<size_t>(size)) : std::string();
}

std::string descriptor_path(pid_t pid, int number) {
  return "/proc/" + std::to_string(pid) + "/fd/" + std::to_string(number);
}

// The descriptor of `pid` that is this socket, or -1. Looks at no more than `left`.
int number_in(pid_t pid, const std::string& socket, size_t& left) {
  Folder folder(opendir(("/proc/" + std::to_string(pid) + "/fd").c_str()));
  if (!folder) return -1;
  while (dirent* entry = readdir(folder.get())) {
    if (!is_number(entry->d_name)) continue;
    if (left-- == 0) return left = 0, -1;
    int number = atoi(entry->d_name);
    if (link_target(descriptor_path(pid, number)) == socket) return number;
  }
  return -1;
}

bool hands_on(pid_t pid) { return pid == 1 || pid == getpid(); }

// What a VM has open must not make a look for a holder in another place any longer.
bool is_among(pid_t pid, ino_t space) {
  const ino_t its = pid_space_of(pid);
  return space ? its == space : !PidSpace::is_a_vms(its);
}

Known look(const std::string& socket, ino_t space) {
  Known best{.since = Clock::now()};
  size_t left = space ? kMostInVm : SIZE_MAX;
  Folder folder(opendir("/proc"));
  if (!folder) return best;
  while (dirent* entry = readdir(folder.get())) {
    if (!is_number(entry->d_name)) continue;
    pid_t pid = atoi(entry->d_name);
    if (best.pid && hands_on(pid)) continue;
    if (!is_among(pid, space)) continue;
    int number = number_in(pid, socket, left);
    if (left == 0) break;
    if (number < 0) continue;
    best.pid = pid;
    best.number = number;
    if (!hands_on(pid)) break;
  }
  return best;
}

}  // namespace

std::string image_of_socket(uint32_t inode, ino_t space) {
  static std::mutex mutex;
  static std::map<uint32_t, Known> all;
  if (!inode) return {};
  std::string socket = "socket:[" + std::to_string(inode) + "]";
  Known known;
  {
    std::lock_guard lock(mutex);
    if (auto found = all.find(inode); found != all.end()) known = found->second;
  }
  bool fresh = known.pid ? link_target(descriptor_path(known.pid, known.number)) == socket
                         : Clock::now() - known.since < kNobodyLasts;
  if (!fresh) {
    known = look(socket, space);  // without the lock: it must not hold up another VM's question
    std::lock_guard lock(mutex);
    if (all.size() >= kMostKnown) all.clear();
    all[inode] = known;
  }
  return known.pid ? image_of(known.pid) : std::string();
}

}  // namespace shuttle
