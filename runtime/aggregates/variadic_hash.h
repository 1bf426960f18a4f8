#pragma once
// Hashes of rows of several values, for uniq, uniqExact and uniqCombined over several arguments,
// tuples, arrays.
// After ClickHouse's UniqVariadicHash: CityHash of each value's bytes where all are contiguous,
// else SipHash.

#include <cstring>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/city_hash.h"

namespace sp {

/// The arguments of one call, as packed by generated code; a single tuple argument counts as its
/// elements.
struct VariadicContext : AggregateContext {
  explicit VariadicContext(std::vector<Type> arguments);
  std::vector<Type> types;
  std::vector<uint32_t> offsets;
  bool contiguous;  ///< every value is one run of bytes: numbers and strings, not Nullable
};

/// The 64-bit hash for the approximate aggregates.
uint64_t variadic_hash64(const VariadicContext& context, const void* values) noexcept;
/// A 128-bit hash for exact sets.
void variadic_hash128(const VariadicContext& context, const void* values, uint64_t out[2]) noexcept;
void string_hash128(const StringRef& text, uint64_t out[2]) noexcept;

/// True for UUID, IPv6, (U)Int128 and Decimals of 128 bits: hashed as 16 bytes.
bool is_wide_value(Type type);

/// A number as the 64 bits that ClickHouse hashes: integers extended, floats by their bits.
template <class T>
uint64_t number_bits(T value) noexcept {
  if constexpr (std::is_floating_point_v<T>) {
    uint64_t bits = 0;
    std::memcpy(&bits, &value, sizeof(T));
    return bits;
  } else {
    return static_cast<uint64_t>(value);
  }
}

}  // namespace sp
