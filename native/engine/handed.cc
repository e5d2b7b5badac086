#include "handed.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace shuttle {

namespace {

// What a hostile sender can make us keep, and search, for one carrier.
constexpr size_t kMostBytes = 262144, kMostStreams = 256, kShortestPiece = 3;

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Bytes of other scripts count as letters, which keeps a piece whole.
bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || (c & 0x80) != 0; }

void put_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | code >> 6);
    out += static_cast<char>(0x80 | (code & 63));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  } else {
    out += static_cast<char>(0xf0 | code >> 18);
    out += static_cast<char>(0x80 | (code >> 12 & 63));
    out += static_cast<char>(0x80 | (code >> 6 & 63));
    out += static_cast<char>(0x80 | (code & 63));
  }
}

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
    put_utf8(text, code);
  }
  return text;
}

uint32_t number(std::string_view digits, int base) {
  uint32_t value = 0;
  for (char c : digits) value = value * static_cast<uint32_t>(base) + static_cast<uint32_t>(is_digit(c) ? c - '0' : (c | 32) - 'a' + 10);
  return value;
}

bool all(std::string_view text, size_t from, size_t count, bool (*is)(char)) {
  if (from + count > text.size()) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(from), text.begin() + static_cast<std::ptrdiff_t>(from + count), is);
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
      put_utf8(out, number(text.substr(at + 1, 4), 16));
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

// A piece within neither a longer word nor, for a number, a longer number.
bool has_piece(std::string_view text, std::string_view piece) {
  const bool number = std::all_of(piece.begin(), piece.end(), is_digit);
  const auto touches = [number](char c) { return number ? is_digit(c) : is_alnum(c); };
  for (size_t at = text.find(piece); at != std::string_view::npos; at = text.find(piece, at + 1)) {
    const size_t end = at + piece.size();
    if ((at == 0 || !touches(text[at - 1])) && (end == text.size() || !touches(text[end]))) return true;
  }
  return false;
}

size_t guid_at(std::string_view text, size_t at) {
  constexpr size_t widths[] = {8, 4, 4, 4, 12};
  size_t end = at;
  for (size_t group = 0; group < 5; group++) {
    if (group > 0 && (end >= text.size() || text[end++] != '-')) return 0;
    if (!all(text, end, widths[group], is_hex)) return 0;
    end += widths[group];
  }
  return end == text.size() || !is_alnum(text[end]) ? end - at : 0;
}

// Guids, words, and the numbers within words: what analyzer/handed/pieces.ts cuts as well.
std::vector<std::string_view> pieces_of(std::string_view name) {
  std::vector<std::string_view> pieces;
  const auto take = [&](std::string_view piece) {
    if (piece.size() >= kShortestPiece) pieces.push_back(piece);
  };
  for (size_t at = 0; at < name.size();) {
    if (!is_alnum(name[at])) {
      at++;
      continue;
    }
    size_t end = at + guid_at(name, at);
    const bool guid = end > at;
    while (!guid && end < name.size() && is_alnum(name[end])) end++;
    const std::string_view piece = name.substr(at, end - at);
    take(piece);
    // `conn1234`, `1234th`: not the digits that happen to stand in hex.
    const size_t first = piece.find_first_of("0123456789"), last = piece.find_last_of("0123456789");
    const bool whole = first == 0 && last + 1 == piece.size();
    if (!guid && first != std::string_view::npos && !whole && (first == 0 || last + 1 == piece.size()) && all(piece, first, last - first + 1, is_digit))
      take(piece.substr(first, last - first + 1));
    at = end;
  }
  return pieces;
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

void Handed::hear(const std::string& carrier, uint64_t stream, std::string_view bytes) {
  std::lock_guard lock(mutex_);
  auto& streams = carriers_[carrier];
  auto found = std::find_if(streams.begin(), streams.end(), [&](const Stream& one) { return one.id == stream; });
  if (found == streams.end()) found = streams.insert(streams.end(), {stream, {}, {}});
  found->bytes += bytes;
  found->messages.append("\n\n").append(bytes);  // two bytes, so that UTF-16 goes on at the same ones
  for (std::string* kept : {&found->bytes, &found->messages})
    if (kept->size() > kMostBytes) kept->erase(0, kept->size() - kMostBytes / 2);
  size_t kept = 0;
  for (const Stream& one : streams) kept += one.bytes.size();
  while (streams.size() > 1 && (kept > kMostBytes || streams.size() > kMostStreams)) {
    if (streams.front().id == stream) std::rotate(streams.begin(), streams.begin() + 1, streams.end());
    kept -= streams.front().bytes.size();
    streams.pop_front();
  }
  heard_++;
}

const std::vector<Handed::Read>& Handed::read(bool fold) const {
  std::vector<std::pair<std::string_view, std::string>> heard;
  {
    std::lock_guard lock(mutex_);
    if (read_ == heard_) return known_;
    read_ = heard_;
    for (const auto& [carrier, streams] : carriers_)
      for (const Stream& stream : streams) heard.emplace_back(carrier, stream.bytes), heard.emplace_back(carrier, stream.messages);
  }
  known_.clear();
  for (const auto& [carrier, bytes] : heard) {
    if (known_.empty() || known_.back().carrier != carrier) known_.push_back({carrier, {}, {}});
    for (std::string& text : readings_of(bytes)) {
      known_.back().plain.push_back(plain_text(text, fold));
      known_.back().texts.push_back(std::move(text));
    }
  }
  return known_;
}

void Handed::fill(std::string_view name, bool fold, std::vector<Given>& given) const {
  std::lock_guard lock(reading_);
  const std::vector<std::string_view> pieces = pieces_of(name);
  for (const Read& one : read(fold)) {
    const auto has_it = [&](std::string_view piece) {
      return std::any_of(one.texts.begin(), one.texts.end(), [&](const std::string& text) { return has_piece(text, piece); });
    };
    for (std::string_view piece : pieces)
      if (has_it(piece)) given.push_back({one.carrier, piece});
    if (std::any_of(one.plain.begin(), one.plain.end(), [&](const std::string& text) { return tells_path(text, name, fold); }))
      given.push_back({one.carrier, name});
  }
}

}  // namespace shuttle
