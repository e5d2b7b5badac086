#include "errand.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shuttle {

namespace {

int64_t run(const Ground& ground, const std::function<int64_t()>& act) {
  // Refused to who is not root, and then there is nothing to give up.
  if (ground.uid != static_cast<uid_t>(-1)) syscall(SYS_setgroups, 0, nullptr);
  if (ground.enter && syscall(SYS_setns, ground.pidfd, ground.enter) != 0) return -errno;
  if (ground.gid != static_cast<gid_t>(-1) && syscall(SYS_setresgid, ground.gid, ground.gid, ground.gid) != 0) return -errno;
  if (ground.uid != static_cast<uid_t>(-1) && syscall(SYS_setresuid, ground.uid, ground.uid, ground.uid) != 0) return -errno;
  return act();
}

}  // namespace

int64_t errand(const Ground& ground, const std::function<int64_t()>& act) {
  void* page = mmap(nullptr, sizeof(int64_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return -errno;
  auto& result = *static_cast<volatile int64_t*>(page);
  result = -ECANCELED;
  // No exit signal: Node's own handler of SIGCHLD has no business with it.
  const long child = syscall(SYS_clone, CLONE_FILES | CLONE_VFORK | ground.fresh, nullptr, nullptr, nullptr, nullptr);
  if (child == 0) {
    result = run(ground, act);
    syscall(SYS_exit_group, 0);
  }
  int64_t answer = child < 0 ? -errno : 0;
  if (child > 0) {
    while (waitpid(static_cast<pid_t>(child), nullptr, __WALL) < 0 && errno == EINTR) {}
    answer = result;
  }
  munmap(page, sizeof(int64_t));
  return answer;
}

}  // namespace shuttle
