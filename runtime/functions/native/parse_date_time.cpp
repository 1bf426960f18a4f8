// parseDateTime and its forms: text to DateTime by MySQL's % letters, the reverse of
// formatDateTime.

#include <cstring>

#include "runtime/functions/native/conversion_arguments.h"
#include "runtime/functions/native/value_cast.h"
#include "runtime/functions/signature.h"
#include "runtime/text/date_math.h"

namespace sp {

namespace {

constexpr std::string_view kMonthNames[] = {"january",   "february", "march",    "april",
                                            "may",       "june",     "july",     "august",
                                            "september", "october",  "november", "december"};
constexpr std::string_view kDayNames[] = {"monday", "tuesday",  "wednesday", "thursday",
                                          "friday", "saturday", "sunday"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One reading of a text; the fields that the format names are collected, then checked together.
class FormatReading {
 public:
  FormatReading(std::string_view text, std::string_view format)
      : text_(text),
        at_(text.data()),
        end_(at_ + text.size()),
        format_(format) {}

  bool read(const TimeZone& zone, int64_t& seconds, ParseError& error) {
    for (size_t i = 0; i < format_.size(); ++i) {
      if (format_[i] != '%' || i + 1 == format_.size()) {
        if (!literal(format_[i])) return bad(error, format_.substr(i, 1));
        continue;
      }
      if (!field(format_[++i])) return bad(error, format_.substr(i - 1, 2));
    }
    if (at_ != end_) {
      return error.set(ErrorCode::kCannotParseDateTime,
                       "Invalid format input " + std::string(text_) + " is malformed at " +
                           std::string(at_, end_));
    }
    return finish(zone, seconds, error);
  }

 private:
  bool bad(ParseError& error, std::string_view fragment) const {
    return error.set(
        ErrorCode::kCannotParseDateTime,
        "Unable to parse fragment " + std::string(fragment) + " from " + std::string(at_, end_));
  }
  bool literal(char c) {
    if (at_ >= end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool literals(std::string_view text) {
    for (const char c : text) {
      if (!literal(c)) return false;
    }
    return true;
  }
  // Exactly `digits` digits, or from one to `digits` if `shorter`.
  bool number(int digits, int64_t low, int64_t high, int64_t& value, bool shorter = false) {
    int count = 0;
    int64_t result = 0;
    while (count < digits && at_ < end_ && is_digit(*at_)) {
      result = result * 10 + (*at_++ - '0');
      ++count;
    }
    if (count == 0 || (count < digits && !shorter) || result < low || result > high) return false;
    value = result;
    return true;
  }
  template <size_t N>
  bool name(const std::string_view (&names)[N], bool abbreviated, int64_t& index) {
    for (size_t i = 0; i < N; ++i) {
      const std::string_view wanted = abbreviated ? names[i].substr(0, 3) : names[i];
      if (static_cast<size_t>(end_ - at_) < wanted.size()) continue;
      bool same = true;
      for (size_t k = 0; k < wanted.size(); ++k) same = same && (at_[k] | 0x20) == wanted[k];
      if (!same) continue;
      at_ += wanted.size();
      index = static_cast<int64_t>(i) + 1;
      return true;
    }
    return false;
  }
  bool half() {
    if (end_ - at_ < 2 || (at_[1] | 0x20) != 'm') return false;
    const char c = static_cast<char>(*at_ | 0x20);
    if (c != 'a' && c != 'p') return false;
    half_ = c == 'a' ? 0 : 1;
    at_ += 2;
    return true;
  }
  bool offset() {
    if (at_ >= end_ || (*at_ != '+' && *at_ != '-')) return false;
    const bool minus = *at_++ == '-';
    int64_t hours = 0, minutes = 0;
    if (!number(2, 0, 99, hours) || !number(2, 0, 59, minutes)) return false;
    has_offset_ = true;
    offset_ = (hours * 3600 + minutes * 60) * (minus ? -1 : 1);
    return true;
  }
  bool hour12() {
    twelve_ = true;
    return number(2, 1, 12, hour_);
  }

  bool field(char c) {
    int64_t ignored = 0;
    switch (c) {
      case 'Y': return number(4, 1970, 2106, year_);
      case 'y':
        if (!number(2, 0, 99, year_)) return false;
        year_ += year_ >= 70 ? 1900 : 2000;
        return true;
      case 'm':
      case 'c': return number(2, 1, 12, month_);
      case 'b': return name(kMonthNames, true, month_);
      case 'M': return name(kMonthNames, false, month_);
      case 'd': return number(2, 1, 31, day_);
      case 'e':
        while (at_ < end_ && *at_ == ' ') ++at_;
        return number(2, 1, 31, day_, true);
      case 'j': return number(3, 1, 366, day_of_year_);
      case 'a': return name(kDayNames, true, ignored);
      case 'W': return name(kDayNames, false, ignored);
      case 'u': return number(1, 1, 7, ignored);
      case 'w': return number(1, 0, 6, ignored);
      case 'H':
      case 'k': return number(2, 0, 23, hour_);
      case 'h':
      case 'I':
      case 'l': return hour12();
      case 'i': return number(2, 0, 59, minute_);
      case 's':
      case 'S': return number(2, 0, 59, second_);
      case 'f': return number(6, 0, 999999, ignored, true);
      case 'p': return half();
      case 'F': return field('Y') && literal('-') && field('m') && literal('-') && field('d');
      case 'D': return field('m') && literal('/') && field('d') && literal('/') && field('y');
      case 'T': return field('H') && literal(':') && field('i') && literal(':') && field('s');
      case 'R': return field('H') && literal(':') && field('i');
      case 'r':
        return hour12() && literals(":") && field('i') && literals(":") && field('s') &&
               literals(" ") && half();
      case 'z': return offset();
      case 'n': return literal('\n');
      case 't': return literal('\t');
      case '%': return literal('%');
      default: return false;
    }
  }

  bool finish(const TimeZone& zone, int64_t& seconds, ParseError& error) {
    if (twelve_) hour_ = hour_ % 12 + (half_ == 1 ? 12 : 0);
    int64_t days = 0;
    if (day_of_year_ > 0) {
      if (day_of_year_ == 366 && !is_leap_year(year_)) {
        return error.set(ErrorCode::kCannotParseDateTime,
                         "Invalid day of year " + std::to_string(day_of_year_));
      }
      days = days_from_civil(year_, 1, 1) + day_of_year_ - 1;
    } else {
      if (day_ > days_in_month(year_, static_cast<uint32_t>(month_))) {
        return error.set(ErrorCode::kCannotParseDateTime,
                         "Invalid day of month " + std::to_string(day_));
      }
      days = days_from_civil(year_, static_cast<uint32_t>(month_), static_cast<uint32_t>(day_));
    }
    const int64_t local = days * kSecondsPerDay + hour_ * 3600 + minute_ * 60 + second_;
    seconds = has_offset_ ? local - offset_ : zone.to_utc(local);
    if (seconds < 0 || seconds > 0xFFFFFFFFLL)
      return error.set(ErrorCode::kValueIsOutOfRange, "Seconds since epoch is out of range");
    return true;
  }

  std::string_view text_;
  const char* at_;
  const char* end_;
  std::string_view format_;
  int64_t year_ = 1970, month_ = 1, day_ = 1, day_of_year_ = 0, hour_ = 0, minute_ = 0, second_ = 0,
          offset_ = 0;
  int half_ = -1;
  bool twelve_ = false, has_offset_ = false;
};

class FormatParseCast final : public ValueCast {
 public:
  FormatParseCast(Type to, std::string format)
      : zone_(zone_of(to, TimeZone::utc())),
        format_(std::move(format)) {}
  bool convert(const void* from, void* to, Arena&, ParseError& error) const override {
    int64_t seconds = 0;
    FormatReading reading(static_cast<const StringRef*>(from)->view(), format_);
    if (!reading.read(zone_, seconds, error)) return false;
    const auto value = static_cast<uint32_t>(seconds);
    std::memcpy(to, &value, sizeof(value));
    return true;
  }

 private:
  const TimeZone& zone_;
  std::string format_;
};

Result<void> check_format(std::string_view format) {
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    const char c = ++i < format.size() ? format[i] : '\0';
    if (std::string_view("YymcbMdejaWuwHkhIlisSfpFDTRrznt%").find(c) == std::string_view::npos ||
        c == '\0') {
      return fail(ErrorCode::kNotImplemented,
                  "Format letter is not supported by parseDateTime: %" + std::string(1, c));
    }
  }
  return {};
}

Result<ResolvedFunction> resolve_parse(std::span<const Argument> arguments,
                                       const ResolveOptions& options, OnFailure on_failure) {
  const Type given = arguments[0].type;
  const Type from = given.base();
  const auto format = arguments[1].constant_text();
  if (!format) return illegal_argument(arguments, 1, "constant String with a format");
  SP_TRY_VOID(check_format(*format));
  SP_TRY(std::string zone, constant_zone(arguments, 2));
  const Type to = Type::datetime(zone.empty() ? options.timezone : zone);
  if (given == Type::null_type()) return resolve_cast(arguments[0], Type::nullable(to), options);
  if (!from.is(TypeKind::kString)) return illegal_argument(arguments, 0, "String");
  std::unique_ptr<const ValueCast> cast =
      std::make_unique<FormatParseCast>(to, std::string(*format));
  return conversion_call(arguments, to, std::move(cast), on_failure);
}

}  // namespace

SP_FUNCTIONS(parse_date_time) {
  const auto add = [&](const char* name, std::vector<const char*> aliases, OnFailure on_failure,
                       const char* doc, const char* example, const char* answer) {
    const bool folded = !aliases.empty();
    rows.push_back(
        {.name = name,
         .aliases = std::move(aliases),
         .case_insensitive = folded,
         .min_arguments = 2,
         .max_arguments = 3,
         .nulls = on_failure == OnFailure::kNull ? NullPolicy::kSeesNulls : NullPolicy::kPropagate,
         .constant_arguments = 6,
         .resolve =
             [on_failure](std::span<const Argument> arguments, const ResolveOptions& options) {
               return resolve_parse(arguments, options, on_failure);
             },
         .doc = doc,
         .example = example,
         .example_result = answer});
  };
  add("parseDateTime", {"TO_UNIXTIME"}, OnFailure::kError,
      "Reads a DateTime from `text` by a `format` of MySQL's % letters.",
      "SELECT parseDateTime('05/Mar/2024 04:07', '%d/%b/%Y %H:%i')", "2024-03-05 04:07:00");
  add("parseDateTimeOrNull", {"str_to_date"}, OnFailure::kNull,
      "As parseDateTime, but NULL for a `text` that does not fit.",
      "SELECT parseDateTimeOrNull('x', '%Y')", "\\N");
  add("parseDateTimeOrZero", {}, OnFailure::kZero,
      "As parseDateTime, but 1970-01-01 for a `text` that does not fit.",
      "SELECT parseDateTimeOrZero('x', '%Y')", "1970-01-01 00:00:00");
}

}  // namespace sp
