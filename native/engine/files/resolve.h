#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "../fd.h"
#include "../trap.h"

namespace shuttle {

// What a name leads to in one place: a VM's root, or the host's.
struct Spot {
  std::string name;  // canonical, after links; where nothing is there, as far as there is something
  bool exists = false;
  bool unsure = false;  // the kernel gave no answer: neither there nor not there
  mode_t mode = 0;
  uid_t owner = 0;
  gid_t group = 0;
  dev_t device = 0;
  ino_t inode = 0;
  Fd file;  // O_PATH, where it exists
};

// openat2. Where a link leads through `..`, the kernel gives up (EAGAIN) whenever anything was renamed or mounted anywhere
// on the machine meanwhile, which says nothing of the file: then it is asked again.
int open_resolved(int root, const std::string& path, uint64_t flags, uint64_t resolve);

// Follows `path` (absolute) below the folder `root`, never out of it. With `last`, a link at the end is followed too.
Spot find_in(int root, const std::string& path, bool last);

// A name as the program wrote it, absolute but not yet followed: in the caller's folder or in that of `dirfd`, with the
// kernel's own links to other processes' folders (/proc/self/cwd and its kin) put in place. Empty: no such folder.
std::string absolute_name(const Trap& trap, int dirfd, const std::string& text);

}  // namespace shuttle
