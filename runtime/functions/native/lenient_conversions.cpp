// Conversions that do not fail: toInt32OrNull, ...OrZero, ...OrDefault, accurateCast and its forms.

#include <string>

#include "runtime/functions/cast.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/native/value_cast.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

CastRules rules_for(const ResolveOptions& options, bool best_effort) {
  CastRules rules;
  rules.check_overflow = true;
  rules.best_effort_times = best_effort;
  if (const TimeZone* zone = TimeZone::find(options.timezone)) rules.server_zone = zone;
  return rules;
}

// Failing conversions give NULL.
Result<ResolvedFunction> or_null(std::span<const Argument> arguments, Type to,
                                 const CastRules& rules) {
  const Argument& value = arguments[0];
  const Type result = Type::nullable(to);
  if (value.type == Type::null_type()) return resolve_cast(value, result, {});
  SP_TRY(auto cast, make_value_cast(value.type.base(), to, rules));
  return conversion_call(arguments, to, std::move(cast), OnFailure::kNull);
}

// Failing conversions give `fallback` (zeros if null); the type of the argument has no wrappers.
Result<ResolvedFunction> or_default(std::span<const Argument> arguments, Type to,
                                    const void* fallback, const CastRules& rules) {
  SP_TRY(auto cast, make_value_cast(arguments[0].type, to, rules));
  return conversion_call(arguments, to, std::move(cast), OnFailure::kZero, fallback);
}

// How a target's parameters are read from the arguments behind the value.
using TargetOf = std::function<Result<Type>(std::span<const Argument>, size_t& next)>;

Result<Type> zone_target(std::span<const Argument> arguments, size_t& next) {
  const bool given = next < arguments.size() && arguments[next].type.is_string_like();
  if (!given) return Type::datetime();
  SP_TRY(std::string zone, constant_zone(arguments, next));
  ++next;
  return Type::datetime(std::move(zone));
}

Result<Type> datetime64_target(std::span<const Argument> arguments, size_t& next) {
  int64_t precision = 3;
  std::string zone;
  if (next < arguments.size() && arguments[next].type.is_integer()) {
    SP_TRY(precision, constant_integer(arguments, next, 0, 9));
    ++next;
  }
  if (next < arguments.size() && arguments[next].type.is_string_like()) {
    SP_TRY(zone, constant_zone(arguments, next));
    ++next;
  }
  return Type::datetime64(static_cast<uint32_t>(precision), std::move(zone));
}

TargetOf decimal_target(uint32_t precision) {
  return [precision](std::span<const Argument> arguments, size_t& next) -> Result<Type> {
    SP_TRY(const int64_t scale, constant_integer(arguments, next, 0, precision));
    ++next;
    return Type::decimal(precision, static_cast<uint32_t>(scale));
  };
}

struct Family {
  std::string name;
  TargetOf target;
  uint8_t parameters;    // at most, behind the value
  uint8_t required;      // of them
  bool texts_only;       // OrNull and OrZero take texts only
  const char* bad_text;  // for the examples
  std::string zero;
  std::string arguments;  // of the examples, behind the value
};

Result<void> check_text(std::span<const Argument> arguments, const Family& family,
                        const std::string& function) {
  const Type type = arguments[0].type.base();
  const bool allowed = type.is_string_like() || type.is(TypeKind::kNothing) ||
                       (!family.texts_only && (type.is_number() || type.is_date_like()));
  if (allowed) return {};
  return fail(
      ErrorCode::kIllegalTypeOfArgument,
      "Illegal type " + type.name() + " of first argument of function " + function +
          ". Conversion functions with postfix 'OrZero' or 'OrNull' should take String argument");
}

void add_family(std::vector<FunctionRow>& rows, const Family& family) {
  const std::string call_end = "('" + std::string(family.bad_text) + "'" + family.arguments + ")";
  const auto most = static_cast<uint8_t>(1 + family.parameters);
  const auto least = static_cast<uint8_t>(1 + family.required);

  const std::string null_name = family.name + "OrNull";
  rows.push_back(
      {.name = conversion_text(null_name),
       .min_arguments = least,
       .max_arguments = most,
       .nulls = NullPolicy::kSeesNulls,
       .constant_arguments = 6,
       .resolve = [family, null_name](std::span<const Argument> arguments,
                                      const ResolveOptions& options) -> Result<ResolvedFunction> {
         SP_TRY_VOID(check_text(arguments, family, null_name));
         size_t next = 1;
         SP_TRY(const Type to, family.target(arguments, next));
         return or_null(arguments, to, rules_for(options, false));
       },
       .doc = conversion_text("As " + family.name + ", but NULL for a `text` that cannot be read."),
       .example = conversion_text("SELECT " + null_name + call_end),
       .example_result = "\\N"});

  const std::string zero_name = family.name + "OrZero";
  rows.push_back(
      {.name = conversion_text(zero_name),
       .min_arguments = least,
       .max_arguments = most,
       .constant_arguments = 6,
       .resolve = [family, zero_name](std::span<const Argument> arguments,
                                      const ResolveOptions& options) -> Result<ResolvedFunction> {
         SP_TRY_VOID(check_text(arguments, family, zero_name));
         size_t next = 1;
         SP_TRY(const Type to, family.target(arguments, next));
         int32_t first_day = -25567;  // Date32 has no zero: its first day stands for it
         const void* fallback = to.is(TypeKind::kDate32) ? &first_day : nullptr;
         return or_default(arguments, to, fallback, rules_for(options, false));
       },
       .doc = conversion_text("As " + family.name + ", but 0 for a `text` that cannot be read."),
       .example = conversion_text("SELECT " + zero_name + call_end),
       .example_result = conversion_text(family.zero)});

  const std::string default_name = family.name + "OrDefault";
  rows.push_back({.name = conversion_text(default_name),
                  .min_arguments = least,
                  .max_arguments = static_cast<uint8_t>(most + 1),
                  .constant_arguments = 14,
                  .resolve = [family](std::span<const Argument> arguments,
                                      const ResolveOptions& options) -> Result<ResolvedFunction> {
                    size_t next = 1;
                    SP_TRY(const Type to, family.target(arguments, next));
                    const void* fallback = nullptr;
                    int32_t first_day = -25567;
                    if (next < arguments.size()) {
                      const Type given = arguments[next].type;
                      if (given != to) {
                        return fail(ErrorCode::kIllegalTypeOfArgument,
                                    "Default value type should be same as cast type. Expected " +
                                        to.name() + ". Actual " + given.name());
                      }
                      fallback = arguments[next].constant;
                    } else if (to.is(TypeKind::kDate32)) {
                      fallback = &first_day;
                    }
                    CastRules rules = rules_for(options, false);
                    rules.accurate = true;
                    return or_default(arguments, to, fallback, rules);
                  },
                  .doc = conversion_text("As " + family.name +
                                         ", but `default` (or 0) for what cannot be converted."),
                  .example = conversion_text("SELECT " + default_name + call_end),
                  .example_result = conversion_text(family.zero)});
}

Result<Type> named_type(std::span<const Argument> arguments) {
  const auto name = arguments[1].constant_text();
  if (!name) return illegal_argument(arguments, 1, "constant String with a type's name");
  return parse_type(*name);
}

CastRules accurate_rules(const ResolveOptions& options) {
  CastRules rules = rules_for(options, true);
  rules.accurate = true;
  return rules;
}

Result<ResolvedFunction> accurate_cast(std::span<const Argument> arguments,
                                       const ResolveOptions& options) {
  SP_TRY(const Type to, named_type(arguments));
  const Type from = arguments[0].type.without_low_cardinality();
  SP_TRY(auto cast, make_value_cast(from, to, accurate_rules(options)));
  ResolvedFunction call = generic_cast_call(from, to, std::move(cast));
  call.nulls = NullPolicy::kSeesNulls;
  call.arguments = {arguments[0].type};
  return call;
}

Result<ResolvedFunction> accurate_cast_or_null(std::span<const Argument> arguments,
                                               const ResolveOptions& options) {
  SP_TRY(const Type to, named_type(arguments));
  SP_TRY(ResolvedFunction call, or_null(arguments, to.without_nullable(), accurate_rules(options)));
  call.result = call.result.without_low_cardinality();  // a CAST never keeps it
  return call;
}

Result<ResolvedFunction> accurate_cast_or_default(std::span<const Argument> arguments,
                                                  const ResolveOptions& options) {
  SP_TRY(const Type to, named_type(arguments));
  const void* fallback = nullptr;
  if (arguments.size() == 3) {
    if (arguments[2].type != to) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "Default value type should be same as cast type. Expected " + to.name() +
                      ". Actual " + arguments[2].type.name());
    }
    fallback = arguments[2].constant;
  }
  return or_default(arguments, to, fallback, accurate_rules(options));
}

TargetOf plain_target(TypeKind kind) {
  return [kind](std::span<const Argument>, size_t&) -> Result<Type> { return Type::of(kind); };
}

}  // namespace

SP_FUNCTIONS(lenient_conversions) {
  for (const NumberType& number : kNumberTypes) {
    add_family(rows, {std::string("to") + number.name, plain_target(number.kind), 0, 0, true, "abc",
                      "0", ""});
  }
  add_family(rows, {"toDate", plain_target(TypeKind::kDate), 0, 0, false, "abc", "1970-01-01", ""});
  add_family(rows,
             {"toDate32", plain_target(TypeKind::kDate32), 0, 0, false, "abc", "1900-01-01", ""});
  add_family(rows, {"toDateTime", zone_target, 1, 0, false, "abc", "1970-01-01 00:00:00", ""});
  add_family(rows, {"toDateTime64", datetime64_target, 2, 0, false, "abc",
                    "1970-01-01 00:00:00.000", ", 3"});
  add_family(rows, {"toDecimal32", decimal_target(9), 1, 1, true, "abc", "0", ", 2"});
  add_family(rows, {"toDecimal64", decimal_target(18), 1, 1, true, "abc", "0", ", 2"});
  add_family(rows, {"toDecimal128", decimal_target(38), 1, 1, true, "abc", "0", ", 2"});
  add_family(rows, {"toDecimal256", decimal_target(76), 1, 1, true, "abc", "0", ", 2"});
  add_family(rows, {"toUUID", plain_target(TypeKind::kUuid), 0, 0, true, "abc",
                    "00000000-0000-0000-0000-000000000000", ""});
  add_family(rows, {"toIPv4", plain_target(TypeKind::kIpv4), 0, 0, true, "abc", "0.0.0.0", ""});
  add_family(rows, {"toIPv6", plain_target(TypeKind::kIpv6), 0, 0, true, "abc", "::", ""});

  rows.push_back(
      {.name = "accurateCast",
       .min_arguments = 2,
       .max_arguments = 2,
       .nulls = NullPolicy::kSeesNulls,
       .constant_arguments = 2,
       .resolve = accurate_cast,
       .doc =
           "Converts `value` to the type named by `type`; a value that does not fit is an error.",
       .example = "SELECT accurateCast(5, 'UInt8')",
       .example_result = "5"});
  rows.push_back({.name = "accurateCastOrNull",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .constant_arguments = 2,
                  .resolve = accurate_cast_or_null,
                  .doc = "Converts `value` to the type named by `type`; NULL if it does not fit.",
                  .example = "SELECT accurateCastOrNull(300, 'UInt8')",
                  .example_result = "\\N"});
  rows.push_back(
      {.name = "accurateCastOrDefault",
       .min_arguments = 2,
       .max_arguments = 3,
       .constant_arguments = 6,
       .resolve = accurate_cast_or_default,
       .doc = "Converts `value` to the type named by `type`; `default` (or 0) if it does not fit.",
       .example = "SELECT accurateCastOrDefault(300, 'UInt8', 5::UInt8)",
       .example_result = "5"});
}

}  // namespace sp
