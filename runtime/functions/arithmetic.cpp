// plus, minus, multiply, divide, negate, abs: ClickHouse's result types (NumberTraits) over inline
// arithmetic. Sums widen one step (UInt8 + UInt8 is UInt16) up to 64 bits, then wrap. Dates go to
// resolve_date_arithmetic, decimals to decimal_arithmetic.

#include "runtime/functions/function.h"

#include "runtime/functions/date_arithmetic.h"
#include "runtime/functions/decimal_arithmetic.h"
#include "runtime/functions/elementwise.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/wide_arithmetic.h"

namespace sp {

#define SP_X(suffix, type, kind)                                                             \
  extern "C" std::make_unsigned_t<type> sp_abs_##suffix(type value) noexcept {               \
    using U = std::make_unsigned_t<type>;                                                    \
    return value < 0 ? static_cast<U>(U{0} - static_cast<U>(value)) : static_cast<U>(value); \
  }
SP_BY_SIGNED(SP_X)
#undef SP_X
extern "C" float sp_abs_f32(float value) noexcept { return __builtin_fabsf(value); }
extern "C" double sp_abs_f64(double value) noexcept { return __builtin_fabs(value); }

#define SP_X(suffix, type, kind)                            \
  extern "C" int8_t sp_sign_##suffix(type value) noexcept { \
    return static_cast<int8_t>((value > 0) - (value < 0));  \
  }
SP_X(i64, int64_t, kInt64)
SP_X(f64, double, kFloat64)
#undef SP_X
extern "C" int8_t sp_sign_u64(uint64_t value) noexcept { return value > 0; }

extern "C" void sp_divide_or_null(double a, double b, Nullable<double>* out) noexcept {
  out->value = a / b;
  out->is_null = b == 0;
}

#ifndef SP_BITCODE
namespace {

Result<ResolvedFunction> resolve_binary(std::string_view function, Intrinsic intrinsic,
                                        std::span<const Argument> arguments,
                                        const ResolveOptions& options) {
  if (intrinsic != Intrinsic::kMultiply) {
    if (auto dates = resolve_date_arithmetic(function, arguments, options))
      return std::move(*dates);
  }
  if (auto elementwise = resolve_elementwise(function, arguments, options))
    return std::move(*elementwise);
  const Type a = arguments[0].type, b = arguments[1].type;
  if (a.is(TypeKind::kDecimal) || b.is(TypeKind::kDecimal))
    return resolve_decimal_arithmetic(function, arguments);
  for (size_t i = 0; i < 2; ++i) {
    if (arguments[i].type.is(TypeKind::kNothing)) {
      return inlined(Type::of(TypeKind::kNothing), Intrinsic::kIdentity, {});
    }
    if (!arguments[i].type.is_number()) {
      return fail(ErrorCode::kIllegalTypeOfArgument, "Illegal types " + type_names(arguments) +
                                                         " of arguments of function " +
                                                         std::string(function));
    }
  }
  const Type result = sum_type(a, b, intrinsic == Intrinsic::kSubtract);
  return inlined(result, intrinsic, {result, result});
}

Resolver binary(const char* function, Intrinsic intrinsic) {
  return [=](std::span<const Argument> arguments, const ResolveOptions& options) {
    return resolve_binary(function, intrinsic, arguments, options);
  };
}

Result<ResolvedFunction> resolve_divide(std::span<const Argument> arguments,
                                        const ResolveOptions& options) {
  if (auto elementwise = resolve_elementwise("divide", arguments, options))
    return std::move(*elementwise);
  const Type a = arguments[0].type, b = arguments[1].type;
  if (a.is(TypeKind::kDecimal) || b.is(TypeKind::kDecimal))
    return resolve_decimal_arithmetic("divide", arguments);
  if (!is_number_like(a) || !is_number_like(b)) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Illegal types " + type_names(arguments) + " of arguments of function divide");
  }
  return inlined(float64_type(), Intrinsic::kDivideFloat, {float64_type(), float64_type()});
}

Result<ResolvedFunction> resolve_negate(std::span<const Argument> arguments,
                                        const ResolveOptions&) {
  const Type type = arguments[0].type;
  if (type.is_float() || type.is_signed_integer() || type.is(TypeKind::kInterval)) {
    return inlined(type, Intrinsic::kNegate, {type});
  }
  if (type.is(TypeKind::kDecimal)) return resolve_decimal_arithmetic("negate", arguments);
  if (!type.is_number()) return illegal_argument(arguments, 0, "a number");
  const Type result =
      integer_type(true, number_width(type) < 8 ? number_width(type) * 2 : number_width(type));
  return inlined(result, Intrinsic::kNegate, {result});
}

Result<ResolvedFunction> resolve_abs(std::span<const Argument> arguments, const ResolveOptions&) {
  const Type type = arguments[0].type;
  if (type.is(TypeKind::kBool)) return inlined(uint8_type(), Intrinsic::kIdentity, {uint8_type()});
  if (type.is_unsigned()) return inlined(type, Intrinsic::kIdentity, {type});
  if (type.is(TypeKind::kDecimal)) return resolve_decimal_arithmetic("abs", arguments);
  switch (type.kind()) {
#define SP_X(suffix, ctype, kind_) \
  case TypeKind::kind_: return call(integer_type(false, sizeof(ctype)), SP_SYMBOL(sp_abs_##suffix));
    SP_BY_SIGNED(SP_X)
#undef SP_X
    case TypeKind::kInt128:
    case TypeKind::kInt256: return resolve_wide_abs(type);
    case TypeKind::kFloat32: return call(type, SP_SYMBOL(sp_abs_f32));
    case TypeKind::kFloat64: return call(type, SP_SYMBOL(sp_abs_f64));
    default: return illegal_argument(arguments, 0, "a number");
  }
}

Result<ResolvedFunction> resolve_sign(std::span<const Argument> arguments, const ResolveOptions&) {
  const Type type = arguments[0].type, result = Type::of(TypeKind::kInt8);
  if (!is_number_like(type)) return illegal_argument(arguments, 0, "a number");
  if (type.is_signed_integer()) return call(result, SP_SYMBOL(sp_sign_i64), {int64_type()});
  if (type.is_unsigned() || type.is(TypeKind::kBool))
    return call(result, SP_SYMBOL(sp_sign_u64), {uint64_type()});
  return call(result, SP_SYMBOL(sp_sign_f64), {float64_type()});
}

Result<ResolvedFunction> resolve_divide_or_null(std::span<const Argument> arguments,
                                                const ResolveOptions&) {
  for (size_t i = 0; i < 2; ++i) {
    if (!is_number_like(arguments[i].type)) return illegal_argument(arguments, i, "a number");
  }
  return call(Type::nullable(float64_type()), SP_SYMBOL(sp_divide_or_null),
              {float64_type(), float64_type()});
}

}  // namespace

SP_FUNCTIONS(arithmetic) {
  rows.push_back(
      {.name = "plus",
       .min_arguments = 2,
       .max_arguments = 2,
       .resolve = binary("plus", Intrinsic::kAdd),
       .doc =
           "Adds `a` and `b` (`a + b`); integers widen one step, dates take numbers and intervals.",
       .example = "SELECT plus(200, 100)",
       .example_result = "300"});
  rows.push_back({.name = "minus",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .resolve = binary("minus", Intrinsic::kSubtract),
                  .doc = "Subtracts `b` from `a` (`a - b`); the result is signed.",
                  .example = "SELECT minus(1, 2)",
                  .example_result = "-1"});
  rows.push_back({.name = "multiply",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .resolve = binary("multiply", Intrinsic::kMultiply),
                  .doc = "Multiplies `a` by `b` (`a * b`).",
                  .example = "SELECT multiply(6, 7)",
                  .example_result = "42"});
  rows.push_back(
      {.name = "divide",
       .min_arguments = 2,
       .max_arguments = 2,
       .resolve = resolve_divide,
       .doc = "Divides `a` by `b` (`a / b`) in floating point; by zero gives inf or nan.",
       .example = "SELECT divide(1, 2)",
       .example_result = "0.5"});
  rows.push_back({.name = "divideOrNull",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .resolve = resolve_divide_or_null,
                  .doc = "Divides `a` by `b` in floating point; NULL when `b` is zero.",
                  .example = "SELECT divideOrNull(1, 0)",
                  .example_result = "\\N"});
  rows.push_back({.name = "negate",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = resolve_negate,
                  .doc = "Changes the sign of `x` (`-x`); the result is signed.",
                  .example = "SELECT negate(5)",
                  .example_result = "-5"});
  rows.push_back({.name = "abs",
                  .case_insensitive = true,
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = resolve_abs,
                  .doc = "Returns the absolute value of `x`.",
                  .example = "SELECT abs(-3)",
                  .example_result = "3"});
  rows.push_back({.name = "sign",
                  .case_insensitive = true,
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = resolve_sign,
                  .doc = "Returns -1, 0 or 1 for negative, zero and positive `x`.",
                  .example = "SELECT sign(-2.5)",
                  .example_result = "-1"});
}
#endif

}  // namespace sp
