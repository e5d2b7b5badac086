// What bytes may say: as text in the encodings and escapes that programs use, and as paths in the ways they write them.
#include "readings.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include "characters.h"
#include "utf8.h"

namespace shuttle {

namespace {

bool has_wide(std::string_view bytes, size_t start) {
  size_t run = 0;
  for (size_t at = start; at + 1 < bytes.size(); at += 2) {
    const bool wide = bytes[at + 1] == 0 && (static_cast<unsigned char>(bytes[at]) >= 0x20 && bytes[at] > 0);
    run = wide ? run + 1 : 0;
    if (run == 3) return true;
  }
  return false;
}

std::string from_wide(std::string_view bytes, size_t start) {
  std::string text;
  const auto unit = [&](size_t at) { return static_cast<uint32_t>(static_cast<unsigned char>(bytes[at]) | static_cast<unsigned char>(bytes[at + 1]) << 8); };
  for (size_t at = start; at + 1 < bytes.size(); at += 2) {
    uint32_t code = unit(at);
    if (code >= 0xd800 && code < 0xdc00 && at + 3 < bytes.size()) {
      const uint32_t low = unit(at + 2);
      if (low >= 0xdc00 && low < 0xe000) code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00), at += 2;
    }
    append_utf8(text, code);
  }
  return text;
}

uint32_t number(std::string_view digits, int base) {
  uint32_t value = 0;
  for (char c : digits) value = value * static_cast<uint32_t>(base) + static_cast<uint32_t>(is_digit(c) ? c - '0' : (c | 32) - 'a' + 10);
  return value;
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// What a JSON or C string with these characters stands for.
std::string without_backslashes(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); at++) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    const char next = text[++at];
    if (next == 'u' && all(text, at + 1, 4, is_hex)) {
      append_utf8(out, number(text.substr(at + 1, 4), 16));
      at += 4;
    } else if (next == 'x' && all(text, at + 1, 2, is_hex)) {
      out += static_cast<char>(number(text.substr(at + 1, 2), 16));
      at += 2;
    } else if (all(text, at, 3, is_octal)) {
      out += static_cast<char>(number(text.substr(at, 3), 8));
      at += 2;
    } else {
      constexpr std::string_view letters = "nrtbfva", meant = "\n\r\t\b\f\v\a";
      const size_t place = letters.find(next);
      out += place == std::string_view::npos ? next : meant[place];
    }
  }
  return out;
}

std::string without_percents(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); at++) {
    if (text[at] == '%' && all(text, at + 1, 2, is_hex)) {
      out += static_cast<char>(number(text.substr(at + 1, 2), 16));
      at += 2;
    } else {
      out += text[at];
    }
  }
  return out;
}

char folded_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 32) : c; }

bool same_folded(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return folded_char(x) == folded_char(y); });
}

std::string without_tilde_numbers(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size(); at++) {
    out += text[at];
    if (text[at] == '~')
      while (at + 1 < text.size() && is_digit(text[at + 1])) at++;
  }
  return out;
}

// `progra~.txt` for every long part: the number after it is not known beforehand.
std::string short_key(std::string_view key) {
  std::string out;
  for (size_t at = 0, place = 0; at <= key.size(); place++) {
    const size_t end = std::min(key.find('/', at), key.size());
    const std::string_view part = key.substr(at, end - at);
    const size_t dot = part.rfind('.');
    const bool has_dot = dot != std::string_view::npos && dot > 0;
    const std::string_view base = has_dot ? part.substr(0, dot) : part, ending = has_dot ? part.substr(dot + 1) : "";
    if (place > 0) out += '/';
    if (place == 0 || (base.size() <= 8 && ending.size() <= 3 && base.find_first_of(" .") == std::string_view::npos)) {
      out += part;
    } else {
      std::string stem;
      for (char c : base)
        if (c != ' ' && c != '.' && stem.size() < 6) stem += c;
      out += stem + '~';
      if (!ending.empty()) out += '.' + std::string(ending.substr(0, 3));
    }
    at = end + 1;
  }
  return out;
}

bool path_char(char c) { return is_alnum(c) || c == '_' || c == '~' || c == '-'; }

// Not the end of a longer path, nor its beginning.
bool stands_alone(std::string_view text, size_t start, size_t end) {
  if (start > 0) {
    const char before = text[start - 1];
    if (path_char(before) || before == '.' || (before == '/' && text[start] == '/')) return false;
  }
  if (end == text.size()) return true;
  if (path_char(text[end]) || text[end] == '/') return false;
  return !(text[end] == '.' && end + 1 < text.size() && is_alnum(text[end + 1]));
}

bool has(std::string_view text, std::string_view key) {
  for (size_t at = text.find(key); at != std::string_view::npos; at = text.find(key, at + 1))
    if (stands_alone(text, at, at + key.size())) return true;
  return false;
}

}  // namespace

std::vector<std::string> readings_of(std::string_view bytes) {
  std::vector<std::string> texts{std::string(bytes)};
  if (bytes.find('\0') != std::string_view::npos)
    for (size_t start : {0u, 1u})
      if (has_wide(bytes, start)) texts.push_back(from_wide(bytes, start));
  for (size_t at = 0, plain = texts.size(); at < plain; at++)
    if (texts[at].find('\\') != std::string::npos) texts.push_back(without_backslashes(texts[at]));
  for (size_t at = 0, before = texts.size(); at < before; at++)
    if (texts[at].find('%') != std::string::npos) texts.push_back(without_percents(texts[at]));
  return texts;
}

std::string plain_text(std::string_view text, bool fold) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t at = 0; at < text.size(); at++) plain += text[at] == '\\' ? '/' : fold ? folded_char(text[at]) : text[at];
  std::string out;
  out.reserve(plain.size());
  const std::string_view all_of_it = plain;
  for (size_t at = 0; at < plain.size(); at++) {
    const std::string_view rest = all_of_it.substr(at);
    if (rest.size() > 7 && same_folded(rest.substr(0, 7), "file://")) {
      out += "file:";
      at = std::min(plain.find('/', at + 7), plain.size()) - 1;
      continue;
    }
    // `//server/c$/` is a drive.
    if (rest.starts_with("//") && rest.size() > 2) {
      const size_t slash = rest.find('/', 2);
      if (slash != std::string_view::npos && slash > 2 && slash < 258 && slash + 3 < rest.size() && rest[slash + 2] == '$' && rest[slash + 3] == '/' &&
          std::isalpha(static_cast<unsigned char>(rest[slash + 1]))) {
        out += rest[slash + 1];
        out += ":/";
        at += slash + 3;
        continue;
      }
    }
    out += plain[at];
  }
  return out;
}

bool tells_path(std::string_view text, std::string_view name, bool fold) {
  const std::string key = plain_text(name, fold);
  if (key.find('/') == std::string::npos) return false;
  if (has(text, key)) return true;
  const bool drive = key.size() > 2 && std::isalpha(static_cast<unsigned char>(key[0])) && key[1] == ':' && key[2] == '/';
  if (!drive) return false;
  // Windows programs see the host's files on drive Z.
  if (folded_char(key[0]) == 'z' && has(text, std::string_view(key).substr(2))) return true;
  return text.find('~') != std::string_view::npos && has(without_tilde_numbers(text), short_key(key));
}

}  // namespace shuttle
