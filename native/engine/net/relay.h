#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "../fd.h"
#include "../loop.h"
#include "../row.h"

namespace shuttle {

// How much of each chunk goes into the record.
inline constexpr uint32_t kHeadBytes = 4096;
struct Tap {
  uint32_t channel = 0;
  uint32_t keep = 0;  // bytes of each chunk: 0, kHeadBytes or all
};

struct RelayOptions {
  std::optional<Tap> tap;
  bool messages = false;     // SOCK_SEQPACKET: borders are kept
  uint32_t head = 0;         // bytes before each message that are not the program's: carried, but not recorded
  bool descriptors = false;  // unix sockets: what is passed along goes on; otherwise it is stripped
};

// Joins pairs of connected sockets: what one side says, the other hears, each direction closing by itself.
class Relay {
 public:
  Relay(Loop& loop, Record& record) : loop_(loop), record_(record) {}
  // `inside` is the end at the VM that opened the channel. Both sockets become non-blocking.
  void join(Fd inside, Fd outside, RelayOptions options);

  // Waits until what programs sent before they ended has gone out, at most `ms` milliseconds: their VMs have ended by
  // then, so nothing is added. Not for the loop's own thread.
  void drain(int ms);

 private:
  class Pair;
  std::atomic<int> carrying_{0};  // pairs from whose inner end something may still come
  Loop& loop_;
  Record& record_;
};

}  // namespace shuttle
