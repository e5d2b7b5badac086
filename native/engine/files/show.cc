#include "show.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "../engine.h"
#include "state.h"

namespace shuttle {

namespace {

bool holds_always(const CompiledRule& rule) {
  return rule.from_image.empty() && !rule.has_args && !rule.startup_only && rule.carrier.empty();
}

bool admits(const Trap& trap, Op op, const std::string& object, const std::vector<Holder>& host) {
  return rule_among(trap, op, object, 0, host, true).verdict == Verdict::kShuttled;
}

struct Showing {
  std::string rule, from;
};

// As tracer/vm/matched_grants.ts says it of what is there at the start: a mount shows a file to all, so no rule or refusal
// for some may have a say; and what may be changed too is opened where it lies.
std::optional<Showing> showing(const Trap& trap, const Spot& here) {
  Vm& vm = trap.vm;
  if (vm.learning() || vm.windows() || (here.exists && !is_name_only(here))) return std::nullopt;
  const auto& rules = vm.engine.rules->rules();
  const auto is_ours = [&](const CompiledRule& rule) { return rule.from == vm.name() && rule.to == "host"; };
  if (std::ranges::any_of(rules, [&](const CompiledRule& rule) { return is_ours(rule) && !rule.allow && !holds_always(rule); })) return std::nullopt;
  std::vector<Holder> host = holders_of(vm, here.name, true);
  std::erase_if(host, [](const Holder& holder) { return holder.vm != nullptr; });
  if (host.empty() || !S_ISREG(host[0].spot.mode) || !(host[0].spot.mode & 0111)) return std::nullopt;
  const std::string object = host[0].object;
  for (const Op op : {Op::kFileWrite, Op::kFileCreate, Op::kFileDelete})
    if (admits(trap, op, object, host)) return std::nullopt;
  for (const Op op : {Op::kFileRead, Op::kLibraryLoad, Op::kProgramStart}) {
    const Ruling ruling = rule_among(trap, op, object, 0, host, true);
    const auto rule = std::ranges::find(rules, ruling.rule, &CompiledRule::id);
    if (ruling.verdict == Verdict::kShuttled && rule != rules.end() && holds_always(*rule)) return Showing{ruling.rule, host[0].spot.name};
  }
  return std::nullopt;
}

}  // namespace

bool may_show_program(const Trap& trap, const Spot& here) { return showing(trap, here).has_value(); }

std::optional<std::string> show_program(const Trap& trap, const Spot& here) {
  auto found = showing(trap, here);
  if (!found) return std::nullopt;
  Vm& vm = trap.vm;
  files_of(vm).errands.take();
  const MountStep step{.what = MountStep::Do::kBind, .to = here.name, .from = found->from};
  if (vm.init().mount(step) != 0) return std::nullopt;
  files_of(vm).mounts_changed();
  return std::move(found->rule);
}

}  // namespace shuttle
