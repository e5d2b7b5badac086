#include "unix_name.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

namespace shuttle {

namespace {

constexpr size_t kHead = offsetof(sockaddr_un, sun_path);

std::string_view path_bytes(const sockaddr_storage& address, socklen_t length) {
  if (length <= kHead) return {};
  const auto* text = reinterpret_cast<const char*>(&address) + kHead;
  return {text, length - kHead};
}

std::string printable(std::string_view bytes) {
  std::string out = "@";
  for (const unsigned char byte : bytes) {
    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
      out += static_cast<char>(byte);
    } else {
      char escaped[8];
      snprintf(escaped, sizeof escaped, "\\x%02x", byte);
      out += escaped;
    }
  }
  return out;
}

}  // namespace

std::string_view abstract_bytes(const sockaddr_storage& address, socklen_t length) {
  const std::string_view bytes = path_bytes(address, length);
  return !bytes.empty() && bytes[0] == 0 ? bytes.substr(1) : std::string_view();
}

std::string unix_name(const sockaddr_storage& address, socklen_t length) {
  const std::string_view bytes = path_bytes(address, length);
  if (bytes.empty()) return {};
  if (bytes[0] == 0) return printable(bytes.substr(1));
  return std::string(bytes.substr(0, strnlen(bytes.data(), bytes.size())));
}

}  // namespace shuttle
