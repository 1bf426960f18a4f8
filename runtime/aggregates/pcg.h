#pragma once
// Pcg: ClickHouse's generator of random numbers inside aggregates (PCG mcg_xsh_rs_64_32, O'Neill
// 2014), so that samples agree. Zero bytes are a generator that has not been seeded yet.

#include <cstdint>

namespace sp {

struct Pcg {
  uint64_t state;
  uint32_t next(uint64_t seed) noexcept {
    if (state == 0) state = seed | 3;
    const uint64_t old = state;
    state = old * 6364136223846793005ULL;
    return static_cast<uint32_t>((old ^ (old >> 22)) >> (22 + (old >> 61)));
  }
  uint64_t below(uint64_t limit, uint64_t seed) noexcept {
    if (limit <= UINT32_MAX) return next(seed) % limit;
    const uint64_t high = next(seed);
    return ((high << 32) + next(seed)) % limit;
  }
};

}  // namespace sp
