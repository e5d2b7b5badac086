#pragma once
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "row.h"
#include "table.h"

namespace shuttle {

struct RecorderOptions {
  size_t slots = 16;                      // of interactions; the other tables have fewer
  size_t rows = 16384;                    // in a slot; a multiple of 64
  size_t max_name_bytes = size_t{1} << 30;  // of one dictionary column
};

// The record of one run. The engine's threads put rows in; one writer takes batches out. It does not know how they are
// written, and the engine does not know that there is a writer.
class Recorder final : public Record {
 public:
  explicit Recorder(const RecorderOptions& options = {});

  uint64_t record(const Row& row) override;
  void record(const Payload& payload) override;
  void record(const Process& process) override;
  void lost(Source source, uint64_t rows) override;
  uint32_t new_channel() override { return next_channel_++; }
  int64_t now_ns() const override;

  // The writer's side. `wake` is called from any thread when there is something to take, or the recorder was closed; it
  // must not call back into the recorder. An empty function takes it away.
  void on_ready(std::function<void()> wake);
  std::array<Table*, 3> tables() { return {&interactions_, &payloads_, &processes_}; }
  void flush();
  void close();
  bool closed() const { return closed_; }
  void abandon();

  // Interactions by ledger entry (engine, agent, dock), and the rows lost of the other two tables.
  Tally ledger() const { return interactions_.tally(); }
  uint64_t lost_payloads() const { return payloads_.tally().lost[0]; }
  uint64_t lost_processes() const { return processes_.tally().lost[0]; }

 private:
  void wake();
  void record_piece(const Payload& payload);

  const HashKey key_ = HashKey::random();
  const int64_t began_;
  std::atomic<uint32_t> next_channel_{0};
  std::atomic<bool> closed_{false};
  std::mutex wake_mutex_;
  std::function<void()> wake_;
  Table interactions_, payloads_, processes_;
};

}  // namespace shuttle
