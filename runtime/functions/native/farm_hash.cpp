// FarmHash (farmhashna, farmhashuo, farmhashxo) and MetroHash64. See farm_hash.h.
// Sources: Geoff Pike, FarmHash, github.com/google/farmhash (MIT); J. Andrew Rogers, MetroHash,
// github.com/jandrewrogers/MetroHash (Apache 2.0 or MIT): written anew from their algorithms.

#include "runtime/functions/native/farm_hash.h"

#include <bit>
#include <cstring>
#include <utility>

namespace sp {

namespace {

constexpr uint64_t k0 = 0xc3a5c85c97cb3127ULL;
constexpr uint64_t k1 = 0xb492b66fbe98f273ULL;
constexpr uint64_t k2 = 0x9ae16a3b2f90404fULL;

using Pair = std::pair<uint64_t, uint64_t>;

template <class T>
T fetch_as(const char* s) noexcept {
  T value;
  std::memcpy(&value, s, sizeof(T));
  return value;
}
uint64_t fetch(const char* s) noexcept { return fetch_as<uint64_t>(s); }
uint64_t fetch32(const char* s) noexcept { return fetch_as<uint32_t>(s); }
uint64_t rotate(uint64_t value, int shift) noexcept { return std::rotr(value, shift); }
uint64_t shift_mix(uint64_t value) noexcept { return value ^ (value >> 47); }

uint64_t hash_16(uint64_t u, uint64_t v, uint64_t mul) noexcept {
  const uint64_t a = shift_mix((u ^ v) * mul);
  return shift_mix((v ^ a) * mul) * mul;
}

uint64_t hash_0_to_16(const char* s, size_t len) noexcept {
  if (len >= 8) {
    const uint64_t mul = k2 + len * 2, a = fetch(s) + k2, b = fetch(s + len - 8);
    return hash_16(rotate(b, 37) * mul + a, (rotate(a, 25) + b) * mul, mul);
  }
  if (len >= 4) return hash_16(len + (fetch32(s) << 3), fetch32(s + len - 4), k2 + len * 2);
  if (len == 0) return k2;
  const auto byte = [s](size_t at) { return static_cast<uint32_t>(static_cast<uint8_t>(s[at])); };
  const uint32_t y = byte(0) + (byte(len >> 1) << 8);
  const uint32_t z = static_cast<uint32_t>(len) + (byte(len - 1) << 2);
  return shift_mix(y * k2 ^ z * k0) * k2;
}

uint64_t hash_17_to_32(const char* s, size_t len) noexcept {
  const uint64_t mul = k2 + len * 2, a = fetch(s) * k1, b = fetch(s + 8);
  const uint64_t c = fetch(s + len - 8) * mul, d = fetch(s + len - 16) * k2;
  return hash_16(rotate(a + b, 43) + rotate(c, 30) + d, a + rotate(b + k2, 18) + c, mul);
}

uint64_t hash_33_to_64(const char* s, size_t len) noexcept {
  const uint64_t mul = k2 + len * 2, a = fetch(s) * k2, b = fetch(s + 8);
  const uint64_t c = fetch(s + len - 8) * mul, d = fetch(s + len - 16) * k2;
  const uint64_t y = rotate(a + b, 43) + rotate(c, 30) + d;
  const uint64_t z = hash_16(y, a + rotate(b + k2, 18) + c, mul);
  const uint64_t e = fetch(s + 16) * mul, f = fetch(s + 24);
  const uint64_t g = (y + fetch(s + len - 32)) * mul, h = (z + fetch(s + len - 24)) * mul;
  return hash_16(rotate(e + f, 43) + rotate(g, 30) + h, e + rotate(f + a, 18) + g, mul);
}

Pair weak_hash(const char* s, uint64_t a, uint64_t b) noexcept {
  const uint64_t w = fetch(s), x = fetch(s + 8), y = fetch(s + 16), z = fetch(s + 24);
  a += w;
  b = rotate(b + a + z, 21);
  const uint64_t c = a;
  a += x;
  a += y;
  b += rotate(a, 44);
  return {a + z, b + c};
}

// farmhashuo for more than 64 bytes, seeds 81 and 0.
uint64_t hash_uo(const char* s, size_t len) noexcept {
  const auto mixed = [](uint64_t x, uint64_t y, uint64_t mul, int r) {
    const uint64_t a = shift_mix((x ^ y) * mul);
    return rotate((y ^ a) * mul, r) * mul;
  };
  uint64_t x = 81, y = 113, z = shift_mix(y * k2) * k2;
  Pair v = {81, 0}, w = {0, 0};
  uint64_t u = x - z;
  x *= k2;
  const uint64_t mul = k2 + (u & 0x82);
  const char* const end = s + ((len - 1) / 64) * 64;
  const char* const last = end + ((len - 1) & 63) - 63;
  do {
    const uint64_t a0 = fetch(s), a1 = fetch(s + 8), a2 = fetch(s + 16), a3 = fetch(s + 24);
    const uint64_t a4 = fetch(s + 32), a5 = fetch(s + 40), a6 = fetch(s + 48), a7 = fetch(s + 56);
    x += a0 + a1;
    y += a2;
    z += a3;
    v.first += a4;
    v.second += a5 + a1;
    w.first += a6;
    w.second += a7;
    x = rotate(x, 26) * 9;
    y = rotate(y, 29);
    z *= mul;
    v.first = rotate(v.first, 33);
    v.second = rotate(v.second, 30);
    w.first = (w.first ^ x) * 9;
    z = rotate(z, 32) + w.second;
    w.second += z;
    z *= 9;
    std::swap(u, y);
    z += a0 + a6;
    v.first += a2;
    v.second += a3;
    w.first += a4;
    w.second += a5 + a6;
    x += a1;
    y += a7;
    y += v.first;
    v.first += x - y;
    v.second += w.first;
    w.first += v.second;
    w.second += x - y;
    x += w.second;
    w.second = rotate(w.second, 34);
    std::swap(u, z);
    s += 64;
  } while (s != end);
  s = last;
  u *= 9;
  v.second = rotate(v.second, 28);
  v.first = rotate(v.first, 20);
  w.first += (len - 1) & 63;
  u += y;
  y += u;
  x = rotate(y - x + v.first + fetch(s + 8), 37) * mul;
  y = rotate(y ^ v.second ^ fetch(s + 48), 42) * mul;
  x ^= w.second * 9;
  y += v.first + fetch(s + 40);
  z = rotate(z + w.first, 33) * mul;
  v = weak_hash(s, v.second * mul, x + w.first);
  w = weak_hash(s + 32, z + w.second, y + fetch(s + 16));
  return mixed(hash_16(v.first + x, w.first ^ y, mul) + z - u,
               mixed(v.second + y, w.second + z, k2, 30) ^ x, k2, 31);
}

// 32 bytes of farmhashxo.
uint64_t hash_32(const char* s, size_t len, uint64_t mul, uint64_t seed0 = 0,
                 uint64_t seed1 = 0) noexcept {
  const uint64_t a = fetch(s) * k1, b = fetch(s + 8);
  const uint64_t c = fetch(s + len - 8) * mul, d = fetch(s + len - 16) * k2;
  const uint64_t u = rotate(a + b, 43) + rotate(c, 30) + d + seed0;
  const uint64_t v = a + rotate(b + k2, 18) + c + seed1;
  return shift_mix((v ^ shift_mix((u ^ v) * mul)) * mul);
}

}  // namespace

uint64_t farm_fingerprint64(std::string_view bytes) noexcept {
  const char* s = bytes.data();
  const size_t len = bytes.size();
  if (len <= 16) return hash_0_to_16(s, len);
  if (len <= 32) return hash_17_to_32(s, len);
  if (len <= 64) return hash_33_to_64(s, len);
  constexpr uint64_t kSeed = 81;
  uint64_t x = kSeed, y = kSeed * k1 + 113, z = shift_mix(y * k2 + 113) * k2;
  Pair v = {0, 0}, w = {0, 0};
  x = x * k2 + fetch(s);
  const char* const end = s + ((len - 1) / 64) * 64;
  const char* const last = end + ((len - 1) & 63) - 63;
  do {
    x = rotate(x + y + v.first + fetch(s + 8), 37) * k1;
    y = rotate(y + v.second + fetch(s + 48), 42) * k1;
    x ^= w.second;
    y += v.first + fetch(s + 40);
    z = rotate(z + w.first, 33) * k1;
    v = weak_hash(s, v.second * k1, x + w.first);
    w = weak_hash(s + 32, z + w.second, y + fetch(s + 16));
    std::swap(z, x);
    s += 64;
  } while (s != end);
  const uint64_t mul = k1 + ((z & 0xff) << 1);
  s = last;
  w.first += (len - 1) & 63;
  v.first += w.first;
  w.first += v.first;
  x = rotate(x + y + v.first + fetch(s + 8), 37) * mul;
  y = rotate(y + v.second + fetch(s + 48), 42) * mul;
  x ^= w.second * 9;
  y += v.first * 9 + fetch(s + 40);
  z = rotate(z + w.first, 33) * mul;
  v = weak_hash(s, v.second * mul, x + w.first);
  w = weak_hash(s + 32, z + w.second, y + fetch(s + 16));
  std::swap(z, x);
  return hash_16(hash_16(v.first, w.first, mul) + shift_mix(y) * k0 + z,
                 hash_16(v.second, w.second, mul) + x, mul);
}

uint64_t farm_hash64(std::string_view bytes) noexcept {
  const char* s = bytes.data();
  const size_t len = bytes.size();
  if (len <= 32) return farm_fingerprint64(bytes);
  if (len <= 64) {
    const uint64_t mul = k2 - 30 + 2 * len;
    const uint64_t h0 = hash_32(s, 32, k2 - 30), h1 = hash_32(s + len - 32, 32, mul);
    return (h1 * mul + h0) * mul;
  }
  if (len <= 96) {
    const uint64_t mul = k2 - 114 + 2 * len;
    const uint64_t h0 = hash_32(s, 32, k2 - 114), h1 = hash_32(s + 32, 32, mul);
    const uint64_t h2 = hash_32(s + len - 32, 32, mul, h0, h1);
    return (h2 * 9 + (h0 >> 17) + (h1 >> 21)) * mul;
  }
  return len <= 256 ? farm_fingerprint64(bytes) : hash_uo(s, len);
}

uint64_t metro_hash64(std::string_view bytes) noexcept {
  constexpr uint64_t m0 = 0xC83A91E1, m1 = 0x8648DBDB, m2 = 0x7BDEC03B, m3 = 0x2F5870A5;
  const char* s = bytes.data();
  const char* const end = s + bytes.size();
  uint64_t hash = m2 * m0 + bytes.size();
  const auto left = [&] { return static_cast<size_t>(end - s); };
  const auto next = [&]<class T>(T) -> uint64_t {
    const T value = fetch_as<T>(s);
    s += sizeof(T);
    return value;
  };
  if (left() >= 32) {
    uint64_t v[4] = {hash, hash, hash, hash};
    do {
      v[0] = rotate(v[0] + next(uint64_t{}) * m0, 29) + v[2];
      v[1] = rotate(v[1] + next(uint64_t{}) * m1, 29) + v[3];
      v[2] = rotate(v[2] + next(uint64_t{}) * m2, 29) + v[0];
      v[3] = rotate(v[3] + next(uint64_t{}) * m3, 29) + v[1];
    } while (left() >= 32);
    v[2] ^= rotate((v[0] + v[3]) * m0 + v[1], 33) * m1;
    v[3] ^= rotate((v[1] + v[2]) * m1 + v[0], 33) * m0;
    v[0] ^= rotate((v[0] + v[2]) * m0 + v[3], 33) * m1;
    v[1] ^= rotate((v[1] + v[3]) * m1 + v[2], 33) * m0;
    hash += v[0] ^ v[1];
  }
  if (left() >= 16) {
    uint64_t a = rotate(hash + next(uint64_t{}) * m0, 33) * m1;
    uint64_t b = rotate(hash + next(uint64_t{}) * m1, 33) * m2;
    a ^= rotate(a * m0, 35) + b;
    b ^= rotate(b * m3, 35) + a;
    hash += b;
  }
  if (left() >= 8) {
    hash += next(uint64_t{}) * m3;
    hash ^= rotate(hash, 33) * m1;
  }
  if (left() >= 4) {
    hash += next(uint32_t{}) * m3;
    hash ^= rotate(hash, 15) * m1;
  }
  if (left() >= 2) {
    hash += next(uint16_t{}) * m3;
    hash ^= rotate(hash, 13) * m1;
  }
  if (left() >= 1) {
    hash += next(uint8_t{}) * m3;
    hash ^= rotate(hash, 25) * m1;
  }
  hash ^= rotate(hash, 33);
  hash *= m0;
  return hash ^ rotate(hash, 33);
}

}  // namespace sp
