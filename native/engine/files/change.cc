// Everything that changes a folder or a file's properties: made in the VM by the kernel, or by rule on the host by the
// engine.
#include "change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <sys/syscall.h>

#include <optional>

#include "../engine.h"
#include "bound.h"
#include "bring_out.h"
#include "calls.h"
#include "judged.h"
#include "names.h"
#include "overlay.h"
#include "perform.h"
#include "posix_name.h"
#include "private_copy.h"

namespace shuttle {

namespace {

const ChangeCall* call_of(const Notice& notice) {
  for (const ChangeCall& call : change_calls())
    if ((notice.arch == AUDIT_ARCH_I386 ? call.nr_i386 : call.nr) == notice.nr) return &call;
  return nullptr;
}

struct Named {
  Change change;
  bool relative = false;
};

// The name at one place of a call; nothing where the kernel shall refuse it, or nobody needs to know.
std::optional<Named> name_at(const Trap& trap, const ChangeCall& call, const NamedPart& part) {
  if (part.name < 0) return std::nullopt;
  const uint64_t address = trap.notice.args[part.name];
  if (!address) return std::nullopt;
  const auto text = trap.text(address, 4096);
  if (!text || text->empty()) return std::nullopt;
  const std::string path = absolute_name(trap, part.dirfd < 0 ? AT_FDCWD : trap.arg_int(part.dirfd), *text);
  if (path.empty()) return std::nullopt;
  Named named{.change = {.op = part.op, .creates = part.op == Op::kFileCreate}, .relative = (*text)[0] != '/'};
  named.change.last = part.follows && !(call.flags >= 0 && (trap.arg_int(call.flags) & AT_SYMLINK_NOFOLLOW));
  named.change.access = part.op == Op::kFileCreate ? kAccessCreate : part.op == Op::kFileDelete ? kAccessDelete : kAccessWrite;
  named.change.only_new = named.change.creates && call.deed != Deed::kRename;
  named.change.replaces = named.change.creates && call.deed == Deed::kRename;
  named.change.by_mode = call.deed == Deed::kTruncate;
  named.change.of_owner = call.deed == Deed::kMode;
  named.change.here = find_in(trap.vm.init().root(), path, named.change.last);
  return named;
}

bool makes_fifo(const Trap& trap, const ChangeCall& call) {
  const bool node = call.nr == SYS_mknod || call.nr == SYS_mknodat;
  return node && S_ISFIFO(static_cast<mode_t>(trap.arg_int(call.mode)));
}

// FIFOs and semaphores that are made here are something others may reach for.
void note_served(const Trap& trap, const ChangeCall& call, const Change& change) {
  if (!change.creates) return;
  const std::string& name = change.here.name;
  if (makes_fifo(trap, call)) {
    trap.record({.op = Op::kPipeServe, .object = name, .peer = trap.vm.name(), .access = kAccessCreate, .verdict = Verdict::kPassed, .source = Source::kSeen});
    trap.vm.engine.tell({.type = Event::Type::kServed, .vm = trap.vm.name(), .op = "pipe.serve", .object = name});
  } else if (const auto posix = PosixName::of(name); posix && call.deed == Deed::kOther) {
    trap.record({.op = posix->create_op(), .object = posix->object, .peer = trap.vm.name(), .access = kAccessRead | kAccessWrite | kAccessCreate,
                 .verdict = Verdict::kPassed, .source = Source::kSeen});
    tell_created(trap, *posix);
  }
}

bool may_be_silent(const std::string& name) { return is_below(name, "/proc") || is_below(name, "/sys") || is_below(name, "/dev"); }

constexpr int kNoReplace = 1;  // RENAME_NOREPLACE

int rename_flags(const Trap& trap) {
  const bool has = trap.notice.nr == (trap.notice.arch == AUDIT_ARCH_I386 ? 353 : SYS_renameat2);
  return has ? trap.arg_int(4) : 0;
}

// Both names of a call, what was found of them, and what rules say of the host's files.
struct Both {
  std::array<std::optional<Named>, 2> named;
  std::array<Judged, 2> judged;
  std::array<Ruling, 2> rulings;

  bool on_host(size_t i) const { return rulings[i].verdict == Verdict::kShuttled; }
  const std::string& host_path(size_t i) const { return judged[i].holders.back().spot.name; }
  const Change& change(size_t i) const { return named[i]->change; }
};

// What the mounts show of the host's files that were renamed or removed there.
void follow_in_vm(const Trap& trap, const Both& both) {
  for (size_t i = 0; i < 2; i++) {
    if (!both.named[i]) continue;
    const Change& change = both.change(i);
    if (bound(change.here) == Bound::kToWrite) change_under_bind(trap.vm, change.here, change.here.name, {});
    if (change.creates && trap.vm.spec.is_shown(both.rulings[i].rule)) bind_again(trap.vm, change.here.name, both.host_path(i));
  }
}

// The VM's own file renamed over the host's: the host's gets its content, and the VM sees what it asked for.
int64_t rename_outwards(const Trap& trap, const Both& both) {
  const Spot& own = both.change(0).here;
  const Holder& host = both.judged[1].holders.back();
  const Spot& shown = both.change(1).here;
  const int flags = rename_flags(trap);
  if ((flags & ~kNoReplace) || !S_ISREG(own.mode) || (host.spot.exists && !S_ISREG(host.spot.mode))) return -EXDEV;
  if ((flags & kNoReplace) && host.spot.exists) return -EEXIST;
  if (both.judged[0].denied) return -EACCES;
  if (may_be_silent(own.name)) return -EXDEV;
  make_private(trap, own);
  const int root = trap.vm.init().root();
  const Spot now = find_in(root, own.name, false), folder = find_in(root, std::string(parent_of(shown.name)), true);
  if (!on_one_mount(now, folder)) return -EXDEV;  // as it is for any two mounts
  if (const int64_t error = bring_out(trap, now, host.spot.name)) return error;
  if (bound(shown) != Bound::kToWrite) return in_vm(trap, [name = own.name]() -> int64_t { return syscall(SYS_unlinkat, AT_FDCWD, name.c_str(), 0) < 0 ? -errno : 0; });
  const int64_t result = change_under_bind(trap.vm, shown, own.name, shown.name);
  bind_again(trap.vm, shown.name, host.spot.name);
  return result;
}

// A rename of which one end is the host's, by rule. Into the VM it is refused as between two file systems, and programs
// then copy.
std::optional<Answer> rename_across(const Trap& trap, const Both& both) {
  if (!both.named[0] || !both.named[1] || both.on_host(0) == both.on_host(1) || !both.change(0).here.exists) return std::nullopt;
  const size_t end = both.on_host(0) ? 0 : 1;
  const int64_t result = end == 0 ? -EXDEV : rename_outwards(trap, both);
  if (end == 1) note(trap, both.change(0), both.judged[0]);
  note_shuttled(trap, both.change(end), both.judged[end].holders.back(), both.rulings[end], result < 0 ? static_cast<int>(-result) : 0, Source::kEngine);
  return Answer::give(result);
}

// The host's file, which a rule lets the VM write and no more: nothing of the VM's own lies there that could go.
bool may_only_be_written(const Both& both, size_t i) {
  return both.named[i] && both.change(i).op == Op::kFileDelete && !both.on_host(i) && bound(both.change(i).here) == Bound::kToWrite;
}

}  // namespace

Answer on_change(const Trap& trap) {
  const ChangeCall* call = call_of(trap.notice);
  if (!call) return Answer::go_on();
  Both both;
  auto& [named, judged, rulings] = both;
  std::string names[2];
  bool on_host = false, old_folder = false;
  const bool moves = call->deed == Deed::kRename || call->deed == Deed::kRemove;
  for (size_t i = 0; i < 2; i++) {
    named[i] = name_at(trap, *call, call->parts[i]);
    if (!named[i]) continue;
    Change& change = named[i]->change;
    note_served(trap, *call, change);
    if (may_be_silent(change.here.name)) continue;
    judged[i] = judge(trap.vm, change);
    rulings[i] = ruled_on_host(trap, change, judged[i]);
    on_host |= both.on_host(i) && (moves || !(change.here.exists && trap.vm.spec.is_shown(rulings[i].rule)));
    names[i] = change.here.name;
  }
  if (call->deed == Deed::kRename)
    if (const auto answer = rename_across(trap, both)) return *answer;
  if (on_host) {
    // Both ends of a rename must be granted; half of it is nothing.
    const bool whole = (!named[0] || both.on_host(0)) && (!named[1] || both.on_host(1));
    const bool one_only = call->parts[1].name < 0;
    int64_t result = -EXDEV;
    if (whole && named[0] && (one_only || named[1]))
      result = perform(trap, *call, both.host_path(0), one_only ? std::string() : both.host_path(1), false);
    if (result != -ENOSYS && whole) {
      for (size_t i = 0; i < 2; i++)
        if (named[i]) note_shuttled(trap, named[i]->change, judged[i].holders.back(), rulings[i], result < 0 ? static_cast<int>(-result) : 0, Source::kEngine);
      if (result >= 0 && moves) follow_in_vm(trap, both);
      return Answer::give(result);
    }
  }
  for (size_t i = 0; i < 2; i++) {
    if (!may_only_be_written(both, i)) continue;
    const std::string object = object_name(trap.vm, names[i]);
    trap.record({.op = Op::kFileDelete, .object = object, .peer = "host", .access = kAccessDelete, .verdict = Verdict::kBlocked, .status = EPERM});
    return Answer::fail(EPERM);
  }
  for (size_t i = 0; i < 2; i++) {
    if (!named[i] || may_be_silent(named[i]->change.here.name)) continue;
    if (rulings[i].verdict == Verdict::kShuttled) {
      note_shuttled(trap, named[i]->change, judged[i].holders.back(), rulings[i], 0, Source::kSeen);
      continue;
    }
    if (judged[i].course == Course::kAsk) judged[i].course = Course::kHidden;  // another VM's: not changed from here
    note(trap, named[i]->change, judged[i]);
    if (judged[i].denied && is_private_change(judged[i].course) && awaits_overlay(trap.vm, named[i]->change.here.name))
      return Answer::fail(call->deed == Deed::kMode ? EPERM : EACCES);
    if (is_private_change(judged[i].course) && !judged[i].denied) make_private(trap, named[i]->change.here);
    if (is_private_change(judged[i].course) && open_overlay(trap, named[i]->change.here.name)) old_folder |= named[i]->relative;
  }
  if (!old_folder) return Answer::go_on();
  const int64_t result = perform(trap, *call, names[0], names[1], true);
  return result == -ENOSYS ? Answer::go_on() : Answer::give(result);
}

}  // namespace shuttle
