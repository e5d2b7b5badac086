#include "interner.h"

#include <utility>

namespace shuttle {

std::optional<Interner::Found> Interner::intern(const Hash128& hash, size_t length) {
  Entry& entry = place_of(hash);
  if (entry.id >= 0) return Found{entry.id, false};
  if (bytes_ + length > max_bytes_ || static_cast<size_t>(count_) >= kMaxNames) return std::nullopt;
  bytes_ += length;
  const int32_t id = count_++;
  entry = {hash.low, static_cast<uint32_t>(hash.high), id};
  if (static_cast<size_t>(count_) * 3 > entries_.size() * 2) grow();
  return Found{id, true};
}

Interner::Entry& Interner::place_of(const Hash128& hash) {
  const size_t mask = entries_.size() - 1;
  size_t at = hash.low & mask;
  while (entries_[at].id >= 0 && !entries_[at].is(hash)) at = (at + 1) & mask;
  return entries_[at];
}

void Interner::grow() {
  std::vector<Entry> before(entries_.size() * 2);
  std::swap(before, entries_);
  for (const Entry& entry : before) {
    if (entry.id >= 0) place_of({entry.low, entry.high}) = entry;
  }
}

}  // namespace shuttle
