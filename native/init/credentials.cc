#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "init.h"

namespace shuttle::init {

void become(uid_t uid, gid_t gid) {
  if (uid == 0 || gid == 0) fail("the application must not run as root", EPERM);
  std::string mapped;
  std::vector<int> fds;
  if (!receive_packet(wire::kControl, mapped, fds)) _exit(1);
  must(setgroups(0, nullptr) == 0, "groups");
  must(setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0, "giving root up");
  // The change made it what the machine's settings say of programs that change their user.
  must(prctl(PR_SET_DUMPABLE, 0) == 0, "dumpable");
}

// Without NPTL's wrappers these calls change the calling thread alone, and that is what is wanted.
void drop_privileges() {
  must(unshare(CLONE_FS) == 0, "own folder");
  syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr);  // kernels without keyrings have nothing to share either
  for (int capability = 0; prctl(PR_CAPBSET_DROP, capability) == 0; ++capability) {
  }
  must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0, "capabilities");
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2]{};
  must(syscall(SYS_capset, &head, none) == 0, "capabilities");
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
}

}  // namespace shuttle::init
