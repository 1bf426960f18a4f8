// toInt8 ... toString, toDate, toDateTime64, toUUID, toIntervalDay, CAST and relatives: rows only,
// the work is done by casts (see resolve_cast). Conversions that answer NULL or a default instead
// of failing stand in lenient_conversions.cpp.

#include <deque>
#include <string>

#include "runtime/functions/cast.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"

namespace sp {

const char* conversion_text(std::string text) {
  // Rows keep plain pointers; the strings live as long as the process.
  static auto* texts = new std::deque<std::string>();
  return texts->emplace_back(std::move(text)).c_str();
}

Result<std::string> constant_zone(std::span<const Argument> arguments, size_t index) {
  if (index >= arguments.size()) return std::string();
  const auto text = arguments[index].constant_text();
  if (!text) return illegal_argument(arguments, index, "constant String with a time zone");
  if (TimeZone::find(*text) == nullptr) {
    return fail(ErrorCode::kBadArguments, "Unknown time zone: " + std::string(*text), std::nullopt,
                did_you_mean(*text, time_zone_names()));
  }
  return std::string(*text);
}

Result<int64_t> constant_integer(std::span<const Argument> arguments, size_t index, int64_t low,
                                 int64_t high) {
  const Argument& argument = arguments[index];
  const Type type = argument.type.base();
  if (argument.constant == nullptr || !type.is_integer() || number_width(type) == 0 ||
      number_width(type) > 8) {
    return illegal_argument(arguments, index, "constant integer");
  }
  int64_t value = 0;
  switch (type.kind()) {
#define SP_CASE(suffix, ctype, kind)                                             \
  case TypeKind::kind:                                                           \
    value = static_cast<int64_t>(*static_cast<const ctype*>(argument.constant)); \
    break;
    SP_BY_INTEGER(SP_CASE)
#undef SP_CASE
    default: break;
  }
  if (value < low || value > high) {
    return fail(ErrorCode::kArgumentOutOfBound, "Argument at index " + std::to_string(index) +
                                                    " must be between " + std::to_string(low) +
                                                    " and " + std::to_string(high) + ", got " +
                                                    std::to_string(value));
  }
  return value;
}

namespace {

// A conversion to one type; containers are refused as ClickHouse does.
Result<ResolvedFunction> convert(std::span<const Argument> arguments, Type to,
                                 const ResolveOptions& options) {
  const Type from = arguments[0].type;
  const bool container =
      from.is(TypeKind::kArray) || from.is(TypeKind::kTuple) || from.is(TypeKind::kMap);
  if (container && !to.is(TypeKind::kString)) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Illegal type " + from.name() + " of argument of conversion to " + to.name());
  }
  return resolve_cast(arguments[0], to, options);
}

Resolver to_type(Type to) {
  return [to](std::span<const Argument> arguments, const ResolveOptions& options) {
    return convert(arguments, to, options);
  };
}

// The first argument with its time zone replaced: what toDate(t, 'Zone') and toString(t, 'Zone')
// look at.
Argument in_zone(const Argument& argument, const std::string& zone) {
  Argument out = argument;
  if (zone.empty()) return out;
  if (out.type.is(TypeKind::kDateTime)) out.type = Type::datetime(zone);
  if (out.type.is(TypeKind::kDateTime64)) out.type = Type::datetime64(out.type.precision(), zone);
  return out;
}

Result<ResolvedFunction> to_date(std::span<const Argument> arguments, const ResolveOptions& options,
                                 Type to) {
  SP_TRY(const std::string zone, constant_zone(arguments, 1));
  const Argument zoned = in_zone(arguments[0], zone);
  ResolveOptions here = options;
  if (!zone.empty()) here.timezone = zone;
  return convert(std::span(&zoned, 1), to, here);
}

Result<ResolvedFunction> to_string(std::span<const Argument> arguments,
                                   const ResolveOptions& options) {
  SP_TRY(const std::string zone, constant_zone(arguments, 1));
  const bool timed =
      arguments[0].type.is(TypeKind::kDateTime) || arguments[0].type.is(TypeKind::kDateTime64);
  if (arguments.size() == 2 && !timed)
    return illegal_argument(arguments, 0, "DateTime or DateTime64");
  return resolve_cast(in_zone(arguments[0], zone), string_type(), options);
}

Result<ResolvedFunction> to_datetime(std::span<const Argument> arguments,
                                     const ResolveOptions& options) {
  // toDateTime(x, 3) is toDateTime64(x, 3).
  if (arguments.size() > 1 && arguments[1].type.is_integer()) {
    SP_TRY(const int64_t precision, constant_integer(arguments, 1, 0, 9));
    SP_TRY(const std::string zone, constant_zone(arguments, 2));
    return convert(arguments, Type::datetime64(static_cast<uint32_t>(precision), zone), options);
  }
  SP_TRY(const std::string zone, constant_zone(arguments, 1));
  return convert(arguments, Type::datetime(zone), options);
}

Result<ResolvedFunction> to_datetime64(std::span<const Argument> arguments,
                                       const ResolveOptions& options) {
  SP_TRY(const int64_t precision, constant_integer(arguments, 1, 0, 9));
  SP_TRY(const std::string zone, constant_zone(arguments, 2));
  return convert(arguments, Type::datetime64(static_cast<uint32_t>(precision), zone), options);
}

Resolver to_decimal(uint32_t precision) {
  return [precision](std::span<const Argument> arguments,
                     const ResolveOptions& options) -> Result<ResolvedFunction> {
    SP_TRY(const int64_t scale, constant_integer(arguments, 1, 0, precision));
    return convert(arguments, Type::decimal(precision, static_cast<uint32_t>(scale)), options);
  };
}

Result<ResolvedFunction> to_fixed_string(std::span<const Argument> arguments,
                                         const ResolveOptions& options) {
  if (!arguments[0].type.is_string_like()) {
    return fail(ErrorCode::kNotImplemented,
                "toFixedString is only implemented for types String and FixedString");
  }
  SP_TRY(const int64_t size, constant_integer(arguments, 1, 1, 0xFFFFFF));
  return convert(arguments, Type::fixed_string(static_cast<uint32_t>(size)), options);
}

Result<ResolvedFunction> to_nullable(std::span<const Argument> arguments, const ResolveOptions&) {
  const Type from = arguments[0].type;
  const Type to = Type::nullable(from);
  if (!to.can_be_null()) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Nested type " + from.name() + " cannot be inside Nullable type");
  }
  return inlined(to, Intrinsic::kToNullable, {from});
}

Result<ResolvedFunction> to_low_cardinality(std::span<const Argument> arguments,
                                            const ResolveOptions&) {
  const Type from = arguments[0].type;
  if (from.is_low_cardinality()) return inlined(from, Intrinsic::kIdentity, {from});
  // parse_type knows what may stand inside.
  SP_TRY(const Type to, parse_type("LowCardinality(" + from.name() + ")"));
  return inlined(to, Intrinsic::kIdentity, {from});
}

Result<ResolvedFunction> cast_to_named(std::span<const Argument> arguments,
                                       const ResolveOptions& options) {
  const auto name = arguments[1].constant_text();
  if (!name) return illegal_argument(arguments, 1, "constant String with a type's name");
  SP_TRY(const Type to, parse_type(*name));
  return resolve_cast(arguments[0], to, options);
}

}  // namespace

SP_FUNCTIONS(conversions) {
  for (const NumberType& number : kNumberTypes) {
    const std::string type = number.name;
    rows.push_back(
        {.name = conversion_text("to" + type),
         .min_arguments = 1,
         .max_arguments = 1,
         .resolve = to_type(Type::of(number.kind)),
         .doc = conversion_text("Converts `value` to " + type +
                                "; numbers out of range wrap around, texts must be numbers."),
         .example = conversion_text("SELECT to" + type + "('5')"),
         .example_result = "5"});
  }

  for (const auto& [suffix, precision] :
       {std::pair{"32", 9U}, {"64", 18U}, {"128", 38U}, {"256", 76U}}) {
    rows.push_back(
        {.name = conversion_text(std::string("toDecimal") + suffix),
         .min_arguments = 2,
         .max_arguments = 2,
         .constant_arguments = 2,
         .resolve = to_decimal(precision),
         .doc = "Converts `value` to a Decimal with `scale` digits after the point.",
         .example = conversion_text(std::string("SELECT toDecimal") + suffix + "('1.25', 1)"),
         .example_result = "1.2"});
  }
  for (const char* unit : {"Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour",
                           "Day", "Week", "Month", "Quarter", "Year"}) {
    const Type type = parse_type(std::string("Interval") + unit).value();
    rows.push_back(
        {.name = conversion_text(std::string("toInterval") + unit),
         .min_arguments = 1,
         .max_arguments = 1,
         .resolve = to_type(type),
         .doc = conversion_text(std::string("Makes an interval of `n` units of one ") + unit + "."),
         .example = conversion_text(std::string("SELECT toInterval") + unit + "(5)"),
         .example_result = "5"});
  }

  rows.push_back(
      {.name = "toString",
       .min_arguments = 1,
       .max_arguments = 2,
       .constant_arguments = 2,
       .resolve = to_string,
       .doc = "Converts `value` to its text; a time is shown in `timezone` if that is given.",
       .example = "SELECT toString(toDateTime('2024-01-31 12:00:00', 'UTC'), 'Europe/Berlin')",
       .example_result = "2024-01-31 13:00:00"});
  rows.push_back({.name = "toBool",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = to_type(bool_type()),
                  .doc = "Converts `value` to Bool: a number is true unless it is 0.",
                  .example = "SELECT toBool('yes')",
                  .example_result = "true"});
  rows.push_back(
      {.name = "toDate",
       .aliases = {"DATE"},
       .case_insensitive = true,
       .min_arguments = 1,
       .max_arguments = 2,
       .constant_arguments = 2,
       .resolve =
           [](auto arguments, const auto& options) {
             return to_date(arguments, options, Type::of(TypeKind::kDate));
           },
       .doc = "Converts `value` to Date; a time becomes the day that it falls on in `timezone`.",
       .example = "SELECT toDate('2024-01-31 12:00:00')",
       .example_result = "2024-01-31"});
  rows.push_back({.name = "toDate32",
                  .min_arguments = 1,
                  .max_arguments = 2,
                  .constant_arguments = 2,
                  .resolve =
                      [](auto arguments, const auto& options) {
                        return to_date(arguments, options, Type::of(TypeKind::kDate32));
                      },
                  .doc = "Converts `value` to Date32, the date type from 1900 to 2299.",
                  .example = "SELECT toDate32('1925-01-01')",
                  .example_result = "1925-01-01"});
  for (const char* name : {"toDateTime", "toDateTime32"}) {
    rows.push_back(
        {.name = name,
         .min_arguments = 1,
         .max_arguments = 3,
         .constant_arguments = 6,
         .resolve = to_datetime,
         .doc = "Converts `value` (text, number of seconds, date) to DateTime in `timezone`.",
         .example =
             conversion_text(std::string("SELECT ") + name + "('2024-01-31T12:00:00+01:00')"),
         .example_result = "2024-01-31 11:00:00"});
  }
  rows.push_back(
      {.name = "toDateTime64",
       .min_arguments = 2,
       .max_arguments = 3,
       .constant_arguments = 6,
       .resolve = to_datetime64,
       .doc = "Converts `value` to DateTime64 with `precision` digits of a second, in `timezone`.",
       .example = "SELECT toDateTime64('2024-01-31 12:00:00.5', 3)",
       .example_result = "2024-01-31 12:00:00.500"});
  rows.push_back({.name = "toFixedString",
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .constant_arguments = 2,
                  .resolve = to_fixed_string,
                  .doc = "Converts text to FixedString(`n`), padded with zero bytes.",
                  .example = "SELECT toFixedString('ab', 2)",
                  .example_result = "ab"});
  rows.push_back({.name = "toUUID",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = to_type(Type::of(TypeKind::kUuid)),
                  .doc = "Converts the text `value` to UUID.",
                  .example = "SELECT toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')",
                  .example_result = "61f0c404-5cb3-11e7-907b-a6006ad3dba0"});
  rows.push_back({.name = "toIPv4",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = to_type(Type::of(TypeKind::kIpv4)),
                  .doc = "Converts `value` to IPv4.",
                  .example = "SELECT toIPv4('1.2.3.4')",
                  .example_result = "1.2.3.4"});
  rows.push_back({.name = "toIPv6",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .resolve = to_type(Type::of(TypeKind::kIpv6)),
                  .doc = "Converts `value` to IPv6.",
                  .example = "SELECT toIPv6('::ffff:1.2.3.4')",
                  .example_result = "::ffff:1.2.3.4"});
  rows.push_back({.name = "toNullable",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = to_nullable,
                  .doc = "Makes the type of `value` Nullable.",
                  .example = "SELECT toTypeName(toNullable(10))",
                  .example_result = "Nullable(UInt8)"});
  rows.push_back({.name = "toLowCardinality",
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = to_low_cardinality,
                  .doc = "Makes the type of `value` LowCardinality.",
                  .example = "SELECT toTypeName(toLowCardinality('a'))",
                  .example_result = "LowCardinality(String)"});
  rows.push_back({.name = "CAST",
                  .aliases = {"_CAST"},
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .max_arguments = 2,
                  .nulls = NullPolicy::kSeesNulls,
                  .constant_arguments = 2,
                  .resolve = cast_to_named,
                  .doc = "Converts `value` to the type named by `type`.",
                  .example = "SELECT CAST('5' AS UInt8)",
                  .example_result = "5"});
}

}  // namespace sp
