#pragma once
#include <optional>
#include <string>

namespace shuttle {

// A folder in which groups may be made whose limits of one kind hold, and the version of control groups it is of.
struct GroupPlace {
  std::string parent;
  bool second = false;
};

// Found by trying, nearest first, so that a VM leaves as few of the limits its starter has as can be:
//  version 2: below this process's own group where that was delegated (its processes then move one group down, since a
//             group either holds processes or is divided); beside it where the group above may be divided by us; as
//             root else below the tree's root
//  version 1: below this process's own group of that controller
std::optional<GroupPlace> group_place(const char* controller);

// The same, given what /proc/self/mountinfo and /proc/self/cgroup say.
std::optional<GroupPlace> group_place(const char* controller, const std::string& mounts, const std::string& groups);

}  // namespace shuttle
