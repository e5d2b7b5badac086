#pragma once
#include "holders.h"

// Opening outside what is handed over. The name that was decided on is never looked up again as a path that could lead
// elsewhere by now: what was found is compared with what is opened.
namespace shuttle {

// For the time of a call, the calling thread acts on files as the VM's user where that is not the engine's own.
// The invoking root's own files are shown to a VM as its user's, and stay open to it here too.
class ActingAs {
 public:
  ActingAs(const Vm& vm, uid_t owner_of_file);
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;

 private:
  bool changed_ = false;
};

// A descriptor or a negative errno.
using Opened = int;

// A regular file, from a tree where nothing can be written: the descriptor gives no more when it is opened again.
Opened open_to_read(const Vm& asker, const Holder& holder, int flags);
// The very thing that was found, as `flags` say (a rule grants writing). Regular files only, unless `any_kind`.
Opened open_found(const Vm& asker, const Holder& holder, int flags, bool any_kind = false);
// A file of the host that a rule lets the VM create, at its canonical path there.
Opened create_on_host(const Trap& trap, const std::string& host_path, int flags, mode_t mode);

// Puts `fd` into the caller as the call's result.
Answer hand_over(const Trap& trap, int fd, int flags);

mode_t umask_of(pid_t tid);

}  // namespace shuttle
