#pragma once
// wyhash, bit for bit as ClickHouse's wyHash64.

#include <cstdint>
#include <string_view>

namespace sp {

/// wyhash (final version 3) with seed 0 and its default secret.
uint64_t wy_hash64(std::string_view bytes) noexcept;

}  // namespace sp
