// Starts and ends of periods: toStartOfMonth, toMonday, toStartOfHour, toStartOfFiveMinutes,
// timeSlot and relatives.
// Days, hours and minutes are local ones; results before 1970 are out of the range of Date and
// DateTime (days become 1970-01-01, seconds wrap around, as in ClickHouse).

#include "runtime/functions/date_value.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

int64_t month_start(int64_t days, uint32_t months) noexcept {
  const CivilDate d = civil_from_days(days);
  return days_from_civil(d.year, (d.month - 1) / months * months + 1, 1);
}
int64_t month_end(int64_t days) noexcept {
  const CivilDate d = civil_from_days(days);
  return days_from_civil(d.year, d.month, days_in_month(d.year, d.month));
}
// Odd modes start weeks on Monday, even ones on Sunday.
int64_t week_start(int64_t days, uint32_t mode) noexcept {
  return (mode & 1U) != 0 ? days - (day_of_week(days) - 1) : days - day_of_week(days) % 7;
}
// The instant at which the local clock last showed a multiple of `seconds`.
uint32_t clock_start(const DateContext* context, int64_t local, int64_t seconds) noexcept {
  const int64_t instant = context->zone->to_utc(local);
  return clock_result(instant - floor_mod(local, seconds), instant);
}

}  // namespace

SP_DATE_BODIES(toMonday, uint16_t, date_result(days - (day_of_week(days) - 1)))
SP_DATE_BODIES(toStartOfMonth, uint16_t, date_result(month_start(days, 1)))
SP_DATE_BODIES(toStartOfQuarter, uint16_t, date_result(month_start(days, 3)))
SP_DATE_BODIES(toStartOfYear, uint16_t, date_result(month_start(days, 12)))
SP_DATE_BODIES(toStartOfISOYear, uint16_t, date_result(iso_year_start(iso_year(days))))
SP_DATE_BODIES(toLastDayOfMonth, uint16_t, date_result(month_end(days)))
SP_DATE_BODIES(toStartOfWeek, uint16_t, date_result(week_start(days, context->mode)))
SP_DATE_BODIES(toLastDayOfWeek, uint16_t,
               date_result(days < 0 ? 0 : week_start(days, context->mode) + 6))
SP_DATE_BODIES(toStartOfDay, uint32_t, midnight_result(*context->zone, days))
SP_DATE_BODIES(toStartOfHour, uint32_t, clock_start(context, local, 3600))
SP_DATE_BODIES(toStartOfMinute, uint32_t, clock_start(context, local, 60))
SP_DATE_BODIES(toStartOfFiveMinutes, uint32_t, clock_start(context, local, 300))
SP_DATE_BODIES(toStartOfTenMinutes, uint32_t, clock_start(context, local, 600))
SP_DATE_BODIES(toStartOfFifteenMinutes, uint32_t, clock_start(context, local, 900))
SP_DATE_BODIES(timeSlot, uint32_t, clock_start(context, local, 1800))
SP_DATE_BODIES(toTime, uint32_t,
               context->zone->to_utc(kSecondsPerDay + floor_mod(local, kSecondsPerDay)))

// Fractions of seconds: down to a multiple of unit/result_unit ticks, in ticks of the result.
extern "C" int64_t sp_to_start_of_fraction(const DateContext* context, int64_t ticks) noexcept {
  // unit: ticks a second of the argument; amount: parts a second to cut to; result_unit: of the
  // result.
  int64_t value = ticks;
  if (context->unit > context->amount) {
    const int64_t step = context->unit / context->amount;
    value = floor_div(value, step) * step;
  }
  return value * (context->result_unit / context->unit);
}

#ifndef SP_BITCODE
namespace {

// The result has at least as many digits as the unit needs.
Resolver fraction_start(uint32_t precision) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    if (!arguments[0].type.is(TypeKind::kDateTime64))
      return illegal_argument(arguments, 0, "DateTime64");
    SP_TRY(DateArgument date, date_argument(arguments, 0, 1, true, options));
    const uint32_t digits = std::max(precision, date.type.precision());
    date.context->amount = power_of_ten(precision);
    date.context->result_unit = power_of_ten(digits);
    return call(Type::datetime64(digits, date.zone_name), SP_SYMBOL(sp_to_start_of_fraction),
                {date.type}, date.context);
  };
}

}  // namespace

SP_FUNCTIONS(date_starts) {
  const Type date = Type::of(TypeKind::kDate);
  const auto add = [&](const char* name, std::vector<const char*> aliases, Resolver resolve,
                       const char* doc, const char* example, const char* answer, uint8_t most = 2) {
    const bool folded = !aliases.empty();
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = folded,
                    .min_arguments = 1,
                    .max_arguments = most,
                    .constant_arguments = 6,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = answer});
  };
#define SP_EXAMPLE(function) "SELECT " function "(toDateTime('2024-03-10 13:47:59', 'UTC'))"
#define SP_FINE_EXAMPLE(function) \
  "SELECT " function "(toDateTime64('2024-03-10 13:47:59.123456', 6, 'UTC'))"
  add("toMonday", {}, date_part(SP_DATE_SYMBOLS(toMonday), date),
      "Returns the Monday of the week of `date`.", SP_EXAMPLE("toMonday"), "2024-03-04");
  add("toStartOfMonth", {}, date_part(SP_DATE_SYMBOLS(toStartOfMonth), date),
      "Returns the first day of the month of `date`.", SP_EXAMPLE("toStartOfMonth"), "2024-03-01");
  add("toStartOfQuarter", {}, date_part(SP_DATE_SYMBOLS(toStartOfQuarter), date),
      "Returns the first day of the quarter of `date`.", SP_EXAMPLE("toStartOfQuarter"),
      "2024-01-01");
  add("toStartOfYear", {}, date_part(SP_DATE_SYMBOLS(toStartOfYear), date),
      "Returns the first day of the year of `date`.", SP_EXAMPLE("toStartOfYear"), "2024-01-01");
  add("toStartOfISOYear", {}, date_part(SP_DATE_SYMBOLS(toStartOfISOYear), date),
      "Returns the first day of the ISO year of `date`.", SP_EXAMPLE("toStartOfISOYear"),
      "2024-01-01");
  add("toLastDayOfMonth", {"LAST_DAY"}, date_part(SP_DATE_SYMBOLS(toLastDayOfMonth), date),
      "Returns the last day of the month of `date`.", SP_EXAMPLE("toLastDayOfMonth"), "2024-03-31");
  add("toStartOfWeek", {}, week_part(SP_DATE_SYMBOLS(toStartOfWeek), Type::of(TypeKind::kDate)),
      "Returns the first day of the week of `date`: Sunday in even `mode`s, Monday in odd ones.",
      SP_EXAMPLE("toStartOfWeek"), "2024-03-10", 3);
  add("toLastDayOfWeek", {}, week_part(SP_DATE_SYMBOLS(toLastDayOfWeek), Type::of(TypeKind::kDate)),
      "Returns the last day of the week of `date`.", SP_EXAMPLE("toLastDayOfWeek"), "2024-03-16",
      3);
  add("toStartOfDay", {}, datetime_start(SP_DATE_SYMBOLS(toStartOfDay), false),
      "Returns midnight of the day of `date`.", SP_EXAMPLE("toStartOfDay"), "2024-03-10 00:00:00");
  add("toStartOfHour", {}, datetime_start(SP_DATE_SYMBOLS(toStartOfHour), true),
      "Rounds `time` down to the hour.", SP_EXAMPLE("toStartOfHour"), "2024-03-10 13:00:00");
  add("toStartOfMinute", {}, datetime_start(SP_DATE_SYMBOLS(toStartOfMinute), true),
      "Rounds `time` down to the minute.", SP_EXAMPLE("toStartOfMinute"), "2024-03-10 13:47:00");
  add("toStartOfFiveMinutes", {"toStartOfFiveMinute"},
      datetime_start(SP_DATE_SYMBOLS(toStartOfFiveMinutes), true),
      "Rounds `time` down to five minutes.", SP_EXAMPLE("toStartOfFiveMinutes"),
      "2024-03-10 13:45:00");
  rows.back().case_insensitive = false;
  add("toStartOfTenMinutes", {}, datetime_start(SP_DATE_SYMBOLS(toStartOfTenMinutes), true),
      "Rounds `time` down to ten minutes.", SP_EXAMPLE("toStartOfTenMinutes"),
      "2024-03-10 13:40:00");
  add("toStartOfFifteenMinutes", {}, datetime_start(SP_DATE_SYMBOLS(toStartOfFifteenMinutes), true),
      "Rounds `time` down to a quarter of an hour.", SP_EXAMPLE("toStartOfFifteenMinutes"),
      "2024-03-10 13:45:00");
  add("timeSlot", {}, datetime_start(SP_DATE_SYMBOLS(timeSlot), true),
      "Rounds `time` down to half an hour.", SP_EXAMPLE("timeSlot"), "2024-03-10 13:30:00");
  add("toTime", {"toTimeWithFixedDate"}, datetime_start(SP_DATE_SYMBOLS(toTime), true),
      "Moves `time` to 1970-01-02, keeping the time of day.", SP_EXAMPLE("toTime"),
      "1970-01-02 13:47:59");
  rows.back().case_insensitive = false;
  add("toStartOfSecond", {}, fraction_start(0), "Cuts `time` to seconds.",
      SP_FINE_EXAMPLE("toStartOfSecond"), "2024-03-10 13:47:59.000000");
  add("toStartOfMillisecond", {}, fraction_start(3), "Cuts `time` to milliseconds.",
      SP_FINE_EXAMPLE("toStartOfMillisecond"), "2024-03-10 13:47:59.123000");
  add("toStartOfMicrosecond", {}, fraction_start(6), "Cuts `time` to microseconds.",
      SP_FINE_EXAMPLE("toStartOfMicrosecond"), "2024-03-10 13:47:59.123456");
  add("toStartOfNanosecond", {}, fraction_start(9), "Cuts `time` to nanoseconds.",
      SP_FINE_EXAMPLE("toStartOfNanosecond"), "2024-03-10 13:47:59.123456000");
#undef SP_EXAMPLE
#undef SP_FINE_EXAMPLE
}
#endif

}  // namespace sp
