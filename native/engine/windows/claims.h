#pragma once
#include <sys/types.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>

#include "../../contract/words.h"

namespace shuttle {

// The names that the programs of one Windows VM have made, as their agents say. A hint, and bounded: whether a name is
// really there shows when it is opened. Case does not count, as NT has it.
class Claims {
 public:
  struct Claim {
    std::set<pid_t> pids;
    std::string image;  // of who made it first
    uint64_t order = 0;  // when, among all VMs' claims
    uint64_t sort = 0;  // what its maker said of it, by operation
  };

  // True where nobody had made it before; false too where there are too many already.
  bool add(Op served, std::string_view name, pid_t pid, std::string_view image, uint64_t sort = 0);
  void remove(Op served, std::string_view name, pid_t pid);
  // The process is gone.
  void forget(pid_t pid);
  // A claim's place among all VMs' in time; UINT64_MAX for what nobody made.
  uint64_t order(Op served, std::string_view name) const;
  // Calls `take` with each: operation, name (folded), image.
  template <class Take>
  void each(Take&& take) const {
    std::lock_guard lock(mutex_);
    for (const auto& [key, claim] : claims_) take(key.first, std::string_view(key.second), std::string_view(claim.image));
  }
  // True where somebody made it; its image and sort are then told, where they are asked for.
  bool find(Op served, std::string_view name, std::string* image = nullptr, uint64_t* sort = nullptr) const;
  // Whether any name was made by this operation.
  bool any(Op served) const;

 private:
  using Key = std::pair<Op, std::string>;
  mutable std::mutex mutex_;
  std::map<Key, Claim> claims_;
};

}  // namespace shuttle
