// Opening to read, to list, to load; and whatever has to be fetched from elsewhere.
#include <errno.h>

#include <algorithm>

#include "../detail.h"
#include "../engine.h"
#include "carry.h"
#include "fifo.h"
#include "judge.h"
#include "open.h"
#include "open_flags.h"
#include "state.h"

namespace shuttle {

namespace {

bool notes_absence(const Vm& vm) { return vm.learning() || vm.spec.audit; }

// The host's file, where the mounts show it or at least its name.
Answer open_shown(const Opening& open) {
  const bool learning = open.vm().spec.mode == Mode::kAllow;
  const Op op = file_op(open.flags, open.here.mode, open.name());
  const std::string object = object_name(open.vm(), open.name());
  std::vector<Holder> host(1);
  const Ruling ruling = rule_among(open.trap, op, object, access_of(open.flags), host, false);
  // Whatever is more than a name here is the host's own, bound, or a private copy, which the program goes on with.
  if (!learning && is_name_only(open.here) && ruling.verdict == Verdict::kShuttled && !open.vm().spec.is_shown(ruling.rule)) {
    auto holders = holders_of(open.vm(), open.name(), open.last);
    std::erase_if(holders, [](const Holder& holder) { return holder.vm != nullptr; });
    if (!holders.empty()) return open_elsewhere(open, std::move(holders));
  }
  const bool refused = ruling.verdict == Verdict::kBlocked && (!ruling.rule.empty() || is_name_only(open.here));
  // While enforcing, what is here without a rule is the VM's own, or only the way to what a rule shows.
  if (!refused && ruling.rule.empty() && !learning) return Answer::go_on();
  open.trap.record({.op = op, .object = object, .peer = "host", .access = access_of(open.flags),
                    .verdict = refused ? Verdict::kBlocked : Verdict::kShuttled, .status = refused ? ENOENT : 0,
                    .rule = ruling.rule, .source = refused ? Source::kEngine : Source::kSeen});
  return refused ? Answer::fail(ENOENT) : Answer::go_on();
}

Op op_elsewhere(const Opening& open, const Holder& holder) {
  if (S_ISFIFO(holder.spot.mode)) return Op::kPipeConnect;
  if (S_ISCHR(holder.spot.mode) || S_ISBLK(holder.spot.mode)) return Op::kDeviceOpen;
  return file_op(open.flags, holder.spot.mode, holder.object);
}

}  // namespace

Answer open_elsewhere(const Opening& open, std::vector<Holder> holders) {
  // One question has one operation: the first holder's kind of thing says which.
  const Op op = op_elsewhere(open, holders.front());
  std::erase_if(holders, [&](const Holder& holder) { return op_elsewhere(open, holder) != op; });
  if (S_ISSOCK(holders.front().spot.mode)) return Answer::go_on();
  const std::string object = object_name(open.vm(), holders.front().object);
  const uint32_t access = access_of(open.flags);
  const bool ipc = op == Op::kPipeConnect;
  const Ruling ruling = rule_among(open.trap, op, object, access, holders, !ipc && (changes(open.flags) || op == Op::kDeviceOpen));
  Holder& holder = holders[static_cast<size_t>(std::max(ruling.owner, 0))];
  const std::string place = holder.place();
  const std::string effective = holder.vm || holder.spot.name == open.name() ? std::string() : holder.spot.name;

  // A folder would bring everything in it: never handed over.
  if (ruling.verdict != Verdict::kShuttled || op == Op::kFileList) {
    open.trap.record({.op = op, .object = object, .peer = place, .access = access, .verdict = Verdict::kBlocked, .status = ENOENT, .rule = ruling.rule});
    // What would have been created is: as the VM's own.
    return open.flags & O_CREAT ? Answer::go_on() : Answer::fail(ENOENT);
  }
  if (!holder.vm && open.here.exists && open.vm().spec.is_shown(ruling.rule)) {
    open.trap.record({.op = op, .object = object, .peer = place, .access = access, .verdict = Verdict::kShuttled, .rule = ruling.rule, .source = Source::kSeen});
    return Answer::go_on();
  }
  auto record = [trap = open.trap, op, object, effective, place, access, rule = ruling.rule](int error) {
    trap.record({.op = op, .object = object, .effective = effective, .peer = place, .access = access, .verdict = Verdict::kShuttled, .status = error, .rule = rule});
  };
  if (ipc) return carry_fifo(open.trap, std::move(holder), open.flags, record);
  const bool writable = changes(open.flags) || op == Op::kDeviceOpen;
  const Opened fd = writable ? open_found(open.vm(), holder, open.flags, op == Op::kDeviceOpen) : open_to_read(open.vm(), holder, open.flags);
  record(fd < 0 ? -fd : 0);
  return hand_over(open.trap, fd, open.flags);
}

Answer open_plain(const Opening& open) {
  Vm& vm = open.vm();
  const Zone zone = files_of(vm).zones.of(open.name());
  Found found{.zone = zone, .here = open.here.exists, .learning = vm.spec.mode == Mode::kAllow};
  std::vector<Holder> holders;
  if (!found.here) {
    holders = holders_of(vm, open.name(), open.last);
    found.folder_here = find_in(vm.init().root(), std::string(parent_of(open.name())), true).exists;
  } else if (zone == Zone::kProtected) {
    holders = holders_of(vm, open.name(), open.last);
    std::erase_if(holders, [](const Holder& holder) { return holder.vm != nullptr; });
  } else if (zone == Zone::kOutside) {
    found.on_host = is_on_host(vm, open.name(), open.last);
  }
  for (const Holder& holder : holders) (holder.vm ? found.other_vm : found.on_host) = true;

  switch (judge_read(found)) {
    case Course::kHost: return open_shown(open);
    case Course::kAsk: return open_elsewhere(open, std::move(holders));
    case Course::kNowhere:
      if (notes_absence(vm))
        open.trap.record({.op = file_op(open.flags, 0, open.name()), .object = object_name(vm, open.name()), .access = access_of(open.flags),
                          .verdict = Verdict::kAbsent, .status = ENOENT, .source = Source::kSeen});
      return Answer::go_on();
    default: return Answer::go_on();
  }
}

Answer open_device(const Opening& open) {
  if (open.here.exists) return Answer::go_on();
  auto holders = holders_of(open.vm(), open.name(), open.last);
  if (!holders.empty()) return open_elsewhere(open, std::move(holders));
  if (notes_absence(open.vm()))
    open.trap.record({.op = Op::kDeviceOpen, .object = open.name(), .access = access_of(open.flags), .verdict = Verdict::kAbsent,
                      .status = ENOENT, .source = Source::kSeen});
  return Answer::go_on();
}

Answer open_own_fifo(const Opening& open) {
  Vm& vm = open.vm();
  const Zone zone = files_of(vm).zones.of(open.name());
  if (zone == Zone::kOutside || zone == Zone::kBase || zone == Zone::kProtected) {
    // The host's FIFO seen through an overlay is dead: what is meant is the host's own.
    auto holders = holders_of(vm, open.name(), open.last);
    std::erase_if(holders, [](const Holder& holder) { return holder.vm != nullptr || !S_ISFIFO(holder.spot.mode); });
    if (!holders.empty()) return open_elsewhere(open, std::move(holders));
  }
  const Op op = (open.flags & O_ACCMODE) == O_WRONLY ? Op::kPipeConnect : Op::kPipeServe;
  open.trap.record({.op = op, .object = open.name(), .peer = vm.name(), .access = access_of(open.flags), .verdict = Verdict::kPassed, .source = Source::kSeen});
  return Answer::go_on();
}

}  // namespace shuttle
