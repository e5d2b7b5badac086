#pragma once
#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string_view>

namespace shuttle {

inline bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Bytes of other scripts count as letters, which keeps a piece whole.
inline bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0; }

inline bool all(std::string_view text, size_t from, size_t count, bool (*is)(char)) {
  if (from + count > text.size()) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(from + count), is);
}

}  // namespace shuttle
