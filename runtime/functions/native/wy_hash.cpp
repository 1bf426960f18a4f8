// wyhash, final version 3. Source: Wang Yi, github.com/wangyi-fudan/wyhash (public domain).
// Entry: wy_hash64.

#include "runtime/functions/native/wy_hash.h"

#include "runtime/core/unaligned.h"

namespace sp {
namespace {

constexpr uint64_t kSecret[4] = {0xa0761d6478bd642fULL, 0xe7037ed1a0b428dbULL,
                                 0x8ebc6af09c88c6e3ULL, 0x589965cc75374cc3ULL};

uint64_t mix(uint64_t a, uint64_t b) noexcept {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
uint64_t read8(const char* p) noexcept { return load<uint64_t>(p); }
uint64_t read4(const char* p) noexcept { return load<uint32_t>(p); }

}  // namespace

uint64_t wy_hash64(std::string_view bytes) noexcept {
  const char* p = bytes.data();
  const size_t size = bytes.size();
  uint64_t seed = kSecret[0], a = 0, b = 0;
  if (size > 16) {
    size_t left = size;
    if (left > 48) {
      uint64_t second = seed, third = seed;
      for (; left > 48; left -= 48, p += 48) {
        seed = mix(read8(p) ^ kSecret[1], read8(p + 8) ^ seed);
        second = mix(read8(p + 16) ^ kSecret[2], read8(p + 24) ^ second);
        third = mix(read8(p + 32) ^ kSecret[3], read8(p + 40) ^ third);
      }
      seed ^= second ^ third;
    }
    for (; left > 16; left -= 16, p += 16) seed = mix(read8(p) ^ kSecret[1], read8(p + 8) ^ seed);
    a = read8(p + left - 16);
    b = read8(p + left - 8);
  } else if (size >= 4) {
    const size_t middle = size / 8 * 4;
    a = read4(p) << 32 | read4(p + middle);
    b = read4(p + size - 4) << 32 | read4(p + size - 4 - middle);
  } else if (size > 0) {
    const auto byte = [p](size_t i) { return uint64_t{static_cast<uint8_t>(p[i])}; };
    a = byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1);
  }
  return mix(kSecret[1] ^ size, mix(a ^ kSecret[1], b ^ seed));
}

}  // namespace sp
