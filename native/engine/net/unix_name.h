#pragma once
#include <sys/socket.h>

#include <string>
#include <string_view>

namespace shuttle {

// The object of a unix address as written: a path, or `@name` for an abstract one, other bytes as \xNN and trailing
// zeros as written. Empty where the address has no name.
std::string unix_name(const sockaddr_storage& address, socklen_t length);

// The abstract name's bytes without the leading zero; null view's data where the address is none.
std::string_view abstract_bytes(const sockaddr_storage& address, socklen_t length);

}  // namespace shuttle
