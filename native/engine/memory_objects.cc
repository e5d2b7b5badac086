// POSIX queues and System V objects, of which each VM has a namespace of its own. A queue of another VM is handed over;
// what System V names is a number inside one namespace and cannot be: a clear `blocked`.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>

#include "engine.h"
#include "errand.h"
#include "files/carry.h"
#include "files/open_flags.h"
#include "files/state.h"
#include "handlers.h"

namespace shuttle {

namespace {

void tell_created(const Trap& trap, Op op, const std::string& object) {
  trap.vm.engine.tell({.type = Event::Type::kServed, .vm = trap.vm.name(), .op = std::string(name_of(op)), .object = object});
}

void note_created(const Trap& trap, Op op, const std::string& object) {
  trap.record({.op = op, .object = object, .peer = trap.vm.name(), .access = kAccessRead | kAccessWrite | kAccessCreate,
               .verdict = Verdict::kPassed, .source = Source::kSeen});
  tell_created(trap, op, object);
}

void note_absent(const Trap& trap, Op op, const std::string& object, uint32_t access) {
  trap.record({.op = op, .object = object, .access = access, .verdict = Verdict::kAbsent, .status = ENOENT, .source = Source::kSeen});
}

// The queue as a file: of a VM by its own mount of queues, of the host by asking for it.
std::vector<Holder> queue_holders(Vm& vm, const std::string& object) {
  std::vector<Holder> holders;
  for (auto& other : vm.engine.others(vm)) {
    Spot spot = find_in(other->init().root(), "/dev/mqueue" + object, false);
    if (spot.exists && S_ISREG(spot.mode)) holders.push_back({std::move(other), std::move(spot), object});
  }
  Spot spot = find_in(host_root(), "/dev/mqueue" + object, false);
  if (spot.exists && S_ISREG(spot.mode)) holders.push_back({nullptr, std::move(spot), object});
  return holders;
}

Answer on_mq_open(const Trap& trap) {
  const auto name = trap.text(trap.notice.args[0], 256);
  if (!name || name->empty() || name->find('/') != std::string::npos) return Answer::go_on();
  const std::string object = "/" + *name;
  const int flags = trap.arg_int(1);
  const uint32_t access = access_of(flags);
  const bool creates = flags & O_CREAT, only_new = creates && (flags & O_EXCL);
  const bool here = find_in(trap.vm.init().root(), "/dev/mqueue" + object, false).exists;
  if (here) {
    trap.record({.op = Op::kQueueOpen, .object = object, .peer = trap.vm.name(), .access = access, .verdict = Verdict::kPassed,
                 .status = only_new ? EEXIST : 0, .source = Source::kSeen});
    return Answer::go_on();
  }
  auto holders = only_new ? std::vector<Holder>() : queue_holders(trap.vm, object);
  if (holders.empty()) {
    creates ? note_created(trap, Op::kQueueCreate, object) : note_absent(trap, Op::kQueueOpen, object, access);
    return Answer::go_on();
  }
  const Ruling ruling = rule_among(trap, Op::kQueueOpen, object, access, holders, false);
  const Holder& holder = holders[static_cast<size_t>(std::max(ruling.owner, 0))];
  const std::string place = holder.place();
  Row row{.op = Op::kQueueOpen, .object = object, .peer = place, .access = access, .verdict = ruling.verdict, .rule = ruling.rule};
  if (ruling.verdict != Verdict::kShuttled) {
    row.status = ENOENT;
    trap.record(row);
    if (!creates) return Answer::fail(ENOENT);
    note_created(trap, Op::kQueueCreate, object);
    return Answer::go_on();
  }
  const Opened fd = open_found(trap.vm, holder, flags & (O_ACCMODE | O_NONBLOCK));
  row.status = fd < 0 ? -fd : 0;
  trap.record(row);
  return hand_over(trap, fd, O_CLOEXEC);  // as mq_open itself does
}

// The three kinds of System V objects.
struct SystemV {
  Op create, open;
  long nr;  // of the call that gets one, of which 0 as size and flags only asks
};

constexpr SystemV kMemory{Op::kMemoryCreate, Op::kMemoryOpen, SYS_shmget};
constexpr SystemV kSemaphores{Op::kSemaphoreCreate, Op::kSemaphoreOpen, SYS_semget};
constexpr SystemV kMessages{Op::kQueueCreate, Op::kQueueOpen, SYS_msgget};

int64_t ask(const SystemV& kind, key_t key) {
  const long id = kind.nr == SYS_msgget ? syscall(kind.nr, key, 0) : syscall(kind.nr, key, 0, 0);
  return id < 0 ? -errno : id;
}

bool says_there(int64_t answer) { return answer >= 0 || answer == -EACCES || answer == -EINVAL; }

bool has_key(const Vm& vm, const SystemV& kind, key_t key) {
  const Ground inside{.pidfd = vm.init().pidfd(), .enter = CLONE_NEWUSER | CLONE_NEWIPC};
  return says_there(errand(inside, [&] { return ask(kind, key); }));
}

Answer get_object(const Trap& trap, const SystemV& kind, int flags) {
  const key_t key = trap.arg_int(0);
  if (key == IPC_PRIVATE) return Answer::go_on();
  char object[24];
  snprintf(object, sizeof object, "sysv:0x%08x", static_cast<unsigned>(key));
  const bool creates = flags & IPC_CREAT, only_new = creates && (flags & IPC_EXCL);
  const uint32_t access = kAccessRead | kAccessWrite;
  files_of(trap.vm).errands.take();
  if (has_key(trap.vm, kind, key)) {
    trap.record({.op = kind.open, .object = object, .peer = trap.vm.name(), .access = access, .verdict = Verdict::kPassed,
                 .status = only_new ? EEXIST : 0, .source = Source::kSeen});
    return Answer::go_on();
  }
  std::string place;
  if (!only_new) {
    for (const auto& other : trap.vm.engine.others(trap.vm))
      if (place.empty() && has_key(*other, kind, key)) place = other->name();
    if (place.empty() && says_there(ask(kind, key))) place = "host";
  }
  if (!place.empty())
    trap.record({.op = kind.open, .object = object, .peer = place, .access = access, .verdict = Verdict::kBlocked, .status = ENOENT, .source = Source::kSeen});
  if (creates)
    note_created(trap, kind.create, object);
  else if (place.empty())
    note_absent(trap, kind.open, object, access);
  return Answer::go_on();
}

Answer on_shmget(const Trap& trap) { return get_object(trap, kMemory, trap.arg_int(2)); }
Answer on_semget(const Trap& trap) { return get_object(trap, kSemaphores, trap.arg_int(2)); }
Answer on_msgget(const Trap& trap) { return get_object(trap, kMessages, trap.arg_int(1)); }

// The one call of old 32-bit programs for all of System V; unlike with sockets its arguments are in registers.
constexpr int kIpcI386 = 117, kIpcSemget = 2, kIpcMsgget = 13, kIpcShmget = 23;

Answer on_ipc(const Trap& trap) {
  Notice notice = trap.notice;
  std::copy(notice.args + 1, notice.args + 4, notice.args);
  const Trap unpacked = trap.with(notice);
  switch (trap.arg_int(0) & 0xffff) {  // above it stands a version
    case kIpcSemget: return on_semget(unpacked);
    case kIpcMsgget: return on_msgget(unpacked);
    case kIpcShmget: return on_shmget(unpacked);
    default: return Answer::go_on();
  }
}

}  // namespace

void add_memory_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386) {
  const std::vector<Test> named = {{0, Test::Is::kNotEqual, IPC_PRIVATE}};
  x86_64.push_back({SYS_mq_open, 0, on_mq_open, {}});
  x86_64.push_back({SYS_shmget, 0, on_shmget, named});
  x86_64.push_back({SYS_semget, 0, on_semget, named});
  x86_64.push_back({SYS_msgget, 0, on_msgget, named});
  i386.push_back({277, 0, on_mq_open, {}});
  i386.push_back({395, 0, on_shmget, named});
  i386.push_back({393, 0, on_semget, named});
  i386.push_back({399, 0, on_msgget, named});
  i386.push_back({kIpcI386, 0, on_ipc, {}});
}

}  // namespace shuttle
