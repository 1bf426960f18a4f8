// Format texts to fields, and fields to text.

#include "runtime/functions/native/time_format.h"

#include <algorithm>

#include "runtime/functions/native/joda_format.h"
#include "runtime/text/calendar_names.h"
#include "runtime/text/date_math.h"
#include "runtime/text/format_value.h"

namespace sp {

namespace {

void put_number(std::string& out, int64_t value, uint32_t width) {
  std::string digits;
  append_integer64(digits, value < 0 ? -value : value);
  if (value < 0) out += '-';
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

void put_offset(std::string& out, int64_t offset) {
  out += offset < 0 ? '-' : '+';
  const int64_t minutes = (offset < 0 ? -offset : offset) / 60;
  put_number(out, minutes / 60 * 100 + minutes % 60, 4);
}

}  // namespace

void TimeFormat::write(int64_t local, uint32_t nanoseconds, const TimeZone& zone,
                       std::string& out) const {
  const CivilTime time = civil_from_seconds(local);
  const int64_t days = floor_div(local, kSecondsPerDay);
  const uint32_t hour12 = time.hour % 12;
  for (const Instruction& step : program_) {
    switch (step.field) {
      case Field::kLiteral: out += step.literal; break;
      case Field::kYear: put_number(out, time.date.year, step.width); break;
      case Field::kCentury: put_number(out, time.date.year / 100, 2); break;
      case Field::kShortYear: put_number(out, time.date.year % 100, 2); break;
      case Field::kIsoYear: put_number(out, iso_year(days), step.width); break;
      case Field::kShortIsoYear: put_number(out, iso_year(days) % 100, 2); break;
      case Field::kIsoWeek: put_number(out, iso_week(days), step.width); break;
      case Field::kQuarter: put_number(out, (time.date.month + 2) / 3, step.width); break;
      case Field::kMonth: put_number(out, time.date.month, step.width); break;
      case Field::kMonthName: out += kMonthNames[time.date.month - 1]; break;
      case Field::kShortMonthName: out += kMonthNames[time.date.month - 1].substr(0, 3); break;
      case Field::kDay: put_number(out, time.date.day, step.width); break;
      case Field::kDayOfYear: put_number(out, day_of_year(days), step.width); break;
      case Field::kDayOfWeek: put_number(out, day_of_week(days), step.width); break;
      case Field::kSundayOfWeek: put_number(out, day_of_week(days) % 7, step.width); break;
      case Field::kWeekday: out += kWeekdayNames[day_of_week(days) - 1]; break;
      case Field::kShortWeekday: out += kWeekdayNames[day_of_week(days) - 1].substr(0, 3); break;
      case Field::kHour: put_number(out, time.hour, step.width); break;
      case Field::kHour12: put_number(out, hour12 == 0 ? 12 : hour12, step.width); break;
      case Field::kHour12Zero: put_number(out, hour12, step.width); break;
      case Field::kHour24: put_number(out, time.hour == 0 ? 24 : time.hour, step.width); break;
      case Field::kMinute: put_number(out, time.minute, step.width); break;
      case Field::kSecond: put_number(out, time.second, step.width); break;
      case Field::kFraction: {
        std::string digits;
        put_number(digits, nanoseconds, 9);
        digits.resize(std::max<size_t>(step.width, 9), '0');
        out.append(digits, 0, step.width);
        break;
      }
      case Field::kHalf: out += time.hour < 12 ? "AM" : "PM"; break;
      case Field::kOffset: put_offset(out, zone.offset_at(zone.to_utc(local))); break;
      case Field::kZoneName: out += zone.name(); break;
      case Field::kEra: out += "AD"; break;
    }
  }
}

bool TimeFormat::has_offset() const {
  return std::any_of(program_.begin(), program_.end(),
                     [](const Instruction& step) { return step.field == Field::kOffset; });
}

Result<TimeFormat> TimeFormat::of_mysql(std::string_view format) {
  std::vector<Instruction> program;
  const auto literal = [&](std::string_view text) {
    program.push_back({Field::kLiteral, 1, std::string(text)});
  };
  const auto put = [&](Field field, uint32_t width = 2) { program.push_back({field, width}); };
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      const size_t next = std::min(format.find('%', i), format.size());
      literal(format.substr(i, next - i));
      i = next - 1;
      continue;
    }
    if (++i == format.size())
      return fail(ErrorCode::kBadArguments,
                  "Trailing '%' in the format of function formatDateTime");
    switch (format[i]) {
      case 'a': put(Field::kShortWeekday); break;
      case 'b': put(Field::kShortMonthName); break;
      case 'c': put(Field::kMonth); break;
      case 'C': put(Field::kCentury); break;
      case 'd': put(Field::kDay); break;
      case 'D':
        put(Field::kMonth), literal("/"), put(Field::kDay), literal("/"), put(Field::kShortYear);
        break;
      case 'e': put(Field::kDay, 1); break;
      case 'f': put(Field::kFraction, 6); break;
      case 'F':
        put(Field::kYear, 4), literal("-"), put(Field::kMonth), literal("-"), put(Field::kDay);
        break;
      case 'g': put(Field::kShortIsoYear); break;
      case 'G': put(Field::kIsoYear, 4); break;
      case 'h':
      case 'I':
      case 'l': put(Field::kHour12); break;
      case 'H':
      case 'k': put(Field::kHour); break;
      case 'i': put(Field::kMinute); break;
      case 'j': put(Field::kDayOfYear, 3); break;
      case 'm': put(Field::kMonth); break;
      case 'M': put(Field::kMonthName); break;
      case 'n': literal("\n"); break;
      case 'p': put(Field::kHalf); break;
      case 'Q': put(Field::kQuarter, 1); break;
      case 'r':
        put(Field::kHour12), literal(":"), put(Field::kMinute), literal(" "), put(Field::kHalf);
        break;
      case 'R': put(Field::kHour), literal(":"), put(Field::kMinute); break;
      case 's':
      case 'S': put(Field::kSecond); break;
      case 't': literal("\t"); break;
      case 'T':
        put(Field::kHour), literal(":"), put(Field::kMinute), literal(":"), put(Field::kSecond);
        break;
      case 'u': put(Field::kDayOfWeek, 1); break;
      case 'V': put(Field::kIsoWeek); break;
      case 'w': put(Field::kSundayOfWeek, 1); break;
      case 'W': put(Field::kWeekday); break;
      case 'y': put(Field::kShortYear); break;
      case 'Y': put(Field::kYear, 4); break;
      case 'z': put(Field::kOffset); break;
      case '%': literal("%"); break;
      case 'U':
      case 'v':
      case 'x':
      case 'X':
        return fail(ErrorCode::kNotImplemented,
                    "format is not supported: %" + std::string(1, format[i]));
      default:
        return fail(ErrorCode::kBadArguments, std::string("Incorrect syntax '") +
                                                  std::string(format) +
                                                  "', symbol is not supported '" + format[i] +
                                                  "' for function formatDateTime");
    }
  }
  return TimeFormat(std::move(program));
}

Result<TimeFormat> TimeFormat::of_joda(std::string_view format) {
  std::vector<Instruction> program;
  SP_TRY(const std::vector<JodaItem> items, joda_items(format));
  for (const JodaItem& item : items) {
    const uint32_t count = item.count;
    const auto put = [&](Field field) { program.push_back({field, count}); };
    switch (item.letter) {
      case 0: program.push_back({Field::kLiteral, 1, item.literal}); break;
      case 'G': put(Field::kEra); break;
      case 'C': put(Field::kCentury); break;
      case 'Y':
      case 'y': put(count == 2 ? Field::kShortYear : Field::kYear); break;
      case 'x': put(Field::kIsoYear); break;
      case 'w': put(Field::kIsoWeek); break;
      case 'e': put(Field::kDayOfWeek); break;
      case 'E': put(count >= 4 ? Field::kWeekday : Field::kShortWeekday); break;
      case 'D': put(Field::kDayOfYear); break;
      case 'M':
        put(count >= 4 ? Field::kMonthName : count == 3 ? Field::kShortMonthName : Field::kMonth);
        break;
      case 'd': put(Field::kDay); break;
      case 'a': put(Field::kHalf); break;
      case 'K': put(Field::kHour12Zero); break;
      case 'h': put(Field::kHour12); break;
      case 'H': put(Field::kHour); break;
      case 'k': put(Field::kHour24); break;
      case 'm': put(Field::kMinute); break;
      case 's': put(Field::kSecond); break;
      case 'S': put(Field::kFraction); break;
      case 'z':
        if (count <= 3)
          return fail(ErrorCode::kNotImplemented, "Short name time zone is not yet supported");
        put(Field::kZoneName);
        break;
      default:
        return fail(ErrorCode::kNotImplemented,
                    std::string("format is not supported for ") + item.letter);
    }
  }
  return TimeFormat(std::move(program));
}

}  // namespace sp
