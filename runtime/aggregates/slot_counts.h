#pragma once
// SlotCounts: how often slots of any type (or packed rows) stand in a frame that slides
// (SlidingForm in aggregate.h). Zero bytes are an empty one. Different slots stand densely, in no
// order; places of slots that leave are closed as in CountedSet. What slots point to is not copied.

#include <algorithm>
#include <cstring>

#include "runtime/core/slot.h"
#include "runtime/exec/exec_state.h"

namespace sp {

struct SlotCounts {
  char* entries;  // each: [hash u64][count u64][slot, rounded up to 8]
  uint64_t size, capacity;
  uint32_t* places;  // 1 + index into entries; 0 = free; four times as many as entries
  uint64_t mask;

  /// Counts the slot once more; true if it was not there.
  bool add(ExecState& exec, const SlotOps& ops, const void* slot) noexcept {
    if (__builtin_expect(size == capacity, 0)) grow(exec, ops);
    const uint64_t hash = ops.hash(slot);
    const uint64_t at = place_of(ops, slot, hash);
    if (places[at] != 0) {
      add_to_count(entry(ops, places[at] - 1), 1);
      return false;
    }
    char* const added = entry(ops, size);
    const uint64_t once = 1;
    std::memcpy(added, &hash, 8);
    std::memcpy(added + 8, &once, 8);
    std::memcpy(added + 16, slot, ops.layout.size);
    places[at] = static_cast<uint32_t>(++size);
    return true;
  }
  /// Takes the slot, which is there, away once; true if it is there no more.
  bool remove(const SlotOps& ops, const void* slot) noexcept {
    const uint64_t at = place_of(ops, slot, ops.hash(slot));
    const uint64_t index = places[at] - 1;
    char* const removed = entry(ops, index);
    if (add_to_count(removed, ~uint64_t{0}) != 0) return false;
    close(ops, at);
    --size;
    if (index != size) {
      char* const last = entry(ops, size);
      uint64_t moved = word(last) & mask;
      while (places[moved] != size + 1) moved = (moved + 1) & mask;
      places[moved] = static_cast<uint32_t>(index + 1);
      std::memcpy(removed, last, stride(ops));
    }
    return true;
  }
  uint64_t count(const SlotOps& ops, uint64_t index) const noexcept {
    return word(entry(ops, index) + 8);
  }
  const char* slot(const SlotOps& ops, uint64_t index) const noexcept {
    return entry(ops, index) + 16;
  }

 private:
  static uint64_t stride(const SlotOps& ops) noexcept {
    return 16 + (uint64_t{ops.layout.size} + 7) / 8 * 8;
  }
  char* entry(const SlotOps& ops, uint64_t index) const noexcept {
    return entries + index * stride(ops);
  }
  static uint64_t word(const char* at) noexcept {
    uint64_t value;
    std::memcpy(&value, at, 8);
    return value;
  }
  static uint64_t add_to_count(char* entry, uint64_t amount) noexcept {
    const uint64_t count = word(entry + 8) + amount;
    std::memcpy(entry + 8, &count, 8);
    return count;
  }
  // Of the slot, or the free place where it belongs.
  uint64_t place_of(const SlotOps& ops, const void* slot, uint64_t hash) const noexcept {
    uint64_t at = hash & mask;
    for (; places[at] != 0; at = (at + 1) & mask) {
      const char* const held = entry(ops, places[at] - 1);
      if (word(held) == hash && ops.equal(held + 16, slot)) break;
    }
    return at;
  }
  void close(const SlotOps& ops, uint64_t hole) noexcept {
    for (uint64_t next = (hole + 1) & mask; places[next] != 0; next = (next + 1) & mask) {
      const uint64_t home = word(entry(ops, places[next] - 1)) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      places[hole] = places[next];
      hole = next;
    }
    places[hole] = 0;
  }
  void grow(ExecState& exec, const SlotOps& ops) noexcept {
    const char* const old = entries;
    capacity = std::max<uint64_t>(8, capacity * 2);
    entries = static_cast<char*>(exec.persistent.allocate(capacity * stride(ops), 16));
    if (size > 0) std::memcpy(entries, old, size * stride(ops));
    places = exec.persistent.allocate_array<uint32_t>(capacity * 4);
    std::memset(places, 0, capacity * 4 * sizeof(uint32_t));
    mask = capacity * 4 - 1;
    for (uint64_t i = 0; i < size; ++i) {
      uint64_t at = word(entry(ops, i)) & mask;
      while (places[at] != 0) at = (at + 1) & mask;
      places[at] = static_cast<uint32_t>(i + 1);
    }
  }
};

}  // namespace sp
