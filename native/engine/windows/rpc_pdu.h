#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shuttle {

// What a client's DCE RPC packet (C706, chapter 12; little-endian ones) says of interfaces and operations.
struct RpcPacket {
  enum class Kind : uint8_t { kBind, kRequest, kOther } kind = Kind::kOther;
  struct Context {
    uint16_t id = 0;
    std::string interface;  // {8-4-4-4-12} in lower case
    std::string version;    // major.minor
  };
  std::vector<Context> contexts;  // of a bind
  uint16_t context = 0, operation = 0;  // of a request
  uint32_t call = 0;
};

// Nothing where the bytes are not exactly one whole packet such as clients send.
std::optional<RpcPacket> rpc_packet(std::string_view bytes);

// The answers of a server that will not: to a bind, and to a request.
std::string rpc_refusal(const RpcPacket& packet);

}  // namespace shuttle
