// Reads rings for test/native/windows_ring.test.ts. On standard input rounds of a writer's doings: what it set `head` and
// `lost` to, whether the ring is a new one, and pieces of bytes it stored. One line of JSON for each round.
#include <stdio.h>
#include <string.h>

#include <memory>
#include <string>

#include "../engine/windows/ring.h"

using namespace shuttle;

static bool take(void* into, size_t bytes) { return fread(into, 1, bytes, stdin) == bytes; }

static std::string hex(std::string_view bytes) {
  std::string out;
  char digits[3];
  for (const char byte : bytes) {
    snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(byte));
    out += digits;
  }
  return out;
}

struct Round {
  uint64_t head, lost;
  uint32_t pieces, fresh;
};

static bool store(sh_ring& ring, uint32_t pieces) {
  for (uint32_t i = 0; i < pieces; i++) {
    uint32_t where[2];
    if (!take(where, sizeof where) || where[0] > SH_RING_BYTES || where[1] > SH_RING_BYTES - where[0]) return false;
    if (!take(ring.data + where[0], where[1])) return false;
  }
  return true;
}

int main() {
  std::unique_ptr<sh_ring> ring;
  std::unique_ptr<RingReader> reader;
  Round round;
  while (take(&round, sizeof round)) {
    if (round.fresh || !ring) {
      ring = std::make_unique<sh_ring>();
      reader = std::make_unique<RingReader>(*ring);
    }
    ring->head = round.head;
    ring->lost = round.lost;
    if (!store(*ring, round.pieces)) return 1;
    const char* comma = "";
    printf("{\"events\":[");
    reader->read([&](const AgentEvent& event) {
      printf("%s[%u,%u,%d,%u,\"%s\",\"%s\"]", comma, event.op, event.seen, event.status, event.access, hex(event.object).c_str(), hex(event.detail).c_str());
      comma = ",";
    });
    printf("],\"lost\":%llu,\"tail\":%llu}\n", static_cast<unsigned long long>(reader->take_lost()), static_cast<unsigned long long>(ring->tail));
    fflush(stdout);
  }
}
