// ClickHouse's default value of every type: 0, '', [], the first element of an Enum, NULL for
// Nullable.
// Entry: default_slot().

#include <algorithm>
#include <cstring>

#include "runtime/core/arena.h"
#include "runtime/core/slot.h"

namespace sp {

void default_slot(Type type, void* slot, Arena& arena) {
  std::memset(slot, 0, slot_layout(type).size);
  switch (type.kind()) {
    case TypeKind::kLowCardinality:
    case TypeKind::kSimpleAggregateFunction: return default_slot(type.element(), slot, arena);
    case TypeKind::kNullable:
      static_cast<uint8_t*>(slot)[slot_layout(type.element()).size] = 1;
      return;
    case TypeKind::kFixedString: {
      const StringRef zeros = arena.copy(std::string(type.precision(), '\0'));
      std::memcpy(slot, &zeros, sizeof(zeros));
      return;
    }
    case TypeKind::kEnum8:
    case TypeKind::kEnum16: {
      if (type.enum_values().empty()) return;
      int16_t first = type.enum_values().front().second;
      for (const auto& [label, number] : type.enum_values()) first = std::min(first, number);
      std::memcpy(slot, &first, slot_layout(type).size);  // little-endian: the low byte for Enum8
      return;
    }
    case TypeKind::kTuple: {
      const RowLayout row = row_layout(type.inner());
      for (size_t i = 0; i < row.offsets.size(); ++i) {
        default_slot(type.inner()[i], static_cast<char*>(slot) + row.offsets[i], arena);
      }
      return;
    }
    default: return;
  }
}

}  // namespace sp
