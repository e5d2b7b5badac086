#pragma once
#include <cstdint>
#include <vector>

namespace shuttle {

enum class Lookup : uint8_t { kStat, kStatx, kAccess, kReadLink, kAttribute, kAttributes };

// One system call that asks about a name without opening it; numbers are indexes of arguments.
struct LookupCall {
  int nr, nr_i386;
  Lookup kind;
  int8_t dirfd, name;
  int8_t out;         // where the answer goes; what is wanted, for access
  int8_t flags = -1;
  bool follows = true;
};

const std::vector<LookupCall>& lookup_calls();

}  // namespace shuttle
