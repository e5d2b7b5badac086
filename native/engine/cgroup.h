#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace shuttle {

// Control groups of one VM, made where Shuttle may (as root, under either version of them), which limit the VM as a
// whole; elsewhere limits are each process's own. They go with this object: the VM must be gone by then.
class ControlGroup {
 public:
  ControlGroup() = default;
  ControlGroup(ControlGroup&& other) noexcept : folders_(std::move(other.folders_)) { other.folders_.clear(); }
  ControlGroup& operator=(ControlGroup&&) = delete;
  ~ControlGroup();

  // Bytes of memory; 0 is no limit. False where it cannot be limited so.
  bool limit_memory(uint64_t bytes);
  bool limit_processes(uint64_t most);
  // Everything the process starts later is in the group too.
  bool add(pid_t pid) const;

 private:
  bool limit(const char* controller, const char* file_v2, const char* file_v1, uint64_t most);
  std::vector<std::string> folders_;
};

}  // namespace shuttle
