// Dates and times in whatever form they come. Follows the forms of ClickHouse's
// IO/parseDateTimeBestEffort.cpp. Entry: read_datetime_best_effort().

#include <algorithm>
#include <cctype>
#include <cstring>
#include <iterator>

#include "runtime/text/calendar_names.h"
#include "runtime/text/date_math.h"
#include "runtime/text/digits.h"
#include "runtime/text/parse_datetime.h"

namespace sp {

namespace {

bool letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

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
    for (size_t i = 0; i < std::size(kMonthNames); ++i) {
      if (begins_with_name(text, kMonthNames[i].substr(0, 3))) {
        month_ = static_cast<int>(i) + 1;
        return;
      }
    }
    for (const std::string_view day : kWeekdayNames) {
      if (begins_with_name(text, day.substr(0, 3))) return;
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
