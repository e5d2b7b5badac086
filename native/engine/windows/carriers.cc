// The kinds of Windows objects that cross, by operation.
#include <algorithm>

#include "../pattern.h"
#include "../vm.h"
#include "broadcasts.h"
#include "carrier.h"
#include "clipboard.h"
#include "com.h"
#include "dde.h"
#include "desk.h"
#include "mailslots.h"
#include "pipes.h"
#include "sections.h"
#include "services.h"
#include "starts.h"
#include "waitables.h"
#include "windows.h"

namespace shuttle {

namespace {

struct Pair {
  Op asked, served;
};
// What is looked for by one operation was made known by the other.
constexpr Pair kPairs[] = {
    {Op::kPipeConnect, Op::kPipeServe},          {Op::kMailslotSend, Op::kMailslotServe}, {Op::kMemoryOpen, Op::kMemoryCreate},
    {Op::kMemoryCreate, Op::kMemoryCreate},      {Op::kMutexOpen, Op::kMutexCreate},      {Op::kMutexCreate, Op::kMutexCreate},
    {Op::kEventOpen, Op::kEventCreate},          {Op::kEventCreate, Op::kEventCreate},    {Op::kSemaphoreOpen, Op::kSemaphoreCreate},
    {Op::kSemaphoreCreate, Op::kSemaphoreCreate}, {Op::kTimerOpen, Op::kTimerCreate},     {Op::kTimerCreate, Op::kTimerCreate},
};

// Each kind in its own file.
const std::vector<Carrier*>& carriers() {
  static const std::vector<Carrier*> all = [] {
    std::vector<Carrier*> kinds = {&pipes(), &mailslots(), &sections(), &windows(), &broadcasts(), &clipboard_reads(), &clipboard_writes(), &dde(), &services(), &starts(), &com()};
    kinds.insert(kinds.end(), waitables().begin(), waitables().end());
    return kinds;
  }();
  return all;
}

}  // namespace

bool Carrier::may_have(const Asking& asking, Vm& other) const { return other.agents->claims().find(served(), asking.object); }

Carrier* carrier_for(Op asked) {
  for (Carrier* each : carriers())
    if (std::ranges::count(each->asked(), asked)) return each;
  return nullptr;
}

bool is_wines(Op asked, std::string_view object) {
  if (!makes(served_for(asked))) return false;  // pipes and the like have names of another sort
  const size_t folder = object.find('\\');
  if (folder == std::string_view::npos) return false;
  return folded(object.substr(folder + 1, 6)) == folded("__wine");
}

bool makes(Op asked) {
  return std::ranges::any_of(kPairs, [asked](const Pair& each) { return each.asked == asked && each.served == asked; });
}

Op served_for(Op asked) {
  for (Carrier* each : carriers())
    if (std::ranges::count(each->asked(), asked)) return each->served();
  const auto* pair = std::ranges::find(kPairs, asked, &Pair::asked);
  return pair == std::end(kPairs) ? asked : pair->served;
}

}  // namespace shuttle
