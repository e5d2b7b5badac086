#include "owner.h"

#include <algorithm>

#include "engine.h"
#include "utf8.h"
#include "vm.h"

namespace shuttle {

namespace {

struct Match {
  int owner = -1;
  const CompiledRule* rule = nullptr;
};

Ruling blocked_at(int owner, const CompiledRule* rule) {
  Ruling ruling{.verdict = Verdict::kBlocked, .owner = owner};
  if (rule) ruling.rule = rule->id;
  return ruling;
}

}  // namespace

Ruling rule_on(const RuleTable& table, Question asked, const std::vector<Owner>& owners, bool carry_without_rule) {
  if (owners.empty()) return {};
  std::vector<Match> permitted, refused, open;
  for (int i = 0; i < static_cast<int>(owners.size()); i++) {
    asked.to = owners[i].place;
    asked.to_image = owners[i].image;
    const CompiledRule* rule = table.most_specific(asked);
    if (!rule)
      open.push_back({i, nullptr});
    else
      (rule->allow ? permitted : refused).push_back({i, rule});
  }
  if (!permitted.empty()) {
    // Several permitted: the rule that is the most specific whatever its place says which.
    Match chosen = permitted.front();
    if (permitted.size() > 1) {
      const auto pointing = table.pointing(asked);
      for (const CompiledRule* rule : pointing) {
        auto match = std::ranges::find(permitted, rule, &Match::rule);
        if (match == permitted.end()) continue;
        chosen = *match;
        break;
      }
    }
    return {.verdict = Verdict::kShuttled, .owner = chosen.owner, .rule = chosen.rule->id, .relay = chosen.rule->relay, .two_owners = false};
  }
  std::erase_if(open, [&](const Match& match) { return owners[match.owner].hidden; });
  if (!carry_without_rule || open.empty()) return blocked_at(refused.empty() ? 0 : refused.front().owner, refused.empty() ? nullptr : refused.front().rule);
  auto is_vm = [&](const Match& match) { return owners[match.owner].place != "host" && owners[match.owner].place != "net"; };
  if (open.size() > 1 && is_vm(open[0]) && is_vm(open[1])) {
    Ruling ruling = blocked_at(open[0].owner, nullptr);
    ruling.two_owners = true;
    return ruling;
  }
  return {.verdict = Verdict::kShuttled, .owner = open.front().owner, .rule = {}, .relay = false, .two_owners = false};
}

void refuse(const Trap& trap, Op op, std::string_view object, const std::vector<Owner>& owners, const Ruling& ruling, int status) {
  const Owner* owner = ruling.owner < 0 ? nullptr : &owners[static_cast<size_t>(ruling.owner)];
  if (ruling.two_owners) trap.vm.engine.tell_two_owners(trap.vm.name(), object, owners);
  trap.record({.op = op, .object = object, .peer = owner ? std::string_view(owner->place) : std::string_view(),
               .peer_image = owner ? std::string_view(owner->image) : std::string_view(), .verdict = ruling.verdict,
               .status = status, .rule = ruling.rule});
}

Question question_of(const Trap& trap, Op op, std::string_view object, Bindings& bindings) {
  bindings = trap.vm.spec.variables;
  bindings.values[static_cast<size_t>(Token::kPid)] = std::to_string(trap.caller().vm_pid);
  if (!trap.vm.handed->empty()) trap.vm.handed->fill(object, trap.vm.windows(), bindings.given);
  if (!is_text(object)) {
    std::string scratch;
    bindings.text = to_text(object, object.size() * 4, scratch);
    object = bindings.text;
  }
  return {.op = op, .from = trap.vm.name(), .from_image = trap.caller().image, .object = object,
          .starting = trap.vm.starting(), .bindings = &bindings};
}

}  // namespace shuttle
