#pragma once
// SlotTable: a hash table from slots of any type (or packed rows: slots of a tuple type) to a
// payload, inside aggregate states. Zero bytes are an empty one; rows stay where they are, in order
// of insertion.

#include <cstring>

#include "runtime/aggregates/growing_array.h"
#include "runtime/core/slot.h"

namespace sp {

struct SlotTable {
  GrowingArray<char*> rows;  // each: [hash u64][payload, rounded up to 8][slot]
  uint32_t* places;          // 1 + index into rows; 0 = free
  uint8_t degree;

  /// Finds or inserts; a new payload is zero bytes.
  char* find_or_insert(ExecState& exec, const SlotOps& ops, uint32_t payload, const void* slot,
                       bool& inserted) noexcept {
    const uint64_t hash = ops.hash(slot);
    if (places == nullptr || rows.size * 2 >= (uint64_t{1} << degree)) grow(exec);
    const uint64_t mask = (uint64_t{1} << degree) - 1;
    uint64_t at = hash & mask;
    for (; places[at] != 0; at = (at + 1) & mask) {
      char* row = rows[places[at] - 1];
      if (hash_of(row) == hash && ops.equal(slot_of(row, payload), slot)) {
        inserted = false;
        return row + 8;
      }
    }
    inserted = true;
    const uint32_t header = 8 + (payload + 7) / 8 * 8;
    char* row = static_cast<char*>(exec.persistent.allocate(header + ops.layout.size, 16));
    std::memset(row, 0, header);
    std::memcpy(row, &hash, 8);
    ops.copy(row + header, slot, exec.persistent);
    rows.push(exec, row);
    places[at] = static_cast<uint32_t>(rows.size);
    return row + 8;
  }
  static char* payload_of(char* row) noexcept { return row + 8; }
  static const char* slot_of(const char* row, uint32_t payload) noexcept {
    return row + 8 + (payload + 7) / 8 * 8;
  }

 private:
  static uint64_t hash_of(const char* row) noexcept {
    uint64_t hash;
    std::memcpy(&hash, row, 8);
    return hash;
  }
  void grow(ExecState& exec) noexcept {
    degree = places == nullptr ? 3 : static_cast<uint8_t>(degree + 1);
    const uint64_t count = uint64_t{1} << degree;
    places = exec.persistent.allocate_array<uint32_t>(count);
    std::memset(places, 0, count * sizeof(uint32_t));
    for (uint64_t i = 0; i < rows.size; ++i) {
      uint64_t at = hash_of(rows[i]) & (count - 1);
      while (places[at] != 0) at = (at + 1) & (count - 1);
      places[at] = static_cast<uint32_t>(i + 1);
    }
  }
};

}  // namespace sp
