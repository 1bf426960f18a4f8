// What the scalar types of parameters accept, and the one spelling that SQL sees.
// Entry: convert_text().

#include <cctype>
#include <cstdlib>
#include <string>

#include "lang/source/trimmed.h"
#include "lang/template/calendar.h"
#include "lang/template/parameter.h"

namespace sp::tmpl {
namespace {

bool fits(__int128 value, std::string_view type) {
  const bool is_unsigned = type.front() == 'U';
  const int bits = std::atoi(std::string(type.substr(is_unsigned ? 4 : 3)).c_str());
  const __int128 one = 1;
  if (is_unsigned) return value >= 0 && value < (one << bits);
  return value >= -(one << (bits - 1)) && value < (one << (bits - 1));
}

// Compares decimal digit strings as numbers.
bool wide_fits(std::string_view digits, bool negative, std::string_view type) {
  static constexpr std::string_view kTwo127 = "170141183460469231731687303715884105728";
  static constexpr std::string_view kTwo128 = "340282366920938463463374607431768211456";
  static constexpr std::string_view kTwo255 =
      "57896044618658097711785492504343953926634992332820282019728792003956564819968";
  static constexpr std::string_view kTwo256 =
      "115792089237316195423570985008687907853269984665640564039457584007913129639936";
  const bool is_unsigned = type.front() == 'U';
  const std::string_view limit =
      type.ends_with("128") ? (is_unsigned ? kTwo128 : kTwo127) : (is_unsigned ? kTwo256 : kTwo255);
  if (digits.size() != limit.size())
    return digits.size() < limit.size() && !(is_unsigned && negative && digits != "0");
  const int sign = digits.compare(limit);
  return (sign < 0 && !(is_unsigned && negative)) || (sign == 0 && negative && !is_unsigned);
}

bool convert_wide(std::string_view text, std::string_view type, std::string* out) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  while (text.size() > 1 && text.front() == '0') text.remove_prefix(1);
  if (!wide_fits(text, negative, type)) return false;
  *out = (negative && text != "0" ? "-" : "") + std::string(text);
  return true;
}

bool convert_decimal(std::string_view text, std::string* out) {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction =
      dot == std::string_view::npos ? std::string_view() : text.substr(dot + 1);
  const auto digits = [](std::string_view part) {
    return part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (whole.empty() || !digits(whole) || !digits(fraction) || whole.size() > 29 ||
      fraction.size() > 9)
    return false;
  *out = (negative ? "-" : "") + std::string(whole) +
         (fraction.empty() ? "" : "." + std::string(fraction));
  return true;
}

bool convert_uuid(std::string_view text, std::string* out) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !std::isxdigit(static_cast<unsigned char>(text[i]))) return false;
    *out += static_cast<char>(std::tolower(static_cast<unsigned char>(text[i])));
  }
  return true;
}

bool convert_boolean(std::string_view text, bool* out) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower == "true" || lower == "1" || lower == "yes" || lower == "on")
    *out = true;
  else if (lower == "false" || lower == "0" || lower == "no" || lower == "off" || lower.empty())
    *out = false;
  else
    return false;
  return true;
}

}  // namespace

std::string range_hint(std::string_view type) {
  if (type.starts_with("UInt") || type.starts_with("Int")) {
    const bool is_unsigned = type.front() == 'U';
    const int bits = std::atoi(std::string(type.substr(is_unsigned ? 4 : 3)).c_str());
    if (bits > 64) return "a whole number of " + std::to_string(bits) + " bits";
    const __int128 one = 1;
    const __int128 low = is_unsigned ? 0 : -(one << (bits - 1));
    const __int128 high = is_unsigned ? (one << bits) - 1 : (one << (bits - 1)) - 1;
    return "a whole number from " + integer_text(low) + " to " + integer_text(high);
  }
  if (type.starts_with("Float")) return "a number";
  if (type == "Boolean") return "true, false, 1 or 0";
  if (type == "Date") return "a date: YYYY-MM-DD";
  if (type == "DateTime") return "a time: YYYY-MM-DD HH:MM:SS";
  if (type == "DateTime64") return "a time: YYYY-MM-DD HH:MM:SS.mmm";
  if (type == "UUID") return "a UUID: 00000000-0000-0000-0000-000000000000";
  if (type == "String") return "any text";
  return "a value of type " + std::string(type);
}

bool convert_text(Evaluator& evaluator, const FunctionRule& type, std::string_view text,
                  bool is_default, std::string_view what, Span span, Value& out) {
  const std::string_view original = text;
  if (type.parameter != ParameterKind::kString) text = trimmed(text);
  bool good = true;
  switch (type.parameter) {
    case ParameterKind::kInteger: {
      __int128 value = 0;
      good = parse_integer(text, &value) && fits(value, type.hole_type);
      out = Value::number(value);
      break;
    }
    case ParameterKind::kFloat: {
      double value = 0;
      good = parse_float(text, &value);
      out = Value::real_number(value);
      break;
    }
    case ParameterKind::kBoolean: {
      bool value = false;
      good = convert_boolean(text, &value);
      out = Value::boolean(value);
      break;
    }
    case ParameterKind::kWideInteger:
      out = Value::string({});
      good = convert_wide(text, type.hole_type, &out.text);
      break;
    case ParameterKind::kDecimal:
      out = Value::string({});
      good = convert_decimal(text, &out.text);
      break;
    case ParameterKind::kUuid:
      out = Value::string({});
      good = (text.empty() && is_default) || convert_uuid(text, &out.text);
      break;
    case ParameterKind::kDate:
    case ParameterKind::kDateTime:
    case ParameterKind::kDateTime64: {
      Moment moment;
      out = Value::string({});
      if (text.empty() && is_default) break;  // DateTime(x, ''): the author tests for it
      good = parse_moment(text, &moment);
      if (type.parameter == ParameterKind::kDate) {
        good = good && !moment.has_time;
        out.text = date_text(moment);
      } else {
        out.text = time_text(
            moment, type.parameter == ParameterKind::kDateTime ? uint8_t{0} : moment.digits);
      }
      break;
    }
    default: out = Value::string(std::string(text));
  }
  if (!good) {
    std::string shown(original.substr(0, 100));
    const std::string message =
        (is_default ? "Invalid default for parameter " : "Invalid value for parameter ") +
        std::string(what) + " (" + std::string(type.type) + "): '" + shown + "'";
    return evaluator.fail(
        fail(ErrorCode::kTemplateError, message, span, "allowed: " + range_hint(type.type)),
        is_default ? TemplateStop::kMistake : TemplateStop::kValue);
  }
  out.sql_type = type.hole_type;
  return true;
}

std::string sample_text(std::string_view type) {
  if (type.starts_with("Array(")) return sample_text(type.substr(6, type.size() - 7));
  if (type == "DateTime") return "2024-01-01 00:00:00";
  if (type == "DateTime64") return "2024-01-01 00:00:00.000";
  if (type == "Date") return "2024-01-01";
  if (type == "UUID") return "00000000-0000-0000-0000-000000000000";
  if (type == "JSON") return "[]";
  if (type == "Boolean" || type.starts_with("Int") || type.starts_with("UInt") ||
      type.starts_with("Float") || type == "Decimal")
    return "1";
  return "a";
}

}  // namespace sp::tmpl
