#include "pattern.h"
#include "unicode.h"
#include "utf8.h"

#include <algorithm>
#include <iterator>

namespace shuttle {

namespace {

uint32_t upper(uint32_t code) {
  if (code > 0xffff) return code;
  const Casing* found = std::upper_bound(std::begin(kCasings), std::end(kCasings), code,
                                         [](uint32_t value, const Casing& run) { return value < run.first; });
  if (found == std::begin(kCasings)) return code;
  const Casing& run = *--found;
  if (code > run.last || (code - run.first) % run.step != 0) return code;
  return static_cast<uint32_t>(static_cast<int32_t>(code) + run.delta);
}

}  // namespace

size_t utf8_head(std::string_view text, uint32_t& code) {
  const auto at = [&](size_t index) { return static_cast<unsigned char>(text[index]); };
  if (text.empty()) return 0;
  const unsigned char lead = at(0);
  if (lead < 0x80) {
    code = lead;
    return 1;
  }
  const size_t length = lead >= 0xf0 && lead < 0xf5 ? 4 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xc2 && lead < 0xe0 ? 2 : 0;
  if (length == 0 || text.size() < length) return 0;
  uint32_t value = lead & (0x7fu >> length);
  for (size_t index = 1; index < length; index++) {
    if ((at(index) & 0xc0) != 0x80) return 0;
    value = value << 6 | (at(index) & 0x3fu);
  }
  const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
  if (overlong || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return 0;
  code = value;
  return length;
}

bool is_letter(uint32_t code) {
  if (code < 0x80) return (code | 0x20) >= 'a' && (code | 0x20) <= 'z';
  const LetterRange* found = std::upper_bound(std::begin(kLetters), std::end(kLetters), code,
                                              [](uint32_t value, const LetterRange& run) { return value < run.first; });
  return found != std::begin(kLetters) && code <= std::prev(found)->last;
}

std::string folded(std::string_view name) {
  std::string made;
  made.reserve(name.size());
  for (size_t at = 0; at < name.size();) {
    const auto value = static_cast<unsigned char>(name[at]);
    if (value < 0x80) {
      made += value >= 'a' && value <= 'z' ? static_cast<char>(value - 0x20) : name[at];
      at++;
      continue;
    }
    uint32_t code = 0;
    const size_t length = utf8_head(name.substr(at), code);
    const uint32_t raised = length > 0 ? upper(code) : code;
    if (length == 0 || raised == code) {
      made.append(name.substr(at, std::max<size_t>(length, 1)));
    } else {
      append_utf8(made, raised);
    }
    at += std::max<size_t>(length, 1);
  }
  return made;
}

}  // namespace shuttle
