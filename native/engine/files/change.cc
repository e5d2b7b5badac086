// Calls that change: an open to write, and everything that changes a folder or a file's properties. Outside files are
// changed as the VM's private copy; only a rule lets a change reach the host's file, and then the engine makes it.
#include "change.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <sys/syscall.h>

#include "../detail.h"
#include "../engine.h"
#include "calls.h"
#include "carry.h"
#include "judge.h"
#include "open.h"
#include "open_flags.h"
#include "overlay.h"
#include "perform.h"
#include "posix_name.h"
#include "private_copy.h"
#include "state.h"

namespace shuttle {

namespace {

// One name that is about to change.
struct Change {
  Op op = Op::kFileWrite;
  uint32_t access = 0;
  Spot here;
  bool last = true;
  bool creates = false;
  bool by_mode = false;   // the file's mode says who may
  bool of_owner = false;  // its owner may
  bool joins = false;  // takes what is there already, wherever that is, before it creates
};

struct Judged {
  Course course = Course::kSilent;
  bool existed = false;          // on the host
  bool denied = false;           // to the VM's user, by the file's or its folder's mode
  std::vector<Holder> holders;   // the host's last
};

bool is_denied(const VmPlan& plan, const Change& change, const Spot& folder) {
  auto is_owner = [&](const Spot& spot) { return spot.owner == plan.uid || (plan.shift && spot.owner == 0); };
  auto allows = [&](const Spot& spot, mode_t bits) {
    return mode_allows(spot.mode, is_owner(spot), spot.group == plan.gid, bits);
  };
  if (change.of_owner) return change.here.exists && !is_owner(change.here);
  if (folder.exists) return !allows(folder, 3);
  return change.here.exists && change.op == Op::kFileWrite && change.by_mode && !allows(change.here, 2);
}

// Whose thing it is, and what follows from that.
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
  return judged;
}

// The permission of a rule to change the host's own file, where the mounts do not give it already.
Ruling ruled_on_host(const Trap& trap, Change& change, Judged& judged) {
  Vm& vm = trap.vm;
  if (!files_of(vm).changes_by_rule) return {};
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
      row.status = judged.denied ? EACCES : 0;
      detail = Detail().flag("existed", judged.existed).done();
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
    default: return;
  }
  row.detail = detail;
  trap.record(row);
}

bool is_private_change(Course course) { return course == Course::kPrivate || course == Course::kSilent; }

void note_shuttled(const Trap& trap, const Change& change, const Holder& holder, const Ruling& ruling, int error, Source source) {
  const std::string object = object_name(trap.vm, holder.object), place = holder.place();
  trap.record({.op = change.op, .object = object, .peer = place, .access = change.access, .verdict = Verdict::kShuttled,
               .status = error, .rule = ruling.rule, .source = source});
}

// A FIFO that lies elsewhere is meant by everybody who says its name.
std::optional<Answer> open_fifo_elsewhere(const Opening& open, Judged& judged) {
  if (open.here.exists || (open.flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL)) return std::nullopt;
  std::vector<Holder> fifos;
  for (Holder& holder : judged.holders)
    if (S_ISFIFO(holder.spot.mode)) fifos.push_back(std::move(holder));
  std::erase_if(judged.holders, [](const Holder& holder) { return S_ISFIFO(holder.spot.mode); });
  if (fifos.empty()) return std::nullopt;
  return open_elsewhere(open, std::move(fifos));
}

// An open that would create what another VM has: written there by rule only; without one the VM makes its own.
std::optional<Answer> join_elsewhere(const Opening& open, Judged& judged) {
  std::erase_if(judged.holders, [](const Holder& holder) { return !holder.vm || !S_ISREG(holder.spot.mode); });
  if (judged.holders.empty() || !files_of(open.vm()).changes_by_rule) return std::nullopt;
  const std::string object = object_name(open.vm(), judged.holders.front().object);
  const Ruling ruling = rule_among(open.trap, Op::kFileWrite, object, access_of(open.flags), judged.holders, true);
  if (ruling.verdict != Verdict::kShuttled) return std::nullopt;
  return open_elsewhere(open, std::move(judged.holders));
}

}  // namespace

Answer open_to_change(const Opening& open, bool relative) {
  const Trap& trap = open.trap;
  Change change{.op = file_op(open.flags, open.here.mode, open.name()), .access = access_of(open.flags), .here = {}, .last = open.last,
                .creates = (open.flags & O_CREAT) != 0};
  change.here.name = open.name();
  change.here.exists = open.here.exists;
  change.here.mode = open.here.mode;
  change.here.owner = open.here.owner;
  change.here.group = open.here.group;
  change.by_mode = true;
  change.joins = (open.flags & (O_CREAT | O_EXCL)) == O_CREAT && !open.here.exists;
  if (change.op == Op::kFileCreate) change.access |= kAccessCreate;
  // O_CREAT alone on a file that is there is a read.
  if (change.op == Op::kFileRead || change.op == Op::kFileList || change.op == Op::kLibraryLoad) return open_plain(open);

  if (S_ISDIR(open.here.mode) && (open.flags & O_TMPFILE) != O_TMPFILE) return Answer::go_on();  // refused: it is a folder
  Judged judged = judge(trap.vm, change);
  if (auto opened = open_fifo_elsewhere(open, judged)) return *opened;
  const Ruling ruling = ruled_on_host(trap, change, judged);
  if (ruling.verdict == Verdict::kShuttled) {
    const Holder& host = judged.holders.back();
    const bool shown = open.here.exists && trap.vm.spec.is_shown(ruling.rule);
    if (shown) return note_shuttled(trap, change, host, ruling, 0, Source::kSeen), Answer::go_on();
    Opened fd = -EEXIST;
    if (!host.spot.exists)
      fd = create_on_host(trap, host.spot.name, open.flags, open.mode);
    else if ((open.flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL))
      fd = open_found(trap.vm, host, open.flags);
    note_shuttled(trap, change, host, ruling, fd < 0 ? -fd : 0, Source::kEngine);
    return hand_over(trap, fd, open.flags);
  }
  if (change.joins)
    if (auto joined = join_elsewhere(open, judged)) return *joined;
  if (judged.course == Course::kAsk) return open_elsewhere(open, std::move(judged.holders));
  note(trap, change, judged);
  if (!is_private_change(judged.course)) return Answer::go_on();
  if (judged.denied && awaits_overlay(trap.vm, open.name())) return Answer::fail(EACCES);
  if (!judged.denied) make_private(trap, open.here);
  const bool laid = open_overlay(trap, open.name());
  if (!laid || !relative) return Answer::go_on();
  // The caller's folder may lie in what was there before the overlay: by the whole name it is reached for certain.
  const std::string name = open.name();
  const int64_t fd = in_vm(trap, [&] {
    const long opened = syscall(SYS_openat, AT_FDCWD, name.c_str(), open.flags | O_CLOEXEC | O_NOCTTY, open.mode);
    return static_cast<int64_t>(opened < 0 ? -errno : opened);
  });
  return hand_over(trap, static_cast<int>(fd), open.flags);
}

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

}  // namespace

Answer on_change(const Trap& trap) {
  const ChangeCall* call = call_of(trap.notice);
  if (!call) return Answer::go_on();
  std::array<std::optional<Named>, 2> named;
  std::array<Judged, 2> judged;
  std::array<Ruling, 2> rulings;
  std::string names[2];
  bool on_host = false, old_folder = false;
  for (size_t i = 0; i < 2; i++) {
    named[i] = name_at(trap, *call, call->parts[i]);
    if (!named[i]) continue;
    Change& change = named[i]->change;
    note_served(trap, *call, change);
    if (may_be_silent(change.here.name)) continue;
    judged[i] = judge(trap.vm, change);
    rulings[i] = ruled_on_host(trap, change, judged[i]);
    on_host |= rulings[i].verdict == Verdict::kShuttled && !(change.here.exists && trap.vm.spec.is_shown(rulings[i].rule));
    names[i] = change.here.name;
  }
  if (on_host) {
    // Both ends of a rename must be granted; half of it is nothing.
    const bool whole = (!named[0] || rulings[0].verdict == Verdict::kShuttled) && (!named[1] || rulings[1].verdict == Verdict::kShuttled);
    const bool one_only = call->parts[1].name < 0;
    int64_t result = -EXDEV;
    if (whole && named[0] && (one_only || named[1]))
      result = perform(trap, *call, judged[0].holders.back().spot.name, one_only ? std::string() : judged[1].holders.back().spot.name, false);
    if (result != -ENOSYS && whole) {
      for (size_t i = 0; i < 2; i++)
        if (named[i]) note_shuttled(trap, named[i]->change, judged[i].holders.back(), rulings[i], result < 0 ? static_cast<int>(-result) : 0, Source::kEngine);
      return Answer::give(result);
    }
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
