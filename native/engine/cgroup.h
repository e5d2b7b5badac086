#pragma once
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cgroup_place.h"
#include "fd.h"

namespace shuttle {

// Control groups of one VM, made where this user may (cgroup_place.h), which limit the VM as a whole; elsewhere limits
// are each process's own. They go with this object: the VM must be gone by then.
class ControlGroup {
 public:
  ControlGroup() = default;
  ControlGroup(ControlGroup&& other) noexcept : folders_(std::move(other.folders_)), meter_(std::move(other.meter_)) { other.folders_.clear(); }
  ControlGroup& operator=(ControlGroup&&) = delete;
  ~ControlGroup() { remove(); }

  // Bytes of memory; 0 is no limit. False where it cannot be limited so.
  bool limit_memory(uint64_t bytes);
  bool limit_processes(uint64_t most);
  // No kernel ends a group for its CPU time: whoever holds this looks at it, and acts.
  bool measure_cpu();
  // Nanoseconds that all processes had, those that ended too; none where it is not measured.
  std::optional<uint64_t> cpu_used() const;

  // Descriptors through which a process enters by writing "0", each group by its own, and what it starts later with it.
  // False where one cannot be entered.
  bool doors(std::vector<Fd>& doors) const;
  // Takes the groups away again, once nobody is in them.
  void remove();

 private:
  std::optional<std::string> folder_for(const char* controller, bool* second);
  bool limit(const char* controller, const char* file_v2, const char* file_v1, uint64_t most);
  std::optional<GroupPlaces> places_;  // looked up for the first limit
  std::vector<std::string> folders_;
  std::string meter_;  // the file that tells the CPU time
};

// Whether a VM of this user can be limited as a whole; for `shuttle doctor`.
bool can_limit_as_a_whole();

}  // namespace shuttle
