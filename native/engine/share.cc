#include "share.h"

#include <sys/resource.h>

#include <algorithm>

namespace shuttle {

bool Share::claim(size_t count) {
  if (held_.fetch_add(count) + count <= most_) return true;
  held_ -= count;
  return false;
}

Share::Held Share::take(size_t count) { return claim(count) ? Held(shared_from_this(), count) : Held(); }

bool Share::Held::resize(size_t count) {
  if (!of_) return false;
  if (count > count_ && !of_->claim(count - count_)) return false;
  if (count < count_) of_->held_ -= count_ - count;
  count_ = count;
  return true;
}

size_t Share::among(size_t vms) {
  rlimit open{};
  if (getrlimit(RLIMIT_NOFILE, &open) != 0) open.rlim_cur = 1024;
  return static_cast<size_t>(open.rlim_cur) / 2 / std::max<size_t>(vms, 1);
}

}  // namespace shuttle
