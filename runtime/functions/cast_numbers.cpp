// Casts between numbers: most are one instruction (kNumericCast); floats to integers check for
// infinity and NaN and saturate like the x86 instructions that ClickHouse compiles to.

#include <cmath>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/cast.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

bool finite(ExecState& exec, double value) noexcept {
  // NaN and infinity are the values whose difference with themselves is not zero.
  if (__builtin_expect(value - value == 0, 1)) return true;
  exec.fail(ErrorCode::kCannotConvertType, "Unexpected inf or nan to integer conversion");
  return false;
}

int32_t to_int32(double value) noexcept {
  return value >= -2147483648.0 && value < 2147483648.0 ? static_cast<int32_t>(value) : INT32_MIN;
}
int64_t to_int64(double value) noexcept {
  return value >= -9223372036854775808.0 && value < 9223372036854775808.0
             ? static_cast<int64_t>(value)
             : INT64_MIN;
}
uint64_t to_uint64(double value) noexcept {
  if (value < 9223372036854775808.0) return static_cast<uint64_t>(to_int64(value));
  return static_cast<uint64_t>(to_int64(value - 9223372036854775808.0)) ^ 0x8000000000000000ULL;
}

template <class To>
To from_float(ExecState& exec, double value) noexcept {
  if (!finite(exec, value)) return 0;
  if constexpr (sizeof(To) < 4 || std::is_same_v<To, int32_t>)
    return static_cast<To>(to_int32(value));
  else if constexpr (std::is_same_v<To, uint64_t>)
    return to_uint64(value);
  else
    return static_cast<To>(to_int64(value));
}

}  // namespace

#define SP_BODY(suffix, type, kind)                                            \
  extern "C" type sp_f32_to_##suffix(ExecState& exec, float value) noexcept {  \
    return from_float<type>(exec, static_cast<double>(value));                 \
  }                                                                            \
  extern "C" type sp_f64_to_##suffix(ExecState& exec, double value) noexcept { \
    return from_float<type>(exec, value);                                      \
  }
SP_BY_INTEGER(SP_BODY)
#undef SP_BODY

#define SP_BODY(suffix, type, kind) \
  extern "C" uint8_t sp_nonzero_##suffix(type value) noexcept { return value != 0 ? 1 : 0; }
SP_BY_NUMBER(SP_BODY)
#undef SP_BODY

#ifndef SP_BITCODE
namespace {

Symbol float_to_integer(bool wide_source, TypeKind to) {
  switch (to) {
#define SP_CASE(suffix, type, kind) \
  case TypeKind::kind:              \
    return wide_source ? SP_SYMBOL(sp_f64_to_##suffix) : SP_SYMBOL(sp_f32_to_##suffix);
    SP_BY_INTEGER(SP_CASE)
#undef SP_CASE
    default: return {};
  }
}

Symbol nonzero(TypeKind from) {
  switch (from) {
#define SP_CASE(suffix, type, kind) \
  case TypeKind::kind: return SP_SYMBOL(sp_nonzero_##suffix);
    SP_BY_NUMBER(SP_CASE)
#undef SP_CASE
    case TypeKind::kDate: return SP_SYMBOL(sp_nonzero_u16);
    case TypeKind::kDateTime: return SP_SYMBOL(sp_nonzero_u32);
    case TypeKind::kDate32: return SP_SYMBOL(sp_nonzero_i32);
    case TypeKind::kInterval: return SP_SYMBOL(sp_nonzero_i64);
    default: return {};
  }
}

// Integers of up to 64 bits, and what lies in memory like one.
bool is_word(Type type) {
  const bool wide = number_width(type) > 8;
  return ((type.is_integer() || type.is(TypeKind::kBool)) && !wide && number_width(type) != 0) ||
         type.is_enum() || type.is(TypeKind::kDate) || type.is(TypeKind::kDate32) ||
         type.is(TypeKind::kDateTime) || type.is(TypeKind::kInterval);
}

bool is_plain_integer(Type type) {
  return type.is_integer() && number_width(type) != 0 && number_width(type) <= 8;
}

}  // namespace

std::optional<ResolvedFunction> resolve_number_cast(Type from, Type to) {
  const bool to_number = is_plain_integer(to) || to.is_float();
  if (to.is(TypeKind::kBool)) {
    const Symbol symbol = nonzero(from.kind());
    if (!symbol) return std::nullopt;
    return call(to, symbol, {from});
  }
  if (from.is_float() && is_plain_integer(to)) {
    return fallible_call(to, float_to_integer(from.is(TypeKind::kFloat64), to.kind()), {from});
  }
  const bool simple = (is_word(from) || from.is_float()) && to_number;
  const bool to_interval = to.is(TypeKind::kInterval) && is_plain_integer(from);
  if (simple || to_interval) return inlined(to, Intrinsic::kNumericCast, {from});
  return std::nullopt;
}
#endif

}  // namespace sp
