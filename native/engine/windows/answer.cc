// What becomes of a name that an agent did not find in its own VM: the same decision as for every other crossing.
#include "../engine.h"
#include "../pattern.h"
#include "../vm.h"
#include "carrier.h"
#include "desk.h"

namespace shuttle {

namespace {

struct Candidates {
  std::vector<std::shared_ptr<Vm>> vms;
  std::vector<Owner> owners;
  std::vector<Looked> looked;
};

Candidates owners_of(const Asking& asking, uint64_t before = UINT64_MAX) {
  Candidates found;
  if (is_wines(asking.op, asking.object)) return found;
  const Op served = served_for(asking.op);
  const Carrier* carrier = carrier_for(asking.op);
  for (const auto& vm : asking.vm->engine.others(*asking.vm)) {
    std::string image;
    if (!vm->agents) continue;
    const bool said = vm->agents->claims().find(served, asking.object, &image);
    if (carrier ? !carrier->may_have(asking, *vm) : !said) continue;
    if (before != UINT64_MAX && vm->agents->claims().order(served, asking.object) > before) continue;
    found.owners.push_back({.place = vm->name(), .image = image});
    found.vms.push_back(vm);
    found.looked.push_back({asking.object, asking.title, 0});
  }
  return found;
}

// Those of them that have it. Where what was asked for has no name of its own, the first that is found gives it one.
Candidates look(Asking& asking, Candidates&& may) {
  Carrier* carrier = carrier_for(asking.op);
  if (!carrier || !carrier->looks()) return std::move(may);
  Candidates found;
  for (size_t i = 0; i < may.vms.size(); i++) {
    const auto looked = carrier->look(asking, *may.vms[i]);
    if (!looked) continue;
    if (found.vms.empty()) {
      asking.object = looked->object;
      asking.title = looked->title;
    } else if (folded(looked->object) != folded(asking.object)) {
      continue;
    }
    may.vms[i]->agents->claims().find(carrier->served(), looked->object, &may.owners[i].image);
    found.owners.push_back(std::move(may.owners[i]));
    found.vms.push_back(std::move(may.vms[i]));
    found.looked.push_back(*looked);
  }
  return found;
}

// `arguments` lives as long as the question.
Question question_of(const Asking& asking, Bindings& bindings, std::vector<std::string_view>& arguments) {
  if (!asking.argv.empty()) arguments.assign(asking.argv.begin() + 1, asking.argv.end());
  bindings = asking.vm->spec.variables;
  bindings.values[static_cast<size_t>(Token::kPid)] = std::to_string(asking.process->win_pid);
  bindings.values[static_cast<size_t>(Token::kWinPid)] = std::to_string(asking.process->win_pid);
  if (!asking.vm->handed->empty()) asking.vm->handed->fill(asking.object, true, bindings.given);
  return {.op = asking.op, .from = asking.vm->name(), .from_image = asking.process->image, .object = asking.object,
          .access = asking.access, .argv = asking.argv.empty() ? nullptr : &arguments, .starting = asking.vm->starting(), .operation = asking.operation, .message = asking.message, .title = asking.title,
          .bindings = &bindings};
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
  Ruling ruling = rule_for(asking, found.owners);
  const bool no_rule = ruling.verdict == Verdict::kBlocked && ruling.rule.empty();
  if (no_rule && makes(asking.op))
    if (Ruling turned = the_other_way(asking, found); turned.verdict == Verdict::kShuttled) ruling = std::move(turned);
  const Carrier* kind = carrier_for(asking.op);
  if (ruling.verdict == Verdict::kShuttled && !kind) ruling.verdict = Verdict::kBlocked;
  if (no_rule && ruling.verdict == Verdict::kBlocked && kind && kind->follows(asking)) {
    ruling.verdict = Verdict::kShuttled;
    ruling.owner = 0;
  }
  return ruling;
}

const Owner* owner_in(const Candidates& found, const Ruling& ruling) {
  return ruling.owner < 0 ? nullptr : &found.owners[static_cast<size_t>(ruling.owner)];
}

Told refuse(const Asking& asking, const Candidates& found, const Ruling& ruling) {
  // Made or done here then, which the agent says itself.
  const Carrier* kind = carrier_for(asking.op);
  if (ruling.verdict == Verdict::kAbsent && (makes(asking.op) || (kind && kind->to_each()))) return {};
  if (ruling.two_owners) asking.vm->engine.tell_two_owners(asking.vm->name(), asking.object, found.owners);
  record_asking(asking, owner_in(found, ruling), ruling.verdict, ruling, {.status = kNotFound});
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

bool had_first(const Asking& asking, uint64_t before) {
  const Candidates found = owners_of(asking, before);
  return !found.owners.empty() && decide(asking, found).verdict == Verdict::kShuttled;
}

Ruling rule_for(const Asking& asking, const std::vector<Owner>& owners) {
  Bindings bindings;
  std::vector<std::string_view> arguments;
  return rule_on(*asking.vm->engine.rules, question_of(asking, bindings, arguments), owners, asking.vm->spec.mode == Mode::kAllow);
}

void record_asking(const Asking& asking, const Owner* owner, Verdict verdict, const Ruling& ruling, const Carried& carried) {
  Record& record = *asking.vm->engine.record;
  record.record(Row{.vm = asking.vm->name(), .pid = asking.process->pid, .tid = asking.tid, .image = asking.process->image, .op = asking.op,
                    .object = asking.object, .effective = carried.effective, .peer = owner ? std::string_view(owner->place) : std::string_view(),
                    .peer_image = owner ? std::string_view(owner->image) : std::string_view(), .access = asking.access, .verdict = verdict,
                    .status = carried.status, .rule = ruling.rule, .latency_ns = record.now_ns() - asking.began, .channel = carried.channel,
                    .source = Source::kEngine, .detail = carried.detail.empty() ? asking.detail : carried.detail});
}

std::optional<Told> settle_asking(const Asking& asking) {
  const Candidates found = owners_of(asking);
  const Carrier* carrier = carrier_for(asking.op);
  if (carrier && carrier->looks() && !found.vms.empty()) return std::nullopt;
  const Ruling ruling = decide(asking, found);
  if (ruling.verdict == Verdict::kShuttled) return std::nullopt;
  return refuse(asking, found, ruling);
}

namespace {

Told answer_each(const Asking& asking, const Candidates& found) {
  for (size_t i = 0; i < found.vms.size(); i++) {
    const Candidates one{{found.vms[i]}, {found.owners[i]}, {found.looked[i]}};
    const Ruling ruling = decide(asking, one);
    if (ruling.verdict != Verdict::kShuttled) {
      refuse(asking, one, ruling);
      continue;
    }
    const Carried carried = carrier_for(asking.op)->carry(asking, *one.vms[0], ruling);
    if (!carried.absent) record_asking(asking, &one.owners[0], carried.kept ? Verdict::kBlocked : Verdict::kShuttled, ruling, carried);
  }
  return {.verdict = SH_DONE};
}

}  // namespace

Told answer_asking(const Asking& asked) {
  Asking asking = asked;
  Candidates found = look(asking, owners_of(asking));
  if (Carrier* kind = carrier_for(asking.op); kind && kind->to_each()) return answer_each(asking, found);
  while (true) {
    const Ruling ruling = decide(asking, found);
    if (ruling.verdict != Verdict::kShuttled) return refuse(asking, found, ruling);
    const auto chosen = static_cast<size_t>(ruling.owner);
    asking.handle = found.looked[chosen].handle;
    Carried carried = carrier_for(asking.op)->carry(asking, *found.vms[chosen], ruling);
    if (!carried.absent) {
      // Carrying may have started who has it.
      if (std::string& image = found.owners[chosen].image; image.empty()) found.vms[chosen]->agents->claims().find(served_for(asking.op), asking.object, &image);
      if (!carried.unrecorded) record_asking(asking, owner_in(found, ruling), carried.kept ? Verdict::kBlocked : Verdict::kShuttled, ruling, carried);
      return std::move(carried.told);
    }
    // It was there once. Whoever comes next in the order of looking may have it.
    found.owners.erase(found.owners.begin() + ruling.owner);
    found.vms.erase(found.vms.begin() + ruling.owner);
    found.looked.erase(found.looked.begin() + ruling.owner);
  }
}

}  // namespace shuttle
