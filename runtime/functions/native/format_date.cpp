// formatDateTime (MySQL's % letters), formatDateTimeInJodaSyntax, dateName, monthName and the
// formatting form of fromUnixTimestamp. See TimeFormat for the formats.

#include "runtime/exec/exec_state.h"
#include "runtime/functions/date_value.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/native/time_format.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

using Field = TimeFormat::Field;

struct FormatContext : DateContext {
  FormatContext(const DateContext& date, TimeFormat how)
      : DateContext(date),
        format(std::move(how)) {}
  TimeFormat format;
};

StringRef rendered(ExecState& exec, const FormatContext* context, int64_t local,
                   uint32_t nanoseconds) {
  thread_local std::string buffer;
  buffer.clear();
  context->format.write(local, nanoseconds, *context->zone, buffer);
  return exec.scratch.copy(buffer);
}

StringRef rendered_ticks(ExecState& exec, const FormatContext* context, int64_t ticks) {
  const int64_t seconds = floor_div(ticks, context->unit);
  const auto fraction =
      static_cast<uint32_t>((ticks - seconds * context->unit) * (1000000000 / context->unit));
  return rendered(exec, context, context->zone->to_local(seconds), fraction);
}

}  // namespace

extern "C" void sp_format_date(ExecState& exec, const FormatContext* context, uint16_t days,
                               StringRef* out) noexcept {
  *out = rendered(exec, context, int64_t{days} * kSecondsPerDay, 0);
}
extern "C" void sp_format_date32(ExecState& exec, const FormatContext* context, int32_t days,
                                 StringRef* out) noexcept {
  *out = rendered(exec, context, int64_t{days} * kSecondsPerDay, 0);
}
extern "C" void sp_format_datetime(ExecState& exec, const FormatContext* context, uint32_t seconds,
                                   StringRef* out) noexcept {
  *out = rendered(exec, context, context->zone->to_local(seconds), 0);
}
extern "C" void sp_format_datetime64(ExecState& exec, const FormatContext* context, int64_t ticks,
                                     StringRef* out) noexcept {
  *out = rendered_ticks(exec, context, ticks);
}
// dateName: the date is the second argument.
extern "C" void sp_date_name_date(ExecState& exec, const FormatContext* context, const StringRef&,
                                  uint16_t days, StringRef* out) noexcept {
  sp_format_date(exec, context, days, out);
}
extern "C" void sp_date_name_date32(ExecState& exec, const FormatContext* context, const StringRef&,
                                    int32_t days, StringRef* out) noexcept {
  sp_format_date32(exec, context, days, out);
}
extern "C" void sp_date_name_datetime(ExecState& exec, const FormatContext* context,
                                      const StringRef&, uint32_t seconds, StringRef* out) noexcept {
  sp_format_datetime(exec, context, seconds, out);
}
extern "C" void sp_date_name_datetime64(ExecState& exec, const FormatContext* context,
                                        const StringRef&, int64_t ticks, StringRef* out) noexcept {
  sp_format_datetime64(exec, context, ticks, out);
}

namespace {

ResolvedFunction format_call(const DateArgument& date, TimeFormat format) {
  const DateSymbols symbols{SP_SYMBOL(sp_format_date), SP_SYMBOL(sp_format_date32),
                            SP_SYMBOL(sp_format_datetime), SP_SYMBOL(sp_format_datetime64)};
  return call(string_type(), symbols.of(date.type), {date.type},
              std::make_shared<FormatContext>(*date.context, std::move(format)));
}

using Compiler = Result<TimeFormat> (*)(std::string_view);

Result<ResolvedFunction> resolve_format(std::span<const Argument> arguments,
                                        const ResolveOptions& options, Compiler compile) {
  SP_TRY(DateArgument date, date_argument(arguments, 0, 2, false, options));
  const auto format = arguments[1].constant_text();
  if (!format) return illegal_argument(arguments, 1, "constant String with a format");
  SP_TRY(TimeFormat how, compile(*format));
  if (!has_time_of_day(date.type) && how.has_offset())
    return illegal_argument(arguments, 0, "DateTime or DateTime64 for the format letter %z");
  return format_call(date, std::move(how));
}

Resolver format_with(Compiler compile) {
  return [compile](std::span<const Argument> arguments, const ResolveOptions& options) {
    return resolve_format(arguments, options, compile);
  };
}

// fromUnixTimestamp(seconds[, format[, zone]]).
Resolver from_unix_timestamp(Compiler compile) {
  return [compile](std::span<const Argument> arguments,
                   const ResolveOptions& options) -> Result<ResolvedFunction> {
    const Type type = arguments[0].type;
    const Type seconds = Type::datetime();
    if (arguments.size() == 1) {
      if (!type.is_integer() && !type.is_date_like())
        return illegal_argument(arguments, 0, "integer");
      return resolve_cast(arguments[0], seconds, options);
    }
    std::vector<Argument> shifted(arguments.begin(), arguments.end());
    if (!type.is_date_like()) shifted[0].type = seconds;
    SP_TRY(ResolvedFunction formatted, resolve_format(shifted, options, compile));
    formatted.arguments = {shifted[0].type};
    return formatted;
  };
}

Result<ResolvedFunction> month_name(std::span<const Argument> arguments,
                                    const ResolveOptions& options) {
  SP_TRY(DateArgument date, date_argument(arguments, 0, 1, false, options));
  return format_call(date, TimeFormat({{Field::kMonthName}}));
}

Result<ResolvedFunction> date_name(std::span<const Argument> arguments,
                                   const ResolveOptions& options) {
  struct Part {
    std::string_view name;
    Field field;
    bool time;
  };
  static constexpr Part kParts[] = {
      {"year", Field::kYear, false},       {"quarter", Field::kQuarter, false},
      {"month", Field::kMonthName, false}, {"dayofyear", Field::kDayOfYear, false},
      {"day", Field::kDay, false},         {"week", Field::kIsoWeek, false},
      {"weekday", Field::kWeekday, false}, {"hour", Field::kHour, true},
      {"minute", Field::kMinute, true},    {"second", Field::kSecond, true}};
  const auto name = arguments[0].constant_text();
  if (!name) return illegal_argument(arguments, 0, "constant String with a part of a date");
  for (const Part& part : kParts) {
    if (part.name != *name) continue;
    SP_TRY(DateArgument date, date_argument(arguments, 1, 2, part.time, options));
    auto context = std::make_shared<FormatContext>(*date.context, TimeFormat({{part.field, 1}}));
    const DateSymbols symbols{SP_SYMBOL(sp_date_name_date), SP_SYMBOL(sp_date_name_date32),
                              SP_SYMBOL(sp_date_name_datetime), SP_SYMBOL(sp_date_name_datetime64)};
    return call(string_type(), symbols.of(date.type), {string_type(), date.type}, context);
  }
  return fail(ErrorCode::kBadArguments,
              "Invalid datepart value for function dateName: " + std::string(*name));
}

}  // namespace

SP_FUNCTIONS(format_date) {
  rows.push_back({.name = "formatDateTime",
                  .aliases = {"DATE_FORMAT"},
                  .case_insensitive = false,
                  .min_arguments = 2,
                  .max_arguments = 3,
                  .constant_arguments = 6,
                  .resolve = format_with(TimeFormat::of_mysql),
                  .doc = "Writes `time` by a `format` of MySQL's % letters, in `timezone`.",
                  .example = "SELECT formatDateTime(toDate('2024-03-10'), '%d/%m/%Y')",
                  .example_result = "10/03/2024"});
  rows.push_back(
      {.name = "formatDateTimeInJodaSyntax",
       .min_arguments = 2,
       .max_arguments = 3,
       .constant_arguments = 6,
       .resolve = format_with(TimeFormat::of_joda),
       .doc = "Writes `time` by a `format` of Joda's letters, in `timezone`.",
       .example = "SELECT formatDateTimeInJodaSyntax(toDate('2024-03-10'), 'dd MMM yyyy')",
       .example_result = "10 Mar 2024"});
  rows.push_back(
      {.name = "fromUnixTimestamp",
       .aliases = {"FROM_UNIXTIME"},
       .min_arguments = 1,
       .max_arguments = 3,
       .constant_arguments = 6,
       .resolve = from_unix_timestamp(TimeFormat::of_mysql),
       .doc = "Makes a DateTime of the Unix timestamp `seconds`, or its text by `format`.",
       .example = "SELECT fromUnixTimestamp(1700000000, '%F %T', 'UTC')",
       .example_result = "2023-11-14 22:13:20"});
  rows.push_back(
      {.name = "fromUnixTimestampInJodaSyntax",
       .min_arguments = 1,
       .max_arguments = 3,
       .constant_arguments = 6,
       .resolve = from_unix_timestamp(TimeFormat::of_joda),
       .doc = "Makes a DateTime of the Unix timestamp `seconds`, or its text by a Joda `format`.",
       .example = "SELECT fromUnixTimestampInJodaSyntax(1700000000, 'yyyy', 'UTC')",
       .example_result = "2023"});
  rows.push_back({.name = "monthName",
                  .aliases = {"MONTHNAME"},
                  .case_insensitive = true,
                  .min_arguments = 1,
                  .max_arguments = 2,
                  .constant_arguments = 2,
                  .resolve = month_name,
                  .doc = "Returns the English name of the month of `date`.",
                  .example = "SELECT monthName(toDate('2024-04-14'))",
                  .example_result = "April"});
  rows.push_back({.name = "dateName",
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .max_arguments = 3,
                  .constant_arguments = 5,
                  .resolve = date_name,
                  .doc = "Returns a `part` of `date` as text.",
                  .example = "SELECT dateName('weekday', toDate('2024-04-14'))",
                  .example_result = "Sunday"});
}

}  // namespace sp
