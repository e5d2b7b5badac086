// stat, access and readlink: of names that the VM does not see but a rule grants, or that another VM has while learning;
// and, while learning, of what the host has, which has to be there again when rules decide. Trapped in learning VMs of
// Linux programs and in those that have such rules; what the VM sees itself is its kernel's to answer.
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <optional>

#include "../detail.h"
#include "../engine.h"
#include "calls.h"
#include "holders.h"
#include "looked.h"
#include "lookup.h"
#include "posix_name.h"
#include "show.h"
#include "state.h"

namespace shuttle {

namespace {

// struct stat64 of i386 (arch/x86/include/uapi/asm/stat.h).
struct [[gnu::packed]] Stat64 {
  uint64_t dev;
  uint8_t pad0[4];
  uint32_t short_ino, mode, nlink, uid, gid;
  uint64_t rdev;
  uint8_t pad3[4];
  int64_t size;
  uint32_t blksize;
  uint64_t blocks;
  uint32_t atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
  uint64_t ino;
};

bool write_memory(const Trap& trap, uint64_t address, const void* from, size_t size) {
  iovec here{const_cast<void*>(from), size}, there{reinterpret_cast<void*>(address), size};
  return trap.valid() && process_vm_writev(trap.notice.tid, &here, 1, &there, 1, 0) == static_cast<ssize_t>(size);
}

// Owners as the VM sees them: its own user, or nobody it knows.
uint32_t shown_id(const VmPlan& plan, uint32_t id, uint32_t own) {
  if (id == own || (plan.shift && id == 0)) return own;
  return 65534;
}

Answer give_bytes(const Trap& trap, uint64_t address, const void* from, size_t size) {
  return write_memory(trap, address, from, size) ? Answer::give(0) : Answer::fail(EFAULT);
}

Answer give_stat(const Trap& trap, const LookupCall& call, int file) {
  const VmPlan& plan = trap.vm.spec.plan;
  const uint64_t out = trap.notice.args[call.out];
  if (call.kind == Lookup::kStatx) {
    struct statx info;
    if (syscall(SYS_statx, file, "", AT_EMPTY_PATH, trap.arg_int(3), &info) != 0) return Answer::fail(errno);
    info.stx_uid = shown_id(plan, info.stx_uid, plan.uid);
    info.stx_gid = shown_id(plan, info.stx_gid, plan.gid);
    return give_bytes(trap, out, &info, sizeof info);
  }
  struct stat info;
  if (fstat(file, &info) != 0) return Answer::fail(errno);
  info.st_uid = shown_id(plan, info.st_uid, plan.uid);
  info.st_gid = shown_id(plan, info.st_gid, plan.gid);
  if (trap.notice.arch != AUDIT_ARCH_I386) return give_bytes(trap, out, &info, sizeof info);
  Stat64 narrow = {};
  narrow.dev = info.st_dev;
  narrow.short_ino = static_cast<uint32_t>(info.st_ino);
  narrow.mode = info.st_mode;
  narrow.nlink = static_cast<uint32_t>(info.st_nlink);
  narrow.uid = info.st_uid;
  narrow.gid = info.st_gid;
  narrow.rdev = info.st_rdev;
  narrow.size = info.st_size;
  narrow.blksize = static_cast<uint32_t>(info.st_blksize);
  narrow.blocks = static_cast<uint64_t>(info.st_blocks);
  narrow.atime = static_cast<uint32_t>(info.st_atim.tv_sec), narrow.atime_ns = static_cast<uint32_t>(info.st_atim.tv_nsec);
  narrow.mtime = static_cast<uint32_t>(info.st_mtim.tv_sec), narrow.mtime_ns = static_cast<uint32_t>(info.st_mtim.tv_nsec);
  narrow.ctime = static_cast<uint32_t>(info.st_ctim.tv_sec), narrow.ctime_ns = static_cast<uint32_t>(info.st_ctim.tv_nsec);
  narrow.ino = info.st_ino;
  return give_bytes(trap, out, &narrow, sizeof narrow);
}

Answer give_link(const Trap& trap, const LookupCall& call, const Spot& spot) {
  if (!S_ISLNK(spot.mode)) return Answer::fail(EINVAL);
  char target[4096];
  const ssize_t size = readlinkat(spot.file.get(), "", target, sizeof target);
  if (size < 0) return Answer::fail(errno);
  const int room = trap.arg_int(call.out + 1);
  if (room <= 0) return Answer::fail(EINVAL);
  const size_t given = std::min(static_cast<size_t>(size), static_cast<size_t>(room));
  return write_memory(trap, trap.notice.args[call.out], target, given) ? Answer::give(static_cast<int64_t>(given)) : Answer::fail(EFAULT);
}

// The operations any of which makes the thing visible.
std::vector<Op> ops_showing(const Holder& holder) {
  if (S_ISFIFO(holder.spot.mode)) return {Op::kPipeConnect};
  if (S_ISDIR(holder.spot.mode)) return {Op::kFileList};
  if (S_ISSOCK(holder.spot.mode)) return {Op::kUnixConnect};
  if (const auto posix = PosixName::of(holder.object)) return {posix->open_op()};
  if (S_ISREG(holder.spot.mode)) return {Op::kFileRead, Op::kLibraryLoad, Op::kFileWrite};
  return {};
}

struct Shown {
  Op op{};
  Ruling ruling;
  std::string object;
};

std::optional<Shown> showing_rule(const Trap& trap, const std::vector<Holder>& holders) {
  for (const Op op : ops_showing(holders.front())) {
    const auto posix = PosixName::of(holders.front().object);
    const std::string object = posix ? posix->object : object_name(trap.vm, holders.front().object);
    Ruling ruling = rule_among(trap, op, object, 0, holders, op == Op::kFileWrite);
    if (ruling.verdict == Verdict::kShuttled) return Shown{op, std::move(ruling), object};
  }
  return std::nullopt;
}

const LookupCall* call_of(const Notice& notice) {
  for (const LookupCall& call : lookup_calls())
    if ((notice.arch == AUDIT_ARCH_I386 ? call.nr_i386 : call.nr) == notice.nr) return &call;
  return nullptr;
}

}  // namespace

Answer on_lookup(const Trap& trap) {
  const LookupCall* call = call_of(trap.notice);
  const auto text = call ? trap.text(trap.notice.args[call->name], 4096) : std::nullopt;
  if (!text || text->empty()) return Answer::go_on();
  const ZoneMap& zones = files_of(trap.vm).zones;
  if (is_canonical(*text) && zones.of(*text) == Zone::kBase) return Answer::go_on();
  const std::string path = absolute_name(trap, call->dirfd < 0 ? AT_FDCWD : trap.arg_int(call->dirfd), *text);
  if (path.empty() || zones.of(canonical(path)) == Zone::kBase) return Answer::go_on();
  bool last = call->follows && call->kind != Lookup::kReadLink;
  if (call->flags >= 0 && (trap.arg_int(call->flags) & AT_SYMLINK_NOFOLLOW)) last = false;
  const Spot here = find_in(trap.vm.init().root(), path, last);
  note_links(trap, path, here, last);
  if (here.exists && trap.vm.spec.mode == Mode::kAllow) return note_looked(trap, here), Answer::go_on();
  if (here.exists && !(is_name_only(here) && zones.of(here.name) == Zone::kOutside)) return Answer::go_on();
  auto holders = holders_of(trap.vm, here.name, true);
  const Holder* host = holders.empty() || holders.back().vm ? nullptr : &holders.back();
  if (host && (host->hidden || !showing_rule(trap, holders))) note_missed(trap, *host);
  // While learning the mounts show what the host has, but for what the VM took away or must not see; and a folder of
  // another VM, whose files nobody could make or list here, would only be in the way.
  if (trap.vm.spec.mode == Mode::kAllow)
    std::erase_if(holders, [](const Holder& holder) { return !holder.vm || holder.hidden || S_ISDIR(holder.spot.mode); });
  if (holders.empty()) return Answer::go_on();
  const auto shown = showing_rule(trap, holders);
  if (!shown) return Answer::go_on();

  const Holder& holder = holders[static_cast<size_t>(shown->ruling.owner)];
  const int root = holder.vm ? holder.vm->init().root() : host_root();
  const std::string there = holder.vm ? here.name : zones.on_host(here.name);
  const Spot spot = find_in(root, there, last);
  Answer answer = Answer::fail(ENOENT);
  switch (call->kind) {
    case Lookup::kStat:
    case Lookup::kStatx: answer = give_stat(trap, *call, spot.file.get()); break;
    // What is served by rule is its content; it has no extended attributes here.
    case Lookup::kAttribute: return Answer::fail(ENODATA);
    case Lookup::kAttributes: return Answer::give(0);
    case Lookup::kReadLink: answer = give_link(trap, *call, spot); break;
    case Lookup::kAccess: {
      const int wanted = trap.arg_int(call->out);
      const bool writing = shown->op == Op::kFileWrite || PosixName::of(holder.object) || S_ISFIFO(spot.mode);
      answer = (wanted & X_OK) && !may_show_program(trap, here) ? Answer::fail(EACCES) : (wanted & W_OK) && !writing ? Answer::fail(EROFS) : Answer::give(0);
      break;
    }
  }
  const std::string place = holder.place(), detail = Detail().text("call", "lookup").done();
  trap.record({.op = shown->op, .object = shown->object, .peer = place, .verdict = Verdict::kShuttled,
               .status = answer.value < 0 ? static_cast<int>(-answer.value) : 0, .rule = shown->ruling.rule, .detail = detail});
  return answer;
}

}  // namespace shuttle
