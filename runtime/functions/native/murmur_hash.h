#pragma once
// MurmurHash 2 and 3 and the half of MD5, bit for bit as ClickHouse's functions: partition keys
// depend on them.
// CityHash and SipHash are in runtime/aggregates/city_hash.h.

#include <cstdint>
#include <string_view>

namespace sp {

/// MurmurHash2, MurmurHash64A and MurmurHash3, the latter with seed 0 (Appleby, public domain).
uint32_t murmur_hash2_32(std::string_view bytes, uint32_t seed = 0) noexcept;
uint64_t murmur_hash2_64(std::string_view bytes, uint64_t seed = 0) noexcept;
uint32_t murmur_hash3_32(std::string_view bytes) noexcept;
struct Hash128 {
  uint64_t low, high;
};
Hash128 murmur_hash3_128(std::string_view bytes) noexcept;
/// The first eight bytes of MD5, big-endian.
uint64_t half_md5(std::string_view bytes) noexcept;

}  // namespace sp
