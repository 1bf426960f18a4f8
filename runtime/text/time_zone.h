#pragma once
// TimeZone: seconds since the epoch to local seconds and back, in O(1) by a table of days from 1900
// to 2299.
// Header-inline lookups, so that function bodies inline them in both compilations; tables are built
// from the zone database (cctz) on first use and live for the life of the process.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sp {

class TimeZone {
 public:
  /// Finds a zone by IANA name ("Europe/Berlin", "UTC"); nullptr if unknown. "" is UTC.
  /// Thread-safe.
  static const TimeZone* find(std::string_view name);
  static const TimeZone& utc();

  const std::string& name() const { return name_; }
  bool is_utc() const { return days_ == nullptr; }

  /// Offset of local time from UTC at an instant, in seconds.
  int64_t offset_at(int64_t utc_seconds) const noexcept {
    if (days_ == nullptr) return 0;
    int64_t day = utc_seconds / 86400;
    int64_t second = utc_seconds % 86400;
    if (second < 0) {
      --day;
      second += 86400;
    }
    int64_t index = day - kFirstDay;
    index = index < 0 ? 0 : index >= kDayCount ? kDayCount - 1 : index;
    const Day& entry = days_[index];
    return second >= entry.change_at ? entry.after : entry.before;
  }
  /// Local wall-clock time as "seconds since 1970-01-01 00:00:00 local".
  int64_t to_local(int64_t utc_seconds) const noexcept {
    return utc_seconds + offset_at(utc_seconds);
  }
  /// The instant of a wall-clock time. A skipped time uses the offset after the gap, a repeated one
  /// the first pass (ClickHouse's rules).
  int64_t to_utc(int64_t local_seconds) const noexcept {
    if (days_ == nullptr) return local_seconds;
    const int64_t earlier = offset_at(local_seconds - 86400);
    const int64_t later = offset_at(local_seconds + 86400);
    if (earlier == later) return local_seconds - earlier;
    const int64_t first = local_seconds - earlier;
    return offset_at(first) == earlier ? first : local_seconds - later;
  }
  /// Abbreviation at an instant ("CET", "UTC").
  std::string abbreviation(int64_t utc_seconds) const;

 private:
  struct Day {
    int32_t before;     // offset at the start of the UTC day
    int32_t after;      // offset from change_at on
    int32_t change_at;  // second of the UTC day; 86400: no change
  };
  static constexpr int64_t kFirstDay = -25567;  // 1900-01-01
  static constexpr int64_t kDayCount = 146097;  // 400 years

  explicit TimeZone(std::string name) : name_(std::move(name)) {}

  std::string name_;
  std::vector<Day> table_;
  const Day* days_ = nullptr;  // table_.data(), or null for UTC
};

/// All zone names of the system's database, sorted; for suggestions.
const std::vector<std::string_view>& time_zone_names();

}  // namespace sp
