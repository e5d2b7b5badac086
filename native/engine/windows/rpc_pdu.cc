#include "rpc_pdu.h"

#include <array>
#include <cstdio>

namespace shuttle {

namespace {

constexpr size_t kHead = 16, kSyntax = 20, kAnswerHead = 24, kTargetAt = 24, kTargetBytes = 16;
constexpr uint8_t kLittleEndian = 0x10;
enum : uint8_t { kRequestType = 0, kResponse = 2, kFault = 3, kBindType = 11, kBindNak = 13, kAlter = 14, kAuth3 = 16, kCancel = 18, kOrphaned = 19 };
constexpr uint8_t kFirst = 1, kWhole = 3;  // first fragment; first and last
constexpr uint8_t kHasTarget = 0x80;
constexpr uint32_t kAccessDenied = 5;

// Reads on only where there is enough; afterwards `good` says whether there always was.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  template <class Number>
  Number take() {
    Number number = 0;
    if (bytes_.size() - at_ < sizeof(Number)) return good_ = false, number;
    for (size_t i = 0; i < sizeof(Number); i++) number = static_cast<Number>(number | static_cast<Number>(static_cast<Number>(static_cast<uint8_t>(bytes_[at_ + i])) << 8 * i));
    at_ += sizeof(Number);
    return number;
  }
  void skip(size_t bytes) {
    if (bytes_.size() - at_ < bytes) good_ = false;
    else at_ += bytes;
  }
  bool good() const { return good_; }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  bool good_ = true;
};

std::string take_uuid(Bytes& from) {
  const uint32_t first = from.take<uint32_t>();
  const uint16_t second = from.take<uint16_t>(), third = from.take<uint16_t>();
  std::array<uint8_t, 8> rest{};
  for (uint8_t& each : rest) each = from.take<uint8_t>();
  char text[40];
  snprintf(text, sizeof text, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", first, second, third, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5], rest[6], rest[7]);
  return text;
}

void take_contexts(Bytes& from, RpcPacket& packet) {
  from.skip(8);  // sizes and the association
  const uint8_t count = from.take<uint8_t>();
  from.skip(3);
  for (uint8_t i = 0; i < count && from.good(); i++) {
    RpcPacket::Context context;
    context.id = from.take<uint16_t>();
    const uint8_t transfers = from.take<uint8_t>();
    from.skip(1);
    context.interface = take_uuid(from);
    const uint16_t major = from.take<uint16_t>(), minor = from.take<uint16_t>();
    context.version = std::to_string(major) + "." + std::to_string(minor);
    from.skip(transfers * kSyntax);
    packet.contexts.push_back(std::move(context));
  }
}

void put(std::string& out, uint64_t number, int bytes) {
  for (int i = 0; i < bytes; i++) out += static_cast<char>(number >> 8 * i & 0xff);
}

}  // namespace

std::optional<RpcPacket> rpc_packet(std::string_view bytes) {
  Bytes from(bytes);
  const uint8_t major = from.take<uint8_t>(), minor = from.take<uint8_t>(), type = from.take<uint8_t>();
  const uint8_t flags = from.take<uint8_t>(), form = from.take<uint8_t>();
  from.skip(3);
  const uint16_t whole = from.take<uint16_t>();
  from.skip(2);
  RpcPacket packet;
  packet.call = from.take<uint32_t>();
  if (!from.good() || major != 5 || minor > 1 || form != kLittleEndian || whole != bytes.size()) return std::nullopt;
  switch (type) {
    case kBindType:
    case kAlter:
      packet.kind = RpcPacket::Kind::kBind;
      take_contexts(from, packet);
      break;
    case kRequestType:
      packet.kind = RpcPacket::Kind::kRequest;
      from.skip(4);
      packet.context = from.take<uint16_t>();
      packet.operation = from.take<uint16_t>();
      if (flags & kHasTarget) {
        packet.target = kTargetAt;
        from.skip(kTargetBytes);
      }
      break;
    case kAuth3:
    case kCancel:
    case kOrphaned: break;
    default: return std::nullopt;
  }
  return from.good() ? std::optional(std::move(packet)) : std::nullopt;
}

std::optional<RpcAnswer> rpc_answer(std::string_view bytes) {
  Bytes from(bytes);
  from.skip(2);
  const uint8_t type = from.take<uint8_t>(), flags = from.take<uint8_t>(), form = from.take<uint8_t>();
  from.skip(3);
  const uint16_t whole = from.take<uint16_t>();
  from.skip(2);
  const RpcAnswer answer{.call = from.take<uint32_t>(), .body = kAnswerHead, .first = (flags & kFirst) != 0};
  from.skip(kAnswerHead - kHead);
  return from.good() && type == kResponse && form == kLittleEndian && whole == bytes.size() ? std::optional(answer) : std::nullopt;
}

std::string rpc_refusal(const RpcPacket& packet) {
  std::string body;
  const bool bind = packet.kind == RpcPacket::Kind::kBind;
  if (bind) {
    put(body, 0, 2);  // reason not specified
    put(body, 0x000501, 3);  // one protocol: 5.0
  } else {
    put(body, 0, 4);
    put(body, packet.context, 2);
    put(body, 0, 2);
    put(body, kAccessDenied, 4);
    put(body, 0, 4);
  }
  std::string out;
  put(out, 5, 2);
  put(out, bind ? kBindNak : kFault, 1);
  put(out, kWhole, 1);
  put(out, kLittleEndian, 4);
  put(out, kHead + body.size(), 2);
  put(out, 0, 2);
  put(out, packet.call, 4);
  return out + body;
}

}  // namespace shuttle
