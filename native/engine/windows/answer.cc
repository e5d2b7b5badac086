// What becomes of a name that an agent did not find in its own VM: the same decision as for every other crossing.
#include "../engine.h"
#include "../vm.h"
#include "carrier.h"
#include "desk.h"

namespace shuttle {

namespace {

struct Candidates {
  std::vector<std::shared_ptr<Vm>> vms;
  std::vector<Owner> owners;
};

Candidates owners_of(const Asking& asking, uint64_t before = UINT64_MAX) {
  Candidates found;
  if (is_wines(asking.op, asking.object)) return found;
  const Op served = served_for(asking.op);
  for (const auto& vm : asking.vm->engine.others(*asking.vm)) {
    std::string image;
    if (!vm->agents || !vm->agents->claims().find(served, asking.object, &image)) continue;
    if (before != UINT64_MAX && vm->agents->claims().order(served, asking.object) > before) continue;
    found.owners.push_back({.place = vm->name(), .image = image});
    found.vms.push_back(vm);
  }
  return found;
}

Question question_of(const Asking& asking, Bindings& bindings) {
  bindings = asking.vm->spec.variables;
  bindings.values[static_cast<size_t>(Token::kPid)] = std::to_string(asking.process->win_pid);
  bindings.values[static_cast<size_t>(Token::kWinPid)] = std::to_string(asking.process->win_pid);
  return {.op = asking.op, .from = asking.vm->name(), .from_image = asking.process->image, .object = asking.object,
          .access = asking.access, .starting = asking.vm->starting(), .bindings = &bindings};
}

void record(const Asking& asking, const Owner* owner, Verdict verdict, const Ruling& ruling, const Carried& carried) {
  Record& record = *asking.vm->engine.record;
  record.record(Row{.vm = asking.vm->name(), .pid = asking.process->pid, .tid = asking.tid, .image = asking.process->image, .op = asking.op,
                    .object = asking.object, .effective = carried.effective, .peer = owner ? std::string_view(owner->place) : std::string_view(),
                    .peer_image = owner ? std::string_view(owner->image) : std::string_view(), .access = asking.access, .verdict = verdict,
                    .status = carried.status, .rule = ruling.rule, .latency_ns = record.now_ns() - asking.began, .channel = carried.channel,
                    .source = Source::kEngine, .detail = carried.detail.empty() ? asking.detail : carried.detail});
}

constexpr int32_t kNotFound = static_cast<int32_t>(0xC0000034);  // STATUS_OBJECT_NAME_NOT_FOUND

// The program that was to own a name may come second: its `create` meets the name of one that a rule lets reach it here.
Ruling the_other_way(const Asking& asking, const Candidates& found) {
  const Owner asker{.place = asking.vm->name(), .image = asking.process->image};
  const Carrier* kind = carrier_for(asking.op);
  for (size_t i = 0; kind && i < found.owners.size(); i++)
    for (const Op op : kind->asked()) {
      if (served_for(op) != served_for(asking.op)) continue;
      const Question turned{.op = op, .from = found.owners[i].place, .from_image = found.owners[i].image, .object = asking.object,
                            .access = asking.access, .bindings = &found.vms[i]->spec.variables};
      Ruling ruling = rule_on(*asking.vm->engine.rules, turned, {asker}, false);
      if (ruling.verdict == Verdict::kShuttled) return ruling.owner = static_cast<int>(i), ruling;
    }
  return {};
}

Ruling decide(const Asking& asking, const Candidates& found) {
  Bindings bindings;
  Ruling ruling = rule_on(*asking.vm->engine.rules, question_of(asking, bindings), found.owners, asking.vm->spec.mode == Mode::kAllow);
  const bool no_rule = ruling.verdict == Verdict::kBlocked && ruling.rule.empty();
  if (no_rule && makes(asking.op))
    if (Ruling turned = the_other_way(asking, found); turned.verdict == Verdict::kShuttled) ruling = std::move(turned);
  if (ruling.verdict == Verdict::kShuttled && !carrier_for(asking.op)) ruling.verdict = Verdict::kBlocked;
  return ruling;
}

const Owner* owner_in(const Candidates& found, const Ruling& ruling) {
  return ruling.owner < 0 ? nullptr : &found.owners[static_cast<size_t>(ruling.owner)];
}

Told refuse(const Asking& asking, const Candidates& found, const Ruling& ruling) {
  // Made here then, which the agent says itself.
  if (ruling.verdict == Verdict::kAbsent && makes(asking.op)) return {};
  if (ruling.two_owners) asking.vm->engine.tell_two_owners(asking.vm->name(), asking.object, found.owners);
  record(asking, owner_in(found, ruling), ruling.verdict, ruling, {.status = kNotFound});
  return {.verdict = ruling.verdict == Verdict::kAbsent ? SH_ABSENT : SH_BLOCKED};
}

}  // namespace

bool record_kept(const Asking& asking, uint64_t before) {
  const Candidates found = owners_of(asking, before);
  if (found.owners.empty()) return false;
  const Ruling ruling = decide(asking, found);
  if (ruling.verdict != Verdict::kBlocked) return false;
  refuse(asking, found, ruling);
  return true;
}

std::optional<Told> settle_asking(const Asking& asking) {
  const Candidates found = owners_of(asking);
  const Ruling ruling = decide(asking, found);
  if (ruling.verdict == Verdict::kShuttled) return std::nullopt;
  return refuse(asking, found, ruling);
}

Told answer_asking(const Asking& asking) {
  Candidates found = owners_of(asking);
  while (true) {
    const Ruling ruling = decide(asking, found);
    if (ruling.verdict != Verdict::kShuttled) return refuse(asking, found, ruling);
    const Owner* owner = owner_in(found, ruling);
    Carried carried = carrier_for(asking.op)->carry(asking, *found.vms[static_cast<size_t>(ruling.owner)], ruling);
    if (!carried.absent) {
      if (!carried.unrecorded) record(asking, owner, carried.kept ? Verdict::kBlocked : Verdict::kShuttled, ruling, carried);
      return std::move(carried.told);
    }
    // It was there once. Whoever comes next in the order of looking may have it.
    found.owners.erase(found.owners.begin() + ruling.owner);
    found.vms.erase(found.vms.begin() + ruling.owner);
  }
}

}  // namespace shuttle
