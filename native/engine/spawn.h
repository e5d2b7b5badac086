#pragma once
#include <sys/types.h>

#include <string>
#include <vector>

namespace shuttle {

// A program started by one clone that shares this process's memory until its exec: a fork would copy Node's page tables.
struct Spawn {
  std::string program;
  std::vector<std::string> argv;
  std::vector<int> fds;   // become 0, 1, 2, … of the new process, which has no others
  int spaces = 0;         // CLONE_NEW… flags
  // Who is known in the new user namespace, with every capability in it. An ordinary user's process writes its own maps,
  // one to one; root's waits for its parent to write them.
  enum class Maps { kNone, kOwn, kByParent } maps = Maps::kNone;
  uid_t uid = 0;  // for maps of its own
  gid_t gid = 0;
  std::vector<int> groups = {};  // control groups, open at cgroup.procs, which it enters first of all
};

// The new process (it sends no signal when it ends; wait with __WALL), or -1 with errno.
pid_t spawn_process(const Spawn& spawn);

bool write_file(const std::string& path, const std::string& text);

}  // namespace shuttle
