#include "overlay.h"

#include <string.h>

#include "../engine.h"
#include "state.h"

namespace shuttle {

namespace {

// Index of the lazy overlay that holds `name`, the one nearest to it; -1 where there is none.
int overlay_of(const VmSpec& spec, const std::string& name) {
  int best = -1;
  for (int i = 0; i < static_cast<int>(spec.lazy.size()); i++)
    if (is_below(name, spec.lazy[i].to) && (best < 0 || spec.lazy[i].to.size() > spec.lazy[best].to.size())) best = i;
  return best;
}

}  // namespace

bool awaits_overlay(Vm& vm, const std::string& name) {
  const int index = overlay_of(vm.spec, name);
  return index >= 0 && !files_of(vm).mounted[index];
}

bool open_overlay(const Trap& trap, const std::string& name) {
  Vm& vm = trap.vm;
  const int index = overlay_of(vm.spec, name);
  if (index < 0) return false;
  FileState& state = files_of(vm);
  if (state.mounted[index]) return true;
  const LazyOverlay& lazy = vm.spec.lazy[index];
  MountStep step{.what = MountStep::Do::kOverlay, .to = lazy.to, .upper = lazy.upper, .work = lazy.work, .lower = lazy.lower, .write = true, .is_volatile = true};
  const int error = vm.init().mount(step);
  if (error) {
    vm.engine.tell({.type = Event::Type::kProblem, .vm = vm.name(), .problem = "OVERLAY_FAILED", .detail = lazy.to + ": " + strerror(error)});
    return false;
  }
  state.mounted[index] = true;
  state.mounts_changed();
  return true;
}

}  // namespace shuttle
