// Decimal arithmetic up to 38 digits: plus, minus, multiply, divide, negate, abs. Result scales as
// in ClickHouse: the larger one for sums, their sum for products, the dividend's for quotients;
// overflow is DECIMAL_OVERFLOW (407).

#include "runtime/functions/decimal_arithmetic.h"

#include <algorithm>

#include "runtime/core/unaligned.h"
#include "runtime/exec/exec_state.h"
#include "runtime/functions/signature.h"

namespace sp {
namespace {

// Divides `a` (scaled up by `factor` = 10^scale of the divisor) by `b`.
struct DecimalContext : FunctionContext {
  __int128 factor = 1;
};

template <class T>
T checked(ExecState& exec, bool overflow, T value) noexcept {
  if (!overflow) return value;
  exec.fail(ErrorCode::kDecimalOverflow, "Decimal math overflow");
  return 0;
}

template <class T>
T quotient(ExecState& exec, __int128 factor, T a, T b) noexcept {
  if (b == 0) {
    exec.fail(ErrorCode::kIllegalDivision, "Division by zero");
    return 0;
  }
  T scaled;
  const bool overflow = __builtin_mul_overflow(a, factor, &scaled);
  return checked<T>(exec, overflow, overflow ? T{0} : static_cast<T>(scaled / b));
}

}  // namespace

#define SP_DECIMAL(suffix, type)                                                             \
  extern "C" type sp_decimal_plus_##suffix(ExecState& exec, type a, type b) noexcept {       \
    type result;                                                                             \
    const bool overflow = __builtin_add_overflow(a, b, &result);                             \
    return checked(exec, overflow, result);                                                  \
  }                                                                                          \
  extern "C" type sp_decimal_minus_##suffix(ExecState& exec, type a, type b) noexcept {      \
    type result;                                                                             \
    const bool overflow = __builtin_sub_overflow(a, b, &result);                             \
    return checked(exec, overflow, result);                                                  \
  }                                                                                          \
  extern "C" type sp_decimal_multiply_##suffix(ExecState& exec, type a, type b) noexcept {   \
    type result;                                                                             \
    const bool overflow = __builtin_mul_overflow(a, b, &result);                             \
    return checked(exec, overflow, result);                                                  \
  }                                                                                          \
  extern "C" type sp_decimal_divide_##suffix(ExecState& exec, const DecimalContext* context, \
                                             type a, type b) noexcept {                      \
    return quotient(exec, context->factor, a, b);                                            \
  }                                                                                          \
  extern "C" type sp_decimal_negate_##suffix(type a) noexcept {                              \
    return static_cast<type>(uint64_t{0} - static_cast<uint64_t>(a));                        \
  }                                                                                          \
  extern "C" type sp_decimal_abs_##suffix(type a) noexcept {                                 \
    return a < 0 ? static_cast<type>(uint64_t{0} - static_cast<uint64_t>(a)) : a;            \
  }
SP_DECIMAL(32, int32_t)
SP_DECIMAL(64, int64_t)
#undef SP_DECIMAL

extern "C" void sp_decimal_plus_128(ExecState& exec, const SlotInt128& a, const SlotInt128& b,
                                    SlotInt128* out) noexcept {
  const bool overflow = __builtin_add_overflow(a, b, out);
  if (overflow) *out = checked<__int128>(exec, true, 0);
}
extern "C" void sp_decimal_minus_128(ExecState& exec, const SlotInt128& a, const SlotInt128& b,
                                     SlotInt128* out) noexcept {
  const bool overflow = __builtin_sub_overflow(a, b, out);
  if (overflow) *out = checked<__int128>(exec, true, 0);
}
extern "C" void sp_decimal_multiply_128(ExecState& exec, const SlotInt128& a, const SlotInt128& b,
                                        SlotInt128* out) noexcept {
  const bool overflow = __builtin_mul_overflow(a, b, out);
  if (overflow) *out = checked<__int128>(exec, true, 0);
}
extern "C" void sp_decimal_divide_128(ExecState& exec, const DecimalContext* context,
                                      const SlotInt128& a, const SlotInt128& b,
                                      SlotInt128* out) noexcept {
  *out = quotient<__int128>(exec, context->factor, a, b);
}
extern "C" void sp_decimal_negate_128(const SlotInt128& a, SlotInt128* out) noexcept {
  *out = static_cast<__int128>(-static_cast<unsigned __int128>(a));
}
extern "C" void sp_decimal_abs_128(const SlotInt128& a, SlotInt128* out) noexcept {
  *out = a < 0 ? -a : a;
}

namespace {

// Digits that a decimal needs to hold the integer type.
uint32_t digits_of(Type type) {
  if (type.is(TypeKind::kDecimal)) return type.precision();
  switch (number_width(type)) {
    case 1: return 3;
    case 2: return 5;
    case 4: return 10;
    default: return 20;
  }
}
// The largest precision of the width that holds `digits`.
uint32_t full_precision(uint32_t digits) {
  return digits <= 9 ? 9 : digits <= 18 ? 18 : digits <= 38 ? 38 : 76;
}

#define SP_PICK(operation)                                    \
  (precision == 9    ? SP_SYMBOL(sp_decimal_##operation##_32) \
   : precision == 18 ? SP_SYMBOL(sp_decimal_##operation##_64) \
                     : SP_SYMBOL(sp_decimal_##operation##_128))

Error too_wide() {
  return fail(ErrorCode::kNotImplemented, "Arithmetic on Decimal of more than 38 digits");
}

}  // namespace

Result<ResolvedFunction> resolve_decimal_arithmetic(std::string_view function,
                                                    std::span<const Argument> arguments) {
  const Type a = arguments[0].type;
  if (arguments.size() == 1) {
    const uint32_t precision = full_precision(a.precision());
    if (precision > 38) return too_wide();
    return call(a, function == "abs" ? SP_PICK(abs) : SP_PICK(negate), {a});
  }
  const Type b = arguments[1].type;
  if (!is_number_like(a) || !is_number_like(b)) {
    return fail(ErrorCode::kIllegalTypeOfArgument, "Illegal types " + type_names(arguments) +
                                                       " of arguments of function " +
                                                       std::string(function));
  }
  if (a.is_float() || b.is_float()) {
    const Intrinsic intrinsic = function == "plus"       ? Intrinsic::kAdd
                                : function == "minus"    ? Intrinsic::kSubtract
                                : function == "multiply" ? Intrinsic::kMultiply
                                                         : Intrinsic::kDivideFloat;
    return inlined(float64_type(), intrinsic, {float64_type(), float64_type()});
  }
  // An integer beside a decimal takes the width of the decimal, as in ClickHouse.
  uint32_t digits = 0;
  for (const Type type : {a, b}) {
    if (type.is(TypeKind::kDecimal)) digits = std::max(digits, full_precision(digits_of(type)));
  }
  const uint32_t precision = full_precision(digits);
  if (precision > 38) return too_wide();
  // The result beside an integer keeps the decimal's own precision, and its name.
  const auto shown = [&](uint32_t scale) {
    const bool both = a.is(TypeKind::kDecimal) && b.is(TypeKind::kDecimal);
    const uint32_t own = both ? precision : (a.is(TypeKind::kDecimal) ? a : b).precision();
    return Type::decimal(full_precision(own) == precision ? own : precision, scale);
  };
  const uint32_t a_scale = a.is(TypeKind::kDecimal) ? a.scale() : 0,
                 b_scale = b.is(TypeKind::kDecimal) ? b.scale() : 0;
  if (function == "plus" || function == "minus") {
    const Type result = Type::decimal(precision, std::max(a_scale, b_scale));
    return fallible_call(shown(result.scale()), function == "plus" ? SP_PICK(plus) : SP_PICK(minus),
                         {result, result});
  }
  const Type left = Type::decimal(precision, a_scale), right = Type::decimal(precision, b_scale);
  if (function == "multiply") {
    if (a_scale + b_scale > precision) {
      return fail(ErrorCode::kArgumentOutOfBound,
                  "Scale of the product is too large: " + std::to_string(a_scale + b_scale));
    }
    return fallible_call(shown(a_scale + b_scale), SP_PICK(multiply), {left, right});
  }
  // An integer is divided as a decimal of the divisor's scale.
  const Type dividend = a.is(TypeKind::kDecimal) ? left : right;
  auto context = std::make_shared<DecimalContext>();
  for (uint32_t i = 0; i < b_scale; ++i) context->factor *= 10;
  return fallible_call(shown(dividend.scale()), SP_PICK(divide), {dividend, right}, context);
}

}  // namespace sp
