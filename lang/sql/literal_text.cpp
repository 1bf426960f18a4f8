// Decodes and encodes literal texts as ClickHouse does (src/Parsers/ExpressionElementParsers.cpp
// ParserNumber). Between tokens and tree values; entries in literal_text.h and quote_* in print.h.

#include "lang/sql/literal_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "lang/sql/print.h"
#include "lang/sql/token.h"
#include "runtime/text/format_value.h"
#include "runtime/text/hex_digit.h"
#include "runtime/text/quoted_text.h"

namespace sp::sql {

namespace {

std::string decode_hex(std::string_view digits) {
  std::string out;
  size_t at = 0;
  if (digits.size() % 2 == 1) out += static_cast<char>(std::max(0, hex_digit(digits[at++])));
  for (; at + 1 < digits.size(); at += 2) {
    out += static_cast<char>(std::max(0, hex_digit(digits[at])) * 16 +
                             std::max(0, hex_digit(digits[at + 1])));
  }
  return out;
}

std::string decode_bits(std::string_view digits) {
  std::string out;
  size_t first = digits.size() % 8;
  if (first == 0) first = 8;
  for (size_t at = 0, end = first; at < digits.size(); at = end, end += 8) {
    int value = 0;
    for (; at < end; ++at) value = value * 2 + (digits[at] == '1' ? 1 : 0);
    out += static_cast<char>(value);
  }
  return out;
}

LiteralValue integer_value(std::string_view digits, int base, bool negative, bool& fits) {
  uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  fits = error == std::errc() && end == digits.data() + digits.size();
  if (!fits) return NullLiteral{};
  if (!negative || value == 0) return value;
  if (value > (uint64_t{1} << 63)) {
    fits = false;
    return NullLiteral{};
  }
  return static_cast<int64_t>(~value + 1);
}

}  // namespace

std::string unquote(std::string_view token) {
  if (token.empty()) return {};
  if (token[0] == '$') {
    const size_t tag = token.find('$', 1) + 1;
    return std::string(token.substr(tag, token.size() - 2 * tag));
  }
  if (token[0] == '\xE2')
    return std::string(token.substr(3, token.size() - 6));  // typographic quotes
  if (token[0] == 'x' || token[0] == 'X') return decode_hex(token.substr(2, token.size() - 3));
  if (token[0] == 'b' || token[0] == 'B') return decode_bits(token.substr(2, token.size() - 3));
  const char quote = token[0];
  const std::string_view body = token.substr(1, token.size() - 2);
  if (body.find(quote) == std::string_view::npos && body.find('\\') == std::string_view::npos)
    return std::string(body);
  std::string out;
  out.reserve(body.size());
  for (size_t at = 0; at < body.size();) {
    if (body[at] == '\\' && at + 1 < body.size()) {
      at += 1 + decode_escape(body, at + 1, out);
    } else {
      out += body[at];
      at += body[at] == quote ? 2 : 1;
    }
  }
  return out;
}

std::optional<LiteralValue> parse_number(std::string_view token, bool negative) {
  std::string text;
  text.reserve(token.size());
  for (const char c : token) {
    if (c != '_') text += c;
  }
  const bool prefixed = text.size() > 2 && text[0] == '0';
  const bool hex = prefixed && (text[1] == 'x' || text[1] == 'X');
  const bool binary = prefixed && (text[1] == 'b' || text[1] == 'B');
  const bool integer = text.find_first_not_of(hex      ? "0123456789abcdefABCDEFxX"
                                              : binary ? "01bB"
                                                       : "0123456789") == std::string::npos;
  if (integer) {
    bool fits = false;
    const std::string_view digits =
        hex || binary ? std::string_view(text).substr(2) : std::string_view(text);
    LiteralValue value = integer_value(digits, hex ? 16 : binary ? 2 : 10, negative, fits);
    if (fits) return value;
    if (binary) return std::nullopt;
    if (!hex) return LiteralValue(BigInteger{(negative ? "-" : "") + text});
  }
  const double value = std::strtod(text.c_str(), nullptr);
  if (!std::isfinite(value)) return std::nullopt;
  return LiteralValue(negative ? -value : value);
}

std::string double_name(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, std::fabs(value), std::chars_format::scientific)
          .ptr;
  const std::string_view scientific(buffer, static_cast<size_t>(end - buffer));
  const size_t mark = scientific.find('e');
  const int exponent = std::atoi(std::string(scientific.substr(mark + 1)).c_str());
  std::string digits;
  for (const char c : scientific.substr(0, mark)) {
    if (c != '.') digits += c;
  }
  std::string out = std::signbit(value) ? "-" : "";
  const int size = static_cast<int>(digits.size());
  if (exponent < -6 || exponent >= 21) {
    out += digits[0];
    if (size > 1) out += '.' + digits.substr(1);
    return out + 'e' + std::to_string(exponent);
  }
  if (exponent < 0)
    return out + "0." + std::string(static_cast<size_t>(-exponent - 1), '0') + digits;
  if (size <= exponent + 1)
    return out + digits + std::string(static_cast<size_t>(exponent + 1 - size), '0') + '.';
  return out + digits.substr(0, static_cast<size_t>(exponent) + 1) + '.' +
         digits.substr(static_cast<size_t>(exponent) + 1);
}

std::string quote_string(const std::string& text) {
  std::string out;
  append_quoted_string(out, text);
  return out;
}

namespace {

// inf, infinity and nan are numbers in any case.
bool is_number_word(const std::string& name) {
  std::string lower;
  for (const char c : name) lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower == "inf" || lower == "infinity" || lower == "nan";
}

// Keywords that are names wherever an identifier may stand, so that common columns print without
// quotes.
bool is_harmless(TokenCode code) {
  switch (code) {
    case TokenCode::kWord:
    case TokenCode::kDate:
    case TokenCode::kTimestamp:
    case TokenCode::kFirst:
    case TokenCode::kLast:
    case TokenCode::kRow:
    case TokenCode::kRows:
    case TokenCode::kPosition:
    case TokenCode::kRange:
    case TokenCode::kNext:
    case TokenCode::kCurrent:
    case TokenCode::kExtract:
    case TokenCode::kTrim:
    case TokenCode::kSubstring:
    case TokenCode::kTotals:
    case TokenCode::kGroups:
    case TokenCode::kLocal: return true;
    default: return false;
  }
}

}  // namespace

std::string quote_identifier(const std::string& name) {
  bool plain =
      !name.empty() && (std::isalpha(static_cast<unsigned char>(name[0])) != 0 || name[0] == '_');
  for (const char c : name) {
    plain = plain && (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_');
  }
  if (plain && is_harmless(keyword_of(name)) && !is_number_word(name)) return name;
  std::string out = "`";
  for (const char c : name) {
    if (c == '`' || c == '\\') out += '\\';
    if (c == '\0') {
      out += "\\0";
    } else {
      out += c;
    }
  }
  return out + "`";
}

}  // namespace sp::sql
