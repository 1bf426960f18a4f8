#pragma once
// Constant arguments of conversions and date functions: zones, precisions, sizes.

#include <span>
#include <string>

#include "runtime/functions/function.h"

namespace sp {

/// A number's type and its name, for rows made in loops.
struct NumberType {
  const char* name;
  TypeKind kind;
};
inline constexpr NumberType kNumberTypes[] = {
    {"Int8", TypeKind::kInt8},       {"Int16", TypeKind::kInt16},
    {"Int32", TypeKind::kInt32},     {"Int64", TypeKind::kInt64},
    {"Int128", TypeKind::kInt128},   {"Int256", TypeKind::kInt256},
    {"UInt8", TypeKind::kUInt8},     {"UInt16", TypeKind::kUInt16},
    {"UInt32", TypeKind::kUInt32},   {"UInt64", TypeKind::kUInt64},
    {"UInt128", TypeKind::kUInt128}, {"UInt256", TypeKind::kUInt256},
    {"Float32", TypeKind::kFloat32}, {"Float64", TypeKind::kFloat64},
};

/// A text that lives as long as the process, for rows made in loops.
const char* conversion_text(std::string text);
/// The time zone at `index`; "" if there is no such argument. Error: BAD_ARGUMENTS with a
/// suggestion.
Result<std::string> constant_zone(std::span<const Argument> arguments, size_t index);
/// The constant integer at `index`, between `low` and `high`.
Result<int64_t> constant_integer(std::span<const Argument> arguments, size_t index, int64_t low,
                                 int64_t high);

}  // namespace sp
