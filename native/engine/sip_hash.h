#pragma once
#include <sys/random.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace shuttle {

struct HashKey {
  uint64_t k0 = 0, k1 = 0;

  static HashKey random() {
    HashKey key;
    if (getrandom(&key, sizeof key, 0) != sizeof key) __builtin_trap();
    return key;
  }
};

struct Hash128 {
  uint64_t low = 0, high = 0;
  bool operator==(const Hash128&) const = default;
};

// SipHash-1-3 with 128 bits (Aumasson and Bernstein, "SipHash: a fast short-input PRF"). With a secret key nobody can make
// two names collide, so a name may be known by its hash alone.
inline Hash128 sip_hash(std::string_view text, const HashKey& key) {
  uint64_t a = key.k0 ^ 0x736f6d6570736575u, b = key.k1 ^ 0x646f72616e646f6du ^ 0xee, c = key.k0 ^ 0x6c7967656e657261u,
           d = key.k1 ^ 0x7465646279746573u;
  const auto round = [&] {
    a += b, b = std::rotl(b, 13) ^ a, a = std::rotl(a, 32);
    c += d, d = std::rotl(d, 16) ^ c;
    a += d, d = std::rotl(d, 21) ^ a;
    c += b, b = std::rotl(b, 17) ^ c, c = std::rotl(c, 32);
  };
  const auto absorb = [&](uint64_t word) { d ^= word, round(), a ^= word; };

  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    absorb(word);
  }
  uint64_t last = 0;
  if (at < text.size()) std::memcpy(&last, text.data() + at, text.size() - at);
  absorb(last | uint64_t{text.size()} << 56);

  c ^= 0xee, round(), round(), round();
  const uint64_t low = a ^ b ^ c ^ d;
  b ^= 0xdd, round(), round(), round();
  return {low, a ^ b ^ c ^ d};
}

}  // namespace shuttle
