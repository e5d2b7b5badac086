#pragma once
#include <memory>
#include <string>
#include <vector>

#include "../fd.h"
#include "../owner.h"
#include "../vm.h"

namespace shuttle {

// A place outside the caller's VM in which a name is looked for: another VM, or the host. Gives the sockets and the
// root folder of that place.
class Place {
 public:
  explicit Place(std::shared_ptr<Vm> vm) : vm_(std::move(vm)) {}
  static Place host() { return Place(nullptr); }

  bool is_host() const { return !vm_; }
  std::string name() const { return vm_ ? vm_->name() : "host"; }
  int diag() const;
  ino_t pid_space() const { return vm_ ? vm_->pid_space() : 0; }
  // A socket in this place's network; an errno in `error` on failure.
  Fd make_socket(int domain, int type, int* error) const;
  // O_PATH of what `path` names in this place, links followed; empty where nothing is there.
  Fd open_path(const std::string& path) const;
  // A joined unix socket can bring in descriptors of another network (the hard rule). False: it must not.
  bool expect_foreign_sockets() const { return !vm_ || vm_->expect_foreign_sockets(); }

  // Every place other than `than`: the VMs in the order of their start, then the host.
  static std::vector<Place> others(const Vm& than);

 private:
  std::shared_ptr<Vm> vm_;
};

}  // namespace shuttle
