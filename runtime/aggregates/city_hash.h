#pragma once
// The hash functions that ClickHouse's approximate aggregates are defined over: CityHash64 of
// version 1.0.2 (Google, MIT licence; later versions give other values), SipHash-2-4 (Aumasson,
// Bernstein: 2012) and a CRC32-C step. Natively compiled; values must equal ClickHouse's, see
// tests/unit/runtime/aggregates.

#include <cstddef>
#include <cstdint>

#include "runtime/core/int_hash.h"
#include "runtime/core/type.h"

namespace sp {

uint64_t city_hash64(const char* bytes, size_t size) noexcept;
/// Combines two 64-bit hashes (Hash128to64 of CityHash).
inline uint64_t city_combine(uint64_t low, uint64_t high) noexcept {
  constexpr uint64_t kMul = 0x9ddfea08eb382d69ULL;
  uint64_t a = (low ^ high) * kMul;
  a ^= a >> 47;
  uint64_t b = (high ^ a) * kMul;
  b ^= b >> 47;
  return b * kMul;
}

/// CRC32-C of the eight bytes of `x`, started with all ones (ClickHouse's intHashCRC32).
uint64_t crc32_of(uint64_t x) noexcept;

class SipHash {
 public:
  void update(const void* bytes, size_t size) noexcept;
  template <class T>
  void update_value(const T& value) noexcept {
    update(&value, sizeof(T));
  }
  uint64_t finish64() noexcept;
  void finish128(uint64_t out[2]) noexcept;

 private:
  void round() noexcept;
  void absorb(uint64_t word) noexcept;
  void finalize() noexcept;

  uint64_t v0_ = 0x736f6d6570736575ULL, v1_ = 0x646f72616e646f6dULL;
  uint64_t v2_ = 0x6c7967656e657261ULL, v3_ = 0x7465646279746573ULL;
  uint64_t count_ = 0;
  uint64_t word_ = 0;
};

/// Feeds a slot of any type as ClickHouse's columns do (updateHashWithValue).
void update_sip_hash(SipHash& hash, Type type, const void* slot) noexcept;

}  // namespace sp
