#pragma once
#include <optional>
#include <string>
#include <utility>

namespace shuttle {

// A folder in which groups may be made whose limits of one kind hold, and the version of control groups it is of.
struct GroupPlace {
  std::string parent;
  bool second = false;
};

// This process's control groups as /proc/self/mountinfo and /proc/self/cgroup tell of them.
class GroupPlaces {
 public:
  GroupPlaces();
  GroupPlaces(std::string mounts, std::string groups) : mounts_(std::move(mounts)), groups_(std::move(groups)) {}

  // Found by trying, nearest first, so that a VM leaves as few of the limits its starter has as can be:
  //  version 2: below this process's own group where that was delegated (its processes then move one group down, since a
  //             group either holds processes or is divided); beside it where the group above may be divided by us; as
  //             root else below the tree's root
  //  version 1: below this process's own group of that controller
  std::optional<GroupPlace> of(const char* controller) const;

 private:
  std::string mounts_, groups_;
};

}  // namespace shuttle
