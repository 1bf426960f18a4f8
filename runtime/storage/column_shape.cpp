// The mapping from types to column forms.

#include "runtime/core/slot.h"
#include "runtime/storage/encoded_column.h"

namespace sp {

namespace {

bool is_signed_word(Type type) {
  switch (type.kind()) {
    case TypeKind::kInt8:
    case TypeKind::kInt16:
    case TypeKind::kInt32:
    case TypeKind::kInt64:
    case TypeKind::kEnum8:
    case TypeKind::kEnum16:
    case TypeKind::kDate32:
    case TypeKind::kDateTime64:
    case TypeKind::kInterval:
    case TypeKind::kDecimal: return true;
    default: return false;
  }
}

}  // namespace

ColumnShape column_shape(Type type) {
  ColumnShape shape;
  for (;;) {
    if (type.is_nullable())
      shape.nullable = true;
    else if (!type.is_low_cardinality() && !type.is(TypeKind::kSimpleAggregateFunction))
      break;
    type = type.element();
  }
  shape.value = type;
  shape.width = slot_layout(type).size;
  switch (type.kind()) {
    case TypeKind::kString:
    case TypeKind::kFixedString:
    case TypeKind::kJson: shape.kind = ColumnShape::Kind::kString; return shape;
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kTuple:
    case TypeKind::kAggregateFunction: shape.kind = ColumnShape::Kind::kSerialized; return shape;
    default: break;
  }
  shape.kind = shape.width > 8 ? ColumnShape::Kind::kWide : ColumnShape::Kind::kWord;
  shape.is_signed = is_signed_word(type);
  shape.is_float = type.is_float();
  return shape;
}

}  // namespace sp
