#include "as_person.h"

#include <grp.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shuttle {

namespace {

std::vector<gid_t> own_groups() {
  std::vector<gid_t> groups(64);
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(count > 0 ? static_cast<size_t>(count) : 0);
  return groups;
}

}  // namespace

// By system calls of their own: the C library's would change every thread of the process.
AsPerson::AsPerson(uid_t uid, gid_t gid) : groups_(own_groups()) {
  syscall(SYS_setgroups, 0, nullptr);
  setfsgid(gid);
  setfsuid(uid);
}

AsPerson::~AsPerson() {
  setfsuid(geteuid());
  setfsgid(getegid());
  syscall(SYS_setgroups, groups_.size(), groups_.data());
}

SpeaksAs::SpeaksAs(uid_t uid, gid_t gid) : root_(geteuid() == 0), gid_(getegid()) {
  if (!root_) return;
  groups_ = own_groups();
  syscall(SYS_setgroups, 0, nullptr);
  syscall(SYS_setresgid, -1, gid, -1);
  syscall(SYS_setresuid, -1, uid, -1);
  setfsuid(0);  // the real and the saved one are root's still
}

SpeaksAs::~SpeaksAs() {
  if (!root_) return;
  syscall(SYS_setresuid, -1, 0, -1);
  syscall(SYS_setresgid, -1, gid_, -1);
  syscall(SYS_setgroups, groups_.size(), groups_.data());
}

}  // namespace shuttle
