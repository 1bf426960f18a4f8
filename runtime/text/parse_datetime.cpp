// Readers of dates and times in the strict forms; parse_best_effort.cpp has the others.

#include "runtime/text/parse_datetime.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "runtime/text/date_math.h"
#include "runtime/text/digits.h"

namespace sp {

namespace {

bool is_two_digits(const char* at) { return digit(at[0]) && digit(at[1]); }
uint32_t two(const char* at) { return static_cast<uint32_t>((at[0] - '0') * 10 + (at[1] - '0')); }

}  // namespace

int64_t ParsedTime::ticks(uint32_t precision) const noexcept {
  const int64_t unit = power_of_ten(precision);
  int64_t result = 0;
  if (__builtin_mul_overflow(seconds, unit, &result)) return seconds < 0 ? INT64_MIN : INT64_MAX;
  const int64_t fraction = nanoseconds / power_of_ten(9 - precision);
  if (__builtin_add_overflow(result, fraction, &result)) return INT64_MAX;
  return result;
}

bool read_date(const char*& at, const char* end, int64_t& days, bool& valid, ParseError& error) {
  const char* const begin = at;
  const auto bad = [&] {
    return error.set(
        ErrorCode::kCannotParseDate,
        "Cannot parse date here: " +
            std::string(begin, std::min<size_t>(10, static_cast<size_t>(end - begin))));
  };
  if (end - at < 6)
    return error.set(ErrorCode::kCannotParseDate, "Cannot parse date: value is too short");
  uint64_t year = 0, month = 0, day = 0;
  if (read_digits(at, end, 4, year) != 4) return at = begin, bad();
  if (at < end && digit(*at)) {
    if (end - at < 4 || !is_two_digits(at) || !is_two_digits(at + 2)) return at = begin, bad();
    month = two(at);
    day = two(at + 2);
    at += 4;
  } else {
    if (at < end) ++at;
    if (read_digits(at, end, 2, month) == 0) return at = begin, bad();
    if (at >= end || digit(*at)) return at = begin, bad();
    ++at;
    if (read_digits(at, end, 2, day) == 0) return at = begin, bad();
  }
  valid = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  days = valid ? days_from_civil(static_cast<int64_t>(year), static_cast<uint32_t>(month), 1) +
                     static_cast<int64_t>(day) - 1
               : 0;
  return true;
}

bool read_datetime_basic(const char*& at, const char* end, const TimeZone& zone, bool with_fraction,
                         ParsedTime& out, ParseError& error) {
  const char* const begin = at;
  out = ParsedTime{};
  const bool negative = at < end && *at == '-' && with_fraction;
  if (negative) ++at;
  size_t digits = 0;
  while (at + digits < end && digit(at[digits])) ++digits;
  const bool dated = digits == 4 && end - at >= 8 && !digit(at[4]);
  if (!dated) {
    // A Unix timestamp. Fewer than five digits are refused, so that a broken date is not taken for
    // one.
    if (digits < 5 && !negative && !(with_fraction && begin == end)) {
      at = begin;
      return error.set(ErrorCode::kCannotParseDateTime, "Cannot parse datetime");
    }
    uint64_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (value > (UINT64_MAX - 9) / 10) break;
      value = value * 10 + static_cast<uint64_t>(at[i] - '0');
    }
    at += digits;
    out.seconds =
        value > static_cast<uint64_t>(INT64_MAX) ? INT64_MAX : static_cast<int64_t>(value);
    if (with_fraction && at < end && *at == '.') {
      ++at;
      out.nanoseconds = read_fraction(at, end);
    }
    if (negative) {
      out.seconds = -out.seconds - (out.nanoseconds != 0 ? 1 : 0);
      if (out.nanoseconds != 0) out.nanoseconds = 1000000000 - out.nanoseconds;
    }
    return true;
  }
  int64_t days = 0;
  bool valid = true;
  if (!read_date(at, end, days, valid, error)) {
    error.code = ErrorCode::kCannotParseDateTime;
    return false;
  }
  int64_t second = 0;
  if (end - at >= 9 && (*at == ' ' || *at == 'T') && is_two_digits(at + 1) &&
      is_two_digits(at + 4) && is_two_digits(at + 7)) {
    second = two(at + 1) * 3600 + two(at + 4) * 60 + two(at + 7);
    at += 9;
    if (with_fraction && at + 1 < end && *at == '.' && digit(at[1])) {
      ++at;
      out.nanoseconds = read_fraction(at, end);
    }
  }
  if (!valid) {
    out.seconds = with_fraction ? days_from_civil(1900, 1, 1) * kSecondsPerDay : 0;
    out.nanoseconds = 0;
    return true;
  }
  out.seconds = zone.to_utc(days * kSecondsPerDay + second);
  if (negative) out.seconds = -out.seconds;
  return true;
}

bool read_iso_datetime(std::string_view text, const TimeZone& zone, ParsedTime& out) {
  if (text.size() < 19) return false;
  const char* p = text.data();
  const bool shape = is_two_digits(p) && is_two_digits(p + 2) && p[4] == '-' &&
                     is_two_digits(p + 5) && p[7] == '-' && is_two_digits(p + 8) &&
                     (p[10] == ' ' || p[10] == 'T') && is_two_digits(p + 11) && p[13] == ':' &&
                     is_two_digits(p + 14) && p[16] == ':' && is_two_digits(p + 17);
  if (!shape) return false;
  const uint32_t year = two(p) * 100 + two(p + 2);
  const uint32_t month = two(p + 5), day = two(p + 8);
  const uint32_t hour = two(p + 11), minute = two(p + 14), second = two(p + 17);
  if (year < 1900 || year > 2299 || month < 1 || month > 12 || day < 1 ||
      day > days_in_month(year, month))
    return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  const int64_t local =
      days_from_civil(year, month, day) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
  const char* at = p + 19;
  const char* const end = p + text.size();
  out = ParsedTime{};
  if (at < end && *at == '.') {
    ++at;
    if (at >= end || !digit(*at)) return false;
    out.nanoseconds = read_fraction(at, end);
  }
  if (at == end) {
    out.seconds = zone.to_utc(local);
    return true;
  }
  if (*at == 'Z') {
    out.seconds = local;
    return at + 1 == end;
  }
  if ((*at != '+' && *at != '-') || end - at < 5 || !is_two_digits(at + 1)) return false;
  const char* minutes = at + 3;
  if (*minutes == ':') ++minutes;
  if (end - minutes != 2 || !is_two_digits(minutes)) return false;
  const int64_t offset = two(at + 1) * 3600 + two(minutes) * 60;
  out.seconds = *at == '+' ? local - offset : local + offset;
  return true;
}

}  // namespace sp
