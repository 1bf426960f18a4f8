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

}  // namespace sp
