// Readers of dates and times. Best effort follows the forms of ClickHouse's
// IO/parseDateTimeBestEffort.cpp.

#include "runtime/text/parse_datetime.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "runtime/text/date_math.h"

namespace sp {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

// Reads up to `limit` digits; returns how many.
int read_digits(const char*& at, const char* end, int limit, uint64_t& value) {
  int count = 0;
  value = 0;
  while (at < end && count < limit && digit(*at)) {
    value = value * 10 + static_cast<uint64_t>(*at++ - '0');
    ++count;
  }
  return count;
}

uint32_t read_fraction(const char*& at, const char* end) {
  uint32_t value = 0;
  uint32_t count = 0;
  while (at < end && digit(*at)) {
    if (count < 9) {
      value = value * 10 + static_cast<uint32_t>(*at - '0');
      ++count;
    }
    ++at;
  }
  for (; count < 9; ++count) value *= 10;
  return value;
}

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

namespace {

// Best effort: each method takes one part of the text; fields that are still -1 are missing.
class BestEffort {
 public:
  BestEffort(const char* at, const char* end, bool us_order, bool with_fraction)
      : at_(at),
        end_(end),
        us_order_(us_order),
        with_fraction_(with_fraction) {}

  bool read(const TimeZone& zone, int64_t now_seconds, ParsedTime& out, ParseError& error) {
    while (at_ < end_ && ok_) {
      const char c = *at_;
      if (digit(c))
        number();
      else if (c == ' ' || c == ',') {
        // A comma may only follow a word or a day ("Jan 31, 2024").
        if (c == ',' && has_time_) break;
        ++at_;
      } else if (c == 'T' && has_date() && !has_time_)
        ++at_;
      else if ((c == '+' || c == '-') && has_time_ && !has_offset_)
        offset();
      else if (c == '-' && has_date() && !has_time_)
        ++at_;
      else if (letter(c))
        word();
      else
        break;
    }
    if (!ok_) return error.set(ErrorCode::kCannotParseDateTime, "Cannot read DateTime: " + why_);
    return finish(zone, now_seconds, out, error);
  }
  const char* position() const { return at_; }

 private:
  bool has_date() const { return year_ >= 0 || month_ >= 0 || day_ >= 0; }
  void bad(std::string why) {
    ok_ = false;
    why_ = std::move(why);
  }

  void number() {
    const char* const begin = at_;
    uint64_t value = 0;
    const int count = read_digits(at_, end_, 20, value);
    const bool fresh = year_ < 0 && !has_time_;
    if (fresh && (count == 9 || count == 10)) {
      timestamp(static_cast<int64_t>(value), 0);
      if (with_fraction_ && at_ + 1 < end_ && *at_ == '.' && digit(at_[1])) {
        ++at_;
        nanoseconds_ = read_fraction(at_, end_);
      }
    } else if (fresh && (count == 13 || count == 16 || count == 19)) {
      const auto unit = static_cast<uint64_t>(power_of_ten(static_cast<uint32_t>(count - 10)));
      timestamp(static_cast<int64_t>(value / unit),
                static_cast<uint32_t>(value % unit * (1000000000 / unit)));
    } else if (fresh && count == 14) {
      calendar(value / 1000000);
      clock(value % 1000000);
    } else if (count == 8 && year_ < 0) {
      calendar(value);
    } else if (count == 6) {
      if (year_ < 0 && month_ < 0) {
        year_ = static_cast<int>(value / 100);
        month_ = static_cast<int>(value % 100);
      } else if (!has_time_) {
        clock(value);
      } else {
        bad("ambiguous 6 digits, it can be YYYYMM or hhmmss");
      }
    } else if (count == 4 && year_ < 0) {
      year_ = static_cast<int>(value);
      after_year();
    } else if (count == 4 && !has_time_) {
      clock(value * 100);
    } else if (count == 2 || count == 1) {
      small_number(static_cast<int>(value));
    } else {
      at_ = begin;
      bad("unexpected number of decimal digits: " + std::to_string(count));
    }
  }

  void timestamp(int64_t seconds, uint32_t nanoseconds) {
    is_timestamp_ = has_time_ = true;
    timestamp_ = seconds;
    nanoseconds_ = nanoseconds;
  }
  void calendar(uint64_t value) {
    year_ = static_cast<int>(value / 10000);
    month_ = static_cast<int>(value / 100 % 100);
    day_ = static_cast<int>(value % 100);
  }
  void clock(uint64_t value) {
    has_time_ = true;
    hour_ = static_cast<int>(value / 10000);
    minute_ = static_cast<int>(value / 100 % 100);
    second_ = static_cast<int>(value % 100);
  }

  // YYYY-MM[-DD] and YYYY/MM/DD, YYYY-Mon-DD.
  void after_year() {
    if (at_ >= end_ || (*at_ != '-' && *at_ != '/' && *at_ != '.')) return;
    const char delimiter = *at_++;
    uint64_t value = 0;
    if (at_ < end_ && letter(*at_)) {
      word();
    } else if (read_digits(at_, end_, 2, value) != 0) {
      month_ = static_cast<int>(value);
    } else {
      bad("unexpected character after the year");
    }
    if (ok_ && at_ < end_ && *at_ == delimiter) {
      ++at_;
      if (read_digits(at_, end_, 2, value) == 0) return bad("day of month is missing");
      day_ = static_cast<int>(value);
    }
  }

  void small_number(int value) {
    if (at_ < end_ && *at_ == ':' && !has_time_) return time_of_day(value);
    const bool delimited = at_ < end_ && (*at_ == '/' || *at_ == '.' || *at_ == '-');
    if (delimited && day_ < 0 && year_ < 0) return day_first(value);
    if (day_ < 0) {
      day_ = value;
    } else if (year_ < 0 && month_ >= 0 && has_time_) {
      year_ = value + (value < 70 ? 2000 : 1900);
    } else if (!has_time_) {
      has_time_ = true;
      hour_ = value;
    } else {
      bad("unexpected number of decimal digits after day of month and hour: " +
          std::to_string(value));
    }
  }

  // DD/MM/YYYY, or MM/DD/YYYY in American order or when the month would be above 12.
  void day_first(int first) {
    const char delimiter = *at_++;
    uint64_t second = 0;
    if (at_ < end_ && letter(*at_)) {
      day_ = first;
      word();
    } else {
      if (read_digits(at_, end_, 2, second) == 0)
        return bad("unexpected characters after day of month");
      day_ = us_order_ ? static_cast<int>(second) : first;
      month_ = us_order_ ? first : static_cast<int>(second);
      if (month_ > 12) std::swap(month_, day_);
    }
    if (!ok_ || at_ >= end_ || *at_ != delimiter) return;
    ++at_;
    uint64_t year = 0;
    const int count = read_digits(at_, end_, 4, year);
    if (count == 4)
      year_ = static_cast<int>(year);
    else if (count == 2)
      year_ = static_cast<int>(year) + (year < 70 ? 2000 : 1900);
    else
      bad("unexpected number of decimal digits after day of month and month: " +
          std::to_string(count));
  }

  void time_of_day(int hour) {
    has_time_ = true;
    hour_ = hour;
    ++at_;
    uint64_t value = 0;
    if (read_digits(at_, end_, 2, value) == 0) return bad("minutes are missing");
    minute_ = static_cast<int>(value);
    if (at_ < end_ && *at_ == ':') {
      ++at_;
      if (read_digits(at_, end_, 2, value) == 0) return bad("seconds are missing");
      second_ = static_cast<int>(value);
      if (at_ + 1 < end_ && *at_ == '.' && digit(at_[1])) {
        ++at_;
        nanoseconds_ = read_fraction(at_, end_);
      }
    }
  }

  void offset() {
    const bool minus = *at_++ == '-';
    uint64_t value = 0;
    const int count = read_digits(at_, end_, 4, value);
    int64_t seconds = 0;
    if (count == 4) {
      seconds = static_cast<int64_t>(value / 100 * 3600 + value % 100 * 60);
    } else if (count == 1 || count == 2) {
      seconds = static_cast<int64_t>(value * 3600);
      if (at_ < end_ && *at_ == ':') {
        ++at_;
        if (read_digits(at_, end_, 2, value) != 0) seconds += static_cast<int64_t>(value * 60);
      }
    } else {
      return bad("unexpected number of decimal digits for time zone offset: " +
                 std::to_string(count));
    }
    set_offset(minus ? -seconds : seconds);
  }
  void set_offset(int64_t seconds) {
    has_offset_ = true;
    offset_ = seconds;
  }

  void word() {
    static constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
    static constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    const char* const begin = at_;
    while (at_ < end_ && letter(*at_)) ++at_;
    const auto length = static_cast<size_t>(at_ - begin);
    std::string text;
    for (const char* p = begin; p < at_ && text.size() < 16; ++p)
      text += static_cast<char>(*p | 0x20);
    if (length == 1 && text == "z") return set_offset(0);
    if (length == 1) return bad("unexpected alphabetical character");
    if (text == "am" || text == "pm") {
      if (!has_time_ || hour_ > 12) return bad("unexpected " + text);
      if (text == "pm" && hour_ < 12) hour_ += 12;
      if (text == "am" && hour_ == 12) hour_ = 0;
      return;
    }
    if (text == "utc" || text == "gmt") return set_offset(0);
    if (text == "msk") return set_offset(3 * 3600);
    if (text == "msd") return set_offset(4 * 3600);
    for (size_t i = 0; i < 12; ++i) {
      if (text.compare(0, 3, kMonths[i]) == 0) {
        month_ = static_cast<int>(i) + 1;
        return;
      }
    }
    for (const std::string_view day : kDays) {
      if (text.compare(0, 3, day) == 0) return;
    }
    bad("unexpected word");
  }

  bool finish(const TimeZone& zone, int64_t now_seconds, ParsedTime& out, ParseError& error) {
    out = ParsedTime{};
    out.nanoseconds = nanoseconds_;
    if (is_timestamp_) {
      out.seconds = timestamp_;
      return true;
    }
    if (!has_date() && !has_time_) {
      return error.set(ErrorCode::kCannotParseDateTime,
                       "Cannot read DateTime: neither Date nor Time was parsed successfully");
    }
    // "0000-00-00" stands for nothing given.
    if (day_ <= 0) day_ = day_ < 0 || month_ <= 0 ? 1 : day_;
    if (month_ <= 0) month_ = 1;
    if (year_ <= 0) {
      const int64_t today = floor_div(zone.to_local(now_seconds), kSecondsPerDay);
      const int32_t year = civil_from_days(today).year;
      const bool later =
          days_from_civil(year, static_cast<uint32_t>(month_), static_cast<uint32_t>(day_)) > today;
      year_ = later ? year - 1 : year;
    }
    if (day_ < 1 || month_ > 12 ||
        static_cast<uint32_t>(day_) > days_in_month(year_, static_cast<uint32_t>(month_))) {
      return error.set(ErrorCode::kCannotParseDateTime,
                       "Cannot read DateTime: unexpected date: " + std::to_string(year_) + "-" +
                           std::to_string(month_) + "-" + std::to_string(day_));
    }
    const int64_t days =
        days_from_civil(year_, static_cast<uint32_t>(month_), static_cast<uint32_t>(day_));
    const int64_t local = days * kSecondsPerDay + hour_ * 3600 + minute_ * 60 + second_;
    out.seconds = has_offset_ ? local - offset_ : zone.to_utc(local);
    return true;
  }

  const char* at_;
  const char* end_;
  bool us_order_;
  bool with_fraction_;
  bool ok_ = true;
  std::string why_;
  int year_ = -1, month_ = -1, day_ = -1;
  int hour_ = 0, minute_ = 0, second_ = 0;
  uint32_t nanoseconds_ = 0;
  bool has_time_ = false, has_offset_ = false, is_timestamp_ = false;
  int64_t offset_ = 0;
  int64_t timestamp_ = 0;
};

}  // namespace

bool read_datetime_best_effort(const char*& at, const char* end, const TimeZone& zone,
                               bool us_order, bool with_fraction, int64_t now_seconds,
                               ParsedTime& out, ParseError& error) {
  if (read_iso_datetime({at, static_cast<size_t>(end - at)}, zone, out)) {
    at = end;
    return true;
  }
  BestEffort reader(at, end, us_order, with_fraction);
  const bool ok = reader.read(zone, now_seconds, out, error);
  at = reader.position();
  return ok;
}

}  // namespace sp
