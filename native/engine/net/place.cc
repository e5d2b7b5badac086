#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>

#include "../engine.h"
#include "../files/resolve.h"
#include "machine.h"

namespace shuttle {

int Place::diag() const {
  return vm_ ? vm_->diag() : host_diag();
}

Fd Place::make_socket(int domain, int type, int* error) const {
  if (vm_) return vm_->init().make_socket(domain, type, 0, error);
  Fd made(socket(domain, type | SOCK_CLOEXEC, 0));
  if (!made) *error = errno;
  return made;
}

Fd Place::open_path(const std::string& path) const {
  if (!vm_) return Fd(open(path.c_str(), O_PATH | O_CLOEXEC));
  return Fd(open_resolved(vm_->init().root(), path, O_PATH | O_CLOEXEC, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS));
}

std::vector<Place> Place::others(const Vm& than) {
  std::vector<Place> places;
  for (auto& vm : than.engine.others(than)) places.emplace_back(std::move(vm));
  places.push_back(host());
  return places;
}

}  // namespace shuttle
