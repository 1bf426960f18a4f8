#pragma once
// Numbers in memory that need not be aligned: slots of values, bytes of files.

#include <cstring>

namespace sp {

/// Reads a T from `from`, wherever it lies.
template <class T>
T load(const void* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

/// Writes `value` to `to`, wherever it lies.
template <class T>
void store(void* to, T value) noexcept {
  std::memcpy(to, &value, sizeof(T));
}

/// 128-bit integers as they lie in slots, which are aligned to 8 bytes: what bodies of functions
/// take and give by address.
using SlotInt128 = __int128 __attribute__((aligned(8)));
using SlotUInt128 = unsigned __int128 __attribute__((aligned(8)));

}  // namespace sp
