#pragma once
#include <sys/stat.h>

#include <memory>
#include <string>
#include <vector>

#include "../owner.h"
#include "resolve.h"

namespace shuttle {

// Somebody outside the VM who has a file of the name that was asked for.
struct Holder {
  std::shared_ptr<Vm> vm;  // null: the host
  Spot spot;               // where it lies there
  std::string object;      // its name after links, as the asker's VM writes it
  bool hidden = false;

  std::string place() const;
};

// A file of which the mounts show only that there is one, in a folder that may be listed.
inline bool is_name_only(const Spot& spot) { return S_ISREG(spot.mode) && (spot.mode & 07777) == 0; }

// The host's root folder.
int host_root();
// What the host has at the place that `name` of this VM stands for.
Spot on_host(Vm& vm, const std::string& name, bool last);
// The same question where yes or no is enough: one system call.
bool is_on_host(Vm& vm, const std::string& name, bool last);

// Other VMs in the order of their start, then the host. Only those that call the thing the same after links are kept,
// since one question has one name. The VMs' own /proc, /sys and devices are nobody else's.
std::vector<Holder> holders_of(Vm& vm, const std::string& name, bool last);

// Decides among holders. What no rule may do unasked (`by_rule_only`) is not carried while learning either.
Ruling rule_among(const Trap& trap, Op op, const std::string& object, uint32_t access, const std::vector<Holder>& holders, bool by_rule_only);

// The name in the record and in rules: `C:\dir\file` in a Windows VM.
std::string object_name(const Vm& vm, const std::string& name);

}  // namespace shuttle
