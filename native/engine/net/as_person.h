#pragma once
#include <sys/types.h>

#include <vector>

namespace shuttle {

// While it lives, this thread looks at files as somebody else: root's Shuttle, for a VM whose user is not root's own.
class AsPerson {
 public:
  AsPerson(uid_t uid, gid_t gid);
  ~AsPerson();
  AsPerson(const AsPerson&) = delete;
  AsPerson& operator=(const AsPerson&) = delete;

 private:
  std::vector<gid_t> groups_;
};

}  // namespace shuttle
