// The names of units: their own, those of T-SQL and of ODBC.

#include "runtime/functions/interval_unit.h"

#include <string>
#include <utility>

namespace sp {

std::optional<IntervalUnit> interval_unit_named(std::string_view name) {
  static constexpr std::pair<std::string_view, IntervalUnit> kNames[] = {
      {"nanosecond", IntervalUnit::kNanosecond},
      {"ns", IntervalUnit::kNanosecond},
      {"sql_tsi_nanosecond", IntervalUnit::kNanosecond},
      {"microsecond", IntervalUnit::kMicrosecond},
      {"us", IntervalUnit::kMicrosecond},
      {"u", IntervalUnit::kMicrosecond},
      {"millisecond", IntervalUnit::kMillisecond},
      {"ms", IntervalUnit::kMillisecond},
      {"second", IntervalUnit::kSecond},
      {"ss", IntervalUnit::kSecond},
      {"s", IntervalUnit::kSecond},
      {"minute", IntervalUnit::kMinute},
      {"mi", IntervalUnit::kMinute},
      {"n", IntervalUnit::kMinute},
      {"hour", IntervalUnit::kHour},
      {"hh", IntervalUnit::kHour},
      {"h", IntervalUnit::kHour},
      {"day", IntervalUnit::kDay},
      {"dd", IntervalUnit::kDay},
      {"d", IntervalUnit::kDay},
      {"week", IntervalUnit::kWeek},
      {"ww", IntervalUnit::kWeek},
      {"wk", IntervalUnit::kWeek},
      {"month", IntervalUnit::kMonth},
      {"mm", IntervalUnit::kMonth},
      {"m", IntervalUnit::kMonth},
      {"quarter", IntervalUnit::kQuarter},
      {"qq", IntervalUnit::kQuarter},
      {"q", IntervalUnit::kQuarter},
      {"year", IntervalUnit::kYear},
      {"yyyy", IntervalUnit::kYear},
      {"yy", IntervalUnit::kYear}};
  std::string folded;
  for (const char c : name) folded += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  if (folded.size() > 4 && folded.ends_with('s')) folded.pop_back();
  for (const auto& [known, unit] : kNames) {
    if (known == folded) return unit;
  }
  return std::nullopt;
}

}  // namespace sp
