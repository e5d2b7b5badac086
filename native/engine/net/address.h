#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include <compare>
#include <cstdint>
#include <string>

namespace shuttle {

// An inet address and port as a value. IPv4 written as IPv6 (::ffff:a.b.c.d) is IPv4 here, so that one address has
// one form. Bytes are in network order; `port` is in the machine's.
struct Address {
  int family = 0;  // AF_INET, AF_INET6; 0 for what is neither
  unsigned char bytes[16] = {};
  uint16_t port = 0;
  uint32_t scope = 0;

  static Address of(const sockaddr& from);
  static Address of(const sockaddr& from, socklen_t length);  // 0 family where it is too short
  static Address from(int family, const void* bytes, uint16_t port);
  static Address any(int family, uint16_t port);  // the wildcard

  static Address loopback(int family);  // 127.0.0.1 or ::1, port 0

  explicit operator bool() const { return family != 0; }
  bool operator==(const Address& other) const;
  std::strong_ordering operator<=>(const Address& other) const;

  bool is_any() const;       // 0.0.0.0 or ::
  bool is_loopback() const;  // 127.0.0.0/8 or ::1
  bool is_multicast() const; // or broadcast
  Address reached() const;   // what sending to it reaches: the wildcard means loopback
  Address with_port(uint16_t other) const;

  // As a socket of `as` wants it: AF_INET6 gets IPv4 mapped. Returns the length used, 0 where it cannot be said.
  socklen_t put(sockaddr_storage& out, int as) const;
  socklen_t put(sockaddr_storage& out) const { return put(out, family); }

  std::string host() const;  // without a port, IPv6 without brackets
  std::string text() const;  // `a.b.c.d:port`, `[v6]:port`
};

}  // namespace shuttle
