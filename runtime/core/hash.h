#pragma once
// Hashing of values, for hash tables in C++ and in generated code (small enough to inline in both).
// Words: a 128-bit product folded to 64 bits, the mixing step of wyhash (Wang Yi, public domain);
// every input bit reaches every output bit. Strings longer than 12 bytes: XXH3 (Collet), out of
// line. Not stable across versions: never written to disk.

#include <cstdint>
#include <cstring>

#include "runtime/core/string_ref.h"

namespace sp {

/// Hashes bytes with XXH3-64. Also the checksum of everything on disk.
uint64_t hash_bytes(const void* bytes, size_t size) noexcept;

/// Multiplies to 128 bits and folds the halves.
inline uint64_t hash_fold(uint64_t a, uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/// Hashes one word. Signed values are sign-extended first, floats normalised (see slot_ops).
inline uint64_t hash_word(uint64_t word) noexcept {
  return hash_fold(word ^ 0xa0761d6478bd642fULL, 0xe7037ed1a0b428dbULL ^ (word << 32 | word >> 32));
}

/// Appends the hash of the next part of a composite key; order matters.
inline uint64_t hash_combine(uint64_t seed, uint64_t next) noexcept {
  return hash_fold(seed ^ 0x8ebc6af09c88c6e3ULL, next ^ 0x589965cc75374cc3ULL);
}

inline uint64_t hash_string(const StringRef& text) noexcept {
  if (!text.is_inline()) return hash_bytes(text.data, text.size);
  uint64_t head, tail;
  std::memcpy(&head, &text, 8);
  std::memcpy(&tail, text.tail, 8);
  return hash_combine(hash_word(head), tail);
}

}  // namespace sp
