// Unix timestamps and time zones: toUnixTimestamp and its fine forms, fromUnixTimestamp,
// toTimeZone, timezoneOf.

#include "runtime/exec/exec_state.h"
#include "runtime/functions/cast.h"
#include "runtime/functions/date_value.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"

namespace sp {

// Ticks of one precision in another; narrowing cuts off.
extern "C" int64_t sp_rescale_ticks(const DateContext* context, int64_t ticks) noexcept {
  if (context->result_unit >= context->unit) return ticks * (context->result_unit / context->unit);
  return ticks / (context->unit / context->result_unit);
}
extern "C" void sp_zone_name(ExecState& exec, const DateContext* context, StringRef* out) noexcept {
  *out = exec.scratch.copy(context->zone->name());
}

#ifndef SP_BITCODE
namespace {

Result<ResolvedFunction> to_unix_timestamp(std::span<const Argument> arguments,
                                           const ResolveOptions& options) {
  SP_TRY(const std::string zone, constant_zone(arguments, 1));
  Argument value = arguments[0];
  const Type result = uint32_type();
  if (value.type.is_string_like()) {
    // A text is a time of the zone: the parsed DateTime is the timestamp.
    SP_TRY(ResolvedFunction parsed, resolve_cast(value, Type::datetime(zone), options));
    parsed.result = result;
    return parsed;
  }
  if (!value.type.is_date_like()) return illegal_argument(arguments, 0, "Date, DateTime or String");
  if (value.type.is(TypeKind::kDate) || value.type.is(TypeKind::kDate32)) {
    SP_TRY(ResolvedFunction seconds, resolve_cast(value, Type::datetime(zone), options));
    seconds.result = result;
    return seconds;
  }
  return resolve_cast(value, result, options);
}

Resolver to_fine_timestamp(uint32_t precision) {
  return [precision](std::span<const Argument> arguments,
                     const ResolveOptions&) -> Result<ResolvedFunction> {
    const Type type = arguments[0].type;
    if (!type.is(TypeKind::kDateTime64)) return illegal_argument(arguments, 0, "DateTime64");
    auto context = std::make_shared<DateContext>();
    context->unit = power_of_ten(type.precision());
    context->result_unit = power_of_ten(precision);
    return call(int64_type(), SP_SYMBOL(sp_rescale_ticks), {type}, context);
  };
}

Resolver from_fine_timestamp(uint32_t precision) {
  return [precision](std::span<const Argument> arguments,
                     const ResolveOptions&) -> Result<ResolvedFunction> {
    if (!arguments[0].type.is_integer()) return illegal_argument(arguments, 0, "Int64");
    SP_TRY(const std::string zone, constant_zone(arguments, 1));
    auto context = std::make_shared<DateContext>();
    return call(Type::datetime64(precision, zone), SP_SYMBOL(sp_rescale_ticks), {int64_type()},
                context);
  };
}

Result<ResolvedFunction> to_time_zone(std::span<const Argument> arguments, const ResolveOptions&) {
  const Type type = arguments[0].type;
  if (!has_time_of_day(type)) return illegal_argument(arguments, 0, "DateTime or DateTime64");
  SP_TRY(const std::string zone, constant_zone(arguments, 1));
  const Type result = type.is(TypeKind::kDateTime) ? Type::datetime(zone)
                                                   : Type::datetime64(type.precision(), zone);
  return inlined(result, Intrinsic::kIdentity, {type});
}

Result<ResolvedFunction> zone_of_value(std::span<const Argument> arguments,
                                       const ResolveOptions& options) {
  auto context = std::make_shared<DateContext>();
  std::string zone = options.timezone;
  if (!arguments.empty()) {
    if (!has_time_of_day(arguments[0].type.base()))
      return illegal_argument(arguments, 0, "DateTime or DateTime64");
    if (!arguments[0].type.base().timezone().empty()) zone = arguments[0].type.base().timezone();
  }
  context->zone = TimeZone::find(zone);
  if (context->zone == nullptr) context->zone = &TimeZone::utc();
  return call(string_type(), SP_SYMBOL(sp_zone_name), {}, context);
}

}  // namespace

SP_FUNCTIONS(unix_time) {
  rows.push_back({.name = "toUnixTimestamp",
                  .min_arguments = 1,
                  .max_arguments = 2,
                  .constant_arguments = 2,
                  .resolve = to_unix_timestamp,
                  .doc = "Returns the seconds since 1970 of `time`; a text is read in `timezone`.",
                  .example = "SELECT toUnixTimestamp('2024-01-01 00:00:00', 'Asia/Tokyo')",
                  .example_result = "1704034800"});
  struct Fine {
    uint32_t precision;
    const char* to;
    const char* from;
    const char* to_result;
    const char* from_example;
    const char* from_result;
    const char* to_example;
  };
#define SP_TO(unit) \
  "SELECT toUnixTimestamp64" unit "(toDateTime64('2024-01-01 00:00:00.5', 3, 'UTC'))"
  for (const Fine& fine : {
           Fine{0, "toUnixTimestamp64Second", "fromUnixTimestamp64Second", "1704067200",
                "SELECT fromUnixTimestamp64Second(1704067200, 'UTC')", "2024-01-01 00:00:00",
                SP_TO("Second")},
           Fine{3, "toUnixTimestamp64Milli", "fromUnixTimestamp64Milli", "1704067200500",
                "SELECT fromUnixTimestamp64Milli(1704067200500, 'UTC')", "2024-01-01 00:00:00.500",
                SP_TO("Milli")},
           Fine{6, "toUnixTimestamp64Micro", "fromUnixTimestamp64Micro", "1704067200500000",
                "SELECT fromUnixTimestamp64Micro(1704067200500000, 'UTC')",
                "2024-01-01 00:00:00.500000", SP_TO("Micro")},
           Fine{9, "toUnixTimestamp64Nano", "fromUnixTimestamp64Nano", "1704067200500000000",
                "SELECT fromUnixTimestamp64Nano(1704067200500000000, 'UTC')",
                "2024-01-01 00:00:00.500000000", SP_TO("Nano")},
       }) {
    rows.push_back({.name = fine.to,
                    .min_arguments = 1,
                    .max_arguments = 1,
                    .resolve = to_fine_timestamp(fine.precision),
                    .doc = "Returns the Unix timestamp of the DateTime64 `time` in this unit.",
                    .example = fine.to_example,
                    .example_result = fine.to_result});
    rows.push_back({.name = fine.from,
                    .min_arguments = 1,
                    .max_arguments = 2,
                    .constant_arguments = 2,
                    .resolve = from_fine_timestamp(fine.precision),
                    .doc = "Makes a DateTime64 in `timezone` of a Unix timestamp in this unit.",
                    .example = fine.from_example,
                    .example_result = fine.from_result});
  }
#undef SP_TO
  rows.push_back(
      {.name = "toTimeZone",
       .aliases = {"toTimezone"},
       .min_arguments = 2,
       .max_arguments = 2,
       .constant_arguments = 2,
       .resolve = to_time_zone,
       .doc = "Shows `time` in `timezone`; the instant stays.",
       .example = "SELECT toTimeZone(toDateTime('2024-01-01 00:00:00', 'UTC'), 'Asia/Tokyo')",
       .example_result = "2024-01-01 09:00:00"});
  rows.push_back({.name = "timezoneOf",
                  .aliases = {"timeZoneOf"},
                  .min_arguments = 1,
                  .max_arguments = 1,
                  .nulls = NullPolicy::kSeesNulls,
                  .resolve = zone_of_value,
                  .doc = "Returns the time zone of the type of `time`.",
                  .example = "SELECT timezoneOf(toDateTime(0, 'Asia/Tokyo'))",
                  .example_result = "Asia/Tokyo"});
  rows.push_back({.name = "timezone",
                  .aliases = {"timeZone", "serverTimezone", "serverTimeZone"},
                  .max_arguments = 0,
                  .resolve = zone_of_value,
                  .doc = "Returns the time zone of the query.",
                  .example = "SELECT timezone()",
                  .example_result = "UTC"});
}
#endif

}  // namespace sp
