// Moving dates by intervals: addDays ... subtractYears, dateAdd, and the date branches of plus and
// minus.
// A day is a day of the local calendar, an hour is 3600 seconds; months keep the day, cut to the
// month's length.

#include "runtime/functions/date_arithmetic.h"
#include "runtime/functions/date_value.h"
#include "runtime/functions/interval_unit.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

int64_t wrapping_product(int64_t a, int64_t b) noexcept {
  return static_cast<int64_t>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}
int64_t wrapping_sum(int64_t a, int64_t b) noexcept {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
// Keeps calendar arithmetic away from overflow; far beyond the years that any type holds.
int64_t bounded(int64_t value) noexcept {
  constexpr int64_t kLimit = 100000000;
  return value < -kLimit ? -kLimit : value > kLimit ? kLimit : value;
}
int64_t moved_days(const DateContext* context, int64_t days, int64_t n) noexcept {
  return days + bounded(wrapping_product(n, context->amount));
}
int64_t moved_months(const DateContext* context, int64_t days, int64_t n) noexcept {
  return add_months(days, bounded(wrapping_product(n, context->amount)));
}
int64_t seconds_by_days(const DateContext* context, int64_t seconds, int64_t n) noexcept {
  const int64_t local = context->zone->to_local(seconds);
  return context->zone->to_utc(local +
                               bounded(wrapping_product(n, context->amount)) * kSecondsPerDay);
}
int64_t seconds_by_months(const DateContext* context, int64_t seconds, int64_t n) noexcept {
  const int64_t local = context->zone->to_local(seconds);
  const int64_t days = floor_div(local, kSecondsPerDay);
  const int64_t time = local - days * kSecondsPerDay;
  return context->zone->to_utc(moved_months(context, days, n) * kSecondsPerDay + time);
}
int64_t midnight(const DateContext* context, int64_t days) noexcept {
  return context->zone->to_utc(days * kSecondsPerDay);
}

}  // namespace

// Each body in three orders of its arguments: (date, n), (n, date) and ('unit', n, date).
#define SP_SHIFT(name, date_type, result, expression)                                            \
  static inline result name##_of(const DateContext* context, date_type value,                    \
                                 int64_t n) noexcept {                                           \
    return static_cast<result>(expression);                                                      \
  }                                                                                              \
  extern "C" result sp_##name(const DateContext* context, date_type value, int64_t n) noexcept { \
    return name##_of(context, value, n);                                                         \
  }                                                                                              \
  extern "C" result sp_##name##_swapped(const DateContext* context, int64_t n,                   \
                                        date_type value) noexcept {                              \
    return name##_of(context, value, n);                                                         \
  }                                                                                              \
  extern "C" result sp_##name##_unit(const DateContext* context, const StringRef&, int64_t n,    \
                                     date_type value) noexcept {                                 \
    return name##_of(context, value, n);                                                         \
  }

SP_SHIFT(date_days, uint16_t, uint16_t, moved_days(context, value, n))
SP_SHIFT(date_months, uint16_t, uint16_t, date_result(moved_months(context, value, n)))
SP_SHIFT(date_seconds, uint16_t, uint32_t,
         wrapping_sum(midnight(context, value), wrapping_product(n, context->amount)))
SP_SHIFT(date32_days, int32_t, int32_t, moved_days(context, value, n))
SP_SHIFT(date32_months, int32_t, int32_t, moved_months(context, value, n))
SP_SHIFT(date32_seconds, int32_t, int64_t,
         wrapping_sum(midnight(context, value) * context->result_unit,
                      wrapping_product(n, context->amount * context->result_unit)))
SP_SHIFT(datetime_seconds, uint32_t, uint32_t,
         wrapping_sum(value, wrapping_product(n, context->amount)))
SP_SHIFT(datetime_days, uint32_t, uint32_t, seconds_by_days(context, value, n))
SP_SHIFT(datetime_months, uint32_t, uint32_t, seconds_by_months(context, value, n))
SP_SHIFT(datetime_ticks, uint32_t, int64_t,
         wrapping_sum(int64_t{value} * context->result_unit, wrapping_product(n, context->amount)))
SP_SHIFT(datetime64_ticks, int64_t, int64_t,
         wrapping_sum(wrapping_product(value, context->result_unit / context->unit),
                      wrapping_product(n, context->amount)))

static inline int64_t datetime64_moved(const DateContext* context, int64_t value, int64_t n,
                                       bool months) noexcept {
  const int64_t seconds = floor_div(value, context->unit);
  const int64_t fraction = value - seconds * context->unit;
  const int64_t moved =
      months ? seconds_by_months(context, seconds, n) : seconds_by_days(context, seconds, n);
  return wrapping_sum(wrapping_product(moved, context->unit), fraction);
}
SP_SHIFT(datetime64_days, int64_t, int64_t, datetime64_moved(context, value, n, false))
SP_SHIFT(datetime64_months, int64_t, int64_t, datetime64_moved(context, value, n, true))
#undef SP_SHIFT

extern "C" int32_t sp_date_minus_date(uint16_t a, uint16_t b) noexcept { return a - b; }
extern "C" int32_t sp_date32_minus_date32(int32_t a, int32_t b) noexcept { return a - b; }
extern "C" int32_t sp_datetime_minus_datetime(uint32_t a, uint32_t b) noexcept {
  return static_cast<int32_t>(a - b);
}
extern "C" int64_t sp_datetime64_minus_datetime64(int64_t a, int64_t b) noexcept {
  return wrapping_sum(a, wrapping_product(b, -1));
}

#ifndef SP_BITCODE
namespace {

enum class Order : uint8_t { kDateFirst, kAmountFirst, kUnitFirst };

#define SP_ORDERED(name)                                           \
  (order == Order::kDateFirst     ? SP_SYMBOL(sp_##name)           \
   : order == Order::kAmountFirst ? SP_SYMBOL(sp_##name##_swapped) \
                                  : SP_SYMBOL(sp_##name##_unit))

struct Shift {
  Type date;  // type of the date argument, after its cast
  Type result;
  Symbol symbol;
  std::shared_ptr<DateContext> context;
};

Error cannot_shift(Type type, IntervalUnit unit) {
  return fail(ErrorCode::kIllegalTypeOfArgument,
              "Cannot add " + Type::interval(unit).name() + " to " + type.name());
}

// `sign` -1 subtracts.
Result<Shift> shift_of(Type date, IntervalUnit unit, int64_t sign, Order order,
                       const ResolveOptions& options) {
  // Texts are times: '2024-01-31' + INTERVAL 1 DAY.
  if (date.is_string_like()) date = Type::datetime64(3);
  auto context = std::make_shared<DateContext>();
  const std::string zone = has_time_of_day(date) ? date.timezone() : std::string();
  const TimeZone* found = TimeZone::find(zone.empty() ? options.timezone : zone);
  context->zone = found == nullptr ? &TimeZone::utc() : found;
  if (date.is(TypeKind::kDateTime64)) context->unit = power_of_ten(date.precision());
  context->result_unit = context->unit;

  const int64_t months = months_of_unit(unit);
  const bool by_days = unit == IntervalUnit::kDay || unit == IntervalUnit::kWeek;
  const uint32_t digits = digits_of_unit(unit);
  Shift out{date, date, {}, context};
  if (months != 0 || by_days) {
    context->amount = sign * (months != 0 ? months : unit == IntervalUnit::kWeek ? 7 : 1);
    switch (date.kind()) {
      case TypeKind::kDate:
        out.symbol = months != 0 ? SP_ORDERED(date_months) : SP_ORDERED(date_days);
        break;
      case TypeKind::kDate32:
        out.symbol = months != 0 ? SP_ORDERED(date32_months) : SP_ORDERED(date32_days);
        break;
      case TypeKind::kDateTime:
        out.symbol = months != 0 ? SP_ORDERED(datetime_months) : SP_ORDERED(datetime_days);
        break;
      default:
        out.symbol = months != 0 ? SP_ORDERED(datetime64_months) : SP_ORDERED(datetime64_days);
        break;
    }
    return out;
  }
  if (digits == 0) {
    context->amount = sign * seconds_of_unit(unit);
    switch (date.kind()) {
      case TypeKind::kDate:
        out.result = Type::datetime();
        out.symbol = SP_ORDERED(date_seconds);
        break;
      case TypeKind::kDate32:
        out.result = Type::datetime64(3);
        context->result_unit = 1000;
        out.symbol = SP_ORDERED(date32_seconds);
        break;
      case TypeKind::kDateTime: out.symbol = SP_ORDERED(datetime_seconds); break;
      default:
        context->amount *= context->unit;
        out.symbol = SP_ORDERED(datetime64_ticks);
        break;
    }
    return out;
  }
  // Fractions of a second widen the result to the digits that they need.
  if (!has_time_of_day(date)) return cannot_shift(date, unit);
  const uint32_t precision =
      std::max(digits, date.is(TypeKind::kDateTime64) ? date.precision() : 0);
  context->result_unit = power_of_ten(precision);
  context->amount = sign * power_of_ten(precision - digits);
  out.result = Type::datetime64(precision, date.timezone());
  out.symbol =
      date.is(TypeKind::kDateTime) ? SP_ORDERED(datetime_ticks) : SP_ORDERED(datetime64_ticks);
  return out;
}

Result<ResolvedFunction> shifted(Type date, IntervalUnit unit, int64_t sign, Order order,
                                 Type amount, const ResolveOptions& options) {
  SP_TRY(Shift shift, shift_of(date, unit, sign, order, options));
  std::vector<Type> arguments;
  if (order == Order::kDateFirst)
    arguments = {shift.date, amount};
  else if (order == Order::kAmountFirst)
    arguments = {amount, shift.date};
  else
    arguments = {string_type(), amount, shift.date};
  return call(shift.result, shift.symbol, std::move(arguments), shift.context);
}

bool is_amount(Type type) { return type.is_number() || type.is(TypeKind::kDecimal); }

// addDays(date, n), subtractMonths(date, n): n is a number.
Resolver shift_by(IntervalUnit unit, int64_t sign) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    const Type date = arguments[0].type;
    if (date.is(TypeKind::kInterval) && date.interval_unit() == unit) {
      return inlined(date, sign > 0 ? Intrinsic::kAdd : Intrinsic::kSubtract, {date, date});
    }
    if (!date.is_date_like() && !date.is_string_like())
      return illegal_argument(arguments, 0, "date or time");
    const Type amount = arguments[1].type;
    const bool same_unit = amount.is(TypeKind::kInterval) && amount.interval_unit() == unit;
    if (!is_amount(amount) && !same_unit) return illegal_argument(arguments, 1, "number");
    return shifted(date, unit, sign, Order::kDateFirst, same_unit ? amount : int64_type(), options);
  };
}

Result<ResolvedFunction> differences(std::span<const Argument> arguments) {
  const Type a = arguments[0].type, b = arguments[1].type;
  const Type days = Type::of(TypeKind::kInt32);
  if (a.kind() == b.kind() && a.is(TypeKind::kDate))
    return call(days, SP_SYMBOL(sp_date_minus_date));
  if (a.kind() == b.kind() && a.is(TypeKind::kDate32))
    return call(days, SP_SYMBOL(sp_date32_minus_date32));
  if (a.kind() == b.kind() && a.is(TypeKind::kDateTime))
    return call(days, SP_SYMBOL(sp_datetime_minus_datetime));
  if (has_time_of_day(a) && has_time_of_day(b)) {
    const uint32_t precision = std::max(a.is(TypeKind::kDateTime64) ? a.precision() : 0,
                                        b.is(TypeKind::kDateTime64) ? b.precision() : 0);
    return call(
        Type::decimal(18, precision), SP_SYMBOL(sp_datetime64_minus_datetime64),
        {Type::datetime64(precision, a.timezone()), Type::datetime64(precision, b.timezone())});
  }
  return illegal_argument(arguments, 1, "a date of the same type");
}

Result<ResolvedFunction> interval_sum(std::span<const Argument> arguments, bool minus) {
  const Type a = arguments[0].type, b = arguments[1].type;
  if (a == b) return inlined(a, minus ? Intrinsic::kSubtract : Intrinsic::kAdd, {a, b});
  if (minus)
    return fail(ErrorCode::kNotImplemented, "Difference of " + a.name() + " and " + b.name());
  return inlined(Type::tuple({a, b}), Intrinsic::kTuple, {a, b});
}

// dateAdd(date, INTERVAL 1 DAY), dateAdd('day', 1, date).
Resolver date_add(bool minus) {
  return [=](std::span<const Argument> arguments,
             const ResolveOptions& options) -> Result<ResolvedFunction> {
    if (arguments.size() == 2) {
      auto resolved = resolve_date_arithmetic(minus ? "minus" : "plus", arguments, options);
      if (!resolved) return illegal_argument(arguments, 0, "date and interval");
      return std::move(*resolved);
    }
    const auto name = arguments[0].constant_text();
    if (!name) return illegal_argument(arguments, 0, "constant String with a unit");
    const auto unit = interval_unit_named(*name);
    if (!unit)
      return fail(ErrorCode::kBadArguments, "Unknown interval unit: " + std::string(*name));
    const Type date = arguments[2].type;
    if (!date.is_date_like() && !date.is_string_like())
      return illegal_argument(arguments, 2, "date or time");
    if (!is_amount(arguments[1].type)) return illegal_argument(arguments, 1, "number");
    return shifted(date, *unit, minus ? -1 : 1, Order::kUnitFirst, int64_type(), options);
  };
}

}  // namespace

std::optional<Result<ResolvedFunction>> resolve_date_arithmetic(std::string_view function,
                                                                std::span<const Argument> arguments,
                                                                const ResolveOptions& options) {
  if (arguments.size() != 2) return std::nullopt;
  const bool minus = function == "minus";
  if (!minus && function != "plus") return std::nullopt;
  const Type a = arguments[0].type, b = arguments[1].type;
  const bool a_interval = a.is(TypeKind::kInterval), b_interval = b.is(TypeKind::kInterval);
  const bool a_date = a.is_date_like(), b_date = b.is_date_like();
  if (!a_interval && !b_interval && !a_date && !b_date) return std::nullopt;
  if (a_interval && b_interval) return interval_sum(arguments, minus);
  const int64_t sign = minus ? -1 : 1;
  if (b_interval && (a_date || a.is_string_like())) {
    return shifted(a, b.interval_unit(), sign, Order::kDateFirst, b, options);
  }
  if (a_interval && !minus && (b_date || b.is_string_like())) {
    return shifted(b, a.interval_unit(), sign, Order::kAmountFirst, a, options);
  }
  if (a_date && b_date && minus) return differences(arguments);
  const auto unit_of = [](Type date) {
    return has_time_of_day(date) ? IntervalUnit::kSecond : IntervalUnit::kDay;
  };
  if (a_date && is_amount(b))
    return shifted(a, unit_of(a), sign, Order::kDateFirst, int64_type(), options);
  if (b_date && is_amount(a) && !minus)
    return shifted(b, unit_of(b), sign, Order::kAmountFirst, int64_type(), options);
  if (a_date && b.is(TypeKind::kTuple)) {
    return fail(ErrorCode::kNotImplemented,
                std::string(function) + " of a date and a tuple of intervals", std::nullopt,
                "add the intervals one by one");
  }
  return fail(ErrorCode::kIllegalTypeOfArgument, "Illegal types " + a.name() + " and " + b.name() +
                                                     " of arguments of function " +
                                                     std::string(function));
}

SP_FUNCTIONS(date_shift) {
  struct Names {
    IntervalUnit unit;
    const char* add;
    const char* subtract;
    const char* add_example;
    const char* add_result;
    const char* subtract_example;
    const char* subtract_result;
  };
#define SP_UNIT(unit, argument, added, subtracted) \
  {IntervalUnit::k##unit,                          \
   "add" #unit "s",                                \
   "subtract" #unit "s",                           \
   "SELECT add" #unit "s(" argument ", 2)",        \
   added,                                          \
   "SELECT subtract" #unit "s(" argument ", 2)",   \
   subtracted}
#define SP_DAY "toDate('2024-03-31')"
#define SP_TIME "toDateTime('2024-03-31 10:00:00', 'UTC')"
  static constexpr Names kUnits[] = {
      SP_UNIT(Nanosecond, "toDateTime64('2024-03-31 10:00:00', 9, 'UTC')",
              "2024-03-31 10:00:00.000000002", "2024-03-31 09:59:59.999999998"),
      SP_UNIT(Microsecond, "toDateTime64('2024-03-31 10:00:00', 6, 'UTC')",
              "2024-03-31 10:00:00.000002", "2024-03-31 09:59:59.999998"),
      SP_UNIT(Millisecond, "toDateTime64('2024-03-31 10:00:00', 3, 'UTC')",
              "2024-03-31 10:00:00.002", "2024-03-31 09:59:59.998"),
      SP_UNIT(Second, SP_TIME, "2024-03-31 10:00:02", "2024-03-31 09:59:58"),
      SP_UNIT(Minute, SP_TIME, "2024-03-31 10:02:00", "2024-03-31 09:58:00"),
      SP_UNIT(Hour, SP_TIME, "2024-03-31 12:00:00", "2024-03-31 08:00:00"),
      SP_UNIT(Day, SP_DAY, "2024-04-02", "2024-03-29"),
      SP_UNIT(Week, SP_DAY, "2024-04-14", "2024-03-17"),
      SP_UNIT(Month, SP_DAY, "2024-05-31", "2024-01-31"),
      SP_UNIT(Quarter, SP_DAY, "2024-09-30", "2023-09-30"),
      SP_UNIT(Year, SP_DAY, "2026-03-31", "2022-03-31"),
  };
#undef SP_UNIT
#undef SP_DAY
#undef SP_TIME
  for (const Names& names : kUnits) {
    rows.push_back({.name = names.add,
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .resolve = shift_by(names.unit, 1),
                    .doc = "Adds `n` units of time to `date`.",
                    .example = names.add_example,
                    .example_result = names.add_result});
    rows.push_back({.name = names.subtract,
                    .min_arguments = 2,
                    .max_arguments = 2,
                    .resolve = shift_by(names.unit, -1),
                    .doc = "Subtracts `n` units of time from `date`.",
                    .example = names.subtract_example,
                    .example_result = names.subtract_result});
  }
  // The three-argument form has a unit first; the two-argument one a date and an interval.
  rows.push_back({.name = "dateAdd",
                  .aliases = {"date_add", "DATE_ADD", "timestampAdd", "timestamp_add", "addDate"},
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .max_arguments = 3,
                  .resolve = date_add(false),
                  .doc = "Adds an interval to `date`.",
                  .example = "SELECT dateAdd(toDate('2024-01-01'), INTERVAL 3 YEAR)",
                  .example_result = "2027-01-01"});
  rows.push_back({.name = "dateSub",
                  .aliases = {"date_sub", "DATE_SUB", "timestampSub", "timestamp_sub", "subDate"},
                  .case_insensitive = true,
                  .min_arguments = 2,
                  .max_arguments = 3,
                  .resolve = date_add(true),
                  .doc = "Subtracts an interval from `date`.",
                  .example = "SELECT dateSub(toDate('2024-01-01'), INTERVAL 3 YEAR)",
                  .example_result = "2021-01-01"});
}
#endif

}  // namespace sp
