#pragma once
// Reading and writing of date values in function bodies, and the shared resolver of functions of
// one date: which of four bodies (Date, Date32, DateTime, DateTime64) takes the argument, in which
// zone.

#include <string>

#include "runtime/functions/function.h"
#include "runtime/text/date_math.h"
#include "runtime/text/time_zone.h"

namespace sp {

/// Constant data of a date function's body.
struct DateContext : FunctionContext {
  const TimeZone* zone = nullptr;
  int64_t unit = 1;         ///< ticks a second of the argument (DateTime64)
  int64_t result_unit = 1;  ///< of the result
  int64_t amount = 1;       ///< length of an interval, or a factor
  uint32_t mode = 0;        ///< week mode
};

inline int64_t local_of_seconds(const DateContext* context, int64_t seconds) noexcept {
  return context->zone->to_local(seconds);
}
inline int64_t seconds_of_ticks(const DateContext* context, int64_t ticks) noexcept {
  return floor_div(ticks, context->unit);
}
/// A Date result: days outside of 1970-01-01..2149-06-06 become the nearest of the two.
inline uint16_t date_result(int64_t days) noexcept {
  return static_cast<uint16_t>(days < 0 ? 0 : days > 65535 ? 65535 : days);
}

/// The midnight that begins a local day, as DateTime: the one of 1970-01-01 lies before the epoch
/// in some zones and becomes the first that does not (ClickHouse's rule).
inline uint32_t midnight_result(const TimeZone& zone, int64_t days) noexcept {
  const int64_t midnight = zone.to_utc(days * kSecondsPerDay);
  const bool first = midnight < 0 && midnight >= -kSecondsPerDay;
  return static_cast<uint32_t>(first ? midnight + kSecondsPerDay : midnight);
}

/// The start of an hour or less of an instant, as DateTime: never before the epoch for an instant
/// that is not.
inline uint32_t clock_result(int64_t start, int64_t instant) noexcept {
  return static_cast<uint32_t>(start < 0 && instant >= 0 ? 0 : start);
}

/// SP_DATE_BODIES(name, result, expression): four bodies sp_<name>_date, _date32, _datetime,
/// _datetime64; `expression` sees `context`, `local` (local seconds) and `days` (local days).
#define SP_DATE_BODIES(name, result, expression)                                                 \
  static inline result name##_of(const DateContext* context, int64_t local,                      \
                                 int64_t days) noexcept {                                        \
    (void)context, (void)local, (void)days;                                                      \
    return static_cast<result>(expression);                                                      \
  }                                                                                              \
  extern "C" result sp_##name##_date(const DateContext* context, uint16_t value) noexcept {      \
    return name##_of(context, int64_t{value} * kSecondsPerDay, value);                           \
  }                                                                                              \
  extern "C" result sp_##name##_date32(const DateContext* context, int32_t value) noexcept {     \
    return name##_of(context, int64_t{value} * kSecondsPerDay, value);                           \
  }                                                                                              \
  extern "C" result sp_##name##_datetime(const DateContext* context, uint32_t value) noexcept {  \
    const int64_t local = local_of_seconds(context, value);                                      \
    return name##_of(context, local, floor_div(local, kSecondsPerDay));                          \
  }                                                                                              \
  extern "C" result sp_##name##_datetime64(const DateContext* context, int64_t value) noexcept { \
    const int64_t local = local_of_seconds(context, seconds_of_ticks(context, value));           \
    return name##_of(context, local, floor_div(local, kSecondsPerDay));                          \
  }

#ifndef SP_BITCODE

/// The bodies of one function for the four date types.
struct DateSymbols {
  Symbol date, date32, datetime, datetime64;
  const Symbol& of(Type type) const {
    switch (type.kind()) {
      case TypeKind::kDate: return date;
      case TypeKind::kDate32: return date32;
      case TypeKind::kDateTime: return datetime;
      default: return datetime64;
    }
  }
};
#define SP_DATE_SYMBOLS(name)                                                                    \
  ::sp::DateSymbols {                                                                            \
    SP_SYMBOL(sp_##name##_date), SP_SYMBOL(sp_##name##_date32), SP_SYMBOL(sp_##name##_datetime), \
        SP_SYMBOL(sp_##name##_datetime64)                                                        \
  }

/// What a function of one date needs to know of its argument.
struct DateArgument {
  Type type;
  std::string zone_name;  ///< of results; "" if neither the type nor an argument names one
  std::shared_ptr<DateContext> context;
};

inline bool has_time_of_day(Type type) {
  return type.is(TypeKind::kDateTime) || type.is(TypeKind::kDateTime64);
}

/// Checks argument `index` (a date; with a time of day if `needs_time`) and reads the zone at
/// `zone_index`, if given.
Result<DateArgument> date_argument(std::span<const Argument> arguments, size_t index,
                                   size_t zone_index, bool needs_time,
                                   const ResolveOptions& options);

/// A resolver of (date[, zone]): the body of the date's type, result of a fixed type.
Resolver date_part(const DateSymbols& symbols, Type result, bool needs_time = false);
/// A resolver of (date[, mode[, zone]]), `mode` being MySQL's way to count weeks.
Resolver week_part(const DateSymbols& symbols, Type result);
/// The same with DateTime (in the argument's zone) as result.
Resolver datetime_start(const DateSymbols& symbols, bool needs_time);

#endif

}  // namespace sp
