// dateDiff and age. dateDiff counts the boundaries of units between two dates (of the local
// calendar), age the whole units that have passed.

#include "runtime/functions/date_value.h"
#include "runtime/functions/interval_unit.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"

namespace sp {

/// Data of a difference: both arguments are instants with `unit` ticks a second.
struct DifferenceContext : FunctionContext {
  const TimeZone* first_zone = nullptr;
  const TimeZone* second_zone = nullptr;
  int64_t unit = 1;
  int64_t part = 1;    // ticks of units below a second; seconds of fixed units
  int64_t months = 1;  // of units from month on
};

namespace {

struct Moment {
  int64_t days;
  int64_t second;    // of the day
  int64_t fraction;  // ticks
};

Moment moment_of(const TimeZone* zone, int64_t ticks, int64_t unit) noexcept {
  const int64_t seconds = floor_div(ticks, unit);
  const int64_t local = zone->to_local(seconds);
  const int64_t days = floor_div(local, kSecondsPerDay);
  return {days, local - days * kSecondsPerDay, ticks - seconds * unit};
}

int64_t month_index(int64_t days) noexcept {
  const CivilDate d = civil_from_days(days);
  return static_cast<int64_t>(d.year) * 12 + d.month - 1;
}

bool time_before(const Moment& a, const Moment& b) noexcept {
  return a.second != b.second ? a.second < b.second : a.fraction < b.fraction;
}

}  // namespace

// A fixed unit below a day, counted in UTC with the zone's offset (so that half-hour zones count
// local hours).
extern "C" int64_t sp_date_diff_seconds(const DifferenceContext* context, const StringRef&,
                                        int64_t a, int64_t b) noexcept {
  if (context->part == 1 && context->unit == 1) return b - a;
  const int64_t first = context->first_zone->to_local(floor_div(a, context->unit));
  const int64_t second = context->second_zone->to_local(floor_div(b, context->unit));
  if (context->part == 1) return floor_div(b, context->unit) - floor_div(a, context->unit);
  // Offsets of whole units do not matter: count in UTC.
  const int64_t first_offset = floor_mod(first - floor_div(a, context->unit), context->part);
  const int64_t second_offset = floor_mod(second - floor_div(b, context->unit), context->part);
  return floor_div(floor_div(b, context->unit) + second_offset, context->part) -
         floor_div(floor_div(a, context->unit) + first_offset, context->part);
}
extern "C" int64_t sp_date_diff_days(const DifferenceContext* context, const StringRef&, int64_t a,
                                     int64_t b) noexcept {
  return moment_of(context->second_zone, b, context->unit).days -
         moment_of(context->first_zone, a, context->unit).days;
}
extern "C" int64_t sp_date_diff_weeks(const DifferenceContext* context, const StringRef&, int64_t a,
                                      int64_t b) noexcept {
  const int64_t first = moment_of(context->first_zone, a, context->unit).days;
  const int64_t second = moment_of(context->second_zone, b, context->unit).days;
  return floor_div(second + 3, 7) - floor_div(first + 3, 7);
}
extern "C" int64_t sp_date_diff_months(const DifferenceContext* context, const StringRef&,
                                       int64_t a, int64_t b) noexcept {
  const int64_t first = month_index(moment_of(context->first_zone, a, context->unit).days);
  const int64_t second = month_index(moment_of(context->second_zone, b, context->unit).days);
  return floor_div(second, context->months) - floor_div(first, context->months);
}
// Units below a second: the ticks themselves.
extern "C" int64_t sp_date_diff_ticks(const DifferenceContext* context, const StringRef&, int64_t a,
                                      int64_t b) noexcept {
  if (context->part >= context->unit) return (b - a) * (context->part / context->unit);
  const int64_t step = context->unit / context->part;
  return floor_div(b, step) - floor_div(a, step);
}

extern "C" int64_t sp_age_ticks(const DifferenceContext* context, const StringRef&, int64_t a,
                                int64_t b) noexcept {
  return context->part >= context->unit ? (b - a) * (context->part / context->unit)
                                        : (b - a) / (context->unit / context->part);
}
extern "C" int64_t sp_age_seconds(const DifferenceContext* context, const StringRef&, int64_t a,
                                  int64_t b) noexcept {
  return (b - a) / (context->unit * context->part);
}
// Days and weeks: whole local days passed.
extern "C" int64_t sp_age_days(const DifferenceContext* context, const StringRef&, int64_t a,
                               int64_t b) noexcept {
  const bool backwards = b < a;
  const Moment first = moment_of(backwards ? context->second_zone : context->first_zone,
                                 backwards ? b : a, context->unit);
  const Moment second = moment_of(backwards ? context->first_zone : context->second_zone,
                                  backwards ? a : b, context->unit);
  int64_t days = second.days - first.days - (time_before(second, first) ? 1 : 0);
  days /= context->part;
  return backwards ? -days : days;
}
extern "C" int64_t sp_age_months(const DifferenceContext* context, const StringRef&, int64_t a,
                                 int64_t b) noexcept {
  const bool backwards = b < a;
  const Moment first = moment_of(backwards ? context->second_zone : context->first_zone,
                                 backwards ? b : a, context->unit);
  const Moment second = moment_of(backwards ? context->first_zone : context->second_zone,
                                  backwards ? a : b, context->unit);
  int64_t months = month_index(second.days) - month_index(first.days);
  const uint32_t first_day = civil_from_days(first.days).day;
  const uint32_t second_day = civil_from_days(second.days).day;
  if (second_day < first_day || (second_day == first_day && time_before(second, first))) --months;
  months /= context->months;
  return backwards ? -months : months;
}

#ifndef SP_BITCODE
namespace {

Symbol symbol_of(IntervalUnit unit, bool age) {
  if (digits_of_unit(unit) != 0)
    return age ? SP_SYMBOL(sp_age_ticks) : SP_SYMBOL(sp_date_diff_ticks);
  if (months_of_unit(unit) != 0)
    return age ? SP_SYMBOL(sp_age_months) : SP_SYMBOL(sp_date_diff_months);
  if (unit == IntervalUnit::kDay)
    return age ? SP_SYMBOL(sp_age_days) : SP_SYMBOL(sp_date_diff_days);
  if (unit == IntervalUnit::kWeek)
    return age ? SP_SYMBOL(sp_age_days) : SP_SYMBOL(sp_date_diff_weeks);
  return age ? SP_SYMBOL(sp_age_seconds) : SP_SYMBOL(sp_date_diff_seconds);
}

Result<Type> instant_type(std::span<const Argument> arguments, size_t index, uint32_t precision,
                          const std::string& zone) {
  const Type type = arguments[index].type;
  if (!type.is_date_like())
    return illegal_argument(arguments, index, "Date, Date32, DateTime or DateTime64");
  const std::string& own = has_time_of_day(type) && zone.empty() ? type.timezone() : zone;
  return Type::datetime64(precision, own);
}

// (unit, first, second[, zone]).
Resolver difference(bool age) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    const auto name = arguments[0].constant_text();
    if (!name) return illegal_argument(arguments, 0, "constant String with a unit");
    const auto unit = interval_unit_named(*name);
    if (!unit) {
      return fail(ErrorCode::kBadArguments,
                  "Function dateDiff does not support unit: " + std::string(*name), std::nullopt,
                  did_you_mean(*name, {"second", "minute", "hour", "day", "week", "month",
                                       "quarter", "year"}));
    }
    SP_TRY(const std::string zone, constant_zone(arguments, 3));
    uint32_t precision = 0;
    for (const size_t i : {1U, 2U}) {
      if (arguments[i].type.is(TypeKind::kDateTime64))
        precision = std::max(precision, arguments[i].type.precision());
    }
    SP_TRY(const Type first, instant_type(arguments, 1, precision, zone));
    SP_TRY(const Type second, instant_type(arguments, 2, precision, zone));
    auto context = std::make_shared<DifferenceContext>();
    const auto zone_or_server = [&](Type type) {
      const TimeZone* found =
          TimeZone::find(type.timezone().empty() ? options.timezone : type.timezone());
      return found == nullptr ? &TimeZone::utc() : found;
    };
    context->first_zone = zone_or_server(first);
    context->second_zone = zone_or_server(second);
    context->unit = power_of_ten(precision);
    if (digits_of_unit(*unit) != 0)
      context->part = power_of_ten(digits_of_unit(*unit));
    else if (*unit == IntervalUnit::kDay)
      context->part = 1;
    else if (*unit == IntervalUnit::kWeek)
      context->part = 7;
    else if (months_of_unit(*unit) == 0)
      context->part = seconds_of_unit(*unit);
    if (months_of_unit(*unit) != 0) context->months = months_of_unit(*unit);
    return call(int64_type(), symbol_of(*unit, age), {arguments[0].type, first, second}, context);
  };
}

}  // namespace

SP_FUNCTIONS(date_difference) {
  rows.push_back({.name = "dateDiff",
                  .aliases = {"date_diff", "DATE_DIFF", "DATEDIFF", "timestampDiff",
                              "timestamp_diff", "TIMESTAMP_DIFF"},
                  .case_insensitive = true,
                  .min_arguments = 3,
                  .max_arguments = 4,
                  .constant_arguments = 9,
                  .resolve = difference(false),
                  .doc = "Counts the boundaries of `unit` between `first` and `second`.",
                  .example = "SELECT dateDiff('month', toDate('2024-01-31'), toDate('2024-03-01'))",
                  .example_result = "2"});
  rows.push_back({.name = "age",
                  .case_insensitive = true,
                  .min_arguments = 3,
                  .max_arguments = 4,
                  .constant_arguments = 9,
                  .resolve = difference(true),
                  .doc = "Counts the whole `unit`s that passed from `first` to `second`.",
                  .example = "SELECT age('month', toDate('2024-01-31'), toDate('2024-03-01'))",
                  .example_result = "1"});
}
#endif

}  // namespace sp
