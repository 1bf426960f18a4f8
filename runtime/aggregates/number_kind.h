#pragma once
// NumberKind: the machine number behind a SQL type whose slot is one scalar of at most 8 bytes, and
// SP_FOR_NUMBERS to stamp out bodies for each.

#include <cstdint>
#include <optional>

#include "runtime/core/type.h"

// X(suffix, C++ type)
// clang-format off
#define SP_FOR_NUMBERS(X)                                                                         \
  X(u8, uint8_t) X(u16, uint16_t) X(u32, uint32_t) X(u64, uint64_t) X(i8, int8_t) X(i16, int16_t) \
  X(i32, int32_t) X(i64, int64_t) X(f32, float) X(f64, double)
// clang-format on

namespace sp {

enum class NumberKind : uint8_t { u8, u16, u32, u64, i8, i16, i32, i64, f32, f64 };

/// The scalar that a slot of `type` is; nullopt for strings, wide numbers, arrays, tuples.
std::optional<NumberKind> number_kind(Type type);

}  // namespace sp
