// Parts of dates: toYear, toMonth, toDayOfWeek, toHour, toISOWeek, toYYYYMM, toRelativeDayNum and
// relatives.
// Week modes after MySQL's WEEK(), as in ClickHouse's DateLUTImpl::toYearWeek.

#include "runtime/functions/date_value.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

constexpr uint32_t kMondayFirst = 1;
constexpr uint32_t kYearOfWeek = 2;    // weeks belong to a year, never 0
constexpr uint32_t kFirstWeekday = 4;  // the first week starts with the year's first such weekday
constexpr uint32_t kJanuaryFirst = 8;  // week 1 contains January 1st

struct YearWeek {
  int32_t year;
  uint32_t week;
};

// Weekday counted from the week's first day: 0..6.
uint32_t weekday(int64_t days, bool sunday_first) noexcept {
  const uint32_t from_monday = day_of_week(days) - 1;
  return sunday_first ? (from_monday + 1) % 7 : from_monday;
}

YearWeek year_week(int64_t days, uint32_t mode) noexcept {
  const CivilDate date = civil_from_days(days);
  YearWeek out{date.year, 0};
  if ((mode & kJanuaryFirst) != 0) {
    // Week 1 is the one with January 1st, also if it starts in December.
    const bool sunday = (mode & kMondayFirst) == 0;
    const int64_t next_year = days_from_civil(date.year + 1, 1, 1);
    const int64_t next_first = next_year - weekday(next_year, sunday);
    if (days >= next_first) return {date.year + 1, 1};
    const int64_t first = days_from_civil(date.year, 1, 1);
    return {date.year, static_cast<uint32_t>((days - (first - weekday(first, sunday))) / 7) + 1};
  }
  const bool monday_first = (mode & kMondayFirst) != 0;
  bool by_year = (mode & kYearOfWeek) != 0;
  const bool first_weekday = (mode & kFirstWeekday) != 0;
  int64_t first = days_from_civil(date.year, 1, 1);
  uint32_t offset = weekday(first, !monday_first);
  if (date.month == 1 && date.day <= 7 - offset) {
    if (!by_year && ((first_weekday && offset != 0) || (!first_weekday && offset >= 4))) return out;
    by_year = true;
    --out.year;
    const int64_t length = is_leap_year(out.year) ? 366 : 365;
    first -= length;
    offset = static_cast<uint32_t>((offset + 53 * 7 - length) % 7);
  }
  const bool late = (first_weekday && offset != 0) || (!first_weekday && offset >= 4);
  const int64_t passed = late ? days - (first + (7 - offset)) : days - (first - offset);
  if (by_year && passed >= 52 * 7) {
    const int64_t length = is_leap_year(out.year) ? 366 : 365;
    offset = static_cast<uint32_t>((offset + length) % 7);
    if ((!first_weekday && offset < 4) || (first_weekday && offset == 0)) return {out.year + 1, 1};
  }
  out.week = static_cast<uint32_t>(passed / 7) + 1;
  return out;
}

// MySQL turns the meaning of the bit around for weeks that start on Sunday.
uint32_t normalised_mode(uint32_t mode) noexcept {
  mode &= 15U;
  if ((mode & kMondayFirst) == 0) mode ^= kFirstWeekday;
  return mode;
}

// Modes of toDayOfWeek: 0 Monday = 1, 1 Monday = 0, 2 Sunday = 0, 3 Sunday = 1.
uint32_t day_of_week_in_mode(int64_t days, uint32_t mode) noexcept {
  const bool sunday = (mode & 2U) != 0;
  const bool from_zero = (mode & 3U) == 1 || (mode & 3U) == 2;
  return weekday(days, sunday) + (from_zero ? 0 : 1);
}

uint64_t packed_datetime(int64_t local) noexcept {
  const CivilTime t = civil_from_seconds(local);
  const uint64_t date =
      static_cast<uint64_t>(t.date.year) * 10000 + t.date.month * 100 + t.date.day;
  return date * 1000000 + t.hour * 10000 + t.minute * 100 + t.second;
}
uint32_t packed_date(int64_t days) noexcept {
  const CivilDate d = civil_from_days(days);
  return static_cast<uint32_t>(d.year) * 10000 + d.month * 100 + d.day;
}
uint32_t month_number(int64_t days) noexcept {
  const CivilDate d = civil_from_days(days);
  return static_cast<uint32_t>(d.year) * 12 + d.month - 1;
}

}  // namespace

SP_DATE_BODIES(toYear, uint16_t, civil_from_days(days).year)
SP_DATE_BODIES(toQuarter, uint8_t, (civil_from_days(days).month + 2) / 3)
SP_DATE_BODIES(toMonth, uint8_t, civil_from_days(days).month)
SP_DATE_BODIES(toDayOfYear, uint16_t, day_of_year(days))
SP_DATE_BODIES(toDayOfMonth, uint8_t, civil_from_days(days).day)
SP_DATE_BODIES(toDayOfWeek, uint8_t, day_of_week_in_mode(days, context->mode))
SP_DATE_BODIES(toHour, uint8_t, (local - days * kSecondsPerDay) / 3600)
SP_DATE_BODIES(toMinute, uint8_t, (local - days * kSecondsPerDay) / 60 % 60)
SP_DATE_BODIES(toSecond, uint8_t, (local - days * kSecondsPerDay) % 60)
SP_DATE_BODIES(toISOYear, uint16_t, iso_year(days))
SP_DATE_BODIES(toISOWeek, uint8_t, iso_week(days))
SP_DATE_BODIES(toWeek, uint8_t, year_week(days, normalised_mode(context->mode)).week)
SP_DATE_BODIES(toYYYYMM, uint32_t, packed_date(days) / 100)
SP_DATE_BODIES(toYYYYMMDD, uint32_t, packed_date(days))
SP_DATE_BODIES(toYYYYMMDDhhmmss, uint64_t, packed_datetime(local))
SP_DATE_BODIES(toRelativeYearNum, uint16_t, civil_from_days(days).year)
SP_DATE_BODIES(toRelativeQuarterNum, uint32_t, month_number(days) / 3)
SP_DATE_BODIES(toRelativeMonthNum, uint32_t, month_number(days) + 1)
SP_DATE_BODIES(toRelativeWeekNum, uint32_t, (days + 3) / 7)
SP_DATE_BODIES(toRelativeDayNum, uint32_t, days)
SP_DATE_BODIES(toRelativeHourNum, uint32_t, floor_div(context->zone->to_utc(local), 3600))
SP_DATE_BODIES(toRelativeMinuteNum, uint32_t, floor_div(context->zone->to_utc(local), 60))
SP_DATE_BODIES(toRelativeSecondNum, uint32_t, context->zone->to_utc(local))
SP_DATE_BODIES(toDaysSinceYearZero, uint32_t, days + 719528)
SP_DATE_BODIES(timezoneOffset, int32_t, context->zone->offset_at(context->zone->to_utc(local)))

static inline uint32_t packed_week(const DateContext* context, int64_t days) noexcept {
  const YearWeek week = year_week(days, normalised_mode(context->mode | kYearOfWeek));
  return static_cast<uint32_t>(week.year) * 100 + week.week;
}
SP_DATE_BODIES(toYearWeek, uint32_t, packed_week(context, days))

extern "C" uint16_t sp_toMillisecond_datetime(uint32_t) noexcept { return 0; }
extern "C" uint16_t sp_toMillisecond_datetime64(const DateContext* context,
                                                int64_t ticks) noexcept {
  const int64_t fraction = ticks - floor_div(ticks, context->unit) * context->unit;
  return static_cast<uint16_t>(context->unit >= 1000 ? fraction / (context->unit / 1000)
                                                     : fraction * (1000 / context->unit));
}

#ifndef SP_BITCODE
namespace {

Result<ResolvedFunction> to_millisecond(std::span<const Argument> arguments,
                                        const ResolveOptions& options) {
  SP_TRY(DateArgument date, date_argument(arguments, 0, 1, true, options));
  const Type result = Type::of(TypeKind::kUInt16);
  if (date.type.is(TypeKind::kDateTime))
    return call(result, SP_SYMBOL(sp_toMillisecond_datetime), {date.type});
  return call(result, SP_SYMBOL(sp_toMillisecond_datetime64), {date.type}, date.context);
}

}  // namespace

SP_FUNCTIONS(date_parts) {
  const Type u8 = uint8_type(), u16 = Type::of(TypeKind::kUInt16), u32 = uint32_type(),
             u64 = uint64_type();
  const auto add = [&](const char* name, std::vector<const char*> aliases, Resolver resolve,
                       const char* doc, const char* example, const char* answer) {
    const bool folded = !aliases.empty();
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = folded,
                    .min_arguments = 1,
                    .max_arguments = 2,
                    .constant_arguments = 2,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = answer});
  };
#define SP_EXAMPLE(function) "SELECT " function "(toDateTime('2024-03-10 13:45:59', 'UTC'))"
  add("toYear", {"YEAR"}, date_part(SP_DATE_SYMBOLS(toYear), u16), "Returns the year of `date`.",
      SP_EXAMPLE("toYear"), "2024");
  add("toQuarter", {"QUARTER"}, date_part(SP_DATE_SYMBOLS(toQuarter), u8),
      "Returns the quarter (1..4) of `date`.", SP_EXAMPLE("toQuarter"), "1");
  add("toMonth", {"MONTH"}, date_part(SP_DATE_SYMBOLS(toMonth), u8),
      "Returns the month (1..12) of `date`.", SP_EXAMPLE("toMonth"), "3");
  add("toDayOfYear", {"DAYOFYEAR"}, date_part(SP_DATE_SYMBOLS(toDayOfYear), u16),
      "Returns the number of the day in its year.", SP_EXAMPLE("toDayOfYear"), "70");
  add("toDayOfMonth", {"DAYOFMONTH", "DAY"}, date_part(SP_DATE_SYMBOLS(toDayOfMonth), u8),
      "Returns the day of the month.", SP_EXAMPLE("toDayOfMonth"), "10");
  add("toHour", {"HOUR"}, date_part(SP_DATE_SYMBOLS(toHour), u8, true),
      "Returns the hour (0..23) of `time`.", SP_EXAMPLE("toHour"), "13");
  add("toMinute", {"MINUTE"}, date_part(SP_DATE_SYMBOLS(toMinute), u8, true),
      "Returns the minute of `time`.", SP_EXAMPLE("toMinute"), "45");
  add("toSecond", {"SECOND"}, date_part(SP_DATE_SYMBOLS(toSecond), u8, true),
      "Returns the second of `time`.", SP_EXAMPLE("toSecond"), "59");
  add("toMillisecond", {"MILLISECOND"}, to_millisecond, "Returns the millisecond of `time`.",
      SP_EXAMPLE("toMillisecond"), "0");
  add("toISOYear", {}, date_part(SP_DATE_SYMBOLS(toISOYear), u16),
      "Returns the ISO year of `date`.", SP_EXAMPLE("toISOYear"), "2024");
  add("toISOWeek", {}, date_part(SP_DATE_SYMBOLS(toISOWeek), u8), "Returns the ISO week of `date`.",
      SP_EXAMPLE("toISOWeek"), "10");
  add("toYYYYMM", {}, date_part(SP_DATE_SYMBOLS(toYYYYMM), u32), "Returns year * 100 + month.",
      SP_EXAMPLE("toYYYYMM"), "202403");
  add("toYYYYMMDD", {}, date_part(SP_DATE_SYMBOLS(toYYYYMMDD), u32),
      "Returns year * 10000 + month * 100 + day.", SP_EXAMPLE("toYYYYMMDD"), "20240310");
  add("toYYYYMMDDhhmmss", {}, date_part(SP_DATE_SYMBOLS(toYYYYMMDDhhmmss), u64),
      "Returns date and time as one number.", SP_EXAMPLE("toYYYYMMDDhhmmss"), "20240310134559");
  add("toRelativeYearNum", {}, date_part(SP_DATE_SYMBOLS(toRelativeYearNum), u16),
      "Returns the number of the year.", SP_EXAMPLE("toRelativeYearNum"), "2024");
  add("toRelativeQuarterNum", {}, date_part(SP_DATE_SYMBOLS(toRelativeQuarterNum), u32),
      "Returns the number of quarters since the year 0.", SP_EXAMPLE("toRelativeQuarterNum"),
      "8096");
  add("toRelativeMonthNum", {}, date_part(SP_DATE_SYMBOLS(toRelativeMonthNum), u32),
      "Returns the number of months since the year 0.", SP_EXAMPLE("toRelativeMonthNum"), "24291");
  add("toRelativeWeekNum", {}, date_part(SP_DATE_SYMBOLS(toRelativeWeekNum), u32),
      "Returns the number of weeks since 1970.", SP_EXAMPLE("toRelativeWeekNum"), "2827");
  add("toRelativeDayNum", {}, date_part(SP_DATE_SYMBOLS(toRelativeDayNum), u32),
      "Returns the number of days since 1970.", SP_EXAMPLE("toRelativeDayNum"), "19792");
  add("toRelativeHourNum", {}, date_part(SP_DATE_SYMBOLS(toRelativeHourNum), u32),
      "Returns the number of hours since 1970.", SP_EXAMPLE("toRelativeHourNum"), "475021");
  add("toRelativeMinuteNum", {}, date_part(SP_DATE_SYMBOLS(toRelativeMinuteNum), u32),
      "Returns the number of minutes since 1970.", SP_EXAMPLE("toRelativeMinuteNum"), "28501305");
  add("toRelativeSecondNum", {}, date_part(SP_DATE_SYMBOLS(toRelativeSecondNum), u32),
      "Returns the number of seconds since 1970.", SP_EXAMPLE("toRelativeSecondNum"), "1710078359");
  add("toDaysSinceYearZero", {"TO_DAYS"}, date_part(SP_DATE_SYMBOLS(toDaysSinceYearZero), u32),
      "Returns the number of days since 0000-01-01.", SP_EXAMPLE("toDaysSinceYearZero"), "739320");
  add("timezoneOffset", {"timeZoneOffset"},
      date_part(SP_DATE_SYMBOLS(timezoneOffset), Type::of(TypeKind::kInt32), true),
      "Returns the offset from UTC, in seconds, at `time`.", SP_EXAMPLE("timezoneOffset"), "0");
  const auto add_mode = [&](const char* name, std::vector<const char*> aliases, Resolver resolve,
                            const char* doc, const char* example, const char* answer) {
    const bool folded = !aliases.empty();
    rows.push_back({.name = name,
                    .aliases = std::move(aliases),
                    .case_insensitive = folded,
                    .min_arguments = 1,
                    .max_arguments = 3,
                    .constant_arguments = 6,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = answer});
  };
  add_mode("toDayOfWeek", {"DAYOFWEEK"}, week_part(SP_DATE_SYMBOLS(toDayOfWeek), u8),
           "Returns the day of the week; by default Monday is 1.", SP_EXAMPLE("toDayOfWeek"), "7");
  add_mode("toWeek", {"WEEK"}, week_part(SP_DATE_SYMBOLS(toWeek), u8),
           "Returns the number of the week in its year, by MySQL's `mode`.", SP_EXAMPLE("toWeek"),
           "10");
  add_mode("toYearWeek", {"YEARWEEK"}, week_part(SP_DATE_SYMBOLS(toYearWeek), u32),
           "Returns year and week as one number, by MySQL's `mode`.", SP_EXAMPLE("toYearWeek"),
           "202410");
#undef SP_EXAMPLE
}
#endif

}  // namespace sp
