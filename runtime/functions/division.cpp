// intDiv, modulo and their kin, gcd and lcm. Bodies exist per result type; arguments come as Int64
// or UInt64 (or Float64), which holds every value of the 8- to 64-bit integers. Division by zero is
// ILLEGAL_DIVISION (153).

#include <algorithm>
#include <limits>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/decimal_arithmetic.h"
#include "runtime/functions/elementwise.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/wide_arithmetic.h"

namespace sp {
namespace {

inline bool cannot_divide(ExecState& exec, int64_t a, int64_t b) noexcept {
  if (__builtin_expect(b == 0, 0)) {
    exec.fail(ErrorCode::kIllegalDivision, "Division by zero");
    return true;
  }
  if (__builtin_expect(b == -1 && a == std::numeric_limits<int64_t>::min(), 0)) {
    exec.fail(ErrorCode::kIllegalDivision, "Division of minimal signed number by minus one");
    return true;
  }
  return false;
}
inline bool cannot_divide(ExecState& exec, uint64_t, uint64_t b) noexcept {
  if (__builtin_expect(b != 0, 1)) return false;
  exec.fail(ErrorCode::kIllegalDivision, "Division by zero");
  return true;
}

template <class T>
inline T remainder_of(T a, T b) noexcept {
  if constexpr (std::is_signed_v<T>) {
    if (b == -1) return 0;
  }
  return a % b;
}

inline int64_t positive_remainder(int64_t a, int64_t b) noexcept {
  const int64_t rest = remainder_of(a, b);
  return rest < 0 ? (b < 0 ? rest - b : rest + b) : rest;
}

template <class T>
inline uint64_t magnitude(T value) noexcept {
  if constexpr (std::is_signed_v<T>) {
    if (value < 0) return uint64_t{0} - static_cast<uint64_t>(value);
  }
  return static_cast<uint64_t>(value);
}

inline uint64_t greatest_divisor(uint64_t x, uint64_t y) noexcept {
  while (y != 0) {
    const uint64_t rest = x % y;
    x = y;
    y = rest;
  }
  return x;
}

inline double float_remainder(double a, double b) noexcept {
  return __builtin_fmod(a, b) + 0.0;  // 0, not -0
}

}  // namespace

// Unsigned results from unsigned arguments.
#define SP_X(suffix, type, kind)                                                                \
  extern "C" type sp_int_div_##suffix(ExecState& exec, uint64_t a, uint64_t b) noexcept {       \
    return cannot_divide(exec, a, b) ? type{0} : static_cast<type>(a / b);                      \
  }                                                                                             \
  extern "C" type sp_int_div_or_zero_##suffix(uint64_t a, uint64_t b) noexcept {                \
    return b == 0 ? type{0} : static_cast<type>(a / b);                                         \
  }                                                                                             \
  extern "C" type sp_modulo_##suffix(ExecState& exec, uint64_t a, uint64_t b) noexcept {        \
    return cannot_divide(exec, a, b) ? type{0} : static_cast<type>(a % b);                      \
  }                                                                                             \
  extern "C" type sp_modulo_or_zero_##suffix(uint64_t a, uint64_t b) noexcept {                 \
    return b == 0 ? type{0} : static_cast<type>(a % b);                                         \
  }                                                                                             \
  extern "C" type sp_modulo_mixed_##suffix(ExecState& exec, int64_t a, int64_t b) noexcept {    \
    return cannot_divide(exec, a, b) ? type{0} : static_cast<type>(remainder_of(a, b));         \
  }                                                                                             \
  extern "C" type sp_modulo_or_zero_mixed_##suffix(int64_t a, int64_t b) noexcept {             \
    return b == 0 ? type{0} : static_cast<type>(remainder_of(a, b));                            \
  }                                                                                             \
  extern "C" type sp_positive_modulo_##suffix(ExecState& exec, int64_t a, int64_t b) noexcept { \
    return cannot_divide(exec, a, b) ? type{0} : static_cast<type>(positive_remainder(a, b));   \
  }
SP_BY_UNSIGNED(SP_X)
#undef SP_X

// Signed results from signed arguments.
#define SP_X(suffix, type, kind)                                                                  \
  extern "C" type sp_int_div_##suffix(ExecState& exec, int64_t a, int64_t b) noexcept {           \
    return cannot_divide(exec, a, b) ? type{0} : static_cast<type>(a / b);                        \
  }                                                                                               \
  extern "C" type sp_int_div_or_zero_##suffix(int64_t a, int64_t b) noexcept {                    \
    if (b == 0 || (b == -1 && a == std::numeric_limits<int64_t>::min())) return 0;                \
    return static_cast<type>(a / b);                                                              \
  }                                                                                               \
  extern "C" type sp_int_div_float_##suffix(ExecState& exec, double a, double b) noexcept {       \
    const double quotient = __builtin_trunc(a) / __builtin_trunc(b);                              \
    if (!(__builtin_fabs(quotient) < 9.2e18)) {                                                   \
      exec.fail(ErrorCode::kIllegalDivision, __builtin_trunc(b) == 0                              \
                                                 ? "Division by zero"                             \
                                                 : "Cannot perform integer division on infinite " \
                                                   "or too large floating point numbers");        \
      return 0;                                                                                   \
    }                                                                                             \
    return static_cast<type>(static_cast<int64_t>(quotient));                                     \
  }                                                                                               \
  extern "C" type sp_int_div_or_zero_float_##suffix(double a, double b) noexcept {                \
    const double quotient = __builtin_trunc(a) / __builtin_trunc(b);                              \
    return __builtin_fabs(quotient) < 9.2e18 ? static_cast<type>(static_cast<int64_t>(quotient))  \
                                             : type{0};                                           \
  }                                                                                               \
  extern "C" type sp_modulo_##suffix(ExecState& exec, int64_t a, int64_t b) noexcept {            \
    return cannot_divide(exec, a, b) ? type{0} : static_cast<type>(remainder_of(a, b));           \
  }                                                                                               \
  extern "C" type sp_modulo_or_zero_##suffix(int64_t a, int64_t b) noexcept {                     \
    return b == 0 ? type{0} : static_cast<type>(remainder_of(a, b));                              \
  }
SP_BY_SIGNED(SP_X)
#undef SP_X

// ClickHouse computes remainders in the type that C++ promotes to: where that is unsigned, negative
// numbers wrap first.
#define SP_X(suffix, type, kind)                                                              \
  extern "C" type sp_modulo_wrap32_##suffix(ExecState& exec, int64_t a, int64_t b) noexcept { \
    return cannot_divide(exec, a, b)                                                          \
               ? type{0}                                                                      \
               : static_cast<type>(static_cast<uint32_t>(a) % static_cast<uint32_t>(b));      \
  }                                                                                           \
  extern "C" type sp_modulo_wrap64_##suffix(ExecState& exec, int64_t a, int64_t b) noexcept { \
    return cannot_divide(exec, a, b)                                                          \
               ? type{0}                                                                      \
               : static_cast<type>(static_cast<uint64_t>(a) % static_cast<uint64_t>(b));      \
  }                                                                                           \
  extern "C" type sp_modulo_or_zero_wrap32_##suffix(int64_t a, int64_t b) noexcept {          \
    return b == 0 ? type{0}                                                                   \
                  : static_cast<type>(static_cast<uint32_t>(a) % static_cast<uint32_t>(b));   \
  }                                                                                           \
  extern "C" type sp_modulo_or_zero_wrap64_##suffix(int64_t a, int64_t b) noexcept {          \
    return b == 0 ? type{0}                                                                   \
                  : static_cast<type>(static_cast<uint64_t>(a) % static_cast<uint64_t>(b));   \
  }
SP_BY_UNSIGNED(SP_X)
SP_BY_SIGNED(SP_X)
#undef SP_X

// X(suffix, type, type that products are computed in)
// clang-format off
#define SP_BY_PROMOTED(X)                                                            \
  X(u16, uint16_t, uint64_t) X(u32, uint32_t, uint64_t) X(u64, uint64_t, uint64_t)   \
  X(i16, int16_t, int64_t) X(i32, int32_t, int64_t) X(i64, int64_t, int64_t)
// clang-format on

// The greatest common divisor by Euclid; zero arguments fail as in ClickHouse.
#define SP_X(suffix, type, wide)                                              \
  extern "C" type sp_gcd_##suffix(ExecState& exec, wide a, wide b) noexcept { \
    if (cannot_divide(exec, a, b) || cannot_divide(exec, b, a)) return 0;     \
    return static_cast<type>(greatest_divisor(magnitude(a), magnitude(b)));   \
  }                                                                           \
  extern "C" type sp_lcm_##suffix(ExecState& exec, wide a, wide b) noexcept { \
    if (cannot_divide(exec, a, b) || cannot_divide(exec, b, a)) return 0;     \
    const uint64_t x = magnitude(a), y = magnitude(b);                        \
    return static_cast<type>(x / greatest_divisor(x, y) * y);                 \
  }
SP_BY_PROMOTED(SP_X)
#undef SP_X

extern "C" double sp_modulo_float(double a, double b) noexcept { return float_remainder(a, b); }
extern "C" double sp_positive_modulo_float(double a, double b) noexcept {
  const double rest = float_remainder(a, b);
  return rest < 0 ? rest + __builtin_fabs(b) : rest;
}

#ifndef SP_BITCODE
namespace {

// Two integers, one of them of 128 or 256 bits.
bool either_is_wide(Type a, Type b) {
  const auto is_whole = [](Type type) { return type.is_integer() || type.is(TypeKind::kBool); };
  return is_whole(a) && is_whole(b) && std::max(number_width(a), number_width(b)) > 8;
}

bool is_plain_integer(Type type) {
  return (type.is_integer() && number_width(type) <= 8) || type.is(TypeKind::kBool);
}
// Dates take part in modulo as the numbers that they are.
Type as_number(Type type) {
  switch (type.kind()) {
    case TypeKind::kDate: return Type::of(TypeKind::kUInt16);
    case TypeKind::kDate32: return Type::of(TypeKind::kInt32);
    case TypeKind::kDateTime: return uint32_type();
    default: return type;
  }
}

Error illegal_types(const char* function, std::span<const Argument> arguments) {
  return fail(ErrorCode::kIllegalTypeOfArgument,
              "Illegal types " + type_names(arguments) + " of arguments of function " + function);
}

struct IntegerSymbols {
  Symbol u8, u16, u32, u64, i8, i16, i32, i64;
  const Symbol& of(Type type) const {
    switch (type.kind()) {
      case TypeKind::kUInt8: return u8;
      case TypeKind::kUInt16: return u16;
      case TypeKind::kUInt32: return u32;
      case TypeKind::kUInt64: return u64;
      case TypeKind::kInt8: return i8;
      case TypeKind::kInt16: return i16;
      case TypeKind::kInt32: return i32;
      default: return i64;
    }
  }
};
#define SP_UNSIGNED_SYMBOLS(prefix) \
  SP_SYMBOL(prefix##u8), SP_SYMBOL(prefix##u16), SP_SYMBOL(prefix##u32), SP_SYMBOL(prefix##u64)
#define SP_SIGNED_SYMBOLS(prefix) \
  SP_SYMBOL(prefix##i8), SP_SYMBOL(prefix##i16), SP_SYMBOL(prefix##i32), SP_SYMBOL(prefix##i64)

Resolver int_div(const char* function, bool or_zero) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    if (auto elementwise = resolve_elementwise(function, arguments, options))
      return std::move(*elementwise);
    static const IntegerSymbols exact{SP_UNSIGNED_SYMBOLS(sp_int_div_),
                                      SP_SIGNED_SYMBOLS(sp_int_div_)};
    static const IntegerSymbols zero{SP_UNSIGNED_SYMBOLS(sp_int_div_or_zero_),
                                     SP_SIGNED_SYMBOLS(sp_int_div_or_zero_)};
    static const IntegerSymbols floats{{}, {}, {}, {}, SP_SIGNED_SYMBOLS(sp_int_div_float_)};
    static const IntegerSymbols zero_floats{
        {}, {}, {}, {}, SP_SIGNED_SYMBOLS(sp_int_div_or_zero_float_)};
    const Type a = as_number(arguments[0].type), b = as_number(arguments[1].type);
    if (a.is(TypeKind::kDecimal) || b.is(TypeKind::kDecimal)) {
      const Type f = float64_type();
      return fallible_call(int64_type(), or_zero ? zero_floats.i64 : floats.i64, {f, f});
    }
    if (either_is_wide(a, b))
      return resolve_wide_division(WideDivision::kQuotient, or_zero, arguments);
    if (!(is_plain_integer(a) || a.is_float()) || !(is_plain_integer(b) || b.is_float())) {
      return illegal_types(function, arguments);
    }
    const bool floating = a.is_float() || b.is_float();
    const bool is_signed = floating || a.is_signed_integer() || b.is_signed_integer();
    const Type result = integer_type(is_signed, number_width(a));
    const Type wide = floating ? float64_type() : is_signed ? int64_type() : uint64_type();
    const IntegerSymbols& symbols =
        floating ? (or_zero ? zero_floats : floats) : (or_zero ? zero : exact);
    ResolvedFunction resolved = call(result, symbols.of(result), {wide, wide});
    resolved.total = or_zero;
    return resolved;
  };
}

enum class Zero { kFails, kGivesZero };

Resolver modulo(const char* function, Zero on_zero, bool positive) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    if (auto elementwise = resolve_elementwise(function, arguments, options))
      return std::move(*elementwise);
    static const IntegerSymbols exact{SP_UNSIGNED_SYMBOLS(sp_modulo_),
                                      SP_SIGNED_SYMBOLS(sp_modulo_)};
    static const IntegerSymbols zero{SP_UNSIGNED_SYMBOLS(sp_modulo_or_zero_),
                                     SP_SIGNED_SYMBOLS(sp_modulo_or_zero_)};
    static const IntegerSymbols mixed{SP_UNSIGNED_SYMBOLS(sp_modulo_mixed_), {}, {}, {}, {}};
    static const IntegerSymbols zero_mixed{
        SP_UNSIGNED_SYMBOLS(sp_modulo_or_zero_mixed_), {}, {}, {}, {}};
    static const IntegerSymbols positives{SP_UNSIGNED_SYMBOLS(sp_positive_modulo_), {}, {}, {}, {}};
    const Type a = as_number(arguments[0].type), b = as_number(arguments[1].type);
    const bool or_zero = on_zero == Zero::kGivesZero;
    const bool floating =
        a.is_float() || b.is_float() || a.is(TypeKind::kDecimal) || b.is(TypeKind::kDecimal);
    if (!is_number_like(a) || !is_number_like(b)) return illegal_types(function, arguments);
    if (floating) {
      const Symbol symbol =
          positive ? SP_SYMBOL(sp_positive_modulo_float) : SP_SYMBOL(sp_modulo_float);
      return call(float64_type(), symbol, {float64_type(), float64_type()});
    }
    if (either_is_wide(a, b)) {
      const WideDivision operation =
          positive ? WideDivision::kPositiveRemainder : WideDivision::kRemainder;
      return resolve_wide_division(operation, or_zero, arguments);
    }
    if (!is_plain_integer(a) || !is_plain_integer(b)) return illegal_types(function, arguments);
    const bool any_signed = a.is_signed_integer() || b.is_signed_integer();
    const bool signed_result = a.is_signed_integer() && !positive;
    const uint32_t width = number_width(b);
    const Type result = integer_type(signed_result, signed_result && width < 8 ? width * 2 : width);
    const Type wide = any_signed ? int64_type() : uint64_type();
    static const IntegerSymbols wraps[2][2] = {
        {{SP_UNSIGNED_SYMBOLS(sp_modulo_wrap32_), SP_SIGNED_SYMBOLS(sp_modulo_wrap32_)},
         {SP_UNSIGNED_SYMBOLS(sp_modulo_or_zero_wrap32_),
          SP_SIGNED_SYMBOLS(sp_modulo_or_zero_wrap32_)}},
        {{SP_UNSIGNED_SYMBOLS(sp_modulo_wrap64_), SP_SIGNED_SYMBOLS(sp_modulo_wrap64_)},
         {SP_UNSIGNED_SYMBOLS(sp_modulo_or_zero_wrap64_),
          SP_SIGNED_SYMBOLS(sp_modulo_or_zero_wrap64_)}}};
    const uint32_t unsigned_width = number_width(a.is_signed_integer() ? b : a);
    const uint32_t signed_width = number_width(a.is_signed_integer() ? a : b);
    const bool wrap = a.is_signed_integer() != b.is_signed_integer() && unsigned_width >= 4 &&
                      signed_width <= unsigned_width;
    const IntegerSymbols& symbols = wrap ? wraps[unsigned_width == 8 ? 1 : 0][or_zero ? 1 : 0]
                                    : any_signed && positive       ? positives
                                    : signed_result || !any_signed ? (or_zero ? zero : exact)
                                                                   : (or_zero ? zero_mixed : mixed);
    ResolvedFunction resolved = call(result, symbols.of(result), {wide, wide});
    resolved.total = or_zero;
    return resolved;
  };
}

Resolver divisor(bool greatest_common) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        static const IntegerSymbols gcd{
            {}, SP_SYMBOL(sp_gcd_u16), SP_SYMBOL(sp_gcd_u32), SP_SYMBOL(sp_gcd_u64),
            {}, SP_SYMBOL(sp_gcd_i16), SP_SYMBOL(sp_gcd_i32), SP_SYMBOL(sp_gcd_i64)};
        static const IntegerSymbols lcm{
            {}, SP_SYMBOL(sp_lcm_u16), SP_SYMBOL(sp_lcm_u32), SP_SYMBOL(sp_lcm_u64),
            {}, SP_SYMBOL(sp_lcm_i16), SP_SYMBOL(sp_lcm_i32), SP_SYMBOL(sp_lcm_i64)};
        const Type a = arguments[0].type, b = arguments[1].type;
        if (either_is_wide(a, b)) {
          const WideDivision operation = greatest_common ? WideDivision::kGcd : WideDivision::kLcm;
          return resolve_wide_division(operation, false, arguments);
        }
        if (!is_plain_integer(a) || !is_plain_integer(b))
          return illegal_types(greatest_common ? "gcd" : "lcm", arguments);
        const bool is_signed = a.is_signed_integer() || b.is_signed_integer();
        const uint32_t width = std::max(number_width(a), number_width(b));
        const Type result = integer_type(is_signed, width < 8 ? width * 2 : width);
        const Type wide = is_signed ? int64_type() : uint64_type();
        return fallible_call(result, (greatest_common ? gcd : lcm).of(result), {wide, wide});
      };
}

}  // namespace

SP_FUNCTIONS(division) {
  using enum RowAdder::Case;
  const RowAdder add(rows);
  add("intDiv", 2, int_div("intDiv", false),
      "Divides `a` by `b` and drops the fraction; fails when `b` is zero.", "SELECT intDiv(-7, 2)",
      "-3");
  add("intDivOrZero", 2, int_div("intDivOrZero", true),
      "Divides `a` by `b` and drops the fraction; 0 when `b` is zero.", "SELECT intDivOrZero(7, 0)",
      "0");
  add("modulo", 2, kAny, modulo("modulo", Zero::kFails, false),
      "Returns the rest of dividing `a` by `b` (`a % b`), with the sign of `a`.",
      "SELECT modulo(-5, 3)", "-2", {"mod"});
  add("moduloOrZero", 2, modulo("moduloOrZero", Zero::kGivesZero, false),
      "Returns the rest of dividing `a` by `b`; 0 when `b` is zero.", "SELECT moduloOrZero(5, 0)",
      "0");
  add("positiveModulo", 2, kAny, modulo("positiveModulo", Zero::kFails, true),
      "Returns the non-negative rest of dividing `a` by `b`.", "SELECT positiveModulo(-5, 3)", "1",
      {"positive_modulo", "pmod"});
  add("gcd", 2, divisor(true), "Returns the greatest common divisor of `a` and `b`.",
      "SELECT gcd(-4, 6)", "2");
  add("lcm", 2, divisor(false), "Returns the least common multiple of `a` and `b`.",
      "SELECT lcm(4, 6)", "12");
}
#endif

}  // namespace sp
