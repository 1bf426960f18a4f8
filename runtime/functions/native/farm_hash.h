#pragma once
// FarmHash and MetroHash, bit for bit as ClickHouse's farmHash64, farmFingerprint64 and
// metroHash64.

#include <cstdint>
#include <string_view>

namespace sp {

/// farmhash::Fingerprint64 (the "na" variant: the same on all machines).
uint64_t farm_fingerprint64(std::string_view bytes) noexcept;
/// farmhash::Hash64: the "xo" variant.
uint64_t farm_hash64(std::string_view bytes) noexcept;
/// metrohash64_1 with seed 0.
uint64_t metro_hash64(std::string_view bytes) noexcept;

}  // namespace sp
