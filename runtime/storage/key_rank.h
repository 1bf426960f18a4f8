#pragma once
// Key ranks: sorting-key values as unsigned integers in the same order, shared by sort_batch and
// merge_order.

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "runtime/storage/encoded_column.h"

namespace sp {

/// Integers in the order of one key column's values.
struct RankColumn {
  std::vector<uint64_t> ranks;
  uint64_t largest = 0;
  int bits() const { return static_cast<int>(std::bit_width(largest)); }
};

/// Maps a value of shape.width bytes (zero- or sign-extended) to a word that compares, unsigned, as
/// the value does: the sign bit of integers is flipped; floats as in IEEE 754 totalOrder with -0 =
/// 0 and every NaN last.
inline uint64_t ordered_word(uint64_t word, const ColumnShape& shape) {
  const uint32_t bits = shape.width * 8;
  const uint64_t sign = 1ULL << (bits - 1);
  const uint64_t mask = bits == 64 ? ~0ULL : (1ULL << bits) - 1;
  word &= mask;
  if (shape.is_float) {
    const uint64_t magnitude = word & ~sign;
    const uint64_t infinity = bits == 64 ? 0x7ff0000000000000ULL : 0x7f800000ULL;
    if (magnitude > infinity) return mask;
    if (magnitude == 0) return sign;
    return (word & sign) != 0 ? ~word & mask : word | sign;
  }
  return shape.is_signed ? word ^ sign : word;
}

}  // namespace sp
