#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shuttle {

// The JSON object of a row's `detail`, written key by key. Bytes that are no text are left to the recorder.
class Detail {
 public:
  Detail& text(std::string_view key, std::string_view value) { return name(key), quote(value), *this; }
  Detail& number(std::string_view key, int64_t value) { return name(key), body_ += std::to_string(value), *this; }
  Detail& flag(std::string_view key, bool value) { return name(key), body_ += value ? "true" : "false", *this; }
  Detail& list(std::string_view key, const std::vector<std::string>& values) {
    name(key);
    body_ += '[';
    for (size_t i = 0; i < values.size(); i++) {
      if (i) body_ += ',';
      quote(values[i]);
    }
    body_ += ']';
    return *this;
  }
  Detail& table(std::string_view key, const std::vector<std::pair<std::string, std::string>>& entries) {
    name(key);
    body_ += '{';
    for (size_t i = 0; i < entries.size(); i++) {
      if (i) body_ += ',';
      quote(entries[i].first);
      body_ += ':';
      quote(entries[i].second);
    }
    body_ += '}';
    return *this;
  }

  // The whole object; empty, which means null in the record, where nothing was said.
  std::string done() const { return body_.empty() ? std::string() : "{" + body_ + "}"; }

 private:
  void name(std::string_view key) {
    if (!body_.empty()) body_ += ',';
    quote(key);
    body_ += ':';
  }
  void quote(std::string_view text) {
    body_ += '"';
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        body_ += '\\';
        body_ += c;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        char escaped[8];
        snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(c));
        body_ += escaped;
      } else {
        body_ += c;
      }
    }
    body_ += '"';
  }

  std::string body_;
};

}  // namespace shuttle
