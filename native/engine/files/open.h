#pragma once
#include <string>

#include "holders.h"

namespace shuttle {

// An open on its way through its handler.
struct Opening {
  const Trap& trap;
  int flags = 0;
  mode_t mode = 0;
  Spot here;       // as the VM itself sees it; its name is the one that is recorded
  bool last = true;  // a link at the end is followed

  const std::string& name() const { return here.name; }
  Vm& vm() const { return trap.vm; }
};

// By kind of thing; each in a file of its own.
Answer open_shared_memory(const Opening& open);  // below /dev/shm
Answer open_device(const Opening& open);         // below /dev
Answer open_own_fifo(const Opening& open);       // there is a FIFO of that name in the VM
Answer open_to_change(const Opening& open, bool relative);
Answer open_plain(const Opening& open);          // read, list, load

// What lies elsewhere and rules decide about: asks, records, carries.
Answer open_elsewhere(const Opening& open, std::vector<Holder> holders);


}  // namespace shuttle
