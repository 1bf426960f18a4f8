#pragma once
// Civil calendar arithmetic on day numbers since 1970-01-01: small, branch-light and inline, for
// both compilations.
// Algorithms: Howard Hinnant, "chrono-compatible low-level date algorithms".

#include <cstdint>

namespace sp {

struct CivilDate {
  int32_t year;
  uint32_t month;  ///< 1..12
  uint32_t day;    ///< 1..31
};

struct CivilTime {
  CivilDate date;
  uint32_t hour, minute, second;
};

constexpr int64_t kSecondsPerDay = 86400;

inline constexpr int64_t floor_div(int64_t a, int64_t b) noexcept {
  const int64_t quotient = a / b;
  return quotient - (((a % b != 0) & ((a < 0) != (b < 0))) ? 1 : 0);
}
inline constexpr int64_t floor_mod(int64_t a, int64_t b) noexcept {
  return a - floor_div(a, b) * b;
}

inline constexpr CivilDate civil_from_days(int64_t days) noexcept {
  const int64_t shifted = days + 719468;
  const int64_t era = floor_div(shifted, 146097);
  const auto doe = static_cast<uint32_t>(shifted - era * 146097);
  const uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const uint32_t mp = (5 * doy + 2) / 153;
  const uint32_t month = mp < 10 ? mp + 3 : mp - 9;
  const auto year =
      static_cast<int32_t>(static_cast<int64_t>(yoe) + era * 400 + (month <= 2 ? 1 : 0));
  return {year, month, doy - (153 * mp + 2) / 5 + 1};
}

inline constexpr int64_t days_from_civil(int64_t year, uint32_t month, uint32_t day) noexcept {
  const int64_t y = year - (month <= 2 ? 1 : 0);
  const int64_t era = floor_div(y, 400);
  const auto yoe = static_cast<uint32_t>(y - era * 400);
  const uint32_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const uint32_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + static_cast<int64_t>(doe) - 719468;
}

inline constexpr bool is_leap_year(int64_t year) noexcept {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
inline constexpr uint32_t days_in_month(int64_t year, uint32_t month) noexcept {
  return month == 2 ? (is_leap_year(year) ? 29U : 28U) : 30U + ((month + (month >> 3U)) & 1U);
}
/// 1 = Monday ... 7 = Sunday.
inline constexpr uint32_t day_of_week(int64_t days) noexcept {
  return static_cast<uint32_t>(floor_mod(days + 3, 7)) + 1;
}
inline constexpr uint32_t day_of_year(int64_t days) noexcept {
  const CivilDate date = civil_from_days(days);
  return static_cast<uint32_t>(days - days_from_civil(date.year, 1, 1)) + 1;
}
/// Adds months, clamping the day to the target month's length.
inline constexpr int64_t add_months(int64_t days, int64_t months) noexcept {
  const CivilDate date = civil_from_days(days);
  const int64_t total = static_cast<int64_t>(date.year) * 12 + date.month - 1 + months;
  const int64_t year = floor_div(total, 12);
  const auto month = static_cast<uint32_t>(floor_mod(total, 12)) + 1;
  const uint32_t last = days_in_month(year, month);
  return days_from_civil(year, month, date.day < last ? date.day : last);
}
/// First day (a Monday) of the ISO year that contains the day.
inline constexpr int64_t iso_year_start(int64_t year) noexcept {
  const int64_t fourth = days_from_civil(year, 1, 4);
  return fourth - (day_of_week(fourth) - 1);
}
inline constexpr int32_t iso_year(int64_t days) noexcept {
  return civil_from_days(days - (day_of_week(days) - 1) + 3).year;
}
inline constexpr uint32_t iso_week(int64_t days) noexcept {
  return static_cast<uint32_t>((days - iso_year_start(iso_year(days))) / 7) + 1;
}

/// Splits local seconds (see TimeZone::to_local).
inline constexpr CivilTime civil_from_seconds(int64_t local_seconds) noexcept {
  const int64_t days = floor_div(local_seconds, kSecondsPerDay);
  const auto second = static_cast<uint32_t>(local_seconds - days * kSecondsPerDay);
  return {civil_from_days(days), second / 3600, second / 60 % 60, second % 60};
}

inline constexpr int64_t power_of_ten(uint32_t exponent) noexcept {
  int64_t value = 1;
  for (uint32_t i = 0; i < exponent; ++i) value *= 10;
  return value;
}

}  // namespace sp
