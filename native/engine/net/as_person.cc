#include "as_person.h"

#include <grp.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shuttle {

// By system calls of their own: the C library's would change every thread of the process.
AsPerson::AsPerson(uid_t uid, gid_t gid) : groups_(64) {
  const int count = getgroups(static_cast<int>(groups_.size()), groups_.data());
  groups_.resize(count > 0 ? static_cast<size_t>(count) : 0);
  syscall(SYS_setgroups, 0, nullptr);
  setfsgid(gid);
  setfsuid(uid);
}

AsPerson::~AsPerson() {
  setfsuid(geteuid());
  setfsgid(getegid());
  syscall(SYS_setgroups, groups_.size(), groups_.data());
}

}  // namespace shuttle
