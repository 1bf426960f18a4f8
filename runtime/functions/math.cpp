// Mathematical functions of Float64: roots, exponentials, logarithms, trigonometry, error
// functions; tests for NaN and infinity; integer hashes. All are total.

#include <cmath>

#include "runtime/core/int_hash.h"
#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

// X(name, expression of x, documentation, example argument, expected)
#define SP_MATH(X)                                                                         \
  X(sqrt, __builtin_sqrt(x), "Returns the square root of `x`.", "2", "1.4142135623730951") \
  X(cbrt, static_cast<double>(::cbrtl(x)), "Returns the cube root of `x`.", "27", "3")     \
  X(exp, ::exp(x), "Returns e to the power `x`.", "0", "1")                                \
  X(exp2, ::exp2(x), "Returns 2 to the power `x`.", "3", "8")                              \
  X(exp10, ::pow(10.0, x), "Returns 10 to the power `x`.", "2", "100")                     \
  X(log, ::log(x), "Returns the natural logarithm of `x`.", "1", "0")                      \
  X(log2, ::log2(x), "Returns the logarithm of `x` to base 2.", "8", "3")                  \
  X(log10, ::log10(x), "Returns the logarithm of `x` to base 10.", "1000", "3")            \
  X(log1p, ::log1p(x), "Returns the natural logarithm of 1 + `x`.", "0", "0")              \
  X(sin, ::sin(x), "Returns the sine of `x`.", "0", "0")                                   \
  X(cos, ::cos(x), "Returns the cosine of `x`.", "0", "1")                                 \
  X(tan, ::tan(x), "Returns the tangent of `x`.", "0", "0")                                \
  X(asin, ::asin(x), "Returns the arc sine of `x`.", "0", "0")                             \
  X(acos, ::acos(x), "Returns the arc cosine of `x`.", "1", "0")                           \
  X(atan, ::atan(x), "Returns the arc tangent of `x`.", "0", "0")                          \
  X(sinh, ::sinh(x), "Returns the hyperbolic sine of `x`.", "0", "0")                      \
  X(cosh, ::cosh(x), "Returns the hyperbolic cosine of `x`.", "0", "1")                    \
  X(tanh, ::tanh(x), "Returns the hyperbolic tangent of `x`.", "0", "0")                   \
  X(asinh, ::asinh(x), "Returns the inverse hyperbolic sine of `x`.", "0", "0")            \
  X(acosh, ::acosh(x), "Returns the inverse hyperbolic cosine of `x`.", "1", "0")          \
  X(atanh, ::atanh(x), "Returns the inverse hyperbolic tangent of `x`.", "0", "0")         \
  X(erf, ::erf(x), "Returns the error function of `x`.", "0", "0")                         \
  X(erfc, ::erfc(x), "Returns the complementary error function of `x`.", "0", "1")         \
  X(lgamma, ::lgamma(x), "Returns the logarithm of the gamma function of `x`.", "1", "0")  \
  X(tgamma, ::tgamma(x), "Returns the gamma function of `x`.", "5", "24")                  \
  X(degrees, x * (180.0 / M_PI), "Converts radians to degrees.", "0", "0")                 \
  X(radians, x*(M_PI / 180.0), "Converts degrees to radians.", "0", "0")
#define SP_X(name, expression, doc, argument, expected) \
  extern "C" double sp_##name(double x) noexcept { return expression; }
SP_MATH(SP_X)
#undef SP_X
extern "C" double sp_pow(double x, double y) noexcept { return ::pow(x, y); }
extern "C" double sp_atan2(double y, double x) noexcept { return ::atan2(y, x); }
extern "C" double sp_hypot(double x, double y) noexcept { return ::hypot(x, y); }
extern "C" double sp_pi() noexcept { return M_PI; }
extern "C" double sp_e() noexcept { return M_E; }
extern "C" uint8_t sp_is_nan(double x) noexcept { return x != x; }
extern "C" uint8_t sp_is_infinite(double x) noexcept {
  return __builtin_fabs(x) == __builtin_inf();
}
extern "C" uint8_t sp_is_finite(double x) noexcept { return __builtin_fabs(x) < __builtin_inf(); }
extern "C" double sp_if_not_finite(double x, double otherwise) noexcept {
  return __builtin_fabs(x) < __builtin_inf() ? x : otherwise;
}
extern "C" uint64_t sp_factorial(ExecState& exec, int64_t n) noexcept {
  if (n > 20) {
    exec.fail(ErrorCode::kBadArguments,
              "The maximum value for the input argument of function factorial is 20");
    return 0;
  }
  uint64_t product = 1;
  for (int64_t i = 2; i <= n; ++i) product *= static_cast<uint64_t>(i);
  return product;
}
// With ClickHouse's salts.
extern "C" uint64_t sp_int_hash64(uint64_t x) noexcept {
  return int_hash64(x ^ 0x4CF2D2BAAE6DA887ULL);
}
extern "C" uint32_t sp_int_hash32(uint64_t x) noexcept {
  return int_hash32(x ^ 0x75D9543DE018BF45ULL);
}
extern "C" uint64_t sp_width_bucket(ExecState& exec, double value, double low, double high,
                                    uint64_t count) noexcept {
  if (!(low < high) || count == 0) {
    exec.fail(ErrorCode::kBadArguments,
              "In function widthBucket, low must be less than high and count positive");
    return 0;
  }
  if (value < low) return 0;
  if (value >= high) return count + 1;
  return static_cast<uint64_t>((value - low) / (high - low) * static_cast<double>(count)) + 1;
}
#define SP_X(suffix, type, kind)                                                                   \
  extern "C" type sp_width_bucket_##suffix(ExecState& exec, double value, double low, double high, \
                                           uint64_t count) noexcept {                              \
    return static_cast<type>(sp_width_bucket(exec, value, low, high, count));                      \
  }
SP_BY_UNSIGNED(SP_X)
#undef SP_X
extern "C" uint8_t sp_round_to_exp2_u8(uint64_t x) noexcept {
  return static_cast<uint8_t>(x == 0 ? 0 : uint64_t{1} << (63 - __builtin_clzll(x)));
}
extern "C" uint64_t sp_round_to_exp2_u64(uint64_t x) noexcept {
  return x == 0 ? 0 : uint64_t{1} << (63 - __builtin_clzll(x));
}
extern "C" uint16_t sp_round_to_exp2_u16(uint64_t x) noexcept {
  return static_cast<uint16_t>(sp_round_to_exp2_u64(x));
}
extern "C" uint32_t sp_round_to_exp2_u32(uint64_t x) noexcept {
  return static_cast<uint32_t>(sp_round_to_exp2_u64(x));
}
extern "C" uint16_t sp_round_duration(double x) noexcept {
  constexpr uint16_t kSteps[] = {36000, 18000, 7200, 3600, 1800, 1200, 600, 300,
                                 240,   180,   120,  60,   30,   10,   1};
  for (const uint16_t step : kSteps) {
    if (x >= step) return step;
  }
  return 0;
}
extern "C" uint8_t sp_round_age(double x) noexcept {
  return x < 1 ? 0 : x < 18 ? 17 : x < 25 ? 18 : x < 35 ? 25 : x < 45 ? 35 : x < 55 ? 45 : 55;
}

#ifndef SP_BITCODE
namespace {

bool is_integral(Type type) {
  return (type.is_integer() && number_width(type) <= 8) || type.is(TypeKind::kBool);
}
// Integers hash by their bits, dates by their numbers.
Resolver int_hash(Type result, const Symbol& symbol) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        const Type type = arguments[0].type;
        if (!is_integral(type) && !type.is(TypeKind::kDate) && !type.is(TypeKind::kDateTime)) {
          return illegal_argument(arguments, 0, "an integer, Date or DateTime");
        }
        if (type.is(TypeKind::kDate)) return call(result, symbol, {Type::of(TypeKind::kUInt16)});
        if (type.is(TypeKind::kDateTime)) return call(result, symbol, {uint32_type()});
        // Sign extension comes first in ClickHouse as well: the cast to UInt64 keeps it.
        return call(result, symbol, {uint64_type()});
      };
}

Result<ResolvedFunction> resolve_width_bucket(std::span<const Argument> arguments,
                                              const ResolveOptions&) {
  for (size_t i = 0; i < 3; ++i) {
    if (!is_number_like(arguments[i].type)) return illegal_argument(arguments, i, "a number");
  }
  const Type count = arguments[3].type;
  if (!count.is_integer()) return illegal_argument(arguments, 3, "an unsigned integer");
  const uint32_t width = number_width(count) < 8 ? number_width(count) * 2 : 8;
  const Symbol symbol = width == 2   ? SP_SYMBOL(sp_width_bucket_u16)
                        : width == 4 ? SP_SYMBOL(sp_width_bucket_u32)
                                     : SP_SYMBOL(sp_width_bucket_u64);
  const Type f = float64_type();
  return fallible_call(integer_type(false, width), symbol, {f, f, f, uint64_type()});
}

Result<ResolvedFunction> resolve_round_to_exp2(std::span<const Argument> arguments,
                                               const ResolveOptions&) {
  const Type type = arguments[0].type;
  if (!type.is_unsigned() || number_width(type) > 8)
    return illegal_argument(arguments, 0, "an unsigned integer");
  const uint32_t width = number_width(type);
  const Symbol symbol = width == 1   ? SP_SYMBOL(sp_round_to_exp2_u8)
                        : width == 2 ? SP_SYMBOL(sp_round_to_exp2_u16)
                        : width == 4 ? SP_SYMBOL(sp_round_to_exp2_u32)
                                     : SP_SYMBOL(sp_round_to_exp2_u64);
  return call(type, symbol, {uint64_type()});
}

}  // namespace

SP_FUNCTIONS(math) {
  const Type f64 = float64_type(), u8 = uint8_type();
  using enum RowAdder::Case;
  const RowAdder add(rows);
#define SP_X(name, expression, doc, argument, expected)               \
  add(#name, 1, kAny, signature("f", f64, SP_SYMBOL(sp_##name)), doc, \
      "SELECT " #name "(" argument ")", expected);
  SP_MATH(SP_X)
#undef SP_X
  add("ln", 1, kAny, signature("f", f64, SP_SYMBOL(sp_log)),
      "Returns the natural logarithm of `x`.", "SELECT ln(1)", "0");
  add("pow", 2, kAny, signature("ff", f64, SP_SYMBOL(sp_pow)), "Returns `x` to the power `y`.",
      "SELECT pow(2, 10)", "1024", {"power"});
  add("atan2", 2, kAny, signature("ff", f64, SP_SYMBOL(sp_atan2)),
      "Returns the angle of the point (`x`, `y`).", "SELECT atan2(0, 1)", "0");
  add("hypot", 2, kAny, signature("ff", f64, SP_SYMBOL(sp_hypot)),
      "Returns the length of the hypotenuse.", "SELECT hypot(3, 4)", "5");
  add("pi", 0, kAny, signature("", f64, SP_SYMBOL(sp_pi)), "Returns π.", "SELECT pi()",
      "3.141592653589793");
  add("e", 0, kExact, signature("", f64, SP_SYMBOL(sp_e)), "Returns Euler's number.", "SELECT e()",
      "2.718281828459045");
  add("isNaN", 1, kAny, signature("f", u8, SP_SYMBOL(sp_is_nan)), "Returns 1 if `x` is NaN.",
      "SELECT isNaN(0 / 0)", "1");
  add("isInfinite", 1, kExact, signature("f", u8, SP_SYMBOL(sp_is_infinite)),
      "Returns 1 if `x` is infinite.", "SELECT isInfinite(1 / 0)", "1");
  add("isFinite", 1, kExact, signature("f", u8, SP_SYMBOL(sp_is_finite)),
      "Returns 1 if `x` is neither NaN nor infinite.", "SELECT isFinite(1)", "1");
  add("ifNotFinite", 2, kExact, signature("ff", f64, SP_SYMBOL(sp_if_not_finite)),
      "Returns `x` if it is finite, else `otherwise`.", "SELECT ifNotFinite(1 / 0, 42)", "42");
  add("factorial", 1, kAny, fallible_signature("i", uint64_type(), SP_SYMBOL(sp_factorial)),
      "Returns the factorial of `n`.", "SELECT factorial(5)", "120");
  add("intHash32", 1, kExact, int_hash(uint32_type(), SP_SYMBOL(sp_int_hash32)),
      "Hashes an integer to 32 bits.", "SELECT intHash32(1)", "1343103100");
  add("intHash64", 1, kExact, int_hash(uint64_type(), SP_SYMBOL(sp_int_hash64)),
      "Hashes an integer to 64 bits.", "SELECT intHash64(1)", "10577349846663553072");
  add("widthBucket", 4, kAny, resolve_width_bucket,
      "Returns the number of the bucket of `x` among `count` of equal width in [`low`, `high`).",
      "SELECT widthBucket(5.35, 0.024, 10.06, 5)", "3", {"WIDTH_BUCKET"});
  add("roundToExp2", 1, kExact, resolve_round_to_exp2, "Rounds `x` down to a power of two.",
      "SELECT roundToExp2(31)", "16");
  add("roundDuration", 1, kExact,
      signature("f", Type::of(TypeKind::kUInt16), SP_SYMBOL(sp_round_duration)),
      "Rounds a number of seconds down to a usual duration.", "SELECT roundDuration(100)", "60");
  add("roundAge", 1, kExact, signature("f", u8, SP_SYMBOL(sp_round_age)),
      "Rounds an age to the limit of its group.", "SELECT roundAge(20)", "18");
}
#endif

}  // namespace sp
