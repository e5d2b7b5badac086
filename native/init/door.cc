#include "door.h"

#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "init.h"

namespace shuttle::init {

void pass_through_door(const wire::Plan& plan) {
  const uid_t uid = plan.vm.uid;
  const gid_t gid = plan.vm.gid;
  if (uid == 0 || gid == 0) fail("the application must not run as root", EPERM);
  must(setgroups(0, nullptr) == 0, "groups");
  must(setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0, "giving root up");
  // Never dumpable from here on: other processes of that user must not look in.
  must(prctl(PR_SET_DUMPABLE, 0) == 0, "dumpable");
  constexpr long kSpaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
  const long pid = syscall(SYS_clone, CLONE_PARENT | kSpaces, nullptr, nullptr, nullptr, nullptr);
  must(pid >= 0, "namespaces");
  if (pid > 0) {
    const wire::Event born{wire::Tell::kBorn, static_cast<int32_t>(pid), 0, -1, 0};
    send_packet(wire::kEvents, {reinterpret_cast<const char*>(&born), sizeof born});
    _exit(0);
  }
  std::string packet;
  std::vector<int> fds;
  if (!receive_packet(wire::kControl, packet, fds)) _exit(1);
}

int hold() {
  char byte;
  while (read(0, &byte, 1) < 0 && errno == EINTR) {
  }
  return 0;
}

}  // namespace shuttle::init
