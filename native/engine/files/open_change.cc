// An open to write. Outside files are changed as the VM's private copy; only a rule lets a change reach the host's file,
// and then the engine opens it.
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include <optional>

#include "../engine.h"
#include "bound.h"
#include "carry.h"
#include "judged.h"
#include "open.h"
#include "open_flags.h"
#include "overlay.h"
#include "perform.h"
#include "private_copy.h"
#include "state.h"

namespace shuttle {

namespace {

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
  change.only_new = (open.flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL);
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
    // The rule's file was there when the VM started, so what opens it after this is not asked about.
    if (fd >= 0 && !open.here.exists && trap.vm.spec.is_shown(ruling.rule)) bind_again(trap.vm, open.name(), host.spot.name);
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

}  // namespace shuttle
