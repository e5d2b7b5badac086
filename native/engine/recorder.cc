#include "recorder.h"

#include <time.h>

#include <algorithm>

#include "json.h"

namespace shuttle {
namespace {

constexpr size_t kMaxDetail = size_t{64} << 10;
constexpr size_t kMaxArgv = size_t{1} << 20;

int64_t clock_ns() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// What the engine did and what it only saw are both the engine's in the ledger.
size_t ledger_entry(Source source) {
  switch (source) {
    case Source::kAgent: return 1;
    case Source::kDock: return 2;
    default: return 0;
  }
}

template <class T>
void put_optional(Slot& slot, size_t column, const std::optional<T>& value) {
  if (value) {
    slot.put<T>(column, *value);
  } else {
    slot.put_null(column);
  }
}

}  // namespace

Recorder::Recorder(const RecorderOptions& options)
    : began_(clock_ns()),
      interactions_({"interactions", interactions::kColumns, options.slots, options.rows, size_t{2} << 20},
                    options.max_name_bytes, [this] { wake(); }),
      payloads_({"payloads", payloads::kColumns, 8, 4096, size_t{4} << 20}, options.max_name_bytes, [this] { wake(); }),
      processes_({"processes", processes::kColumns, 4, 1024, size_t{4} << 20}, options.max_name_bytes, [this] { wake(); }) {}

void Recorder::lost(Source source, uint64_t rows) { interactions_.lost(ledger_entry(source), rows); }

uint64_t Recorder::record(const Row& row) {
  using namespace interactions;
  const Name vm(row.vm, key_), image(row.image, key_), object(row.object, key_), effective(row.effective, key_),
      peer(row.peer, key_), peer_image(row.peer_image, key_), rule(row.rule, key_);
  std::string scratch;
  const std::string_view detail = to_json(row.detail, '{', kMaxDetail, scratch);
  uint64_t seq = kLostRow;

  interactions_.append(ledger_entry(row.source), detail.size(), [&](Slot& slot) {
    if (!interactions_.put_name(slot, kVm, vm) || !interactions_.put_name(slot, kImage, image) ||
        !interactions_.put_name(slot, kObject, object) || !interactions_.put_name(slot, kEffective, effective) ||
        !interactions_.put_name(slot, kPeer, peer) || !interactions_.put_name(slot, kPeerImage, peer_image) ||
        !interactions_.put_name(slot, kRule, rule)) {
      return false;
    }
    seq = interactions_.rows();
    slot.put<uint64_t>(kSeq, seq);
    slot.put<int64_t>(kTs, now_ns());
    slot.put<int32_t>(kPid, row.pid);
    slot.put<int32_t>(kTid, row.tid);
    slot.put<int32_t>(kOp, static_cast<int32_t>(row.op));
    slot.put<uint32_t>(kAccess, row.access);
    slot.put<int32_t>(kVerdict, static_cast<int32_t>(row.verdict));
    slot.put<int32_t>(kStatus, row.status);
    slot.put<int64_t>(kLatency, row.latency_ns);
    put_optional(slot, kParent, row.parent == kLostRow ? std::nullopt : row.parent);
    put_optional(slot, kChannel, row.channel);
    slot.put<int32_t>(kSource, static_cast<int32_t>(row.source));
    slot.put_bytes(kDetail, detail);
    return true;
  });
  return seq;
}

// A message longer than a slot's heap becomes several chunks, so that nothing of it is lost.
void Recorder::record(const Payload& payload) {
  const size_t most = payloads_.shape().heap;
  if (payload.bytes.size() <= most) return record_piece(payload);
  Payload piece = payload;
  uint32_t left = payload.size;
  for (std::string_view rest = payload.bytes; !rest.empty(); rest.remove_prefix(piece.bytes.size())) {
    piece.bytes = rest.substr(0, most);
    piece.size = piece.bytes.size() == rest.size() ? left : static_cast<uint32_t>(piece.bytes.size());
    left -= std::min(left, piece.size);
    record_piece(piece);
  }
}

void Recorder::record_piece(const Payload& payload) {
  using namespace payloads;
  payloads_.append(0, payload.bytes.size(), [&](Slot& slot) {
    slot.put<uint32_t>(kChannel, payload.channel);
    slot.put<int64_t>(kTs, now_ns());
    slot.put<int8_t>(kDirection, payload.direction);
    slot.put<uint32_t>(kSize, payload.size);
    slot.put_bytes(kBytes, payload.bytes);
    return true;
  });
}

void Recorder::record(const Process& process) {
  using namespace processes;
  const Name vm(process.vm, key_), image(process.image, key_);
  std::string scratch;
  const std::string_view argv = to_json(process.argv, '[', kMaxArgv, scratch);
  processes_.append(0, argv.size(), [&](Slot& slot) {
    if (!processes_.put_name(slot, kVm, vm) || !processes_.put_name(slot, kImage, image)) return false;
    slot.put<int32_t>(kPid, process.pid);
    slot.put<int32_t>(kVmPid, process.vm_pid);
    put_optional(slot, kWinPid, process.win_pid);
    put_optional(slot, kParent, process.parent);
    slot.put<int64_t>(kStarted, process.started);
    put_optional(slot, kEnded, process.ended);
    put_optional(slot, kExit, process.exit);
    slot.put_bytes(kArgv, argv);
    return true;
  });
}

int64_t Recorder::now_ns() const { return clock_ns() - began_; }

void Recorder::on_ready(std::function<void()> wake) {
  std::lock_guard lock(wake_mutex_);
  wake_ = std::move(wake);
  if (wake_) wake_();
}

void Recorder::wake() {
  std::lock_guard lock(wake_mutex_);
  if (wake_) wake_();
}

void Recorder::flush() {
  for (Table* table : tables()) table->flush();
}

void Recorder::close() {
  for (Table* table : tables()) table->close();
  closed_ = true;
  wake();
}

void Recorder::abandon() {
  for (Table* table : tables()) table->abandon();
}

}  // namespace shuttle
