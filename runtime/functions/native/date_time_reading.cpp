// See date_time_reading.h. What was read last decides how the date is made: of month and day, of
// the week, or of the day of the year; without a year these are of the year 2000, as in ClickHouse.

#include "runtime/functions/native/date_time_reading.h"

#include <algorithm>

#include "runtime/core/unaligned.h"
#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/signature.h"
#include "runtime/text/calendar_names.h"
#include "runtime/text/date_math.h"

namespace sp {

namespace {

constexpr int64_t kYearOfDates = 2000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool DateTimeReading::fail(ParseError& error, ErrorCode code, std::string message) const {
  return error.set(code, std::move(message));
}

bool DateTimeReading::bad(ParseError& error, std::string_view fragment) const {
  if (!unknown_zone_.empty())
    return fail(error, ErrorCode::kBadArguments, "Cannot load time zone " + unknown_zone_);
  return fail(
      error, ErrorCode::kCannotParseDateTime,
      "Unable to parse fragment " + std::string(fragment) + " from " + std::string(at_, end_));
}

bool DateTimeReading::literal(char c) {
  if (at_ >= end_ || *at_ != c) return false;
  ++at_;
  return true;
}
bool DateTimeReading::literal(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [this](char c) { return literal(c); });
}
void DateTimeReading::skip_spaces() {
  while (at_ < end_ && *at_ == ' ') ++at_;
}

bool DateTimeReading::number(int least, int most, int64_t low, int64_t high, int64_t& value) {
  int count = 0;
  int64_t result = 0;
  for (; count < most && at_ < end_ && is_digit(*at_); ++count) {
    if (result <= high) result = result * 10 + (*at_ - '0');
    ++at_;
  }
  if (count < least || result < low || result > high) return false;
  value = result;
  return true;
}

template <size_t N>
bool DateTimeReading::name(const std::string_view (&names)[N], bool whole, bool abbreviated,
                           int64_t& index) {
  const auto takes = [this](std::string_view wanted) {
    if (!begins_with_name({at_, static_cast<size_t>(end_ - at_)}, wanted)) return false;
    at_ += wanted.size();
    return true;
  };
  for (size_t i = 0; i < N; ++i) {
    const bool met = (whole && takes(names[i])) || (abbreviated && takes(names[i].substr(0, 3)));
    if (!met) continue;
    index = static_cast<int64_t>(i) + 1;
    return true;
  }
  return false;
}

bool DateTimeReading::take_year(int64_t year) {
  if (year < years_.least || year > years_.greatest) return false;
  year_ = year;
  has_year_ = true;
  return true;
}
void DateTimeReading::take_date(Form form) {
  form_ = form;
  if (!has_year_) year_ = kYearOfDates;
  has_year_ = true;
}

bool DateTimeReading::year(int least, int most) {
  int64_t value = 0;
  return number(least, most, 0, 999999, value) && take_year(value);
}
bool DateTimeReading::short_year(int least) {
  int64_t value = 0;
  const char* const begin = at_;
  if (!number(least, 2, 0, 99, value)) return false;
  if (at_ - begin == 2) value += value >= 70 ? 1900 : 2000;
  return take_year(value);
}
bool DateTimeReading::century(int least, int most) {
  int64_t value = 0;
  if (!number(least, most, 0, 99, value)) return false;
  year_ = value * 100;
  has_year_ = true;
  return true;
}
bool DateTimeReading::month(int least, int most) {
  take_date(Form::kMonthAndDay);
  return number(least, most, 1, 12, month_);
}
bool DateTimeReading::month_name(bool whole, bool abbreviated) {
  take_date(Form::kMonthAndDay);
  return name(kMonthNames, whole, abbreviated, month_);
}
bool DateTimeReading::day(int least, int most) {
  take_date(Form::kMonthAndDay);
  return number(least, most, 1, 31, day_);
}
bool DateTimeReading::day_of_year(int least, int most) {
  take_date(Form::kDayOfYear);
  return number(least, most, 1, 366, day_of_year_);
}
bool DateTimeReading::week(int least, int most) {
  take_date(Form::kWeek);
  return number(least, most, 1, 53, week_);
}
bool DateTimeReading::day_of_week(int64_t low) {
  take_date(Form::kWeek);
  if (!number(1, 1, low, 7, day_of_week_)) return false;
  if (day_of_week_ == 0) day_of_week_ = 7;
  return true;
}
bool DateTimeReading::day_name(bool whole, bool abbreviated) {
  take_date(Form::kWeek);
  return name(kWeekdayNames, whole, abbreviated, day_of_week_);
}
void DateTimeReading::date_by_week() { take_date(Form::kWeek); }
bool DateTimeReading::hour(int least, int most) {
  half_day_ = false;
  return number(least, most, 0, 23, hour_);
}
bool DateTimeReading::clock_hour(int least, int most) {
  half_day_ = false;
  if (!number(least, most, 1, 24, hour_)) return false;
  hour_ %= 24;
  return true;
}
bool DateTimeReading::half_day_hour(int least, int most, bool from_one) {
  half_day_ = true;
  const int64_t low = from_one ? 1 : 0;
  if (!number(least, most, low, low + 11, hour_)) return false;
  hour_ %= 12;
  return true;
}
bool DateTimeReading::minute(int least, int most) { return number(least, most, 0, 59, minute_); }
bool DateTimeReading::second(int least, int most) { return number(least, most, 0, 59, second_); }

bool DateTimeReading::half_of_day() {
  constexpr std::string_view kHalves[] = {"am", "pm"};
  int64_t half = 0;
  if (!name(kHalves, true, false, half)) return false;
  afternoon_ = half == 2;
  return true;
}
bool DateTimeReading::era() {
  constexpr std::string_view kEras[] = {"ad"};
  int64_t which = 0;
  return name(kEras, true, false, which);
}
bool DateTimeReading::offset() {
  if (at_ >= end_ || (*at_ != '+' && *at_ != '-')) return false;
  const bool minus = *at_++ == '-';
  int64_t hours = 0, minutes = 0;
  if (!number(2, 2, 0, 99, hours) || !number(2, 2, 0, 59, minutes)) return false;
  has_offset_ = true;
  offset_ = (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
  return true;
}
bool DateTimeReading::zone_name() {
  const std::string name(at_, end_);
  zone_ = name.empty() ? nullptr : TimeZone::find(name);
  if (zone_ == nullptr) {
    unknown_zone_ = name;
    return false;
  }
  at_ = end_;
  return true;
}

bool DateTimeReading::days(int64_t& days, ParseError& error) const {
  constexpr auto kCode = ErrorCode::kCannotParseDateTime;
  if (year_ < years_.least || year_ > years_.greatest)
    return fail(error, kCode, "Invalid date, out of range (year: " + std::to_string(year_) + ")");
  switch (form_) {
    case Form::kMonthAndDay:
      if (day_ > days_in_month(year_, static_cast<uint32_t>(month_)))
        return fail(error, kCode, "Invalid day of month " + std::to_string(day_));
      days = days_from_civil(year_, static_cast<uint32_t>(month_), static_cast<uint32_t>(day_));
      return true;
    case Form::kDayOfYear:
      if (day_of_year_ == 366 && !is_leap_year(year_))
        return fail(error, kCode, "Invalid day of year " + std::to_string(day_of_year_));
      days = days_from_civil(year_, 1, 1) + day_of_year_ - 1;
      return true;
    case Form::kWeek: break;
  }
  days = iso_year_start(year_) + 7 * (week_ - 1) + day_of_week_ - 1;
  return true;
}

bool DateTimeReading::finish(const TimeZone& zone, int64_t& seconds, ParseError& error) {
  if (at_ != end_) {
    return fail(error, ErrorCode::kCannotParseDateTime,
                "Invalid format input " + std::string(text_) + " is malformed at " +
                    std::string(at_, end_));
  }
  int64_t day = 0;
  if (!days(day, error)) return false;
  if (half_day_ && afternoon_) hour_ += 12;
  const int64_t local = day * kSecondsPerDay + hour_ * 3600 + minute_ * 60 + second_;
  seconds = has_offset_ ? local - offset_ : (zone_ != nullptr ? *zone_ : zone).to_utc(local);
  return true;
}

YearRange years_of(Type to) {
  return to.is(TypeKind::kDateTime64) ? YearRange{0, 9999} : YearRange{1970, 2106};
}

bool store_time(Type to, int64_t seconds, int64_t fraction, void* slot, ParseError& error) {
  if (to.is(TypeKind::kDateTime64)) {
    int64_t units = 1;
    for (uint32_t i = 0; i < to.scale(); ++i) units *= 10;
    store(slot, seconds * units + fraction);
    return true;
  }
  if (seconds < 0 || seconds > 0xFFFFFFFFLL)
    return error.set(ErrorCode::kValueIsOutOfRange, "Seconds since epoch is out of range");
  store(slot, static_cast<uint32_t>(seconds));
  return true;
}

Resolver date_time_resolver(const DateTimeFormat& format, bool wide, OnFailure on_failure) {
  return [format, wide, on_failure](std::span<const Argument> arguments,
                                    const ResolveOptions& options) -> Result<ResolvedFunction> {
    std::string_view wanted = format.default_format;
    if (arguments.size() > 1) {
      const auto given = arguments[1].constant_text();
      if (!given) return illegal_argument(arguments, 1, "constant String with a format");
      wanted = *given;
    }
    SP_TRY(std::string zone, constant_zone(arguments, 2));
    if (zone.empty()) zone = options.timezone;
    Type to = Type::datetime(zone);
    if (wide) {
      SP_TRY(const uint32_t scale, format.scale(wanted));
      to = Type::datetime64(scale, zone);
    }
    SP_TRY(auto cast, format.make_cast(wanted, to));
    if (arguments[0].type == Type::null_type())
      return resolve_cast(arguments[0], Type::null_type(), options);
    if (!arguments[0].type.base().is(TypeKind::kString))
      return illegal_argument(arguments, 0, "String");
    return conversion_call(arguments, to, std::move(cast), on_failure);
  };
}

}  // namespace sp
