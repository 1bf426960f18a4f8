#pragma once
// ClickHouse's integer hashes, stable across versions: intHash64 and intHash32 of SQL (there with a
// salt), uniq, uniqCombined and quantileTiming build on them. Hash tables use runtime/core/hash.h.

#include <cstdint>

namespace sp {

/// The finaliser of MurmurHash3 (Appleby, public domain).
inline uint64_t int_hash64(uint64_t x) noexcept {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  x ^= x >> 33;
  return x;
}

/// Thomas Wang's 64 to 32 bit hash.
inline uint32_t int_hash32(uint64_t key) noexcept {
  key = ~key + (key << 18);
  key ^= (key >> 31) | (key << 33);
  key *= 21;
  key ^= (key >> 11) | (key << 53);
  key += key << 6;
  key ^= (key >> 22) | (key << 42);
  return static_cast<uint32_t>(key);
}

}  // namespace sp
