#pragma once
#include <sys/types.h>

#include <chrono>
#include <map>

namespace shuttle {

// Threads of one process as the host numbers them, by what its VM calls them. Looked up all at once and seldom, since
// the number asked for is the program's claim.
class ThreadNames {
 public:
  ThreadNames(pid_t pid, pid_t vm_pid) : pid_(pid) { known_[vm_pid] = pid; }
  // The process's own number where there is no such thread.
  pid_t host(pid_t vm_tid);

 private:
  void look();
  pid_t pid_;
  std::map<pid_t, pid_t> known_;
  std::chrono::steady_clock::time_point looked_{};
};

}  // namespace shuttle
