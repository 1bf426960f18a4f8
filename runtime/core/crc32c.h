#pragma once
// CRC-32C (Castagnoli) step by step, by the processor's instruction: what ClickHouse's hashes of
// n-grams, shingles and integers are made of. Nothing is inverted at the ends.

#include <cstdint>
#include <string_view>

#include "runtime/core/unaligned.h"

namespace sp {

/// Goes on from `crc` with the eight bytes of `word`.
inline uint64_t crc32c(uint64_t crc, uint64_t word) noexcept {
  return __builtin_ia32_crc32di(crc, word);
}

/// Goes on from `crc` with `bytes`, each of them or-ed with `mask`; no bytes leave `crc` as it is.
inline uint64_t crc32c(uint64_t crc, std::string_view bytes, uint8_t mask = 0) noexcept {
  const uint64_t masks = mask * 0x0101010101010101ULL;
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8)
    crc = crc32c(crc, load<uint64_t>(bytes.data() + at) | masks);
  for (; at < bytes.size(); ++at) {
    const auto byte = static_cast<uint8_t>(static_cast<uint8_t>(bytes[at]) | mask);
    crc = __builtin_ia32_crc32qi(static_cast<uint32_t>(crc), byte);
  }
  return crc;
}

}  // namespace sp
