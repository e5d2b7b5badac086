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

// While it lives, servers that this thread connects to are told of that person instead of root, whose rights over files
// it keeps. Nothing where this process is not root's: then it is that person already.
class SpeaksAs {
 public:
  SpeaksAs(uid_t uid, gid_t gid);
  ~SpeaksAs();
  SpeaksAs(const SpeaksAs&) = delete;
  SpeaksAs& operator=(const SpeaksAs&) = delete;

 private:
  const bool root_;
  const gid_t gid_;
  std::vector<gid_t> groups_;
};

}  // namespace shuttle
