// Limits and scheduling of other threads. Threads of process 1 that work as the application's user are no more than any
// thread to the kernel, so who names one of them is refused here; all others are the VM's own.
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "handlers.h"
#include "vm.h"

namespace shuttle {

namespace {

// A number that comes to mean such a thread between the look and the call would have to be given away in full first.
Answer adjust(const Trap& trap, int number) {
  if (number == trap.caller().vm_pid) return Answer::go_on();
  char path[48];
  snprintf(path, sizeof path, "proc/1/task/%d", number);
  return faccessat(trap.vm.init().root(), path, F_OK, 0) == 0 ? Answer::fail(EPERM) : Answer::go_on();
}

Answer on_first(const Trap& trap) { return adjust(trap, trap.arg_int(0)); }
Answer on_second(const Trap& trap) { return adjust(trap, trap.arg_int(1)); }

struct Adjusting {
  int nr, nr_i386;
  int kind;  // the first argument that says a process is meant; -1: the first argument is the process
};

constexpr int kPrioProcess = 0, kIoprioWhoProcess = 1;
constexpr Adjusting kAdjusting[] = {
    {SYS_sched_setaffinity, 241, -1}, {SYS_sched_setscheduler, 156, -1}, {SYS_sched_setparam, 154, -1},
    {SYS_sched_setattr, 351, -1},     {SYS_setpriority, 97, kPrioProcess}, {SYS_ioprio_set, 289, kIoprioWhoProcess},
};

}  // namespace

void add_adjusting_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386) {
  using Is = Test::Is;
  const auto add = [&](int nr, int nr_i386, Handler handler, const std::vector<Test>& tests) {
    x86_64.push_back({nr, 0, handler, tests});
    i386.push_back({nr_i386, 0, handler, tests});
  };
  // 0 is the caller itself.
  for (const Adjusting& call : kAdjusting) {
    if (call.kind < 0) add(call.nr, call.nr_i386, on_first, {{0, Is::kNotEqual, 0}});
    else add(call.nr, call.nr_i386, on_second, {{0, Is::kEqual, static_cast<uint64_t>(call.kind)}, {1, Is::kNotEqual, 0}});
  }
  add(SYS_prlimit64, 340, on_first, {{0, Is::kNotEqual, 0}, {2, Is::kNotZero}});
}

}  // namespace shuttle
