#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "../fd.h"
#include "../sip_hash.h"
#include "names.h"
#include "pace.h"

namespace shuttle {

// What the handlers of files keep of one VM.
struct FileState {
  explicit FileState(const Vm& vm);

  const ZoneMap zones;
  // Whether any rule may have the engine itself change a file outside: without one, no such question is asked.
  const bool changes_by_rule;

  // On the VM's own thread only.
  std::vector<bool> mounted;  // by index of VmSpec.lazy
  Pace errands;               // on behalf of the VM's calls
  // Whether a name is looked at for the first time; of too many, each time.
  bool looks_first(const std::string& name);
  pid_t highest_pid = 0;      // that was met in the VM, as it counts: a lower number that means nobody was its own

  // A copy of the VM's whole tree in which nothing can be written, made when first asked for: what is opened from it
  // stays read-only though /proc/self/fd opens it again. Forgotten whenever the VM gets one more mount.
  std::shared_ptr<const Fd> read_only_root(const Vm& vm);
  void mounts_changed();

 private:
  std::unordered_set<uint64_t> looked_;
  const HashKey key_ = HashKey::random();
  std::mutex mutex_;
  std::shared_ptr<const Fd> read_only_;
};

// From any thread.
FileState& files_of(Vm& vm);

// The same of the host's tree; made once. Empty where the kernel refuses: then nothing is carried read-only.
const Fd& read_only_host();

}  // namespace shuttle
