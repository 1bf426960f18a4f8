// toStartOfInterval and dateTrunc: rounding down to a multiple of an interval.
// Weeks count from Monday 1970-01-05, days from 1970-01-01, months from 1900-01, years from year 0,
// hours from local midnight, minutes and seconds from the epoch, as in ClickHouse's DateLUTImpl.

#include "runtime/functions/date_value.h"
#include "runtime/functions/interval_unit.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

int64_t down(int64_t value, int64_t step) noexcept { return floor_div(value, step) * step; }

int64_t start_of_months(int64_t days, int64_t months) noexcept {
  const CivilDate d = civil_from_days(days);
  const int64_t index = down((static_cast<int64_t>(d.year) - 1900) * 12 + d.month - 1, months);
  return days_from_civil(1900 + floor_div(index, 12),
                         static_cast<uint32_t>(floor_mod(index, 12)) + 1, 1);
}
int64_t start_of_years(int64_t days, int64_t years) noexcept {
  const int64_t year = down(civil_from_days(days).year, years);
  return days_from_civil(year < 1900 ? 1900 : year, 1, 1);
}
int64_t start_of_hours(const DateContext* context, int64_t local, int64_t days) noexcept {
  const int64_t midnight = days * kSecondsPerDay;
  const int64_t wanted = midnight + down(local - midnight, context->amount * 3600);
  const int64_t start = context->zone->to_utc(wanted);
  // A start that the clock skipped becomes the moment at which it went on.
  const int64_t shown = context->zone->to_local(start);
  return shown < wanted ? start + (wanted - shown) : start;
}

// dateTrunc keeps the range of its argument: Date32 and DateTime64(0) for the wide types.
int64_t trunc_weeks_of(const DateContext*, int64_t, int64_t days) noexcept {
  return days - (day_of_week(days) - 1);
}
int64_t trunc_months_of(const DateContext* context, int64_t, int64_t days) noexcept {
  return start_of_months(days, context->amount);
}
int64_t trunc_days_of(const DateContext* context, int64_t, int64_t days) noexcept {
  return context->zone->to_utc(days * kSecondsPerDay);
}
int64_t trunc_clock_of(const DateContext* context, int64_t local, int64_t) noexcept {
  return context->zone->to_utc(local) - floor_mod(local, context->amount);
}
uint16_t narrow_weeks_of(const DateContext* context, int64_t local, int64_t days) noexcept {
  return date_result(trunc_weeks_of(context, local, days));
}
uint16_t narrow_months_of(const DateContext* context, int64_t local, int64_t days) noexcept {
  return date_result(trunc_months_of(context, local, days));
}
uint32_t narrow_days_of(const DateContext* context, int64_t, int64_t days) noexcept {
  return midnight_result(*context->zone, days);
}
uint32_t narrow_clock_of(const DateContext* context, int64_t local, int64_t days) noexcept {
  return clock_result(trunc_clock_of(context, local, days), context->zone->to_utc(local));
}

}  // namespace

SP_DATE_BODIES(interval_weeks, uint16_t, date_result(4 + down(days - 4, context->amount * 7)))
SP_DATE_BODIES(interval_months, uint16_t, date_result(start_of_months(days, context->amount)))
SP_DATE_BODIES(interval_years, uint16_t, date_result(start_of_years(days, context->amount)))
SP_DATE_BODIES(interval_days, uint32_t,
               midnight_result(*context->zone, down(days, context->amount)))
SP_DATE_BODIES(interval_hours, uint32_t,
               clock_result(start_of_hours(context, local, days), context->zone->to_utc(local)))

// Minutes and seconds: `amount` is in seconds; the offset of the zone counts by what is left of
// whole minutes or hours.
extern "C" uint32_t sp_interval_seconds_datetime(const DateContext* context,
                                                 uint32_t seconds) noexcept {
  return static_cast<uint32_t>(down(seconds, context->amount));
}
extern "C" uint32_t sp_interval_seconds_datetime64(const DateContext* context,
                                                   int64_t ticks) noexcept {
  return static_cast<uint32_t>(down(floor_div(ticks, context->unit), context->amount));
}
// Fractions of a second: `amount` is in ticks of the result.
extern "C" int64_t sp_interval_ticks_datetime64(const DateContext* context,
                                                int64_t ticks) noexcept {
  const int64_t value = context->result_unit >= context->unit
                            ? ticks * (context->result_unit / context->unit)
                            : floor_div(ticks, context->unit / context->result_unit);
  return down(value, context->amount);
}

// With an origin: multiples count from it. `amount` is in seconds, or in months if mode is 1.
extern "C" int64_t sp_interval_from_origin(const DateContext* context, int64_t ticks, int64_t,
                                           int64_t origin) noexcept {
  if (context->mode == 0) {
    const int64_t step = context->amount * context->unit;
    return origin + down(ticks - origin, step);
  }
  const int64_t local = context->zone->to_local(floor_div(ticks, context->unit));
  const int64_t start = context->zone->to_local(floor_div(origin, context->unit));
  const int64_t start_days = floor_div(start, kSecondsPerDay);
  const CivilDate a = civil_from_days(floor_div(local, kSecondsPerDay));
  const CivilDate b = civil_from_days(start_days);
  int64_t months = (static_cast<int64_t>(a.year) - b.year) * 12 + static_cast<int64_t>(a.month) -
                   static_cast<int64_t>(b.month);
  const int64_t time = start - start_days * kSecondsPerDay;
  const auto at = [&](int64_t n) { return add_months(start_days, n) * kSecondsPerDay + time; };
  if (at(months) > local) --months;
  const int64_t fraction = origin - floor_div(origin, context->unit) * context->unit;
  return context->zone->to_utc(at(down(months, context->amount))) * context->unit + fraction;
}

// dateTrunc's bodies: the date stands behind the unit, which is passed and ignored. Narrow results
// for Date and DateTime.
#define SP_TRUNC(name, narrow, wide)                                                               \
  extern "C" narrow sp_trunc_##name##_date(const DateContext* context, const StringRef&,           \
                                           uint16_t value) noexcept {                              \
    return narrow_##name##_of(context, int64_t{value} * kSecondsPerDay, value);                    \
  }                                                                                                \
  extern "C" wide sp_trunc_##name##_date32(const DateContext* context, const StringRef&,           \
                                           int32_t value) noexcept {                               \
    return static_cast<wide>(trunc_##name##_of(context, int64_t{value} * kSecondsPerDay, value));  \
  }                                                                                                \
  extern "C" narrow sp_trunc_##name##_datetime(const DateContext* context, const StringRef&,       \
                                               uint32_t value) noexcept {                          \
    const int64_t local = local_of_seconds(context, value);                                        \
    return narrow_##name##_of(context, local, floor_div(local, kSecondsPerDay));                   \
  }                                                                                                \
  extern "C" wide sp_trunc_##name##_datetime64(const DateContext* context, const StringRef&,       \
                                               int64_t value) noexcept {                           \
    const int64_t local = local_of_seconds(context, seconds_of_ticks(context, value));             \
    return static_cast<wide>(trunc_##name##_of(context, local, floor_div(local, kSecondsPerDay))); \
  }
SP_TRUNC(weeks, uint16_t, int32_t)
SP_TRUNC(months, uint16_t, int32_t)
SP_TRUNC(days, uint32_t, int64_t)
SP_TRUNC(clock, uint32_t, int64_t)
#undef SP_TRUNC

extern "C" int64_t sp_trunc_ticks_datetime64(const DateContext* context, const StringRef&,
                                             int64_t ticks) noexcept {
  return sp_interval_ticks_datetime64(context, ticks);
}

#ifndef SP_BITCODE
namespace {

Result<int64_t> positive_amount(const Argument& interval) {
  const int64_t amount = *static_cast<const int64_t*>(interval.constant);
  if (amount > 0 && amount < 1000000000) return amount;
  return fail(ErrorCode::kArgumentOutOfBound,
              "Value for an interval of function toStartOfInterval must be positive, got " +
                  std::to_string(amount));
}

Result<ResolvedFunction> start_of_interval(std::span<const Argument> arguments,
                                           const ResolveOptions& options) {
  const Type interval = arguments[1].type;
  if (!interval.is(TypeKind::kInterval)) return illegal_argument(arguments, 1, "Interval");
  const IntervalUnit unit = interval.interval_unit();
  SP_TRY(const int64_t amount, positive_amount(arguments[1]));
  const bool has_origin = arguments.size() > 2 && !arguments[2].type.is_string_like();
  const size_t zone_index = has_origin ? 3 : 2;
  const bool calendar =
      months_of_unit(unit) != 0 || unit == IntervalUnit::kWeek || unit == IntervalUnit::kDay;
  SP_TRY(DateArgument date, date_argument(arguments, 0, zone_index, !calendar, options));
  DateContext& context = *date.context;
  context.amount = amount;
  const Type datetime = Type::datetime(date.zone_name);

  if (has_origin) {
    // Argument, interval and origin meet as ticks; the result has the argument's type.
    if (arguments[2].type.kind() != date.type.kind())
      return illegal_argument(arguments, 2, "the type of the first argument");
    if (!has_time_of_day(date.type))
      return fail(ErrorCode::kNotImplemented, "toStartOfInterval of Date with an origin");
    const Type instant = Type::datetime64(
        date.type.is(TypeKind::kDateTime64) ? date.type.precision() : 0, date.zone_name);
    if (months_of_unit(unit) != 0) {
      context.mode = 1;
      context.amount = amount * months_of_unit(unit);
    } else if (digits_of_unit(unit) == 0) {
      context.amount = amount * seconds_of_unit(unit);
    } else {
      return fail(ErrorCode::kNotImplemented,
                  "toStartOfInterval with an origin and an interval below a second");
    }
    return call(instant, SP_SYMBOL(sp_interval_from_origin), {instant, interval, instant},
                date.context);
  }

  const Type day = Type::of(TypeKind::kDate);
  switch (unit) {
    case IntervalUnit::kYear:
      return call(day, SP_DATE_SYMBOLS(interval_years).of(date.type), {date.type}, date.context);
    case IntervalUnit::kQuarter:
    case IntervalUnit::kMonth:
      context.amount = amount * months_of_unit(unit);
      return call(day, SP_DATE_SYMBOLS(interval_months).of(date.type), {date.type}, date.context);
    case IntervalUnit::kWeek:
      return call(day, SP_DATE_SYMBOLS(interval_weeks).of(date.type), {date.type}, date.context);
    case IntervalUnit::kDay:
      return call(datetime, SP_DATE_SYMBOLS(interval_days).of(date.type), {date.type},
                  date.context);
    case IntervalUnit::kHour:
      return call(datetime, SP_DATE_SYMBOLS(interval_hours).of(date.type), {date.type},
                  date.context);
    case IntervalUnit::kMinute:
    case IntervalUnit::kSecond:
      context.amount = amount * seconds_of_unit(unit);
      return call(datetime,
                  date.type.is(TypeKind::kDateTime) ? SP_SYMBOL(sp_interval_seconds_datetime)
                                                    : SP_SYMBOL(sp_interval_seconds_datetime64),
                  {date.type}, date.context);
    default: break;
  }
  if (!date.type.is(TypeKind::kDateTime64)) return illegal_argument(arguments, 0, "DateTime64");
  const uint32_t digits = digits_of_unit(unit);
  context.result_unit = power_of_ten(digits);
  return call(Type::datetime64(digits, date.zone_name), SP_SYMBOL(sp_interval_ticks_datetime64),
              {date.type}, date.context);
}

Result<ResolvedFunction> date_trunc(std::span<const Argument> arguments,
                                    const ResolveOptions& options) {
  const auto name = arguments[0].constant_text();
  if (!name) return illegal_argument(arguments, 0, "constant String with a unit");
  const auto unit = interval_unit_named(*name);
  if (!unit) {
    return fail(ErrorCode::kBadArguments,
                "Function dateTrunc does not support unit: " + std::string(*name), std::nullopt,
                did_you_mean(*name, {"second", "minute", "hour", "day", "week", "month", "quarter",
                                     "year"}));
  }
  const bool calendar =
      months_of_unit(*unit) != 0 || *unit == IntervalUnit::kWeek || *unit == IntervalUnit::kDay;
  SP_TRY(DateArgument date, date_argument(arguments, 1, 2, !calendar, options));
  DateContext& context = *date.context;
  const bool wide = date.type.is(TypeKind::kDate32) || date.type.is(TypeKind::kDateTime64);
  const Type day = Type::of(wide ? TypeKind::kDate32 : TypeKind::kDate);
  const Type instant = wide ? Type::datetime64(0, date.zone_name) : Type::datetime(date.zone_name);
  const std::vector<Type> types = {string_type(), date.type};
  if (months_of_unit(*unit) != 0) {
    context.amount = months_of_unit(*unit);
    return call(day, SP_DATE_SYMBOLS(trunc_months).of(date.type), types, date.context);
  }
  if (*unit == IntervalUnit::kWeek)
    return call(day, SP_DATE_SYMBOLS(trunc_weeks).of(date.type), types, date.context);
  if (*unit == IntervalUnit::kDay)
    return call(instant, SP_DATE_SYMBOLS(trunc_days).of(date.type), types, date.context);
  const uint32_t digits = digits_of_unit(*unit);
  if (digits == 0) {
    context.amount = seconds_of_unit(*unit);
    return call(instant, SP_DATE_SYMBOLS(trunc_clock).of(date.type), types, date.context);
  }
  if (!date.type.is(TypeKind::kDateTime64)) return illegal_argument(arguments, 1, "DateTime64");
  context.amount = 1;
  context.result_unit = power_of_ten(digits);
  return call(Type::datetime64(digits, date.zone_name), SP_SYMBOL(sp_trunc_ticks_datetime64), types,
              date.context);
}

}  // namespace

SP_FUNCTIONS(date_interval) {
  rows.push_back(
      {.name = "toStartOfInterval",
       .aliases = {"date_bin", "time_bucket"},
       .min_arguments = 2,
       .max_arguments = 4,
       .constant_arguments = 10,
       .resolve = start_of_interval,
       .doc =
           "Rounds `time` down to a multiple of `interval`, counted from `origin` if it is given.",
       .example =
           "SELECT toStartOfInterval(toDateTime('2024-03-10 13:47:59', 'UTC'), INTERVAL 15 MINUTE)",
       .example_result = "2024-03-10 13:45:00"});
  rows.push_back({.name = "dateTrunc",
                  .aliases = {"date_trunc", "DATE_TRUNC"},
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .max_arguments = 3,
                  .constant_arguments = 5,
                  .resolve = date_trunc,
                  .doc = "Cuts `date` to the start of its `unit`.",
                  .example = "SELECT dateTrunc('month', toDate('2024-03-10'))",
                  .example_result = "2024-03-01"});
}
#endif

}  // namespace sp
