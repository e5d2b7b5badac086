#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>

#include "../engine/newer_kernel.h"
#include "init.h"
#include "raw.h"

// The programs of a VM descend from one thread of process 1, the template. Its filter, credentials and mount namespace
// are theirs, so that one listener serves them all; and being a thread of process 1 nobody inside can kill it. A child
// shares init's memory until its exec (a fork's copy would cost time) and so makes only raw system calls.
namespace shuttle::init {

using Word = std::atomic<uint32_t>;

struct Limit {
  int resource = 0;
  uint64_t most = 0;
};

struct Child {
  static constexpr size_t kStack = 32 * 1024;

  int id = 0;
  pid_t pid = 0;
  int pidfd = -1, make_error = 0;
    int exec_error = 0;
  Launch launch;
  std::vector<std::string> candidates;
  std::vector<char*> argv, env;
  int stdio[3]{}, gate = -1;
  std::vector<Limit> limits;
  alignas(16) char stack[kStack];
};

namespace {

struct Template {
  Word turn{0};  // odd: a child is wanted; even: made
  Word ready{0};
  Child* wanted = nullptr;
  const VmPlan* plan = nullptr;
  int listener = -1;
  std::vector<Limit> limits;
} the_template;

void wait_while(Word& word, uint32_t value) {
  while (word.load(std::memory_order_acquire) == value)
    raw::call(SYS_futex, raw::address(&word), FUTEX_WAIT, static_cast<long>(value));
}
void set(Word& word, uint32_t value) {
  word.store(value, std::memory_order_release);
  raw::call(SYS_futex, raw::address(&word), FUTEX_WAKE, 64);
}

int install_filter(const std::string& bytes) {
  sock_fprog program{static_cast<unsigned short>(bytes.size() / sizeof(sock_filter)),
                     reinterpret_cast<sock_filter*>(const_cast<char*>(bytes.data()))};
  for (unsigned flags : {SECCOMP_FILTER_FLAG_NEW_LISTENER | kWaitKillable, 0UL + SECCOMP_FILTER_FLAG_NEW_LISTENER}) {
    const long listener = raw::call(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, raw::address(&program));
    if (listener >= 0) return static_cast<int>(listener);
    if (listener != -EINVAL) fail("filter", static_cast<int>(-listener));
  }
  fail("filter", EINVAL);
}

[[noreturn]] void give_up(Child& child, long error, int code) {
  child.exec_error = static_cast<int>(-error);
  for (;;) raw::call(SYS_exit_group, code);
}

constexpr int kGateHere = 3;

void wait_at_gate() {
  uint64_t count = 0;
  while (raw::call(SYS_read, kGateHere, raw::address(&count), sizeof count) == -EINTR) {
  }
  raw::call(SYS_close, kGateHere);
}

// Runs in the new process, on the stack inside `child`.
int child_main(void* argument) {
  Child& child = *static_cast<Child*>(argument);
  uint64_t no_signals = 0;
  raw::call(SYS_rt_sigprocmask, SIG_SETMASK, raw::address(&no_signals), 0, sizeof no_signals);
  for (int i = 0; i < 3; ++i) raw::call(SYS_dup3, child.stdio[i], i, 0);
  raw::call(SYS_dup3, child.gate, kGateHere, 0);
  raw::call(SYS_close_range, kGateHere + 1, ~0U, 0);
  raw::call(SYS_setsid);
  raw::call(SYS_ioctl, 0, TIOCSCTTY, 0);  // only where descriptor 0 is a terminal
  for (const Limit& limit : child.limits) {
    const rlimit both{limit.most, limit.most};
    raw::call(SYS_prlimit64, 0, limit.resource, raw::address(&both), 0);
  }
  raw::call(SYS_umask, 022);
  const long entered = raw::call(SYS_chdir, raw::address(child.launch.cwd.c_str()));
  wait_at_gate();
  if (entered < 0) give_up(child, entered, wire::kFolderNotEntered);
  long error = -ENOENT;
  for (const auto& path : child.candidates) {
    const long refused = raw::call(SYS_execve, raw::address(path.c_str()), raw::address(child.argv.data()), raw::address(child.env.data()));
    if (error == -ENOENT || refused != -ENOENT) error = refused;
    if (refused != -ENOENT && refused != -EACCES && refused != -ENOTDIR) break;
  }
  give_up(child, error, error == -ENOENT ? 127 : 126);
}

void* template_main(void*) {
  drop_privileges();
  if (!the_template.plan->filter.empty()) the_template.listener = install_filter(the_template.plan->filter);
  set(the_template.ready, 1);
  for (uint32_t turn = 0;; turn += 2) {
    wait_while(the_template.turn, turn);
    Child& child = *the_template.wanted;
    const int pid = clone(child_main, child.stack + Child::kStack,
                          CLONE_VM | CLONE_PIDFD | SIGCHLD, &child, &child.pidfd);
    child.pid = pid;
    child.make_error = pid < 0 ? errno : 0;
    set(the_template.turn, turn + 2);
  }
}

std::vector<Limit> limits_of(const VmPlan& plan) {
  std::vector<Limit> limits{{RLIMIT_CORE, 0}};
  if (plan.processes > 0) limits.push_back({RLIMIT_NPROC, plan.processes});
  if (plan.cpu_seconds > 0) limits.push_back({RLIMIT_CPU, plan.cpu_seconds});
  if (plan.memory > 0) limits.push_back({RLIMIT_DATA, plan.memory});
  if (plan.descriptors > 0) limits.push_back({RLIMIT_NOFILE, plan.descriptors});
  if (plan.disk > 0) limits.push_back({RLIMIT_FSIZE, plan.disk});
  return limits;
}

std::vector<std::string> candidates_for(const Launch& launch) {
  const std::string& name = launch.argv[0];
  if (name.find('/') != std::string::npos) return {name};
  std::string_view path = "/usr/local/bin:/usr/bin:/bin";
  for (const auto& entry : launch.env)
    if (entry.starts_with("PATH=")) path = std::string_view(entry).substr(5);
  std::vector<std::string> found;
  while (!path.empty()) {
    const auto folder = path.substr(0, path.find(':'));
    if (!folder.empty()) found.push_back(std::string(folder) + "/" + name);
    path.remove_prefix(folder.size() == path.size() ? path.size() : folder.size() + 1);
  }
  return found;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> list;
  for (auto& word : words) list.push_back(word.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

void Programs::begin(const VmPlan& plan) {
  the_template.plan = &plan;
  the_template.limits = limits_of(plan);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 128 * 1024);
  pthread_t thread;
  if (int error = pthread_create(&thread, &attributes, template_main, nullptr); error) fail("template", error);
}

int Programs::listener() {
  wait_while(the_template.ready, 0);
  return the_template.listener;
}

int Programs::make(int id, const Launch& launch, const int stdio[3], int gate) {
  auto* child = new Child;
  child->id = id;
  child->launch = launch;
  if (launch.argv.empty()) return delete child, errno = EINVAL, -1;
  child->candidates = candidates_for(child->launch);
  child->argv = pointers(child->launch.argv);
  child->env = pointers(child->launch.env);
  child->limits = the_template.limits;
  // Above the numbers they will be copied to, so that no copy overwrites one still to come.
  for (int i = 0; i < 3; ++i) {
    child->stdio[i] = fcntl(stdio[i], F_DUPFD_CLOEXEC, kGateHere + 1);
    close(stdio[i]);
  }
  child->gate = gate;
  the_template.wanted = child;
  const uint32_t turn = the_template.turn.load();
  set(the_template.turn, turn + 1);
  wait_while(the_template.turn, turn + 1);
  for (int fd : child->stdio) close(fd);
  close(gate);
  if (child->make_error) {
    errno = child->make_error;
    delete child;
    return -1;
  }
  children_.push_back(child);
  return child->pidfd;
}

Programs::Reaped Programs::reap(int events) {
  // Only so many at a time: orphans may die faster than they are taken, and the engine waits for what it asked for.
  for (int taken = 0; taken < 16; ++taken) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
    if (pid == 0) return Reaped::kAll;
    if (pid < 0) return errno == EINTR ? Reaped::kSome : Reaped::kNobodyLeft;
    for (size_t i = 0; i < children_.size(); ++i) {
      Child* child = children_[i];
      if (child->pid != pid) continue;
      wire::Event event{wire::Tell::kExited, child->id, child->exec_error, -1, 0};
      if (WIFEXITED(status)) event.code = WEXITSTATUS(status);
      if (WIFSIGNALED(status)) event.signal = WTERMSIG(status);
      send_packet(events, {reinterpret_cast<const char*>(&event), sizeof event});
      children_.erase(children_.begin() + static_cast<long>(i));
      delete child;
      break;
    }
  }
  return Reaped::kSome;
}

}  // namespace shuttle::init
