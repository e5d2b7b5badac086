#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sip_hash.h"

namespace shuttle {

// Numbers the distinct names of one dictionary column, from 0 in the order of their first use. Keeps their hashes only:
// the names themselves go to the writer with the batch in which they are new, so a program that makes up names by the
// million costs some 25 bytes for each, however long they are.
class Interner {
 public:
  // `max_bytes` bounds the names' total length: a whole dictionary is one Arrow column with 32-bit offsets.
  explicit Interner(size_t max_bytes) : max_bytes_(max_bytes), entries_(kFirstSize) {}

  struct Found {
    int32_t id;
    bool fresh;
  };
  // Nothing when the dictionary is full.
  std::optional<Found> intern(const Hash128& hash, size_t length);

 private:
  static constexpr size_t kFirstSize = 1024;  // a power of two
  static constexpr size_t kMaxNames = size_t{1} << 28;

  // 96 bits of hash tell names apart: at 2^28 names the odds of one mistake are 2^-41.
  struct Entry {
    uint64_t low = 0;
    uint32_t high = 0;
    int32_t id = -1;

    bool is(const Hash128& hash) const { return low == hash.low && high == static_cast<uint32_t>(hash.high); }
  };
  Entry& place_of(const Hash128& hash);
  void grow();

  const size_t max_bytes_;
  size_t bytes_ = 0;
  int32_t count_ = 0;
  std::vector<Entry> entries_;
};

}  // namespace shuttle
