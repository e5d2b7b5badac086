#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace shuttle {

// A zero-terminated string of at most `limit` bytes that is looked at piece by piece. `piece(address, most)` gives at most
// `most` bytes from there, none where they cannot be read. False, with what there is, where it is longer or not readable.
template <typename Piece>
bool pieced_text(uint64_t address, std::string& out, size_t limit, Piece piece) {
  // Never past a page border in one look, since the next page may not be there.
  constexpr uint64_t kPage = 4096;
  out.clear();
  while (out.size() < limit) {
    const uint64_t at = address + out.size();
    const std::string_view seen = piece(at, std::min<uint64_t>(limit - out.size(), kPage - at % kPage));
    if (seen.empty()) return false;
    const size_t end = seen.find('\0');
    out.append(seen.substr(0, end));
    if (end != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace shuttle
