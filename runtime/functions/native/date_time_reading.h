#pragma once
// DateTimeReading: what the letters of a format read from a text, field by field, and the instant
// that the fields make together. parseDateTime (MySQL's % letters) and parseDateTimeInJodaSyntax
// are its two forms; each walks over its format and calls the readers here.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runtime/functions/native/value_cast.h"
#include "runtime/text/time_zone.h"

namespace sp {

/// The years that a type of times takes in texts.
struct YearRange {
  int64_t least, greatest;
};

class DateTimeReading {
 public:
  /// Refers to `text`, which must outlive the reading.
  DateTimeReading(std::string_view text, YearRange years)
      : text_(text),
        at_(text.data()),
        end_(at_ + text.size()),
        years_(years) {}

  /// Checks the fields and gives the instant; `zone` is that of texts that name none.
  bool finish(const TimeZone& zone, int64_t& seconds, ParseError& error);
  /// The digits of a fraction as a number.
  int64_t fraction() const { return fraction_; }
  /// Says that `fragment` of the format does not fit the rest of the text; returns false.
  bool bad(ParseError& error, std::string_view fragment) const;

 protected:
  // All of these take their part off the text, or return false.
  bool literal(char c);
  bool literal(std::string_view text);
  // A number of `least` to `most` digits between `low` and `high`.
  bool number(int least, int most, int64_t low, int64_t high, int64_t& value);
  bool year(int least, int most);
  bool short_year(int least);  // 70 to 99 are of the last century
  bool century(int least, int most);
  bool month(int least, int most);
  bool month_name(bool whole, bool abbreviated);
  bool day(int least, int most);
  bool day_of_year(int least, int most);
  bool week(int least, int most);
  bool day_of_week(int64_t low);  // Monday is 1, Sunday 7 or 0
  bool day_name(bool whole, bool abbreviated);
  void date_by_week();                                     // the year read next counts in weeks
  bool hour(int least, int most);                          // 0 to 23
  bool clock_hour(int least, int most);                    // 1 to 24
  bool half_day_hour(int least, int most, bool from_one);  // 1 to 12, or 0 to 11
  bool minute(int least, int most);
  bool second(int least, int most);
  bool half_of_day();  // AM, PM
  bool era();          // AD
  bool offset();       // +0130
  bool zone_name();    // the rest of the text
  void skip_spaces();
  bool take_year(int64_t year);  // if it is in the range
  void take_fraction(int64_t value) { fraction_ = value; }
  const char* position() const { return at_; }
  const char* end() const { return end_; }

 private:
  enum class Form : uint8_t { kMonthAndDay, kWeek, kDayOfYear };
  template <size_t N>
  bool name(const std::string_view (&names)[N], bool whole, bool abbreviated, int64_t& index);
  void take_date(Form form);
  bool fail(ParseError& error, ErrorCode code, std::string message) const;
  bool days(int64_t& days, ParseError& error) const;

  std::string_view text_;
  const char* at_;
  const char* end_;
  YearRange years_;
  Form form_ = Form::kMonthAndDay;
  int64_t year_ = 1970, month_ = 1, day_ = 1, day_of_year_ = 1, week_ = 1, day_of_week_ = 1;
  int64_t hour_ = 0, minute_ = 0, second_ = 0, fraction_ = 0, offset_ = 0;
  const TimeZone* zone_ = nullptr;
  std::string unknown_zone_;
  bool has_year_ = false, half_day_ = false, afternoon_ = false, has_offset_ = false;
};

/// A family of functions that read times by a format: the plain one, OrNull and OrZero, each for
/// DateTime and DateTime64.
struct DateTimeFormat {
  /// Checks a format and makes the conversion of texts to `to` by it.
  Result<std::unique_ptr<const ValueCast>> (*make_cast)(std::string_view format, Type to);
  /// Digits of the fraction of DateTime64.
  Result<uint32_t> (*scale)(std::string_view format);
  std::string_view default_format;
};

/// The resolver of one function of a family; `wide` ones give DateTime64.
Resolver date_time_resolver(const DateTimeFormat& format, bool wide, OnFailure on_failure);

/// The years of texts of `to`, DateTime or DateTime64.
YearRange years_of(Type to);
/// Writes an instant into a slot of `to`; false if it does not fit.
bool store_time(Type to, int64_t seconds, int64_t fraction, void* slot, ParseError& error);

}  // namespace sp
