// parseDateTimeInJodaSyntax, parseDateTime64InJodaSyntax and their forms: text to times by Joda's
// letters (yyyy-MM-dd HH:mm:ss.SSS), the reverse of formatDateTimeInJodaSyntax.

#include <algorithm>
#include <vector>

#include "runtime/functions/native/date_time_reading.h"
#include "runtime/functions/native/joda_format.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

constexpr uint32_t kMostDigits = 6;  // of a fraction

class JodaReading : public DateTimeReading {
 public:
  using DateTimeReading::DateTimeReading;

  bool read(const std::vector<JodaItem>& items, ParseError& error) {
    for (const JodaItem& item : items) {
      const bool fits = item.letter == 0 ? literal(item.literal) : field(item);
      if (!fits) return bad(error, item.literal);
    }
    return true;
  }

 private:
  bool joda_year(int count) {
    if (position() < end() && *position() == '+') literal('+');
    if (count == 2) return short_year(1);
    return year(1, count == 3 ? 4 : count);
  }
  bool fraction_of_second(int count) {
    int64_t value = 0;
    if (!number(1, std::max(count, 2), 0, 999999, value)) return false;
    take_fraction(value);
    return true;
  }

  bool field(const JodaItem& item) {
    const auto count = static_cast<int>(item.count);
    const int two = std::max(count, 2);
    switch (item.letter) {
      case 'G': return era();
      case 'C': return century(1, count);
      case 'Y':
      case 'y': return joda_year(count);
      case 'x': date_by_week(); return joda_year(count);
      case 'w': return week(1, two);
      case 'e': return day_of_week(1);
      case 'E': return day_name(true, true);
      case 'D': return day_of_year(1, std::max(count, 3));
      case 'M': return count >= 3 ? month_name(true, true) : month(1, two);
      case 'd': return day(1, two);
      case 'a': return half_of_day();
      case 'K': return half_day_hour(1, two, false);
      case 'h': return half_day_hour(1, two, true);
      case 'H': return hour(1, two);
      case 'k': return clock_hour(1, two);
      case 'm': return minute(1, two);
      case 's': return second(1, two);
      case 'S': return fraction_of_second(count);
      case 'Z': return offset();
      default: return zone_name();  // z
    }
  }
};

class JodaCast final : public ValueCast {
 public:
  JodaCast(Type to, std::vector<JodaItem> items)
      : to_(to),
        zone_(zone_of(to, TimeZone::utc())),
        years_(years_of(to)),
        items_(std::move(items)) {}
  bool convert(const void* from, void* to, Arena&, ParseError& error) const override {
    JodaReading reading(static_cast<const StringRef*>(from)->view(), years_);
    int64_t seconds = 0;
    return reading.read(items_, error) && reading.finish(zone_, seconds, error) &&
           store_time(to_, seconds, reading.fraction(), to, error);
  }

 private:
  Type to_;
  const TimeZone& zone_;
  YearRange years_;
  std::vector<JodaItem> items_;
};

Result<std::unique_ptr<const ValueCast>> make_cast(std::string_view format, Type to) {
  SP_TRY(std::vector<JodaItem> items, joda_items(format));
  for (const JodaItem& item : items) {
    const bool known =
        item.letter == 0 ||
        std::string_view("GCYyxweEDMdaKhHkmsSZz").find(item.letter) != std::string_view::npos;
    if (!known) {
      return fail(ErrorCode::kNotImplemented,
                  std::string("format is not supported for ") + item.letter);
    }
  }
  std::unique_ptr<const ValueCast> cast = std::make_unique<JodaCast>(to, std::move(items));
  return cast;
}

// As many digits as the first fraction of the format has letters.
Result<uint32_t> scale_of(std::string_view format) {
  SP_TRY(const std::vector<JodaItem> items, joda_items(format));
  const auto found = std::find_if(items.begin(), items.end(),
                                  [](const JodaItem& item) { return item.letter == 'S'; });
  if (found == items.end()) return 0;
  if (found->count > kMostDigits) {
    return fail(ErrorCode::kCannotParseDateTime,
                "Precision " + std::to_string(found->count) + " is invalid (must be [0, 6])");
  }
  return found->count;
}

constexpr DateTimeFormat kJoda = {make_cast, scale_of, "yyyy-MM-dd HH:mm:ss"};

}  // namespace

SP_FUNCTIONS(parse_joda_syntax) {
  const auto add = [&](const char* name, bool wide, OnFailure on_failure, const char* doc,
                       const char* example, const char* answer) {
    rows.push_back(
        {.name = name,
         .min_arguments = 1,
         .max_arguments = 3,
         .nulls = on_failure == OnFailure::kNull ? NullPolicy::kSeesNulls : NullPolicy::kPropagate,
         .constant_arguments = 6,
         .resolve = date_time_resolver(kJoda, wide, on_failure),
         .doc = doc,
         .example = example,
         .example_result = answer});
  };
  add("parseDateTimeInJodaSyntax", false, OnFailure::kError,
      "Reads a DateTime from `text` by a `format` of Joda's letters.",
      "SELECT parseDateTimeInJodaSyntax('5 Mar 2024, 4:07 PM', 'd MMM yyyy, h:mm a')",
      "2024-03-05 16:07:00");
  add("parseDateTimeInJodaSyntaxOrNull", false, OnFailure::kNull,
      "As parseDateTimeInJodaSyntax, but NULL for a `text` that does not fit.",
      "SELECT parseDateTimeInJodaSyntaxOrNull('x', 'yyyy')", "\\N");
  add("parseDateTimeInJodaSyntaxOrZero", false, OnFailure::kZero,
      "As parseDateTimeInJodaSyntax, but 1970-01-01 for a `text` that does not fit.",
      "SELECT parseDateTimeInJodaSyntaxOrZero('x', 'yyyy')", "1970-01-01 00:00:00");
  add("parseDateTime64InJodaSyntax", true, OnFailure::kError,
      "Reads a DateTime64 from `text` by a `format` of Joda's letters, with as many digits as it "
      "has S.",
      "SELECT parseDateTime64InJodaSyntax('2024-03-05 04:07:08.250', 'yyyy-MM-dd HH:mm:ss.SSS')",
      "2024-03-05 04:07:08.250");
  add("parseDateTime64InJodaSyntaxOrNull", true, OnFailure::kNull,
      "As parseDateTime64InJodaSyntax, but NULL for a `text` that does not fit.",
      "SELECT parseDateTime64InJodaSyntaxOrNull('x', 'yyyy.SSS')", "\\N");
  add("parseDateTime64InJodaSyntaxOrZero", true, OnFailure::kZero,
      "As parseDateTime64InJodaSyntax, but 1970-01-01 for a `text` that does not fit.",
      "SELECT parseDateTime64InJodaSyntaxOrZero('x', 'yyyy.SSS')", "1970-01-01 00:00:00.000");
}

}  // namespace sp
