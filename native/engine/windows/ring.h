#pragma once
#include <cstdint>
#include <string_view>

#include "../../windows/wire.h"
#include "../fd.h"

namespace shuttle {

// One event as an agent wrote it: copied out of the shared memory and checked, but a claim all the same.
struct AgentEvent {
  uint16_t op = 0;
  uint8_t seen = 0;
  bool cut = false;
  int32_t tid = 0;
  int32_t status = 0;
  uint32_t access = 0;
  std::string_view object, detail;
};

// Reads a ring that a hostile program writes. Nothing in the memory is looked at twice: what decides is copied first. The
// reader keeps its own position; whatever the program writes, a `read` takes bounded time and stays inside the ring.
class RingReader {
 public:
  explicit RingReader(sh_ring& ring) : ring_(ring) {}

  // Takes out what is there, oldest first. `each` gets views that live for its call. At an entry that is reserved and not
  // written yet it stops. Where the ring is damaged the rest is given up and counted.
  template <class Each>
  void read(Each&& each) {
    const uint64_t head = begin();
    AgentEvent event;
    while (next(head, event))
      if (event.op != kPadding) each(event);
    finish();
  }

  // Events that were reported lost by the program, and damaged stretches, since the last call.
  uint64_t take_lost();

 private:
  static constexpr uint16_t kPadding = UINT16_MAX;
  uint64_t begin();
  bool next(uint64_t head, AgentEvent& event);
  void finish();
  void give_up(uint64_t head);

  sh_ring& ring_;
  uint64_t position_ = 0;
  uint64_t reported_ = 0, damaged_ = 0;
  uint8_t copy_[sizeof(sh_event) + SH_MOST_NAME + SH_MOST_DETAIL + 64];
};

// A ring's memory: made by us, sealed against being cut short under our hands, mapped here.
class RingMemory {
 public:
  RingMemory();
  ~RingMemory();
  RingMemory(const RingMemory&) = delete;
  explicit operator bool() const { return ring_ != nullptr; }
  sh_ring& ring() { return *ring_; }
  const Fd& file() const { return file_; }

 private:
  Fd file_;
  sh_ring* ring_ = nullptr;
};

}  // namespace shuttle
