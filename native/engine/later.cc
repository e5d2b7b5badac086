#include "later.h"

#include <errno.h>

#include "engine.h"
#include "vm.h"
#include "workers.h"

namespace shuttle {

namespace {

constexpr size_t kDescriptors = 4;  // that a waiting call holds at the most: its socket, the other's, a file, its caller

}  // namespace

Answer do_later(const Trap& trap, std::function<void()> task) {
  auto held = std::make_shared<Share::Held>(trap.vm.share->take(kDescriptors));
  if (!*held) return Answer::fail(ENFILE);
  const bool waits = trap.vm.engine.workers().run(&trap.vm, {[held, task = std::move(task)] { task(); }, [trap] { return trap.valid(); }});
  return waits ? Answer::later() : Answer::fail(ENFILE);
}

}  // namespace shuttle
