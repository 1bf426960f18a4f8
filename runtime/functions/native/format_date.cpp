// formatDateTime (MySQL's % letters), formatDateTimeInJodaSyntax, dateName, monthName and the
// formatting form of fromUnixTimestamp. A format text is compiled to instructions when the call is
// bound.

#include <algorithm>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/date_value.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/native/joda_format.h"
#include "runtime/functions/signature.h"
#include "runtime/text/calendar_names.h"
#include "runtime/text/format_value.h"

namespace sp {

namespace {

enum class Field : uint8_t {
  kLiteral,
  kYear,
  kCentury,
  kShortYear,
  kIsoYear,
  kShortIsoYear,
  kIsoWeek,
  kQuarter,
  kMonth,
  kMonthName,
  kShortMonthName,
  kDay,
  kDayOfYear,
  kDayOfWeek,
  kSundayOfWeek,
  kWeekday,
  kShortWeekday,
  kHour,
  kHour12,
  kHour12Zero,
  kHour24,
  kMinute,
  kSecond,
  kFraction,
  kHalf,
  kOffset,
  kZoneName,
  kEra,
};

struct Instruction {
  Field field;
  uint32_t width = 1;  // least number of digits; of a fraction: how many
  std::string literal = {};
};

// Letters that stand for a time of day: refused only where the zone matters.
struct FormatContext : DateContext {
  std::vector<Instruction> program;
};

void put_number(std::string& out, int64_t value, uint32_t width) {
  std::string digits;
  append_integer64(digits, value < 0 ? -value : value);
  if (value < 0) out += '-';
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

void put_offset(std::string& out, int64_t offset) {
  out += offset < 0 ? '-' : '+';
  const int64_t minutes = (offset < 0 ? -offset : offset) / 60;
  put_number(out, minutes / 60 * 100 + minutes % 60, 4);
}

// `nanoseconds` of the second; `local` seconds.
void render(const FormatContext& context, int64_t local, uint32_t nanoseconds, std::string& out) {
  const CivilTime time = civil_from_seconds(local);
  const int64_t days = floor_div(local, kSecondsPerDay);
  const uint32_t hour12 = time.hour % 12;
  for (const Instruction& step : context.program) {
    switch (step.field) {
      case Field::kLiteral: out += step.literal; break;
      case Field::kYear: put_number(out, time.date.year, step.width); break;
      case Field::kCentury: put_number(out, time.date.year / 100, 2); break;
      case Field::kShortYear: put_number(out, time.date.year % 100, 2); break;
      case Field::kIsoYear: put_number(out, iso_year(days), step.width); break;
      case Field::kShortIsoYear: put_number(out, iso_year(days) % 100, 2); break;
      case Field::kIsoWeek: put_number(out, iso_week(days), step.width); break;
      case Field::kQuarter: put_number(out, (time.date.month + 2) / 3, step.width); break;
      case Field::kMonth: put_number(out, time.date.month, step.width); break;
      case Field::kMonthName: out += kMonthNames[time.date.month - 1]; break;
      case Field::kShortMonthName: out += kMonthNames[time.date.month - 1].substr(0, 3); break;
      case Field::kDay: put_number(out, time.date.day, step.width); break;
      case Field::kDayOfYear: put_number(out, day_of_year(days), step.width); break;
      case Field::kDayOfWeek: put_number(out, day_of_week(days), step.width); break;
      case Field::kSundayOfWeek: put_number(out, day_of_week(days) % 7, step.width); break;
      case Field::kWeekday: out += kWeekdayNames[day_of_week(days) - 1]; break;
      case Field::kShortWeekday: out += kWeekdayNames[day_of_week(days) - 1].substr(0, 3); break;
      case Field::kHour: put_number(out, time.hour, step.width); break;
      case Field::kHour12: put_number(out, hour12 == 0 ? 12 : hour12, step.width); break;
      case Field::kHour12Zero: put_number(out, hour12, step.width); break;
      case Field::kHour24: put_number(out, time.hour == 0 ? 24 : time.hour, step.width); break;
      case Field::kMinute: put_number(out, time.minute, step.width); break;
      case Field::kSecond: put_number(out, time.second, step.width); break;
      case Field::kFraction: {
        std::string digits;
        put_number(digits, nanoseconds, 9);
        digits.resize(std::max<size_t>(step.width, 9), '0');
        out.append(digits, 0, step.width);
        break;
      }
      case Field::kHalf: out += time.hour < 12 ? "AM" : "PM"; break;
      case Field::kOffset:
        put_offset(out, context.zone->offset_at(context.zone->to_utc(local)));
        break;
      case Field::kZoneName: out += context.zone->name(); break;
      case Field::kEra: out += "AD"; break;
    }
  }
}

StringRef rendered(ExecState& exec, const FormatContext* context, int64_t local,
                   uint32_t nanoseconds) {
  thread_local std::string buffer;
  buffer.clear();
  render(*context, local, nanoseconds, buffer);
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

using Program = std::vector<Instruction>;

Result<Program> compile_mysql(std::string_view format) {
  Program program;
  const auto literal = [&](std::string_view text) {
    program.push_back({Field::kLiteral, 1, std::string(text)});
  };
  const auto put = [&](Field field, uint32_t width = 2) { program.push_back({field, width}); };
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      const size_t next = std::min(format.find('%', i), format.size());
      literal(format.substr(i, next - i));
      i = next - 1;
      continue;
    }
    if (++i == format.size())
      return fail(ErrorCode::kBadArguments,
                  "Trailing '%' in the format of function formatDateTime");
    switch (format[i]) {
      case 'a': put(Field::kShortWeekday); break;
      case 'b': put(Field::kShortMonthName); break;
      case 'c': put(Field::kMonth); break;
      case 'C': put(Field::kCentury); break;
      case 'd': put(Field::kDay); break;
      case 'D':
        put(Field::kMonth), literal("/"), put(Field::kDay), literal("/"), put(Field::kShortYear);
        break;
      case 'e': put(Field::kDay, 1); break;
      case 'f': put(Field::kFraction, 6); break;
      case 'F':
        put(Field::kYear, 4), literal("-"), put(Field::kMonth), literal("-"), put(Field::kDay);
        break;
      case 'g': put(Field::kShortIsoYear); break;
      case 'G': put(Field::kIsoYear, 4); break;
      case 'h':
      case 'I':
      case 'l': put(Field::kHour12); break;
      case 'H':
      case 'k': put(Field::kHour); break;
      case 'i': put(Field::kMinute); break;
      case 'j': put(Field::kDayOfYear, 3); break;
      case 'm': put(Field::kMonth); break;
      case 'M': put(Field::kMonthName); break;
      case 'n': literal("\n"); break;
      case 'p': put(Field::kHalf); break;
      case 'Q': put(Field::kQuarter, 1); break;
      case 'r':
        put(Field::kHour12), literal(":"), put(Field::kMinute), literal(" "), put(Field::kHalf);
        break;
      case 'R': put(Field::kHour), literal(":"), put(Field::kMinute); break;
      case 's':
      case 'S': put(Field::kSecond); break;
      case 't': literal("\t"); break;
      case 'T':
        put(Field::kHour), literal(":"), put(Field::kMinute), literal(":"), put(Field::kSecond);
        break;
      case 'u': put(Field::kDayOfWeek, 1); break;
      case 'V': put(Field::kIsoWeek); break;
      case 'w': put(Field::kSundayOfWeek, 1); break;
      case 'W': put(Field::kWeekday); break;
      case 'y': put(Field::kShortYear); break;
      case 'Y': put(Field::kYear, 4); break;
      case 'z': put(Field::kOffset); break;
      case '%': literal("%"); break;
      case 'U':
      case 'v':
      case 'x':
      case 'X':
        return fail(ErrorCode::kNotImplemented,
                    "format is not supported: %" + std::string(1, format[i]));
      default:
        return fail(ErrorCode::kBadArguments, std::string("Incorrect syntax '") +
                                                  std::string(format) +
                                                  "', symbol is not supported '" + format[i] +
                                                  "' for function formatDateTime");
    }
  }
  return program;
}

Result<Program> compile_joda(std::string_view format) {
  Program program;
  SP_TRY(const std::vector<JodaItem> items, joda_items(format));
  for (const JodaItem& item : items) {
    const uint32_t count = item.count;
    const auto put = [&](Field field) { program.push_back({field, count}); };
    switch (item.letter) {
      case 0: program.push_back({Field::kLiteral, 1, item.literal}); break;
      case 'G': put(Field::kEra); break;
      case 'C': put(Field::kCentury); break;
      case 'Y':
      case 'y': put(count == 2 ? Field::kShortYear : Field::kYear); break;
      case 'x': put(Field::kIsoYear); break;
      case 'w': put(Field::kIsoWeek); break;
      case 'e': put(Field::kDayOfWeek); break;
      case 'E': put(count >= 4 ? Field::kWeekday : Field::kShortWeekday); break;
      case 'D': put(Field::kDayOfYear); break;
      case 'M':
        put(count >= 4 ? Field::kMonthName : count == 3 ? Field::kShortMonthName : Field::kMonth);
        break;
      case 'd': put(Field::kDay); break;
      case 'a': put(Field::kHalf); break;
      case 'K': put(Field::kHour12Zero); break;
      case 'h': put(Field::kHour12); break;
      case 'H': put(Field::kHour); break;
      case 'k': put(Field::kHour24); break;
      case 'm': put(Field::kMinute); break;
      case 's': put(Field::kSecond); break;
      case 'S': put(Field::kFraction); break;
      case 'z':
        if (count <= 3)
          return fail(ErrorCode::kNotImplemented, "Short name time zone is not yet supported");
        put(Field::kZoneName);
        break;
      default:
        return fail(ErrorCode::kNotImplemented,
                    std::string("format is not supported for ") + item.letter);
    }
  }
  return program;
}

using Compiler = Result<Program> (*)(std::string_view);

Result<ResolvedFunction> resolve_format(std::span<const Argument> arguments,
                                        const ResolveOptions& options, Compiler compile) {
  SP_TRY(DateArgument date, date_argument(arguments, 0, 2, false, options));
  const auto format = arguments[1].constant_text();
  if (!format) return illegal_argument(arguments, 1, "constant String with a format");
  auto context = std::make_shared<FormatContext>();
  static_cast<DateContext&>(*context) = *date.context;
  SP_TRY(context->program, compile(*format));
  const bool days = !has_time_of_day(date.type);
  const bool offset =
      std::any_of(context->program.begin(), context->program.end(),
                  [](const Instruction& step) { return step.field == Field::kOffset; });
  if (days && offset)
    return illegal_argument(arguments, 0, "DateTime or DateTime64 for the format letter %z");
  const DateSymbols symbols{SP_SYMBOL(sp_format_date), SP_SYMBOL(sp_format_date32),
                            SP_SYMBOL(sp_format_datetime), SP_SYMBOL(sp_format_datetime64)};
  return call(string_type(), symbols.of(date.type), {date.type}, context);
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
  auto context = std::make_shared<FormatContext>();
  static_cast<DateContext&>(*context) = *date.context;
  context->program = {{Field::kMonthName}};
  const DateSymbols symbols{SP_SYMBOL(sp_format_date), SP_SYMBOL(sp_format_date32),
                            SP_SYMBOL(sp_format_datetime), SP_SYMBOL(sp_format_datetime64)};
  return call(string_type(), symbols.of(date.type), {date.type}, context);
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
    auto context = std::make_shared<FormatContext>();
    static_cast<DateContext&>(*context) = *date.context;
    context->program = {{part.field, 1}};
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
                  .resolve = format_with(compile_mysql),
                  .doc = "Writes `time` by a `format` of MySQL's % letters, in `timezone`.",
                  .example = "SELECT formatDateTime(toDate('2024-03-10'), '%d/%m/%Y')",
                  .example_result = "10/03/2024"});
  rows.push_back(
      {.name = "formatDateTimeInJodaSyntax",
       .min_arguments = 2,
       .max_arguments = 3,
       .constant_arguments = 6,
       .resolve = format_with(compile_joda),
       .doc = "Writes `time` by a `format` of Joda's letters, in `timezone`.",
       .example = "SELECT formatDateTimeInJodaSyntax(toDate('2024-03-10'), 'dd MMM yyyy')",
       .example_result = "10 Mar 2024"});
  rows.push_back(
      {.name = "fromUnixTimestamp",
       .aliases = {"FROM_UNIXTIME"},
       .min_arguments = 1,
       .max_arguments = 3,
       .constant_arguments = 6,
       .resolve = from_unix_timestamp(compile_mysql),
       .doc = "Makes a DateTime of the Unix timestamp `seconds`, or its text by `format`.",
       .example = "SELECT fromUnixTimestamp(1700000000, '%F %T', 'UTC')",
       .example_result = "2023-11-14 22:13:20"});
  rows.push_back(
      {.name = "fromUnixTimestampInJodaSyntax",
       .min_arguments = 1,
       .max_arguments = 3,
       .constant_arguments = 6,
       .resolve = from_unix_timestamp(compile_joda),
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
