// MurmurHash 2 and 3 (Appleby, public domain).

#include "runtime/functions/native/murmur_hash.h"

#include <openssl/evp.h>

#include <cstring>

#include "runtime/core/int_hash.h"
#include "runtime/core/unaligned.h"

namespace sp {
namespace {

uint64_t word(const char* from) noexcept { return load<uint64_t>(from); }
uint64_t rotate_left(uint64_t value, unsigned shift) noexcept {
  return (value << shift) | (value >> (64 - shift));
}
uint32_t rotate_left(uint32_t value, unsigned shift) noexcept {
  return (value << shift) | (value >> (32 - shift));
}

}  // namespace

uint32_t murmur_hash2_32(std::string_view bytes, uint32_t seed) noexcept {
  constexpr uint32_t kMultiplier = 0x5bd1e995;
  uint32_t h = seed ^ static_cast<uint32_t>(bytes.size());
  size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    uint32_t k = load<uint32_t>(bytes.data() + at) * kMultiplier;
    k ^= k >> 24;
    h = h * kMultiplier ^ k * kMultiplier;
  }
  const size_t left = bytes.size() - at;
  for (size_t i = left; i-- > 0;) h ^= uint32_t{static_cast<uint8_t>(bytes[at + i])} << (8 * i);
  if (left > 0) h *= kMultiplier;
  h ^= h >> 13;
  h *= kMultiplier;
  return h ^ (h >> 15);
}

uint64_t murmur_hash2_64(std::string_view bytes, uint64_t seed) noexcept {
  constexpr uint64_t kMultiplier = 0xc6a4a7935bd1e995ULL;
  uint64_t h = seed ^ bytes.size() * kMultiplier;
  size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    uint64_t k = word(bytes.data() + at) * kMultiplier;
    k ^= k >> 47;
    h = (h ^ k * kMultiplier) * kMultiplier;
  }
  const size_t left = bytes.size() - at;
  for (size_t i = left; i-- > 0;) h ^= uint64_t{static_cast<uint8_t>(bytes[at + i])} << (8 * i);
  if (left > 0) h *= kMultiplier;
  h ^= h >> 47;
  h *= kMultiplier;
  return h ^ (h >> 47);
}

uint32_t murmur_hash3_32(std::string_view bytes) noexcept {
  constexpr uint32_t c1 = 0xcc9e2d51, c2 = 0x1b873593;
  uint32_t h = 0;
  size_t at = 0;
  for (; at + 4 <= bytes.size(); at += 4) {
    h ^= rotate_left(load<uint32_t>(bytes.data() + at) * c1, 15) * c2;
    h = rotate_left(h, 13) * 5 + 0xe6546b64;
  }
  uint32_t k = 0;
  const size_t left = bytes.size() - at;
  for (size_t i = left; i-- > 0;) k ^= uint32_t{static_cast<uint8_t>(bytes[at + i])} << (8 * i);
  if (left > 0) h ^= rotate_left(k * c1, 15) * c2;
  h ^= static_cast<uint32_t>(bytes.size());
  h ^= h >> 16;
  h *= 0x85ebca6b;
  h ^= h >> 13;
  h *= 0xc2b2ae35;
  return h ^ (h >> 16);
}

Hash128 murmur_hash3_128(std::string_view bytes) noexcept {
  constexpr uint64_t c1 = 0x87c37b91114253d5ULL, c2 = 0x4cf5ad432745937fULL;
  uint64_t h1 = 0, h2 = 0;
  size_t at = 0;
  for (; at + 16 <= bytes.size(); at += 16) {
    h1 ^= rotate_left(word(bytes.data() + at) * c1, 31) * c2;
    h1 = (rotate_left(h1, 27) + h2) * 5 + 0x52dce729;
    h2 ^= rotate_left(word(bytes.data() + at + 8) * c2, 33) * c1;
    h2 = (rotate_left(h2, 31) + h1) * 5 + 0x38495ab5;
  }
  const size_t left = bytes.size() - at;
  uint64_t low = 0, high = 0;
  for (size_t i = 0; i < left; ++i) {
    const uint64_t byte = static_cast<uint8_t>(bytes[at + i]);
    if (i < 8)
      low |= byte << (8 * i);
    else
      high |= byte << (8 * (i - 8));
  }
  if (left > 8) h2 ^= rotate_left(high * c2, 33) * c1;
  if (left > 0) h1 ^= rotate_left(low * c1, 31) * c2;
  h1 ^= bytes.size();
  h2 ^= bytes.size();
  h1 += h2;
  h2 += h1;
  h1 = int_hash64(h1);
  h2 = int_hash64(h2);
  h1 += h2;
  h2 += h1;
  return {h1, h2};
}

uint64_t half_md5(std::string_view bytes) noexcept {
  unsigned char digest[EVP_MAX_MD_SIZE];
  EVP_Digest(bytes.data(), bytes.size(), digest, nullptr, EVP_md5(), nullptr);
  uint64_t first;
  std::memcpy(&first, digest, 8);
  return __builtin_bswap64(first);
}

}  // namespace sp
