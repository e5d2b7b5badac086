#pragma once
#include <sys/types.h>

#include <cstdint>
#include <functional>

namespace shuttle {

// Where an errand is run.
struct Ground {
  int pidfd = -1;  // enter the `enter` namespaces of this process
  int enter = 0;   // CLONE_NEW*
  int fresh = 0;   // CLONE_NEW* that are made for it
  uid_t uid = static_cast<uid_t>(-1);  // become this user, after all that
  gid_t gid = static_cast<gid_t>(-1);
};

// A few system calls done by a child, since a process with threads may not enter or make a user namespace itself.
// The child has a copy of our memory but our own table of descriptors: what it opens is ours. It must do nothing but
// system calls: no allocation, no locks. Costs a few milliseconds in a large process; the calling thread waits.
// Returns what `act` returned, or a negative errno.
int64_t errand(const Ground& ground, const std::function<int64_t()>& act);

}  // namespace shuttle
