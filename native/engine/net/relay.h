#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "../fd.h"
#include "../handed.h"
#include "../loop.h"
#include "../row.h"
#include "../share.h"

namespace shuttle {

// How much of each chunk goes into the record.
inline constexpr uint32_t kHeadBytes = 4096;
struct Tap {
  uint32_t channel = 0;
  uint32_t keep = 0;  // bytes of each chunk: 0, kHeadBytes or all
  // Where the channel's rule is a carrier: its id, and who remembers what comes; nobody for the host and the network.
  std::string carrier = {};
  std::shared_ptr<Handed> inside = {}, outside = {};

  // Tells whoever is about to hear the bytes. 0 is the direction out of the VM that opened the channel.
  void hear(int direction, std::string_view bytes) const {
    if (const auto& listener = direction == 0 ? outside : inside) listener->hear(carrier, uint64_t{channel} * 2 + static_cast<uint64_t>(direction), bytes);
  }
};

// Looks at each message before it goes on, and may change its bytes: false keeps it back. What is then put into `back` goes
// to its sender. Called on the relay's thread; must not wait.
using Gate = std::function<bool(int direction, std::span<char> message, std::string& back)>;

struct RelayOptions {
  std::optional<Tap> tap;
  bool messages = false;     // SOCK_SEQPACKET: borders are kept
  uint32_t head = 0;         // bytes before each message that are not the program's: carried, but not recorded
  Gate gate = {};            // of messages
  bool descriptors = false;  // unix sockets: what is passed along goes on; otherwise it is stripped
};

// Joins pairs of connected sockets: what one side says, the other hears, each direction closing by itself.
class Relay {
 public:
  Relay(Loop& loop, Record& record) : loop_(loop), record_(record) {}
  // `inside` is the end at the VM that opened the channel, of whose share `held` is. Both sockets become non-blocking.
  void join(Fd inside, Fd outside, RelayOptions options, Share::Held held = {});
  // What one channel takes of a VM's share; to be asked for before it is made.
  static Share::Held room_in(Share& share) { return share.take(kSockets); }

  // Waits until what programs sent before they ended has gone out, at most `ms` milliseconds: their VMs have ended by
  // then, so nothing is added. Not for the loop's own thread.
  void drain(int ms);

 private:
  static constexpr size_t kSockets = 2;
  class Pair;
  std::atomic<int> carrying_{0};  // pairs from whose inner end something may still come
  Loop& loop_;
  Record& record_;
};

}  // namespace shuttle
