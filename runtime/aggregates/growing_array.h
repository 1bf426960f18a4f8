#pragma once
// GrowingArray: a vector for aggregate states: zero bytes are an empty one, memory comes from an
// arena and doubles, nothing is ever destroyed. States of one array of all values stop growing once
// the query has failed (deadline, memory): filling gigabytes takes seconds, and nobody will see
// them.

#include <cstdint>
#include <cstring>

#include "runtime/exec/morsel_driver.h"

namespace sp {

/// `kAlign`: of bytes in which values of other types stand.
template <class T, size_t kAlign = alignof(T)>
struct GrowingArray {
  T* data;
  uint64_t size;
  uint64_t capacity;

  T* begin() const noexcept { return data; }
  T* end() const noexcept { return data + size; }
  T& operator[](uint64_t i) const noexcept { return data[i]; }
  T& back() const noexcept { return data[size - 1]; }

  void push(ExecState& exec, const T& value) noexcept {
    if (__builtin_expect(size == capacity, 0)) reserve(exec, size + 1);
    data[size++] = value;
  }
  /// As push(), but drops the value where grow() gives no room.
  void push_while_running(ExecState& exec, const T& value) noexcept {
    if (__builtin_expect(size == capacity, 0) && !grow(exec, size + 1)) return;
    data[size++] = value;
  }
  /// Makes room as reserve() does; false, and no room, if the array is large and the query has
  /// failed.
  bool grow(ExecState& exec, uint64_t wanted) noexcept {
    constexpr uint64_t kLargeBytes = 32 << 20;
    if (__builtin_expect(capacity * sizeof(T) >= kLargeBytes && wanted > capacity, 0) &&
        check_limits(exec))
      return false;
    reserve(exec, wanted);
    return true;
  }
  /// Makes room for `wanted` elements in all.
  void reserve(ExecState& exec, uint64_t wanted) noexcept {
    if (wanted <= capacity) return;
    uint64_t larger = capacity < 4 ? 4 : capacity * 2;
    if (larger < wanted) larger = wanted;
    T* moved = static_cast<T*>(exec.persistent.allocate(larger * sizeof(T), kAlign));
    if (size > 0) std::memcpy(static_cast<void*>(moved), data, size * sizeof(T));
    data = moved;
    capacity = larger;
  }
  void append(ExecState& exec, const T* values, uint64_t count) noexcept {
    reserve(exec, size + count);
    if (count > 0) std::memcpy(static_cast<void*>(data + size), values, count * sizeof(T));
    size += count;
  }
};

}  // namespace sp
