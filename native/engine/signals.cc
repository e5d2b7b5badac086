// Signals, and looking into other processes. The pid namespace is the wall: a number that means nothing inside the VM
// reaches nobody. Recorded is only what would have reached somebody outside.
#include <errno.h>
#include <fcntl.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "detail.h"
#include "engine.h"
#include "files/holders.h"
#include "files/state.h"
#include "handlers.h"
#include "pid_space.h"

namespace shuttle {

namespace {

struct Target {
  std::string place, image;
};

bool has_process(int root, pid_t pid) {
  char path[32];
  snprintf(path, sizeof path, "proc/%d", pid);
  return faccessat(root, path, F_OK, 0) == 0;
}

// The program of a process by its number in the /proc below `root`; a kernel thread has only a name.
std::string image_at(int root, pid_t pid) {
  char path[48], text[4096];
  snprintf(path, sizeof path, "proc/%d/exe", pid);
  ssize_t size = readlinkat(root, path, text, sizeof text);
  if (size > 0) return std::string(text, static_cast<size_t>(size));
  snprintf(path, sizeof path, "proc/%d/comm", pid);
  const Fd comm(openat(root, path, O_RDONLY | O_CLOEXEC));
  size = comm ? read(comm.get(), text, sizeof text) : 0;
  if (size > 0 && text[size - 1] == '\n') size--;
  return "[" + std::string(text, static_cast<size_t>(std::max<ssize_t>(size, 0))) + "]";
}

// Whom a number means outside: first as another VM counts its processes, then as the host does.
Target find_outside(const Vm& vm, pid_t pid) {
  const auto others = vm.engine.others(vm);
  for (const auto& other : others)
    if (pid != 1 && has_process(other->init().root(), pid)) return {other->name(), image_at(other->init().root(), pid)};
  if (!has_process(host_root(), pid)) return {};
  Target target{"host", image_at(host_root(), pid)};
  const ino_t space = pid_space_of(pid);
  for (const auto& other : others)
    if (space && space == pid_space_of(other->init().pid())) target.place = other->name();
  if (space && space == pid_space_of(vm.init().pid())) target.place = vm.name();
  return target;
}

// `pid` names a process or a thread that the call is aimed at; `signal` is -1 where none is sent.
Answer aim(const Trap& trap, Op op, pid_t pid, int signal) {
  // Its own process, and everybody in the VM at once (0, -1): the namespace ends there.
  if (pid == 0 || pid == -1 || pid == trap.caller().vm_pid) return Answer::go_on();
  // A group whose first process is gone is no folder of /proc: left to the kernel, whoever it may mean outside.
  const pid_t number = pid < 0 && pid != INT32_MIN ? -pid : pid;
  if (number < 0 || has_process(trap.vm.init().root(), number)) return Answer::go_on();
  // Numbers are given out upwards: one that the VM has passed meant a process of its own, which is gone.
  pid_t& highest = files_of(trap.vm).highest_pid;
  highest = std::max(highest, trap.caller().vm_pid);
  const Target target = number <= highest ? Target{} : find_outside(trap.vm, number);
  Detail detail;
  detail.number("pid", pid);
  if (signal >= 0) detail.number("signal", signal);
  const std::string said = detail.done();
  Row row{.op = op, .object = target.image, .peer = target.place, .status = ESRCH, .source = Source::kSeen, .detail = said};
  const std::string nobody = "pid " + std::to_string(number);
  if (row.object.empty()) row.object = nobody;
  row.verdict = target.place.empty() ? Verdict::kAbsent : Verdict::kBlocked;
  trap.record(row);
  if (pid < 0) return Answer::go_on();
  return Answer::fail(ESRCH);
}

Answer on_kill(const Trap& trap) { return aim(trap, Op::kProcessSignal, trap.arg_int(0), trap.arg_int(1)); }
Answer on_tgkill(const Trap& trap) { return aim(trap, Op::kProcessSignal, trap.arg_int(0), trap.arg_int(2)); }
Answer on_pidfd_open(const Trap& trap) { return aim(trap, Op::kProcessOpen, trap.arg_int(0), -1); }
Answer on_read_memory(const Trap& trap) { return aim(trap, Op::kProcessOpen, trap.arg_int(0), -1); }
Answer on_write_memory(const Trap& trap) { return aim(trap, Op::kProcessWrite, trap.arg_int(0), -1); }

Answer on_ptrace(const Trap& trap) {
  if (trap.arg_int(1) == 1) return Answer::fail(EPERM);  // process 1 is the VM's own wall
  return aim(trap, Op::kProcessOpen, trap.arg_int(1), -1);
}

struct Aimed {
  int nr, nr_i386;
  Handler handler;
};

constexpr Aimed kAimed[] = {
    {SYS_kill, 37, on_kill},
    {SYS_tkill, 238, on_kill},
    {SYS_tgkill, 270, on_tgkill},
    {SYS_rt_sigqueueinfo, 178, on_kill},
    {SYS_rt_tgsigqueueinfo, 335, on_tgkill},
    {SYS_pidfd_open, 434, on_pidfd_open},
    {SYS_process_vm_readv, 347, on_read_memory},
    {SYS_process_vm_writev, 348, on_write_memory},
};

}  // namespace

void add_signal_rows(std::vector<FilterRow>& x86_64, std::vector<FilterRow>& i386) {
  for (const Aimed& call : kAimed) {
    x86_64.push_back({call.nr, 0, call.handler, {}});
    i386.push_back({call.nr_i386, 0, call.handler, {}});
  }
  for (const uint32_t request : {PTRACE_ATTACH, PTRACE_SEIZE}) {
    x86_64.push_back({SYS_ptrace, 0, on_ptrace, {{0, Test::Is::kEqual, request}}});
    i386.push_back({26, 0, on_ptrace, {{0, Test::Is::kEqual, request}}});
  }
}

}  // namespace shuttle
