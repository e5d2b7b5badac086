#include "address.h"

#include <arpa/inet.h>

#include <cstddef>
#include <cstring>

namespace shuttle {

Address Address::loopback(int family) {
  const in_addr_t v4 = htonl(INADDR_LOOPBACK);
  return family == AF_INET ? from(AF_INET, &v4, 0) : from(AF_INET6, &in6addr_loopback, 0);
}

Address Address::from(int family, const void* bytes, uint16_t port) {
  Address out;
  auto* raw = static_cast<const unsigned char*>(bytes);
  static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (family == AF_INET6 && memcmp(raw, mapped, 12) == 0) {
    family = AF_INET;
    raw += 12;
  }
  out.family = family;
  out.port = port;
  memcpy(out.bytes, raw, family == AF_INET ? 4 : 16);
  return out;
}

Address Address::any(int family, uint16_t port) {
  Address out;
  out.family = family;
  out.port = port;
  return out;
}

Address Address::of(const sockaddr& from, socklen_t length) {
  bool whole = (length >= sizeof(sockaddr_in) && from.sa_family == AF_INET) ||
               (length >= offsetof(sockaddr_in6, sin6_scope_id) && from.sa_family == AF_INET6);
  if (!whole) return {};
  if (from.sa_family == AF_INET) {
    sockaddr_in in;
    memcpy(&in, &from, sizeof in);
    return Address::from(AF_INET, &in.sin_addr, ntohs(in.sin_port));
  }
  sockaddr_in6 in{};
  memcpy(&in, &from, length < sizeof in ? length : sizeof in);
  Address out = Address::from(AF_INET6, &in.sin6_addr, ntohs(in.sin6_port));
  if (out.family == AF_INET6) out.scope = in.sin6_scope_id;
  return out;
}

Address Address::of(const sockaddr& from) {
  if (from.sa_family != AF_INET && from.sa_family != AF_INET6) return {};
  return of(from, from.sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in));
}

bool Address::operator==(const Address& other) const {
  return family == other.family && port == other.port && memcmp(bytes, other.bytes, 16) == 0;
}

std::strong_ordering Address::operator<=>(const Address& other) const {
  if (auto by = family <=> other.family; by != 0) return by;
  if (auto by = port <=> other.port; by != 0) return by;
  return memcmp(bytes, other.bytes, 16) <=> 0;
}

bool Address::is_any() const {
  static const unsigned char any[16] = {};
  return family != 0 && memcmp(bytes, any, 16) == 0;
}

bool Address::is_loopback() const {
  static const unsigned char one[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return family == AF_INET ? bytes[0] == 127 : family == AF_INET6 && memcmp(bytes, one, 16) == 0;
}

bool Address::is_multicast() const {
  if (family == AF_INET6) return bytes[0] == 0xff;
  return family == AF_INET && bytes[0] >= 224;  // the class E block and broadcast go no further either
}

Address Address::reached() const {
  if (!is_any()) return *this;
  Address out = *this;
  if (family == AF_INET) out.bytes[0] = 127, out.bytes[3] = 1;
  else out.bytes[15] = 1;
  return out;
}

Address Address::with_port(uint16_t other) const {
  Address out = *this;
  out.port = other;
  return out;
}

socklen_t Address::put(sockaddr_storage& out, int as) const {
  memset(&out, 0, sizeof out);
  if (as == AF_INET && family == AF_INET) {
    auto& in = reinterpret_cast<sockaddr_in&>(out);
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    memcpy(&in.sin_addr, bytes, 4);
    return sizeof in;
  }
  if (as != AF_INET6 || family == 0) return 0;
  auto& in = reinterpret_cast<sockaddr_in6&>(out);
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  in.sin6_scope_id = scope;
  if (family == AF_INET6) memcpy(&in.sin6_addr, bytes, 16);
  else {
    in.sin6_addr.s6_addr[10] = in.sin6_addr.s6_addr[11] = 0xff;
    memcpy(&in.sin6_addr.s6_addr[12], bytes, 4);
  }
  return sizeof in;
}

std::string Address::host() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family) inet_ntop(family, bytes, text, sizeof text);
  return text;
}

std::string Address::text() const {
  std::string port_text = std::to_string(port);
  return family == AF_INET6 ? "[" + host() + "]:" + port_text : host() + ":" + port_text;
}

}  // namespace shuttle
