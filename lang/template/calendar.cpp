// Reading and writing of dates in parameters.

#include "lang/template/calendar.h"

#include <cstdio>

#include "runtime/text/date_math.h"

namespace sp::tmpl {
namespace {

// Reads numbers and marks off the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : rest_(text) {}

  bool number(size_t least, size_t most, uint32_t* out) {
    size_t count = 0;
    uint32_t value = 0;
    while (count < most && count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9') {
      value = value * 10 + static_cast<uint32_t>(rest_[count] - '0');
      ++count;
    }
    if (count < least) return false;
    rest_.remove_prefix(count);
    *out = value;
    return true;
  }
  bool mark(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool done() const { return rest_.empty(); }
  size_t size() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

struct Fields {
  uint32_t year = 1900, month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int32_t offset_seconds = 0;
};

bool assemble(const Fields& fields, Moment* moment) {
  if (fields.year < 1 || fields.month < 1 || fields.month > 12 || fields.day < 1 ||
      fields.day > days_in_month(fields.year, fields.month) || fields.hour > 23 ||
      fields.minute > 59 || fields.second > 59) {
    return false;
  }
  moment->seconds = days_from_civil(fields.year, fields.month, fields.day) * kSecondsPerDay +
                    fields.hour * 3600 + fields.minute * 60 + fields.second - fields.offset_seconds;
  return true;
}

bool read_offset(Cursor& cursor, Fields& fields) {
  if (cursor.mark('Z') || cursor.mark('z')) return true;
  const bool negative = cursor.mark('-');
  if (!negative && !cursor.mark('+')) return false;
  uint32_t hours = 0, minutes = 0;
  if (!cursor.number(2, 2, &hours)) return false;
  cursor.mark(':');
  if (!cursor.done() && !cursor.number(2, 2, &minutes)) return false;
  if (hours > 15 || minutes > 59) return false;
  const auto seconds = static_cast<int32_t>(hours * 3600 + minutes * 60);
  fields.offset_seconds = negative ? -seconds : seconds;
  return true;
}

bool read_fraction(Cursor& cursor, Moment* moment) {
  const size_t before = cursor.size();
  uint32_t value = 0;
  if (!cursor.number(1, 9, &value)) return false;
  moment->digits = static_cast<uint8_t>(before - cursor.size());
  moment->nanoseconds = value;
  for (uint8_t i = moment->digits; i < 9; ++i) moment->nanoseconds *= 10;
  return true;
}

}  // namespace

bool parse_moment(std::string_view text, Moment* moment) {
  *moment = {};
  Fields fields;
  Cursor cursor(text);
  if (text.size() == 8 && text.find_first_not_of("0123456789") == std::string_view::npos) {
    return cursor.number(4, 4, &fields.year) && cursor.number(2, 2, &fields.month) &&
           cursor.number(2, 2, &fields.day) && assemble(fields, moment);
  }
  if (!cursor.number(4, 4, &fields.year) || !cursor.mark('-') ||
      !cursor.number(1, 2, &fields.month) || !cursor.mark('-') ||
      !cursor.number(1, 2, &fields.day)) {
    return false;
  }
  if (cursor.done()) return assemble(fields, moment);
  if (!cursor.mark('T') && !cursor.mark(' ')) return false;
  moment->has_time = true;
  if (!cursor.number(1, 2, &fields.hour) || !cursor.mark(':') ||
      !cursor.number(2, 2, &fields.minute))
    return false;
  if (cursor.mark(':')) {
    if (!cursor.number(2, 2, &fields.second)) return false;
    if (cursor.mark('.') && !read_fraction(cursor, moment)) return false;
  }
  cursor.mark(' ');
  if (!cursor.done() && !read_offset(cursor, fields)) return false;
  return cursor.done() && assemble(fields, moment);
}

bool parse_moment_as(std::string_view text, std::string_view format, Moment* moment) {
  *moment = {};
  Fields fields;
  Cursor cursor(text);
  uint32_t day_of_year = 0;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%' || i + 1 == format.size()) {
      if (!cursor.mark(format[i])) return false;
      continue;
    }
    bool good = true;
    switch (format[++i]) {
      case 'Y': good = cursor.number(4, 4, &fields.year); break;
      case 'y':
        good = cursor.number(2, 2, &fields.year);
        fields.year += fields.year < 69 ? 2000 : 1900;
        break;
      case 'm': good = cursor.number(1, 2, &fields.month); break;
      case 'd': good = cursor.number(1, 2, &fields.day); break;
      case 'j':
        good = cursor.number(1, 3, &day_of_year) && day_of_year > 0 && day_of_year <= 366;
        break;
      case 'H': good = cursor.number(1, 2, &fields.hour); break;
      case 'M': good = cursor.number(1, 2, &fields.minute); break;
      case 'S': good = cursor.number(1, 2, &fields.second); break;
      case 'f': good = read_fraction(cursor, moment); break;
      case 'F':
        good = cursor.number(4, 4, &fields.year) && cursor.mark('-') &&
               cursor.number(1, 2, &fields.month) && cursor.mark('-') &&
               cursor.number(1, 2, &fields.day);
        break;
      case 'T':
        good = cursor.number(1, 2, &fields.hour) && cursor.mark(':') &&
               cursor.number(1, 2, &fields.minute) && cursor.mark(':') &&
               cursor.number(1, 2, &fields.second);
        break;
      case 'z': good = read_offset(cursor, fields); break;
      case '%': good = cursor.mark('%'); break;
      default: return false;
    }
    if (!good) return false;
    moment->has_time =
        moment->has_time || std::string_view("HMST").find(format[i]) != std::string_view::npos;
  }
  if (!cursor.done() || !assemble(fields, moment)) return false;
  if (day_of_year > 0) moment->seconds += static_cast<int64_t>(day_of_year - 1) * kSecondsPerDay;
  return true;
}

std::string date_text(const Moment& moment) {
  const CivilDate date = civil_from_days(floor_div(moment.seconds, kSecondsPerDay));
  char buffer[32];
  const int size =
      std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u", date.year, date.month, date.day);
  return std::string(buffer, static_cast<size_t>(size));
}

std::string time_text(const Moment& moment, uint8_t digits) {
  const int64_t second = floor_mod(moment.seconds, kSecondsPerDay);
  char buffer[48];
  const int size = std::snprintf(
      buffer, sizeof buffer, " %02d:%02d:%02d.%09u", static_cast<int>(second / 3600),
      static_cast<int>(second / 60 % 60), static_cast<int>(second % 60), moment.nanoseconds);
  const size_t kept = static_cast<size_t>(size) - 10 + (digits == 0 ? 0u : 1u + digits);
  return date_text(moment) + std::string(buffer, kept);
}

}  // namespace sp::tmpl
