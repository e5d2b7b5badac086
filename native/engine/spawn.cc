#include "spawn.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "fd.h"

namespace shuttle {
namespace {

struct Child {
  const Spawn* spawn = nullptr;
  int program = -1;
  std::vector<int> numbers;  // room for the copies, made before the clone
  std::vector<char*> argv;
  std::string uid_map, gid_map;
  int error = 0;
};

bool put(const char* path, const std::string& text) {
  const int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool good = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  close(file);
  errno = error;
  return good;
}

// The exec of a user who is not 0 keeps only ambient capabilities.
bool keep_capabilities() {
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct sets[2]{};
  if (syscall(SYS_capget, &head, sets) != 0) return false;
  for (auto& set : sets) set.inheritable = set.permitted;
  if (syscall(SYS_capset, &head, sets) != 0) return false;
  for (int capability = 0; capability < 64; ++capability) {
    if (!(sets[capability / 32].permitted & (1U << (capability % 32)))) continue;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0) return false;
  }
  return true;
}

bool become(Child& child) {
  for (const int group : child.spawn->groups)
    if (write(group, "0", 1) != 1) return false;
  if (child.spawn->maps == Spawn::Maps::kOwn &&
      (!put("/proc/self/setgroups", "deny") || !put("/proc/self/uid_map", child.uid_map) || !put("/proc/self/gid_map", child.gid_map)))
    return false;
  if (child.spawn->maps != Spawn::Maps::kNone && !keep_capabilities()) return false;
  const int count = static_cast<int>(child.spawn->fds.size());
  // First out of the way, then to their places: no copy overwrites one still to come.
  for (int i = 0; i < count; ++i)
    if ((child.numbers[static_cast<size_t>(i)] = fcntl(child.spawn->fds[static_cast<size_t>(i)], F_DUPFD_CLOEXEC, count + 1)) < 0) return false;
  const int program = fcntl(child.program, F_DUPFD_CLOEXEC, count + 1);
  if (program < 0) return false;
  for (int i = 0; i < count; ++i)
    if (dup2(child.numbers[static_cast<size_t>(i)], i) < 0) return false;
  if (syscall(SYS_close_range, count, ~0U, CLOSE_RANGE_CLOEXEC) != 0) return false;
  char* no_environment[] = {nullptr};
  syscall(SYS_execveat, program, "", child.argv.data(), no_environment, AT_EMPTY_PATH);
  return false;
}

int child_main(void* argument) {
  auto& child = *static_cast<Child*>(argument);
  if (!become(child)) child.error = errno;
  _exit(127);
}

std::string map_one(uint64_t id) { return std::to_string(id) + " " + std::to_string(id) + " 1\n"; }

}  // namespace

pid_t spawn_process(const Spawn& spawn) {
  Child child{&spawn, -1, {}, {}, map_one(spawn.uid), map_one(spawn.gid), 0};
  child.numbers.resize(spawn.fds.size());
  // Opened here, since the new process may be somebody to whom the folders above are closed.
  const Fd program(open(spawn.program.c_str(), O_PATH | O_CLOEXEC));
  if (!program) return -1;
  child.program = program.get();
  for (const auto& word : spawn.argv) child.argv.push_back(const_cast<char*>(word.c_str()));
  child.argv.push_back(nullptr);
  constexpr size_t kStack = 256 * 1024;
  void* stack = mmap(nullptr, kStack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  if (stack == MAP_FAILED) return -1;
  // No handler of ours may run in the child: it would run in our memory.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = clone(child_main, static_cast<char*>(stack) + kStack, CLONE_VM | CLONE_VFORK | spawn.spaces, &child);
  int error = pid < 0 ? errno : child.error;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  munmap(stack, kStack);
  if (pid >= 0 && error != 0) {
    while (waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
    }
    pid = -1;
  }
  errno = error;
  return pid;
}

bool write_file(const std::string& path, const std::string& text) { return put(path.c_str(), text); }

}  // namespace shuttle
