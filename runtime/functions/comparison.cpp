// equals, notEquals, less, lessOrEquals, greater, greaterOrEquals for every pair of types that
// ClickHouse compares.
// Numbers of mixed kinds compare exactly; constant strings beside dates, enums, UUIDs and numbers
// are cast to them.

#include "runtime/functions/comparison.h"

#include "runtime/core/slot.h"
#include "runtime/exec/exec_state.h"
#include "runtime/functions/signature.h"

namespace sp {

// The operations of the common type: for arrays, tuples, wide numbers.
struct ComparisonContext : FunctionContext {
  const SlotOps* ops = nullptr;
};

namespace {

// Orders an unsigned and a signed number exactly.
inline int order(uint64_t a, int64_t b) noexcept {
  if (b < 0) return 1;
  const auto c = static_cast<uint64_t>(b);
  return a < c ? -1 : a > c;
}
constexpr int kUnordered = 2;
// Orders a float and an integer exactly: the float is compared with the limits first, then in
// integers.
inline int order(double a, int64_t b) noexcept {
  if (a != a) return kUnordered;
  if (a >= 9223372036854775808.0) return 1;
  if (a < -9223372036854775808.0) return -1;
  const double floor = __builtin_floor(a);
  const auto whole = static_cast<int64_t>(floor);
  if (whole != b) return whole < b ? -1 : 1;
  return floor < a ? 1 : 0;
}
inline int order(double a, uint64_t b) noexcept {
  if (a != a) return kUnordered;
  if (a >= 18446744073709551616.0) return 1;
  if (a < 0) return -1;
  const double floor = __builtin_floor(a);
  const auto whole = static_cast<uint64_t>(floor);
  if (whole != b) return whole < b ? -1 : 1;
  return floor < a ? 1 : 0;
}

}  // namespace

#define SP_COMPARE(operation, test)                                                             \
  extern "C" uint8_t sp_##operation##_u64_i64(uint64_t a, int64_t b) noexcept {                 \
    const int o = order(a, b);                                                                  \
    return test;                                                                                \
  }                                                                                             \
  extern "C" uint8_t sp_##operation##_f64_i64(double a, int64_t b) noexcept {                   \
    const int o = order(a, b);                                                                  \
    return test;                                                                                \
  }                                                                                             \
  extern "C" uint8_t sp_##operation##_f64_u64(double a, uint64_t b) noexcept {                  \
    const int o = order(a, b);                                                                  \
    return test;                                                                                \
  }                                                                                             \
  extern "C" uint8_t sp_##operation##_i64_u64(int64_t a, uint64_t b) noexcept {                 \
    const int o = -order(b, a);                                                                 \
    return test;                                                                                \
  }                                                                                             \
  extern "C" uint8_t sp_##operation##_i64_f64(int64_t a, double b) noexcept {                   \
    const int r = order(b, a), o = r == kUnordered ? r : -r;                                    \
    return test;                                                                                \
  }                                                                                             \
  extern "C" uint8_t sp_##operation##_u64_f64(uint64_t a, double b) noexcept {                  \
    const int r = order(b, a), o = r == kUnordered ? r : -r;                                    \
    return test;                                                                                \
  }                                                                                             \
  extern "C" uint8_t sp_##operation##_string(const StringRef& a, const StringRef& b) noexcept { \
    const int o = compare(a, b) < 0 ? -1 : compare(a, b) > 0;                                   \
    return test;                                                                                \
  }                                                                                             \
  extern "C" uint8_t sp_##operation##_slot(const ComparisonContext* context, const void* a,     \
                                           const void* b) noexcept {                            \
    const int c = context->ops->compare(a, b), o = c < 0 ? -1 : c > 0;                          \
    return test;                                                                                \
  }
SP_COMPARE(equals, o == 0)
SP_COMPARE(not_equals, o != 0)
SP_COMPARE(less, o == -1)
SP_COMPARE(less_or_equals, o == -1 || o == 0)
SP_COMPARE(greater, o == 1)
SP_COMPARE(greater_or_equals, o == 1 || o == 0)
#undef SP_COMPARE

#ifndef SP_BITCODE
namespace {

#define SP_PICK(ending)                                                              \
  (comparison == Comparison::kEquals         ? SP_SYMBOL(sp_equals_##ending)         \
   : comparison == Comparison::kNotEquals    ? SP_SYMBOL(sp_not_equals_##ending)     \
   : comparison == Comparison::kLess         ? SP_SYMBOL(sp_less_##ending)           \
   : comparison == Comparison::kLessOrEquals ? SP_SYMBOL(sp_less_or_equals_##ending) \
   : comparison == Comparison::kGreater      ? SP_SYMBOL(sp_greater_##ending)        \
                                             : SP_SYMBOL(sp_greater_or_equals_##ending))

ResolvedFunction inline_comparison(Comparison comparison, Type common) {
  const auto intrinsic =
      static_cast<Intrinsic>(static_cast<int>(Intrinsic::kEquals) + static_cast<int>(comparison));
  return inlined(uint8_type(), intrinsic, {common, common});
}

ResolvedFunction slot_comparison(Comparison comparison, Type common) {
  auto context = std::make_shared<ComparisonContext>();
  context->ops = &slot_ops(common);
  return call(uint8_type(), SP_PICK(slot), {common, common}, context);
}

ResolvedFunction string_comparison(Comparison comparison, Type a, Type b) {
  // Beside another type a FixedString is compared without its zero bytes.
  if (!(a == b)) a = b = string_type();
  if (comparison == Comparison::kEquals)
    return inlined(uint8_type(), Intrinsic::kStringEquals, {a, b});
  if (comparison == Comparison::kNotEquals)
    return inlined(uint8_type(), Intrinsic::kStringNotEquals, {a, b});
  return call(uint8_type(), SP_PICK(string), {a, b});
}

Result<ResolvedFunction> number_comparison(Comparison comparison, Type a, Type b) {
  const uint32_t a_width = number_width(a), b_width = number_width(b);
  const bool a_signed = a.is_signed_integer(), b_signed = b.is_signed_integer();
  if (a_width > 8 || b_width > 8) {
    SP_TRY(const Type common, least_supertype(std::vector<Type>{a, b}));
    return slot_comparison(comparison, common);
  }
  if (a.is_float() && b.is_float()) return inline_comparison(comparison, a_width > b_width ? a : b);
  const Type f64 = float64_type(), i64 = int64_type(), u64 = uint64_type();
  if (a.is_float() || b.is_float()) {
    if ((a.is_float() ? b_width : a_width) < 8) return inline_comparison(comparison, f64);
    if (a.is_float()) {
      return b_signed ? call(uint8_type(), SP_PICK(f64_i64), {f64, i64})
                      : call(uint8_type(), SP_PICK(f64_u64), {f64, u64});
    }
    return a_signed ? call(uint8_type(), SP_PICK(i64_f64), {i64, f64})
                    : call(uint8_type(), SP_PICK(u64_f64), {u64, f64});
  }
  const uint32_t width = std::max(a_width, b_width);
  if (a_signed == b_signed) return inline_comparison(comparison, integer_type(a_signed, width));
  const uint32_t unsigned_width = a_signed ? b_width : a_width;
  if (unsigned_width < 8)
    return inline_comparison(comparison, integer_type(true, std::max(width, unsigned_width * 2)));
  return a_signed ? call(uint8_type(), SP_PICK(i64_u64), {i64, u64})
                  : call(uint8_type(), SP_PICK(u64_i64), {u64, i64});
}

// Dates, times, enums and addresses lie in memory as plain numbers.
bool is_inline_kind(Type type) {
  return type.is_date_like() || type.is_enum() || type.is(TypeKind::kIpv4) ||
         type.is(TypeKind::kInterval);
}
bool contains_null(Type type) {
  if (type.can_be_null()) return true;
  for (const Type& inner : type.inner()) {
    if (contains_null(inner)) return true;
  }
  return false;
}

bool names_enum_value(const Argument& argument, Type enumeration) {
  const auto text = argument.constant_text();
  if (!text) return false;
  for (const auto& [label, number] : enumeration.enum_values()) {
    if (label == *text) return true;
  }
  return false;
}

ResolvedFunction same_type_comparison(Comparison comparison, Type common) {
  if (is_inline_kind(common)) return inline_comparison(comparison, common);
  if (common.is_string_like()) return string_comparison(comparison, common, common);
  return slot_comparison(comparison, common);
}

}  // namespace

Result<ResolvedFunction> resolve_comparison(Comparison comparison,
                                            std::span<const Argument> arguments) {
  const Type a = arguments[0].type, b = arguments[1].type;
  const auto illegal = [&] {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Illegal types of arguments of a comparison: " + type_names(arguments));
  };
  if (a.is(TypeKind::kNothing) || b.is(TypeKind::kNothing)) {
    const Type nothing = Type::of(TypeKind::kNothing);
    return inlined(nothing, Intrinsic::kIdentity, {});
  }
  if (a.is_number() && b.is_number()) return number_comparison(comparison, a, b);
  if (a.is_string_like() && b.is_string_like()) return string_comparison(comparison, a, b);
  // A constant string becomes the other side's type; so does a string beside an Enum or an address.
  for (size_t i = 0; i < 2; ++i) {
    const Type other = arguments[1 - i].type;
    if (!arguments[i].type.is_string_like()) continue;
    const bool composite = other.is(TypeKind::kTuple) || other.is(TypeKind::kMap);
    if (other.is_enum() && !names_enum_value(arguments[i], other)) {
      return string_comparison(comparison, string_type(), string_type());
    }
    if (!arguments[i].is_constant && !other.is(TypeKind::kIpv4) && !other.is(TypeKind::kIpv6)) {
      return fail(ErrorCode::kNoCommonType,
                  "There is no supertype for types " + type_names(arguments) +
                      " because some of them are String and some of them are not",
                  std::nullopt,
                  "convert one side: toString(...) or CAST(... AS " + other.name() + ")");
    }
    if (composite) return illegal();
    if (other.is_number()) return number_comparison(comparison, other, other);
    return same_type_comparison(comparison, other);
  }
  if (a == b && !a.is(TypeKind::kMap) && !a.is(TypeKind::kAggregateFunction) && !contains_null(a)) {
    return same_type_comparison(comparison, a);
  }
  const bool a_date = a.is_date_like(), b_date = b.is_date_like();
  if (a_date && b_date) {
    SP_TRY(const Type common, least_supertype(std::vector<Type>{a, b}));
    return inline_comparison(comparison, common);
  }
  // Times and enums beside numbers compare as numbers; plain dates do not.
  const auto as_number = [](Type type) {
    if (type.is(TypeKind::kDateTime) || type.is(TypeKind::kIpv4)) return uint32_type();
    if (type.is_enum())
      return Type::of(type.is(TypeKind::kEnum8) ? TypeKind::kInt8 : TypeKind::kInt16);
    return type;
  };
  if (as_number(a).is_number() && as_number(b).is_number()) {
    return number_comparison(comparison, as_number(a), as_number(b));
  }
  if (is_number_like(a) && is_number_like(b)) {  // one is a Decimal
    if (a.is_float() || b.is_float()) return inline_comparison(comparison, float64_type());
    const uint32_t scale = std::max(a.is(TypeKind::kDecimal) ? a.scale() : 0,
                                    b.is(TypeKind::kDecimal) ? b.scale() : 0);
    return slot_comparison(comparison, Type::decimal(38, scale));
  }
  if ((a.is(TypeKind::kDateTime64) && b.is_number()) ||
      (b.is(TypeKind::kDateTime64) && a.is_number())) {
    const Type time = a.is(TypeKind::kDateTime64) ? a : b;
    return inline_comparison(comparison, time);
  }
  if ((a.is(TypeKind::kArray) && b.is(TypeKind::kArray)) ||
      (a.is(TypeKind::kTuple) && b.is(TypeKind::kTuple)) ||
      (a.is(TypeKind::kMap) && b.is(TypeKind::kMap))) {
    SP_TRY(const Type common, least_supertype(std::vector<Type>{a, b}));
    return slot_comparison(comparison, common);
  }
  return illegal();
}

namespace {

Resolver comparing(Comparison comparison) {
  return [comparison](std::span<const Argument> arguments, const ResolveOptions&) {
    return resolve_comparison(comparison, arguments);
  };
}

}  // namespace

SP_FUNCTIONS(comparison) {
  const auto add = [&](const char* name, Comparison comparison, const char* doc,
                       const char* example, const char* result) {
    rows.push_back({.name = name,
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .resolve = comparing(comparison),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("equals", Comparison::kEquals, "Returns 1 if `a` equals `b` (`a = b`, `a == b`).",
      "SELECT equals(1, 1.0)", "1");
  add("notEquals", Comparison::kNotEquals,
      "Returns 1 if `a` differs from `b` (`a != b`, `a <> b`).", "SELECT notEquals('a', 'b')", "1");
  add("less", Comparison::kLess, "Returns 1 if `a` is below `b` (`a < b`).",
      "SELECT less(-1, toUInt64(1))", "1");
  add("lessOrEquals", Comparison::kLessOrEquals, "Returns 1 if `a` is at most `b` (`a <= b`).",
      "SELECT lessOrEquals(2, 1)", "0");
  add("greater", Comparison::kGreater, "Returns 1 if `a` is above `b` (`a > b`).",
      "SELECT greater(toDate('2024-01-02'), '2024-01-01')", "1");
  add("greaterOrEquals", Comparison::kGreaterOrEquals,
      "Returns 1 if `a` is at least `b` (`a >= b`).", "SELECT greaterOrEquals('b', 'a')", "1");
}
#endif

}  // namespace sp
