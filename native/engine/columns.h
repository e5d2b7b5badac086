#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace shuttle {

enum class ColumnType : uint8_t { kUint64, kInt64, kUint32, kInt32, kInt8, kDictionary, kUtf8, kBinary };
inline constexpr std::string_view kColumnTypeNames[] = {"uint64", "int64",      "uint32", "int32",
                                                        "int8",   "dictionary", "utf8",   "binary"};

struct ColumnSpec {
  std::string_view name;
  ColumnType type;
  bool nullable = false;
};

// The tables of a run folder: TABLES of native/contract/words.ts, held to it by a test. The enumerators index the columns.
namespace interactions {
enum Column : size_t {
  kSeq, kTs, kVm, kPid, kTid, kImage, kOp, kObject, kEffective, kPeer, kPeerImage, kAccess, kVerdict, kStatus, kRule,
  kLatency, kParent, kChannel, kSource, kDetail,
};
inline constexpr ColumnSpec kColumns[] = {
    {"seq", ColumnType::kUint64},
    {"ts", ColumnType::kInt64},
    {"vm", ColumnType::kDictionary},
    {"pid", ColumnType::kInt32},
    {"tid", ColumnType::kInt32},
    {"image", ColumnType::kDictionary, true},
    {"op", ColumnType::kDictionary},
    {"object", ColumnType::kDictionary},
    {"effective", ColumnType::kDictionary, true},
    {"peer", ColumnType::kDictionary, true},
    {"peer_image", ColumnType::kDictionary, true},
    {"access", ColumnType::kUint32},
    {"verdict", ColumnType::kDictionary},
    {"status", ColumnType::kInt32},
    {"rule", ColumnType::kDictionary, true},
    {"latency", ColumnType::kInt64},
    {"parent", ColumnType::kUint64, true},
    {"channel", ColumnType::kUint32, true},
    {"source", ColumnType::kDictionary},
    {"detail", ColumnType::kUtf8, true},
};
}  // namespace interactions

namespace payloads {
enum Column : size_t { kChannel, kTs, kDirection, kSize, kBytes };
inline constexpr ColumnSpec kColumns[] = {
    {"channel", ColumnType::kUint32}, {"ts", ColumnType::kInt64},    {"direction", ColumnType::kInt8},
    {"size", ColumnType::kUint32},    {"bytes", ColumnType::kBinary},
};
}  // namespace payloads

namespace processes {
enum Column : size_t { kVm, kPid, kVmPid, kWinPid, kParent, kImage, kArgv, kStarted, kEnded, kExit };
inline constexpr ColumnSpec kColumns[] = {
    {"vm", ColumnType::kDictionary},
    {"pid", ColumnType::kInt32},
    {"vm_pid", ColumnType::kInt32},
    {"win_pid", ColumnType::kInt32, true},
    {"parent", ColumnType::kInt32, true},
    {"image", ColumnType::kDictionary, true},
    {"argv", ColumnType::kUtf8},
    {"started", ColumnType::kInt64},
    {"ended", ColumnType::kInt64, true},
    {"exit", ColumnType::kInt32, true},
};
}  // namespace processes

// Bytes of one value; of one offset for text and bytes, whose content lies in the slot's heap.
constexpr size_t width_of(ColumnType type) {
  switch (type) {
    case ColumnType::kUint64:
    case ColumnType::kInt64: return 8;
    case ColumnType::kInt8: return 1;
    default: return 4;
  }
}

constexpr bool has_heap(ColumnType type) { return type == ColumnType::kUtf8 || type == ColumnType::kBinary; }

// A table, and how much of it waits in memory: `slots` batches of at most `rows` rows, each with `heap` bytes for the
// content of its one text or binary column. `rows` is a multiple of 64.
struct TableShape {
  std::string_view name;
  std::span<const ColumnSpec> columns;
  size_t slots, rows, heap;
};

}  // namespace shuttle
