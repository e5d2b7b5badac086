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

// A process of a VM. It may be recorded when it starts (`ended` unset) and again when it execs or ends: rows of the
// same VM, pid and `started` are one process, and what a later row leaves empty keeps its earlier value. A later row
// that does not know `started` gives kUnknownStart and means the last process of that pid.
inline constexpr int64_t kUnknownStart = INT64_MIN;
struct Process {
  std::string_view vm;
  int32_t pid = 0;     // as the host sees it
  int32_t vm_pid = 0;  // inside the VM
  std::optional<int32_t> win_pid, parent;
  std::string_view image;
  std::string_view argv;  // a JSON array
  int64_t started = kUnknownStart;  // ns since the run began, as now_ns() gives them
  std::optional<int64_t> ended;
  std::optional<int32_t> exit;  // the code, or 128 and the signal
};

// What `record` returns for a row that could not be kept; as a `parent` it is written as null.
inline constexpr uint64_t kLostRow = UINT64_MAX;

// Where the engine's threads put what they saw. Both calls may wait while the writer is behind (back-pressure comes
// before loss) and never for longer than the writer lives; afterwards rows are counted as lost.
class Record {
 public:
  virtual ~Record() = default;
  virtual uint64_t record(const Row& row) = 0;  // the row's seq
  virtual void record(const Payload& payload) = 0;
  virtual void record(const Process& process) = 0;
  virtual void lost(Source source, uint64_t rows) = 0;  // what was seen and could not be kept before it came here
  virtual uint32_t new_channel() = 0;
  virtual int64_t now_ns() const = 0;  // since the run began
};

}  // namespace shuttle
