#pragma once
// TimeFormat: how a time is written, as a list of fields and texts between them; compiled of a
// format text when a call is bound (format_date.cpp), followed for each row.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/text/time_zone.h"

namespace sp {

/// Immutable, thread-safe.
class TimeFormat {
 public:
  enum class Field : uint8_t {
    kLiteral,
    kYear,
    kCentury,
    kShortYear,
    kIsoYear,
    kShortIsoYear,
    kIsoWeek,
    kQuarter,
    kMonth,
    kMonthName,
    kShortMonthName,
    kDay,
    kDayOfYear,
    kDayOfWeek,
    kSundayOfWeek,
    kWeekday,
    kShortWeekday,
    kHour,
    kHour12,
    kHour12Zero,
    kHour24,
    kMinute,
    kSecond,
    kFraction,
    kHalf,
    kOffset,
    kZoneName,
    kEra,
  };
  struct Instruction {
    Field field;
    uint32_t width = 1;  ///< least number of digits; of a fraction: how many
    std::string literal = {};
  };

  TimeFormat() = default;
  explicit TimeFormat(std::vector<Instruction> program) : program_(std::move(program)) {}
  /// Compiles MySQL's % letters. Errors: BAD_ARGUMENTS (36), NOT_IMPLEMENTED (48).
  static Result<TimeFormat> of_mysql(std::string_view format);
  /// Compiles Joda's letters. Errors: NOT_IMPLEMENTED (48), and those of joda_items().
  static Result<TimeFormat> of_joda(std::string_view format);

  /// The text depends on the zone's offset, which days have none of.
  bool has_offset() const;
  /// Appends the text of a time: `local` seconds and `nanoseconds` of the second.
  void write(int64_t local, uint32_t nanoseconds, const TimeZone& zone, std::string& out) const;

 private:
  std::vector<Instruction> program_;
};

}  // namespace sp
