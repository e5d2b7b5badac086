#include "claims.h"

#include <atomic>

#include "../pattern.h"

namespace shuttle {

namespace {

constexpr size_t kMostClaims = 200'000;

}  // namespace

bool Claims::add(Op served, std::string_view name, pid_t pid, std::string_view image, uint64_t sort) {
  Key key{served, folded(name)};
  std::lock_guard lock(mutex_);
  if (claims_.size() >= kMostClaims && !claims_.contains(key)) return false;
  Claim& claim = claims_[std::move(key)];
  const bool fresh = claim.pids.empty();
  if (fresh) {
    claim.image = image;
    claim.sort = sort;
    static std::atomic<uint64_t> next{0};
    claim.order = next++;
  }
  claim.pids.insert(pid);
  return fresh;
}

uint64_t Claims::order(Op served, std::string_view name) const {
  const Key key{served, folded(name)};
  std::lock_guard lock(mutex_);
  const auto found = claims_.find(key);
  return found == claims_.end() ? UINT64_MAX : found->second.order;
}

void Claims::remove(Op served, std::string_view name, pid_t pid) {
  const Key key{served, folded(name)};
  std::lock_guard lock(mutex_);
  const auto found = claims_.find(key);
  if (found == claims_.end()) return;
  found->second.pids.erase(pid);
  if (found->second.pids.empty()) claims_.erase(found);
}

void Claims::forget(pid_t pid) {
  std::lock_guard lock(mutex_);
  for (auto at = claims_.begin(); at != claims_.end();) {
    at->second.pids.erase(pid);
    at = at->second.pids.empty() ? claims_.erase(at) : std::next(at);
  }
}

bool Claims::find(Op served, std::string_view name, std::string* image, uint64_t* sort) const {
  const Key key{served, folded(name)};
  std::lock_guard lock(mutex_);
  const auto found = claims_.find(key);
  if (found == claims_.end()) return false;
  if (image) *image = found->second.image;
  if (sort) *sort = found->second.sort;
  return true;
}

bool Claims::any(Op served) const {
  std::lock_guard lock(mutex_);
  const auto first = claims_.lower_bound(Key{served, {}});
  return first != claims_.end() && first->first.first == served;
}

}  // namespace shuttle
