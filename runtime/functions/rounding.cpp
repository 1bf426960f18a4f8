// round, roundBankers, floor, ceil, trunc with an optional number of digits. Floats: scale, round
// to even, scale back.
// Integers change only for negative digits, half away from zero, wrapping in their own type.
// Decimals keep their type.

#include "runtime/functions/function.h"
#include "runtime/functions/signature.h"

namespace sp {

__extension__ using Wide = __int128;

struct DecimalRoundingContext : FunctionContext {
  int64_t unit = 1;    // of the last digit that stays
  int64_t scale = -1;  // if the number of digits is known only at run time; else -1
  int64_t own_scale = 0;
  /// The same for 38 digits.
  Wide wide_unit(int64_t digits) const noexcept {
    if (digits >= own_scale) return 0;
    Wide result = 1;
    for (int64_t drop = own_scale - (digits < own_scale - 38 ? own_scale - 38 : digits); drop > 0;
         --drop)
      result *= 10;
    return result;
  }
  /// 0: the value stays as it is.
  int64_t unit_for(int64_t digits) const noexcept {
    if (scale < 0) return unit;
    if (digits >= scale) return 0;
    int64_t result = 1;
    for (int64_t drop = scale - (digits < scale - 18 ? scale - 18 : digits); drop > 0; --drop)
      result *= 10;
    return result;
  }
};

namespace {

enum class Rounding : uint8_t { kRound, kBankers, kFloor, kCeil, kTrunc };

template <Rounding how, class T>
inline T round_whole(T value) noexcept {
  if constexpr (how == Rounding::kFloor) return static_cast<T>(__builtin_floor(value));
  if constexpr (how == Rounding::kCeil) return static_cast<T>(__builtin_ceil(value));
  if constexpr (how == Rounding::kTrunc) return static_cast<T>(__builtin_trunc(value));
  return static_cast<T>(__builtin_rint(value));
}

inline double power_of_ten(int64_t exponent) noexcept {
  constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (exponent <= 22) return kPowers[exponent];
  return exponent > 308 ? __builtin_inf() : __builtin_pow(10.0, static_cast<double>(exponent));
}

template <Rounding how, class T>
inline T round_float(T value, int64_t digits) noexcept {
  if (digits == 0) return round_whole<how>(value);
  const T scale = static_cast<T>(
      power_of_ten(digits < 0 ? (digits < -400 ? 400 : -digits) : (digits > 400 ? 400 : digits)));
  if (digits < 0)
    return scale > T{1e30f} && scale == static_cast<T>(__builtin_inf())
               ? T{0}
               : round_whole<how>(value / scale) * scale;
  const T scaled = value * scale;
  if (!(__builtin_fabs(static_cast<double>(scaled)) < __builtin_inf())) return value;
  return round_whole<how>(scaled) / scale;
}

// Rounds to a multiple of `unit`, in the arithmetic of T (as ClickHouse's
// IntegerRoundingComputation).
template <Rounding how, class T>
inline T round_to(T value, T unit) noexcept {
  if constexpr (how == Rounding::kTrunc) return static_cast<T>(value / unit * unit);
  const bool negative = !(value > 0) && value != 0;
  if constexpr (how == Rounding::kFloor) {
    if (negative) value = static_cast<T>(value - (unit - 1));
    return static_cast<T>(value / unit * unit);
  }
  if constexpr (how == Rounding::kCeil) {
    if (!negative) value = static_cast<T>(value + (unit - 1));
    return static_cast<T>(value / unit * unit);
  }
  const Wide magnitude = negative ? -static_cast<Wide>(value) : static_cast<Wide>(value);
  Wide quotient = (magnitude + unit / 2) / unit;
  if constexpr (how == Rounding::kBankers) {
    if (quotient * unit == magnitude + unit / 2) quotient &= ~Wide{1};
  }
  const Wide rounded = quotient * unit;
  return static_cast<T>(negative ? -rounded : rounded);
}
template <Rounding how, class T>
inline T round_integer(T value, int64_t digits) noexcept {
  if (digits >= 0) return value;
  constexpr int kDigits = sizeof(T) == 1        ? 2
                          : sizeof(T) == 2      ? 4
                          : sizeof(T) == 4      ? 9
                          : std::is_signed_v<T> ? 18
                                                : 19;
  if (digits < -kDigits) return 0;
  T unit = 1;
  for (int64_t i = 0; i < -digits; ++i) unit = static_cast<T>(unit * 10);
  return round_to<how>(value, unit);
}

}  // namespace

#define SP_ROUNDING(name, how)                                                                     \
  extern "C" float sp_##name##_whole_f32(float value) noexcept {                                   \
    return round_whole<Rounding::how>(value);                                                      \
  }                                                                                                \
  extern "C" double sp_##name##_whole_f64(double value) noexcept {                                 \
    return round_whole<Rounding::how>(value);                                                      \
  }                                                                                                \
  extern "C" float sp_##name##_f32(float value, int64_t digits) noexcept {                         \
    return round_float<Rounding::how>(value, digits);                                              \
  }                                                                                                \
  extern "C" double sp_##name##_f64(double value, int64_t digits) noexcept {                       \
    return round_float<Rounding::how>(value, digits);                                              \
  }                                                                                                \
  extern "C" uint8_t sp_##name##_u8(uint8_t value, int64_t digits) noexcept {                      \
    return round_integer<Rounding::how>(value, digits);                                            \
  }                                                                                                \
  extern "C" uint16_t sp_##name##_u16(uint16_t value, int64_t digits) noexcept {                   \
    return round_integer<Rounding::how>(value, digits);                                            \
  }                                                                                                \
  extern "C" uint32_t sp_##name##_u32(uint32_t value, int64_t digits) noexcept {                   \
    return round_integer<Rounding::how>(value, digits);                                            \
  }                                                                                                \
  extern "C" uint64_t sp_##name##_u64(uint64_t value, int64_t digits) noexcept {                   \
    return round_integer<Rounding::how>(value, digits);                                            \
  }                                                                                                \
  extern "C" int8_t sp_##name##_i8(int8_t value, int64_t digits) noexcept {                        \
    return round_integer<Rounding::how>(value, digits);                                            \
  }                                                                                                \
  extern "C" int16_t sp_##name##_i16(int16_t value, int64_t digits) noexcept {                     \
    return round_integer<Rounding::how>(value, digits);                                            \
  }                                                                                                \
  extern "C" int32_t sp_##name##_i32(int32_t value, int64_t digits) noexcept {                     \
    return round_integer<Rounding::how>(value, digits);                                            \
  }                                                                                                \
  extern "C" int64_t sp_##name##_i64(int64_t value, int64_t digits) noexcept {                     \
    return round_integer<Rounding::how>(value, digits);                                            \
  }                                                                                                \
  extern "C" int32_t sp_##name##_decimal32(const DecimalRoundingContext* context, int32_t value,   \
                                           int64_t digits) noexcept {                              \
    const int64_t unit = context->unit_for(digits);                                                \
    return unit == 0                                                                               \
               ? value                                                                             \
               : static_cast<int32_t>(round_to<Rounding::how>(static_cast<int64_t>(value), unit)); \
  }                                                                                                \
  extern "C" int64_t sp_##name##_decimal64(const DecimalRoundingContext* context, int64_t value,   \
                                           int64_t digits) noexcept {                              \
    const int64_t unit = context->unit_for(digits);                                                \
    return unit == 0 ? value : round_to<Rounding::how>(value, unit);                               \
  }                                                                                                \
  extern "C" void sp_##name##_decimal128(const DecimalRoundingContext* context, const Wide* value, \
                                         int64_t digits, Wide* out) noexcept {                     \
    const Wide unit = context->wide_unit(digits);                                                  \
    *out = unit == 0 ? *value : round_to<Rounding::how>(*value, unit);                             \
  }                                                                                                \
  extern "C" void sp_##name##_whole_decimal128(const DecimalRoundingContext* context,              \
                                               const Wide* value, Wide* out) noexcept {            \
    sp_##name##_decimal128(context, value, 0, out);                                                \
  }                                                                                                \
  extern "C" int32_t sp_##name##_whole_decimal32(const DecimalRoundingContext* context,            \
                                                 int32_t value) noexcept {                         \
    return sp_##name##_decimal32(context, value, 0);                                               \
  }                                                                                                \
  extern "C" int64_t sp_##name##_whole_decimal64(const DecimalRoundingContext* context,            \
                                                 int64_t value) noexcept {                         \
    return sp_##name##_decimal64(context, value, 0);                                               \
  }
SP_ROUNDING(round, kRound)
SP_ROUNDING(round_bankers, kBankers)
SP_ROUNDING(floor, kFloor)
SP_ROUNDING(ceil, kCeil)
SP_ROUNDING(trunc, kTrunc)
#undef SP_ROUNDING

#ifndef SP_BITCODE
namespace {

#define SP_PICK(ending)                                               \
  (how == Rounding::kRound     ? SP_SYMBOL(sp_round_##ending)         \
   : how == Rounding::kBankers ? SP_SYMBOL(sp_round_bankers_##ending) \
   : how == Rounding::kFloor   ? SP_SYMBOL(sp_floor_##ending)         \
   : how == Rounding::kCeil    ? SP_SYMBOL(sp_ceil_##ending)          \
                               : SP_SYMBOL(sp_trunc_##ending))

std::optional<int64_t> constant_integer(const Argument& argument) {
  if (argument.constant == nullptr) return std::nullopt;
  switch (argument.type.kind()) {
#define SP_X(suffix, ctype, kind) \
  case TypeKind::kind: return static_cast<int64_t>(*static_cast<const ctype*>(argument.constant));
    SP_BY_INTEGER(SP_X)
#undef SP_X
    default: return std::nullopt;
  }
}

Result<ResolvedFunction> round_decimal(Rounding how, std::span<const Argument> arguments) {
  const Type type = arguments[0].type;
  const auto digits =
      arguments.size() < 2 ? std::optional<int64_t>(0) : constant_integer(arguments[1]);
  std::vector<Type> casts = {type};
  if (arguments.size() == 2) casts.push_back(int64_type());
  auto context = std::make_shared<DecimalRoundingContext>();
  context->own_scale = static_cast<int64_t>(type.scale());
  const int64_t drop = digits ? context->own_scale - *digits : 0;
  if (digits && drop <= 0) return inlined(type, Intrinsic::kIdentity, casts);
  const uint32_t precision = type.precision();
  if (precision > 38) return fail(ErrorCode::kNotImplemented, "Rounding of " + type.name());
  const bool whole = arguments.size() == 1;
  if (precision > 18 || drop > 18)
    return precision > 18
               ? call(type, whole ? SP_PICK(whole_decimal128) : SP_PICK(decimal128), casts, context)
               : Result<ResolvedFunction>(
                     fail(ErrorCode::kNotImplemented, "Rounding of " + type.name()));
  if (!digits) context->scale = context->own_scale;
  for (int64_t i = 0; i < drop; ++i) context->unit *= 10;
  const bool narrow = precision <= 9;
  if (whole)
    return call(type, narrow ? SP_PICK(whole_decimal32) : SP_PICK(whole_decimal64), casts, context);
  return call(type, narrow ? SP_PICK(decimal32) : SP_PICK(decimal64), casts, context);
}

Resolver rounding(Rounding how) {
  return [how](std::span<const Argument> arguments,
               const ResolveOptions&) -> Result<ResolvedFunction> {
    const Type type = arguments[0].type;
    const bool with_digits = arguments.size() == 2;
    if (with_digits && !arguments[1].type.is_integer())
      return illegal_argument(arguments, 1, "an integer");
    if (type.is(TypeKind::kDecimal)) return round_decimal(how, arguments);
    const std::vector<Type> casts =
        with_digits ? std::vector<Type>{type, int64_type()} : std::vector<Type>{type};
    if (!type.is_number()) return illegal_argument(arguments, 0, "a number");
    const auto digits = with_digits ? constant_integer(arguments[1]) : std::optional<int64_t>(0);
    if (!type.is_float() &&
        ((digits && *digits >= 0) || type.is(TypeKind::kBool) || number_width(type) > 8)) {
      return inlined(type, Intrinsic::kIdentity, casts);
    }
    if (type.is(TypeKind::kFloat32) && !with_digits) return call(type, SP_PICK(whole_f32), casts);
    if (type.is(TypeKind::kFloat64) && !with_digits) return call(type, SP_PICK(whole_f64), casts);
    switch (type.kind()) {
#define SP_X(suffix, ctype, kind) \
  case TypeKind::kind: return call(type, SP_PICK(suffix), casts);
      SP_BY_NUMBER(SP_X)
#undef SP_X
      default: return illegal_argument(arguments, 0, "a number");
    }
  };
}

}  // namespace

SP_FUNCTIONS(rounding) {
  const auto add = [&](const char* name, bool any_case, Rounding how, const char* doc,
                       const char* example, const char* result,
                       std::vector<const char*> aliases = {}) {
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = any_case,
                    .min_arguments = 1,
                    .max_arguments = 2,
                    .resolve = rounding(how),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("round", true, Rounding::kRound,
      "Rounds `x` to `digits` decimal places (default 0, negative: before the point); floats to "
      "even.",
      "SELECT round(3.14159, 2)", "3.14");
  add("roundBankers", false, Rounding::kBankers,
      "Rounds `x` to `digits` decimal places, halves to even.", "SELECT roundBankers(25, -1)",
      "20");
  add("floor", true, Rounding::kFloor, "Rounds `x` down to `digits` decimal places.",
      "SELECT floor(-2.5)", "-3");
  add("ceil", true, Rounding::kCeil, "Rounds `x` up to `digits` decimal places.",
      "SELECT ceil(2.1)", "3", {"ceiling"});
  add("trunc", true, Rounding::kTrunc, "Rounds `x` towards zero to `digits` decimal places.",
      "SELECT trunc(-2.7)", "-2", {"truncate"});
}
#endif

}  // namespace sp
