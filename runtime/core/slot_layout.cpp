// Sizes and offsets of slots: the one place that knows how many bytes a value of a type takes
// outside of columns.
// Entry: slot_layout(), row_layout().

#include <algorithm>

#include "runtime/core/check.h"
#include "runtime/core/slot.h"

namespace sp {

namespace {

uint32_t align_up(uint32_t value, uint32_t align) { return (value + align - 1) & ~(align - 1); }

// Decimal(P, S) is the smallest signed integer that holds P digits.
SlotLayout decimal_layout(uint32_t precision) {
  if (precision <= 9) return {4, 4};
  if (precision <= 18) return {8, 8};
  return precision <= 38 ? SlotLayout{16, 8} : SlotLayout{32, 8};
}

}  // namespace

SlotLayout slot_layout(Type type) {
  switch (type.kind()) {
    case TypeKind::kNothing:
    case TypeKind::kBool:
    case TypeKind::kUInt8:
    case TypeKind::kInt8:
    case TypeKind::kEnum8:
    case TypeKind::kLambda: return {1, 1};
    case TypeKind::kUInt16:
    case TypeKind::kInt16:
    case TypeKind::kDate:
    case TypeKind::kEnum16: return {2, 2};
    case TypeKind::kUInt32:
    case TypeKind::kInt32:
    case TypeKind::kFloat32:
    case TypeKind::kDate32:
    case TypeKind::kDateTime:
    case TypeKind::kIpv4: return {4, 4};
    case TypeKind::kUInt64:
    case TypeKind::kInt64:
    case TypeKind::kFloat64:
    case TypeKind::kDateTime64:
    case TypeKind::kInterval: return {8, 8};
    case TypeKind::kUInt128:
    case TypeKind::kInt128:
    case TypeKind::kUuid:
    case TypeKind::kIpv6: return {16, 8};
    case TypeKind::kUInt256:
    case TypeKind::kInt256: return {32, 8};
    case TypeKind::kDecimal: return decimal_layout(type.precision());
    case TypeKind::kString:
    case TypeKind::kFixedString:
    case TypeKind::kAggregateFunction:
    case TypeKind::kJson:
    case TypeKind::kArray:
    case TypeKind::kMap: return {16, 8};
    case TypeKind::kTuple: {
      const RowLayout row = row_layout(type.inner());
      return {std::max(row.size, 1U), row.align};
    }
    case TypeKind::kNullable: {
      const SlotLayout value = slot_layout(type.element());
      return {align_up(value.size + 1, value.align), value.align};
    }
    case TypeKind::kLowCardinality:
    case TypeKind::kSimpleAggregateFunction: return slot_layout(type.element());
  }
  SP_CHECK(false);
  return {};
}

RowLayout row_layout(const std::vector<Type>& types) {
  RowLayout row;
  row.offsets.reserve(types.size());
  for (const Type& type : types) {
    const SlotLayout slot = slot_layout(type);
    row.size = align_up(row.size, slot.align);
    row.offsets.push_back(row.size);
    row.size += slot.size;
    row.align = std::max(row.align, slot.align);
  }
  row.size = align_up(row.size, row.align);
  return row;
}

}  // namespace sp
