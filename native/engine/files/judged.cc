#include "judged.h"

#include <errno.h>

#include "../detail.h"
#include "../engine.h"
#include "state.h"

namespace shuttle {

namespace {

bool is_denied(const VmPlan& plan, const Change& change, const Spot& folder) {
  auto is_owner = [&](const Spot& spot) { return spot.owner == plan.uid || (plan.shift && spot.owner == 0); };
  auto allows = [&](const Spot& spot, mode_t bits) {
    return mode_allows(spot.mode, is_owner(spot), spot.group == plan.gid, bits);
  };
  if (change.of_owner) return change.here.exists && !is_owner(change.here);
  if (folder.exists) return !allows(folder, 3);
  return change.here.exists && change.op == Op::kFileWrite && change.by_mode && !allows(change.here, 2);
}

// What a program makes privately in a folder of the host cannot be made where that folder is not shown: the rules must
// show it. The base system is shown anyway, and where the program starts there is a folder.
std::string needed_folder(Vm& vm, const Spot& folder) {
  if (!folder.exists || folder.name == vm.spec.plan.program.cwd || files_of(vm).zones.of(folder.name) != Zone::kOutside) return {};
  const Spot outside = on_host(vm, folder.name, true);
  return outside.exists && S_ISDIR(outside.mode) ? object_name(vm, folder.name) : std::string();
}

bool is_outside(Vm& vm, const std::string& name) {
  const Zone zone = files_of(vm).zones.of(name);
  return zone == Zone::kOutside || zone == Zone::kBase;
}

}  // namespace

Judged judge(Vm& vm, const Change& change) {
  const Zone zone = files_of(vm).zones.of(change.here.name);
  Judged judged;
  Found found{.zone = zone, .here = change.here.exists, .learning = vm.learning()};
  const bool own = zone == Zone::kOwn || zone == Zone::kMount || zone == Zone::kPrivate;
  if (!own || (!found.here && (change.joins || !change.creates))) judged.holders = holders_of(vm, change.here.name, change.last);
  for (const Holder& holder : judged.holders) (holder.vm ? found.other_vm : found.on_host) = true;
  const std::string above(parent_of(change.here.name));
  Spot folder;
  if (!found.here || change.op == Op::kFileDelete) folder = find_in(vm.init().root(), above, true);
  found.folder_here = folder.exists;
  if (!found.here && change.creates && !folder.exists) found.folder_on_host = on_host(vm, above, true).exists;
  judged.denied = is_denied(vm.spec.plan, change, folder);
  judged.existed = found.on_host;
  judged.course = judge_change(found, change.creates);
  if (change.creates && !found.here && !found.on_host && vm.learning() && judged.course == Course::kPrivate) judged.folder = needed_folder(vm, folder);
  return judged;
}

Ruling ruled_on_host(const Trap& trap, Change& change, Judged& judged) {
  Vm& vm = trap.vm;
  if (vm.learning() || !files_of(vm).changes_by_rule) return {};  // what is learnt leaves the host as it was
  const Zone zone = files_of(vm).zones.of(change.here.name);
  if (zone == Zone::kOwn || zone == Zone::kMount) return {};
  std::vector<Holder> host;
  for (Holder& holder : judged.holders)
    if (!holder.vm) host.push_back(std::move(holder));
  std::erase_if(judged.holders, [](const Holder& holder) { return !holder.vm; });
  if (host.empty() && change.creates) {
    Spot spot = on_host(vm, change.here.name, change.last);
    // Its folder's name after links is what counts.
    std::string object = files_of(vm).zones.from_host(spot.name);
    host.push_back({nullptr, std::move(spot), std::move(object), zone == Zone::kProtected});
  }
  if (host.empty()) return {};
  Op op = change.op;
  uint32_t access = change.access;
  if (op == Op::kFileCreate && change.joins && host.front().spot.exists) op = Op::kFileWrite, access &= ~kAccessCreate;
  Ruling ruling = rule_among(trap, op, object_name(vm, host.front().object), access, host, true);
  if (ruling.verdict != Verdict::kShuttled && change.replaces && host.front().spot.exists) {
    // To put something else in a file's place is to write it.
    op = Op::kFileWrite, access = kAccessWrite;
    ruling = rule_among(trap, op, object_name(vm, host.front().object), access, host, true);
  }
  if (ruling.verdict == Verdict::kShuttled) change.op = op, change.access = access;
  judged.holders.push_back(std::move(host.front()));
  return ruling;
}

void note(const Trap& trap, const Change& change, const Judged& judged) {
  Row row{.op = change.op, .access = change.access, .source = Source::kSeen};
  const std::string object = object_name(trap.vm, change.here.name);
  row.object = object;
  const std::string place = judged.holders.empty() ? "host" : judged.holders.front().place();
  std::string detail;
  switch (judged.course) {
    case Course::kPrivate:
      row.verdict = Verdict::kRedirected;
      row.peer = "host";
      row.status = change.here.exists && change.only_new ? EEXIST : judged.denied ? EACCES : 0;
      detail = judged.folder.empty() ? Detail().flag("existed", judged.existed).done()
                                     : Detail().flag("existed", judged.existed).text("folder", judged.folder).done();
      break;
    case Course::kHidden:
      row.verdict = Verdict::kBlocked;
      row.peer = place;
      row.status = ENOENT;
      detail = Detail().flag("existed", judged.existed).done();
      break;
    case Course::kNowhere:
      if (!trap.vm.learning() && !trap.vm.spec.audit) return;
      row.verdict = Verdict::kAbsent;
      row.status = ENOENT;
      break;
    case Course::kSilent:
      // What was made in a folder of the host and recorded there is taken away again.
      if (!trap.vm.learning() || change.op != Op::kFileDelete || !change.here.exists || judged.denied || !is_outside(trap.vm, change.here.name)) return;
      row.verdict = Verdict::kRedirected;
      row.peer = "host";
      detail = Detail().flag("existed", false).done();
      break;
    default: return;
  }
  row.detail = detail;
  trap.record(row);
}

void note_shuttled(const Trap& trap, const Change& change, const Holder& holder, const Ruling& ruling, int error, Source source) {
  const std::string object = object_name(trap.vm, holder.object), place = holder.place();
  trap.record({.op = change.op, .object = object, .peer = place, .access = change.access, .verdict = Verdict::kShuttled,
               .status = error, .rule = ruling.rule, .source = source});
}

}  // namespace shuttle
