#pragma once
#include <vector>

#include "holders.h"
#include "judge.h"

namespace shuttle {

// One name that is about to change.
struct Change {
  Op op = Op::kFileWrite;
  uint32_t access = 0;
  Spot here;
  bool last = true;
  bool creates = false;
  bool by_mode = false;   // the file's mode says who may
  bool of_owner = false;  // its owner may
  bool only_new = false;  // fails where something is
  bool replaces = false;  // a rename, over what is there already
  bool joins = false;  // takes what is there already, wherever that is, before it creates
};

struct Judged {
  Course course = Course::kSilent;
  bool existed = false;          // on the host
  std::string folder;            // the host's that it is made in, as rules name it; learning only, and but for the one the program starts in
  bool denied = false;           // to the VM's user, by the file's or its folder's mode
  std::vector<Holder> holders;   // the host's last
};

// Whose thing it is, and what follows from that.
Judged judge(Vm& vm, const Change& change);

// The permission of a rule to change the host's own file, where the mounts do not give it already. The host is then
// the last of the holders, and the change is what it is to the host.
Ruling ruled_on_host(const Trap& trap, Change& change, Judged& judged);

// The row of a change that the kernel makes in the VM, or refuses there; none where it is the VM's own affair.
void note(const Trap& trap, const Change& change, const Judged& judged);
void note_shuttled(const Trap& trap, const Change& change, const Holder& holder, const Ruling& ruling, int error, Source source);

inline bool is_private_change(Course course) { return course == Course::kPrivate || course == Course::kSilent; }

}  // namespace shuttle
