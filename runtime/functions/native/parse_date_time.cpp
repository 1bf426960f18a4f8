// parseDateTime, parseDateTime64 and their forms: text to times by MySQL's % letters, the reverse
// of formatDateTime.

#include "runtime/functions/native/date_time_reading.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

constexpr uint32_t kDigits = 6;  // of a fraction

class MySqlReading : public DateTimeReading {
 public:
  using DateTimeReading::DateTimeReading;

  bool read(std::string_view format, ParseError& error) {
    for (size_t i = 0; i < format.size(); ++i) {
      if (format[i] != '%') {
        if (!literal(format[i])) return bad(error, format.substr(i, 1));
        continue;
      }
      if (!field(format[++i])) return bad(error, format.substr(i - 1, 2));
    }
    return true;
  }

 private:
  // Digits behind the point: fewer than six stand for more zeros.
  bool microseconds() {
    const char* const begin = position();
    int64_t value = 0;
    if (!number(1, kDigits, 0, 999999, value)) return false;
    for (auto digits = position() - begin; digits < kDigits; ++digits) value *= 10;
    take_fraction(value);
    return true;
  }
  bool padded_day() {
    skip_spaces();
    return day(1, 2);
  }
  bool american_year() {
    int64_t value = 0;
    return number(2, 2, 0, 99, value) && take_year(2000 + value);
  }

  bool field(char c) {
    switch (c) {
      case 'Y':
      case 'G': return year(4, 4);
      case 'y':
      case 'g': return short_year(2);
      case 'C': return century(2, 2);
      case 'm': return month(2, 2);
      case 'c': return month(1, 2);
      case 'b': return month_name(false, true);
      case 'M': return month_name(true, false);
      case 'd': return day(2, 2);
      case 'e': return padded_day();
      case 'j': return day_of_year(3, 3);
      case 'V': return week(2, 2);
      case 'a': return day_name(false, true);
      case 'W': return day_name(true, false);
      case 'u': return day_of_week(1);
      case 'w': return day_of_week(0);
      case 'H': return hour(2, 2);
      case 'k': return hour(1, 2);
      case 'h':
      case 'I': return half_day_hour(2, 2, true);
      case 'l': return half_day_hour(1, 2, true);
      case 'i': return minute(2, 2);
      case 's':
      case 'S': return second(2, 2);
      case 'f': return microseconds();
      case 'p': return half_of_day();
      case 'F': return field('Y') && literal('-') && field('m') && literal('-') && field('d');
      case 'D': return field('m') && literal('/') && field('d') && literal('/') && american_year();
      case 'T': return field('H') && literal(':') && field('i') && literal(':') && field('s');
      case 'R': return field('H') && literal(':') && field('i');
      case 'r': return field('h') && literal(':') && field('i') && literal(' ') && field('p');
      case 'z': return offset();
      case 'n': return literal('\n');
      case 't': return literal('\t');
      default: return literal(c);  // %%
    }
  }
};

class MySqlCast final : public ValueCast {
 public:
  MySqlCast(Type to, std::string_view format)
      : to_(to),
        zone_(zone_of(to, TimeZone::utc())),
        years_(years_of(to)),
        format_(format) {}
  bool convert(const void* from, void* to, Arena&, ParseError& error) const override {
    MySqlReading reading(static_cast<const StringRef*>(from)->view(), years_);
    int64_t seconds = 0;
    return reading.read(format_, error) && reading.finish(zone_, seconds, error) &&
           store_time(to_, seconds, reading.fraction(), to, error);
  }

 private:
  Type to_;
  const TimeZone& zone_;
  YearRange years_;
  std::string format_;
};

Result<std::unique_ptr<const ValueCast>> make_cast(std::string_view format, Type to) {
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    if (++i == format.size()) {
      return fail(ErrorCode::kBadArguments,
                  "'%' must not be the last character in the format string, use '%%' instead");
    }
    const char c = format[i];
    if (std::string_view("QUvxX").find(c) != std::string_view::npos)
      return fail(ErrorCode::kNotImplemented, "format is not supported: %" + std::string(1, c));
    if (std::string_view("YGygCmcbMdejVaWuwHkhIlisSfpFDTRrznt%").find(c) ==
        std::string_view::npos) {
      return fail(ErrorCode::kBadArguments, "Incorrect syntax '" + std::string(format) +
                                                "', symbol is not supported '" + c + "'");
    }
  }
  std::unique_ptr<const ValueCast> cast = std::make_unique<MySqlCast>(to, format);
  return cast;
}

constexpr DateTimeFormat kMySql = {
    make_cast, [](std::string_view) -> Result<uint32_t> { return kDigits; }, "%Y-%m-%d %H:%i:%s"};

}  // namespace

SP_FUNCTIONS(parse_date_time) {
  const auto add = [&](const char* name, std::vector<const char*> aliases, bool wide,
                       OnFailure on_failure, const char* doc, const char* example,
                       const char* answer) {
    const bool folded = !aliases.empty();
    rows.push_back(
        {.name = name,
         .aliases = std::move(aliases),
         .case_insensitive = folded,
         .min_arguments = 1,
         .max_arguments = 3,
         .nulls = on_failure == OnFailure::kNull ? NullPolicy::kSeesNulls : NullPolicy::kPropagate,
         .constant_arguments = 6,
         .resolve = date_time_resolver(kMySql, wide, on_failure),
         .doc = doc,
         .example = example,
         .example_result = answer});
  };
  add("parseDateTime", {"TO_UNIXTIME"}, false, OnFailure::kError,
      "Reads a DateTime from `text` by a `format` of MySQL's % letters.",
      "SELECT parseDateTime('05/Mar/2024 04:07', '%d/%b/%Y %H:%i')", "2024-03-05 04:07:00");
  add("parseDateTimeOrNull", {"str_to_date"}, false, OnFailure::kNull,
      "As parseDateTime, but NULL for a `text` that does not fit.",
      "SELECT parseDateTimeOrNull('x', '%Y')", "\\N");
  add("parseDateTimeOrZero", {}, false, OnFailure::kZero,
      "As parseDateTime, but 1970-01-01 for a `text` that does not fit.",
      "SELECT parseDateTimeOrZero('x', '%Y')", "1970-01-01 00:00:00");
  add("parseDateTime64", {}, true, OnFailure::kError,
      "Reads a DateTime64(6) from `text` by a `format` of MySQL's % letters.",
      "SELECT parseDateTime64('2024-03-05 04:07:08.25', '%F %T.%f')", "2024-03-05 04:07:08.250000");
  add("parseDateTime64OrNull", {}, true, OnFailure::kNull,
      "As parseDateTime64, but NULL for a `text` that does not fit.",
      "SELECT parseDateTime64OrNull('x', '%Y')", "\\N");
  add("parseDateTime64OrZero", {}, true, OnFailure::kZero,
      "As parseDateTime64, but 1970-01-01 for a `text` that does not fit.",
      "SELECT parseDateTime64OrZero('x', '%Y')", "1970-01-01 00:00:00.000000");
}

}  // namespace sp
