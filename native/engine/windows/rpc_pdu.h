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
  size_t target = 0;                    // of a request: where it says whom it is for (sixteen bytes); 0: it does not
  uint32_t call = 0;
};

// A server's answer to a request: which, and where its bytes begin.
struct RpcAnswer {
  uint32_t call = 0;
  size_t body = 0;
  bool first = false;  // of those that make up the answer
};
// Nothing where it is none, or not whole.
std::optional<RpcAnswer> rpc_answer(std::string_view bytes);

// Nothing where the bytes are not exactly one whole packet such as clients send.
std::optional<RpcPacket> rpc_packet(std::string_view bytes);

// The answers of a server that will not: to a bind, and to a request.
std::string rpc_refusal(const RpcPacket& packet);

}  // namespace shuttle
