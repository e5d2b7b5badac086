// POSIX shared memory and named semaphores: files below /dev/shm, of which each VM has its own.
#include <errno.h>

#include "../engine.h"
#include "carry.h"
#include "open.h"
#include "open_flags.h"
#include "posix_name.h"

namespace shuttle {

namespace {

void created(const Opening& open, const PosixName& name) {
  open.trap.record({.op = name.create_op(), .object = name.object, .peer = open.vm().name(), .access = access_of(open.flags) | kAccessCreate,
                    .verdict = Verdict::kPassed, .source = Source::kSeen});
  tell_created(open.trap, name);
}

}  // namespace

void tell_created(const Trap& trap, const PosixName& name) {
  trap.vm.engine.tell({.type = Event::Type::kServed, .vm = trap.vm.name(), .op = std::string(name_of(name.create_op())), .object = name.object});
}

Answer open_shared_memory(const Opening& open) {
  const auto name = PosixName::of(open.name());
  if (!name) return Answer::go_on();
  const bool creates = open.flags & O_CREAT;
  const bool only_new = creates && (open.flags & O_EXCL);
  const uint32_t access = access_of(open.flags);
  Row row{.op = name->open_op(), .object = name->object, .access = access, .source = Source::kSeen};
  if (open.here.exists) {
    row.peer = open.vm().name();
    row.verdict = Verdict::kPassed;
    row.status = only_new ? EEXIST : 0;
    open.trap.record(row);
    return Answer::go_on();
  }
  if (only_new) {
    // A semaphore is made under a name of chance, and given its own by a link.
    if (!name->semaphore) created(open, *name);
    return Answer::go_on();
  }
  auto holders = holders_of(open.vm(), open.name(), open.last);
  std::erase_if(holders, [](const Holder& holder) { return !S_ISREG(holder.spot.mode); });
  if (holders.empty()) {
    if (creates) {
      created(open, *name);
    } else {
      row.verdict = Verdict::kAbsent;
      row.status = ENOENT;
      open.trap.record(row);
    }
    return Answer::go_on();
  }
  const Ruling ruling = rule_among(open.trap, name->open_op(), name->object, access, holders, false);
  const Holder& holder = holders[static_cast<size_t>(std::max(ruling.owner, 0))];
  const std::string place = holder.place();
  row.peer = place;
  row.rule = ruling.rule;
  row.verdict = ruling.verdict;
  row.source = Source::kEngine;
  if (ruling.verdict != Verdict::kShuttled) {
    row.status = ENOENT;
    open.trap.record(row);
    if (!creates) return Answer::fail(ENOENT);
    created(open, *name);
    return Answer::go_on();
  }
  const Opened fd = access & kAccessWrite ? open_found(open.vm(), holder, open.flags) : open_to_read(open.vm(), holder, open.flags);
  row.status = fd < 0 ? -fd : 0;
  open.trap.record(row);
  return hand_over(open.trap, fd, open.flags);
}

}  // namespace shuttle
