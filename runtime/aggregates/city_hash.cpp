// CityHash64 1.0.2, SipHash-2-4 and CRC32-C. Sources: github.com/google/cityhash (1.0.2), the
// SipHash paper.

#include "runtime/aggregates/city_hash.h"

#ifndef SP_BITCODE
#include <cstring>
#include <utility>

#include "runtime/core/crc32c.h"
#include "runtime/core/slot.h"

namespace sp {
namespace {

constexpr uint64_t k0 = 0xc3a5c85c97cb3127ULL, k1 = 0xb492b66fbe98f273ULL;
constexpr uint64_t k2 = 0x9ae16a3b2f90404fULL, k3 = 0xc949d7c7509e6557ULL;

uint64_t fetch64(const char* p) {
  uint64_t word;
  std::memcpy(&word, p, 8);
  return word;
}
uint64_t fetch32(const char* p) {
  uint32_t word;
  std::memcpy(&word, p, 4);
  return word;
}
uint64_t rotate(uint64_t value, unsigned shift) {
  return shift == 0 ? value : (value >> shift) | (value << (64 - shift));
}
uint64_t rotate_left(uint64_t value, unsigned shift) {
  return (value << shift) | (value >> (64 - shift));
}
uint64_t shift_mix(uint64_t value) { return value ^ (value >> 47); }

uint64_t hash_0_to_16(const char* s, size_t size) {
  if (size > 8) {
    const uint64_t a = fetch64(s), b = fetch64(s + size - 8);
    return city_combine(a, rotate(b + size, static_cast<unsigned>(size))) ^ b;
  }
  if (size >= 4) return city_combine(size + (fetch32(s) << 3), fetch32(s + size - 4));
  if (size > 0) {
    const auto a = static_cast<uint8_t>(s[0]), b = static_cast<uint8_t>(s[size >> 1]),
               c = static_cast<uint8_t>(s[size - 1]);
    const uint32_t y = a + (static_cast<uint32_t>(b) << 8);
    const uint32_t z = static_cast<uint32_t>(size) + (static_cast<uint32_t>(c) << 2);
    return shift_mix((y * k2) ^ (z * k3)) * k2;
  }
  return k2;
}

uint64_t hash_17_to_32(const char* s, size_t size) {
  const uint64_t a = fetch64(s) * k1, b = fetch64(s + 8);
  const uint64_t c = fetch64(s + size - 8) * k2, d = fetch64(s + size - 16) * k0;
  return city_combine(rotate(a - b, 43) + rotate(c, 30) + d, a + rotate(b ^ k3, 20) - c + size);
}

using Pair = std::pair<uint64_t, uint64_t>;

Pair weak_hash(const char* s, uint64_t a, uint64_t b) {
  a += fetch64(s);
  b = rotate(b + a + fetch64(s + 24), 21);
  const uint64_t c = a;
  a += fetch64(s + 8);
  a += fetch64(s + 16);
  b += rotate(a, 44);
  return {a + fetch64(s + 24), b + c};
}

uint64_t hash_33_to_64(const char* s, size_t size) {
  uint64_t z = fetch64(s + 24);
  uint64_t a = fetch64(s) + (size + fetch64(s + size - 16)) * k0;
  uint64_t b = rotate(a + z, 52), c = rotate(a, 37);
  a += fetch64(s + 8);
  c += rotate(a, 7);
  a += fetch64(s + 16);
  const uint64_t vf = a + z, vs = b + rotate(a, 31) + c;
  a = fetch64(s + 16) + fetch64(s + size - 32);
  z = fetch64(s + size - 8);
  b = rotate(a + z, 52);
  c = rotate(a, 37);
  a += fetch64(s + size - 24);
  c += rotate(a, 7);
  a += fetch64(s + size - 16);
  const uint64_t wf = a + z, ws = b + rotate(a, 31) + c;
  const uint64_t r = shift_mix((vf + ws) * k2 + (wf + vs) * k0);
  return shift_mix(r * k0 + vs) * k2;
}

}  // namespace

uint64_t city_hash64(const char* s, size_t size) noexcept {
  if (size <= 16) return hash_0_to_16(s, size);
  if (size <= 32) return hash_17_to_32(s, size);
  if (size <= 64) return hash_33_to_64(s, size);
  uint64_t x = fetch64(s);
  uint64_t y = fetch64(s + size - 16) ^ k1;
  uint64_t z = fetch64(s + size - 56) ^ k0;
  Pair v = weak_hash(s + size - 64, size, y);
  Pair w = weak_hash(s + size - 32, size * k1, k0);
  z += shift_mix(v.second) * k1;
  x = rotate(z + x, 39) * k1;
  y = rotate(y, 33) * k1;
  size = (size - 1) & ~static_cast<size_t>(63);
  do {
    x = rotate(x + y + v.first + fetch64(s + 16), 37) * k1;
    y = rotate(y + v.second + fetch64(s + 48), 42) * k1;
    x ^= w.second;
    y ^= v.first;
    z = rotate(z ^ w.first, 33);
    v = weak_hash(s, v.second * k1, x + w.first);
    w = weak_hash(s + 32, z + w.second, y);
    std::swap(z, x);
    s += 64;
    size -= 64;
  } while (size != 0);
  return city_combine(city_combine(v.first, w.first) + shift_mix(y) * k1 + z,
                      city_combine(v.second, w.second) + x);
}

uint64_t crc32_of(uint64_t x) noexcept { return crc32c(~uint64_t{0}, x); }

void SipHash::round() noexcept {
  v0_ += v1_;
  v1_ = rotate_left(v1_, 13);
  v1_ ^= v0_;
  v0_ = rotate_left(v0_, 32);
  v2_ += v3_;
  v3_ = rotate_left(v3_, 16);
  v3_ ^= v2_;
  v0_ += v3_;
  v3_ = rotate_left(v3_, 21);
  v3_ ^= v0_;
  v2_ += v1_;
  v1_ = rotate_left(v1_, 17);
  v1_ ^= v2_;
  v2_ = rotate_left(v2_, 32);
}

void SipHash::absorb(uint64_t word) noexcept {
  v3_ ^= word;
  round();
  round();
  v0_ ^= word;
}

void SipHash::update(const void* bytes, size_t size) noexcept {
  const auto* at = static_cast<const unsigned char*>(bytes);
  for (size_t i = 0; i < size; ++i) {
    word_ |= static_cast<uint64_t>(at[i]) << (8 * (count_ & 7));
    if ((++count_ & 7) == 0) {
      absorb(word_);
      word_ = 0;
    }
  }
}

void SipHash::finalize() noexcept {
  absorb(word_ | (count_ << 56));
  v2_ ^= 0xff;
  for (int i = 0; i < 4; ++i) round();
}

uint64_t SipHash::finish64() noexcept {
  finalize();
  return v0_ ^ v1_ ^ v2_ ^ v3_;
}

void SipHash::finish128(uint64_t out[2]) noexcept {
  finalize();
  out[0] = v0_ ^ v1_;
  out[1] = v2_ ^ v3_;
}

void update_sip_hash(SipHash& hash, Type type, const void* slot) noexcept {
  const auto* bytes = static_cast<const char*>(slot);
  switch (type.kind()) {
    case TypeKind::kLowCardinality:
    case TypeKind::kSimpleAggregateFunction: return update_sip_hash(hash, type.element(), slot);
    case TypeKind::kNullable: {
      const uint8_t is_null = static_cast<uint8_t>(bytes[slot_layout(type.element()).size]);
      hash.update_value(is_null);
      if (!is_null) update_sip_hash(hash, type.element(), slot);
      return;
    }
    case TypeKind::kString:
    case TypeKind::kAggregateFunction: {
      const auto& text = *static_cast<const StringRef*>(slot);
      hash.update_value(static_cast<uint64_t>(text.size));
      hash.update(text.begin(), text.size);
      return;
    }
    case TypeKind::kFixedString: {
      const auto& text = *static_cast<const StringRef*>(slot);
      hash.update(text.begin(), text.size);
      return;
    }
    case TypeKind::kArray:
    case TypeKind::kMap: {
      const auto& array = *static_cast<const ArrayRef*>(slot);
      const Type element = type.is(TypeKind::kMap) ? Type::tuple(type.inner()) : type.element();
      const uint32_t stride = slot_layout(element).size;
      hash.update_value(array.size);
      for (uint64_t i = 0; i < array.size; ++i) {
        update_sip_hash(hash, element, static_cast<const char*>(array.data) + i * stride);
      }
      return;
    }
    case TypeKind::kTuple: {
      const RowLayout layout = row_layout(type.inner());
      for (size_t i = 0; i < type.inner().size(); ++i)
        update_sip_hash(hash, type.inner()[i], bytes + layout.offsets[i]);
      return;
    }
    default: hash.update(slot, slot_layout(type).size);
  }
}

}  // namespace sp
#endif
