// Which scalar a type's slot is (runtime/core/slot.h lists the layouts).

#include "runtime/aggregates/number_kind.h"

#ifndef SP_BITCODE
namespace sp {

std::optional<NumberKind> number_kind(Type type) {
  switch (type.base().kind()) {
    case TypeKind::kBool:
    case TypeKind::kUInt8: return NumberKind::u8;
    case TypeKind::kUInt16:
    case TypeKind::kDate: return NumberKind::u16;
    case TypeKind::kUInt32:
    case TypeKind::kDateTime:
    case TypeKind::kIpv4: return NumberKind::u32;
    case TypeKind::kUInt64: return NumberKind::u64;
    case TypeKind::kInt8:
    case TypeKind::kEnum8: return NumberKind::i8;
    case TypeKind::kInt16:
    case TypeKind::kEnum16: return NumberKind::i16;
    case TypeKind::kInt32:
    case TypeKind::kDate32: return NumberKind::i32;
    case TypeKind::kInt64:
    case TypeKind::kDateTime64:
    case TypeKind::kInterval: return NumberKind::i64;
    case TypeKind::kFloat32: return NumberKind::f32;
    case TypeKind::kFloat64: return NumberKind::f64;
    case TypeKind::kDecimal: {
      const uint32_t precision = type.base().precision();
      if (precision <= 9) return NumberKind::i32;
      if (precision <= 18) return NumberKind::i64;
      return std::nullopt;
    }
    default: return std::nullopt;
  }
}

}  // namespace sp
#endif
