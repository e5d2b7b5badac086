#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "../contract/words.h"

namespace shuttle {

// One interaction as it goes into the record (design, section 6). The views live only for the call of `record`.
// An empty view stands for null in the columns that may be null.
struct Row {
  std::string_view vm;
  int32_t pid = 0;
  int32_t tid = 0;
  std::string_view image;
  Op op{};
  std::string_view object;
  std::string_view effective;
  std::string_view peer;
  std::string_view peer_image;
  uint32_t access = 0;
  Verdict verdict{};
  int32_t status = 0;
  std::string_view rule;
  int64_t latency_ns = 0;
  std::optional<uint64_t> parent;
  std::optional<uint32_t> channel;
  Source source = Source::kEngine;
  std::string_view detail;  // a JSON object
};

// What a channel carried: one message or chunk. Direction 0 is out of the VM that opened the channel.
struct Payload {
  uint32_t channel = 0;
  int8_t direction = 0;
  uint32_t size = 0;  // of the whole message, whatever is kept of it
  std::string_view bytes;
};

// Where the engine's threads put what they saw. Both calls may wait while the writer is behind (back-pressure comes
// before loss) and never for longer than the writer lives; afterwards rows are counted as lost.
class Record {
 public:
  virtual ~Record() = default;
  virtual uint64_t record(const Row& row) = 0;  // the row's seq
  virtual void record(const Payload& payload) = 0;
  virtual uint32_t new_channel() = 0;
  virtual int64_t now_ns() const = 0;  // since the run began
};

}  // namespace shuttle
