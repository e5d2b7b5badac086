#include "json.h"

#include <cstdint>

#include "utf8.h"

namespace shuttle {
namespace {

constexpr int kMaxDepth = 64;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_hex(char byte) { return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F'); }

// A recursive-descent recogniser; every function moves past what it names or answers false.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool document() {
    space();
    if (!value(0)) return false;
    space();
    return at_ == text_.size();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char byte) {
    if (peek() != byte) return false;
    ++at_;
    return true;
  }
  void space() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
  }
  bool word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  bool value(int depth) {
    switch (peek()) {
      case '{': return depth < kMaxDepth && object(depth);
      case '[': return depth < kMaxDepth && list(depth);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool object(int depth) {
    ++at_;
    space();
    if (take('}')) return true;
    do {
      space();
      if (!string()) return false;
      space();
      if (!take(':')) return false;
      space();
      if (!value(depth + 1)) return false;
      space();
    } while (take(','));
    return take('}');
  }

  bool list(int depth) {
    ++at_;
    space();
    if (take(']')) return true;
    do {
      space();
      if (!value(depth + 1)) return false;
      space();
    } while (take(','));
    return take(']');
  }

  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const char byte = text_[at_++];
      if (byte == '"') return true;
      if (static_cast<uint8_t>(byte) < 0x20) return false;
      if (byte == '\\' && !escape()) return false;
    }
    return false;
  }

  bool escape() {
    if (at_ >= text_.size()) return false;
    const char byte = text_[at_++];
    if (byte != 'u') return std::string_view("\"\\/bfnrt").find(byte) != std::string_view::npos;
    const int unit = hex4();
    if (unit < 0xD800 || unit > 0xDFFF) return unit >= 0;
    // Half a character is no text: parsers that we feed refuse it.
    if (unit > 0xDBFF || !word("\\u")) return false;
    const int low = hex4();
    return low >= 0xDC00 && low <= 0xDFFF;
  }

  // Four hex digits, or -1.
  int hex4() {
    int value = 0;
    for (int digit = 0; digit < 4; ++digit) {
      const char byte = peek();
      if (!is_hex(byte)) return -1;
      value = value * 16 + (is_digit(byte) ? byte - '0' : (byte | 0x20) - 'a' + 10);
      ++at_;
    }
    return value;
  }

  bool digits() {
    if (!is_digit(peek())) return false;
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (peek() != 'e' && peek() != 'E') return true;
    ++at_;
    if (!take('+')) take('-');
    return digits();
  }

  const std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

bool is_json(std::string_view text, char opening) {
  const size_t first = text.find_first_not_of(" \t\n\r");
  return first != std::string_view::npos && text[first] == opening && Reader(text).document();
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += byte;
    } else if (static_cast<uint8_t>(byte) < 0x20) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += byte;
    }
  }
  out += '"';
}

std::string_view to_json(std::string_view bytes, char opening, size_t cap, std::string& scratch) {
  if (bytes.empty()) return {};
  if (bytes.size() <= cap) {
    const std::string_view text = to_text(bytes, cap, scratch, Escape::kJson);
    if (text.size() <= cap && is_json(text, opening)) return text;
  }
  std::string head;
  const std::string_view shown = to_text(bytes.substr(0, cap / 8), cap / 8, head);  // a control character grows sixfold
  scratch = opening == '[' ? "[" : "";
  const bool whole = bytes.size() <= cap / 8;
  scratch += whole ? "{\"text\":" : "{\"cut\":" + std::to_string(bytes.size()) + ",\"head\":";
  append_json_string(scratch, shown);
  scratch += opening == '[' ? "}]" : "}";
  return scratch;
}

}  // namespace shuttle
