#include "utf8.h"

#include <cstdint>
#include <cstring>

namespace shuttle {
namespace {

constexpr uint64_t kOnes = 0x0101010101010101u, kHighs = 0x8080808080808080u;

// Eight bytes that are all ASCII and none of them NUL.
bool plain8(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return (((word - kOnes) | word) & kHighs) == 0;
}

bool continues(std::string_view bytes, size_t at, uint8_t low = 0x80, uint8_t high = 0xBF) {
  if (at >= bytes.size()) return false;
  const auto byte = static_cast<uint8_t>(bytes[at]);
  return byte >= low && byte <= high;
}

// Length of the well-formed character at `at`, or 0 (Unicode 15, table 3-7). NUL counts as ill-formed.
size_t character(std::string_view bytes, size_t at) {
  const auto first = static_cast<uint8_t>(bytes[at]);
  if (first < 0x80) return first != 0;
  if (first >= 0xC2 && first <= 0xDF) return continues(bytes, at + 1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const uint8_t low = first == 0xE0 ? 0xA0 : 0x80, high = first == 0xED ? 0x9F : 0xBF;
    return continues(bytes, at + 1, low, high) && continues(bytes, at + 2) ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const uint8_t low = first == 0xF0 ? 0x90 : 0x80, high = first == 0xF4 ? 0x8F : 0xBF;
    return continues(bytes, at + 1, low, high) && continues(bytes, at + 2) && continues(bytes, at + 3) ? 4 : 0;
  }
  return 0;
}

void append_escaped(std::string& out, char byte, Escape escape) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto value = static_cast<uint8_t>(byte);
  out += escape == Escape::kJson ? "\\\\x" : "\\x";
  out += kDigits[value >> 4];
  out += kDigits[value & 15];
}

// Appends text of at most `cap` bytes; returns how many of the bytes it stands for.
size_t append_text(std::string& out, std::string_view bytes, size_t cap, Escape escape) {
  const size_t limit = out.size() + cap;
  size_t at = 0;
  while (at < bytes.size()) {
    const size_t length = character(bytes, at);
    const size_t grows = length ? length : escape == Escape::kJson ? 5 : 4;
    if (out.size() + grows > limit) break;
    if (length) {
      out.append(bytes, at, length);
    } else {
      append_escaped(out, bytes[at], escape);
    }
    at += length ? length : 1;
  }
  return at;
}

}  // namespace

bool is_text(std::string_view bytes) {
  size_t at = 0;
  while (at < bytes.size()) {
    if (at + 8 <= bytes.size() && plain8(bytes.data() + at)) {
      at += 8;
      continue;
    }
    const size_t length = character(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

std::string_view to_text(std::string_view bytes, size_t cap, std::string& scratch, Escape escape) {
  if (bytes.size() <= cap && is_text(bytes)) return bytes;
  scratch.clear();
  const size_t taken = append_text(scratch, bytes, cap, escape);
  if (taken < bytes.size()) scratch += "…+" + std::to_string(bytes.size() - taken);
  return scratch;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto more = [&](int shift) { out += static_cast<char>(0x80 | (code >> shift & 63)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    more(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    more(6), more(0);
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    more(12), more(6), more(0);
  }
}

}  // namespace shuttle
