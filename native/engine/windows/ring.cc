#include "ring.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include <algorithm>
#include <utility>

namespace shuttle {

namespace {

constexpr uint32_t kGrain = sizeof(sh_event);

template <class T>
T load(T& value) {
  return __atomic_load_n(&value, __ATOMIC_ACQUIRE);
}

}  // namespace

uint64_t RingReader::begin() {
  __atomic_store_n(&ring_.half, 0, __ATOMIC_RELEASE);
  const uint64_t head = load(ring_.head);
  if (head >= position_ && head - position_ <= SH_RING_BYTES && head % kGrain == 0) return head;
  // Nobody can have reserved that: the program wrote it by itself.
  ++damaged_;
  __atomic_store_n(&ring_.head, position_, __ATOMIC_RELEASE);
  return position_;
}

bool RingReader::next(uint64_t head, AgentEvent& event) {
  if (position_ == head) return false;
  const uint32_t at = position_ % SH_RING_BYTES, to_end = SH_RING_BYTES - at;
  auto* there = reinterpret_cast<sh_event*>(ring_.data + at);
  const uint32_t state = load(there->state);
  if (state == SH_FREE) return false;
  sh_event entry;
  memcpy(&entry, there, sizeof entry);
  const uint64_t room = std::min<uint64_t>(to_end, head - position_);
  const bool fits = entry.bytes >= sizeof entry && entry.bytes % kGrain == 0 && entry.bytes <= room;
  if (!fits || (state != SH_FILLED && state != SH_PADDING)) return give_up(head), false;
  event = {.op = kPadding};
  if (state == SH_FILLED) {
    const uint64_t texts = uint64_t{entry.object_bytes} + entry.detail_bytes;
    if (entry.object_bytes > SH_MOST_NAME || entry.detail_bytes > SH_MOST_DETAIL || texts > entry.bytes - sizeof entry) return give_up(head), false;
    memcpy(copy_, there + 1, texts);
    const char* text = reinterpret_cast<const char*>(copy_);
    event = {.op = entry.op, .seen = entry.verdict, .cut = (entry.flags & SH_EVENT_CUT) != 0, .tid = entry.tid, .status = entry.status,
             .access = entry.access, .object = {text, entry.object_bytes}, .detail = {text + entry.object_bytes, entry.detail_bytes}};
    if (event.op == kPadding) return give_up(head), false;
  }
  // The next writer here must not find old words where its own state will be.
  memset(there, 0, entry.bytes);
  position_ += entry.bytes;
  return true;
}

void RingReader::give_up(uint64_t head) {
  ++damaged_;
  memset(ring_.data, 0, sizeof ring_.data);
  position_ = head;
}

void RingReader::finish() { __atomic_store_n(&ring_.tail, position_, __ATOMIC_RELEASE); }

uint64_t RingReader::take_lost() {
  const uint64_t reported = load(ring_.lost);
  // A number that goes back is the program's doing; one that leaps is too, and says no more than that it lost some.
  const uint64_t more = reported > reported_ ? std::min<uint64_t>(reported - reported_, 1'000'000) : 0;
  reported_ = reported;
  return more + std::exchange(damaged_, 0);
}

RingMemory::RingMemory() : file_(memfd_create("shuttle-ring", MFD_CLOEXEC | MFD_ALLOW_SEALING)) {
  if (!file_ || ftruncate(file_.get(), sizeof(sh_ring)) != 0) return;
  if (fcntl(file_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) return;
  void* at = mmap(nullptr, sizeof(sh_ring), PROT_READ | PROT_WRITE, MAP_SHARED, file_.get(), 0);
  if (at == MAP_FAILED) return;
  ring_ = static_cast<sh_ring*>(at);
  ring_->version = SH_VERSION;
}

RingMemory::~RingMemory() {
  if (ring_) munmap(ring_, sizeof(sh_ring));
}

}  // namespace shuttle
