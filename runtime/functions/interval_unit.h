#pragma once
// Interval units: their names in SQL and their sizes.

#include <optional>
#include <string_view>

#include "runtime/core/type.h"

namespace sp {

/// "day", "days", "dd", "d" ... in any case, as dateDiff and dateTrunc take them; nullopt if
/// unknown.
std::optional<IntervalUnit> interval_unit_named(std::string_view name);

/// Seconds of units from second to week; 0 for others.
constexpr int64_t seconds_of_unit(IntervalUnit unit) {
  switch (unit) {
    case IntervalUnit::kSecond: return 1;
    case IntervalUnit::kMinute: return 60;
    case IntervalUnit::kHour: return 3600;
    case IntervalUnit::kDay: return 86400;
    case IntervalUnit::kWeek: return 604800;
    default: return 0;
  }
}
/// Months of units from month to year; 0 for others.
constexpr int64_t months_of_unit(IntervalUnit unit) {
  return unit == IntervalUnit::kMonth     ? 1
         : unit == IntervalUnit::kQuarter ? 3
         : unit == IntervalUnit::kYear    ? 12
                                          : 0;
}
/// Decimal digits of a second that a unit needs: 9, 6, 3, or 0 from second on.
constexpr uint32_t digits_of_unit(IntervalUnit unit) {
  return unit == IntervalUnit::kNanosecond    ? 9
         : unit == IntervalUnit::kMicrosecond ? 6
         : unit == IntervalUnit::kMillisecond ? 3
                                              : 0;
}

}  // namespace sp
