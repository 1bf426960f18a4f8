// Text to scalars: integers, floats, Decimals, Bool, UUID, addresses, with ClickHouse's messages
// and codes. Declared in parse_value.h.

#include <algorithm>
#include <cctype>
#include <cstring>

#include <fast_float/fast_float.h>

#include "runtime/text/hex_digit.h"
#include "runtime/text/parse_value.h"
#include "runtime/text/wide_integer.h"

namespace sp {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// The message for text that goes on after a number, or does not start one.
bool syntax_error(std::string_view text, size_t position, Type type, ParseError& error) {
  std::string message =
      "Cannot parse string '" + std::string(text) + "' as " + type.name() + ": syntax error ";
  if (position == 0) {
    message += "at begin of string";
  } else {
    message += "at position " + std::to_string(position) + " (parsed just '" +
               std::string(text.substr(0, position)) + "')";
  }
  const bool native = (type.is_integer() && slot_layout(type).size <= 8) || type.is_float();
  if (native) {
    message += ". Note: there are to" + type.name() + "OrZero and to" + type.name() +
               "OrNull functions, which returns zero/NULL instead of throwing exception";
  }
  return error.set(ErrorCode::kCannotParseText, std::move(message));
}

bool too_short(Type type, ParseError& error) {
  return error.set(ErrorCode::kAttemptToReadAfterEof,
                   "Attempt to read after eof: Cannot parse " + type.name() +
                       " from String, because value is too short");
}

bool out_of_range(Type type, ParseError& error) {
  return error.set(ErrorCode::kCannotParseText, "Cannot parse string to type " + type.name());
}

uint32_t integer_bytes(TypeKind kind) {
  switch (kind) {
    case TypeKind::kUInt8:
    case TypeKind::kInt8: return 1;
    case TypeKind::kUInt16:
    case TypeKind::kInt16: return 2;
    case TypeKind::kUInt32:
    case TypeKind::kInt32: return 4;
    case TypeKind::kUInt64:
    case TypeKind::kInt64: return 8;
    case TypeKind::kUInt128:
    case TypeKind::kInt128: return 16;
    default: return 32;
  }
}

}  // namespace

bool parse_integer(std::string_view text, TypeKind kind, bool checked, void* slot, Type type,
                   ParseError& error) {
  const bool is_unsigned = kind >= TypeKind::kUInt8 && kind <= TypeKind::kUInt256;
  const uint32_t bytes = integer_bytes(kind);
  std::memset(slot, 0, bytes);
  if (text.empty()) return too_short(type, error);
  size_t at = 0;
  const bool negative = text[0] == '-';
  if (negative && is_unsigned) {
    return error.set(ErrorCode::kCannotParseNumber, "Unsigned type must not contain '-' symbol");
  }
  if (negative || text[0] == '+') {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) {
      return error.set(ErrorCode::kCannotParseNumber,
                       "Cannot parse number with multiple sign (+/-) characters");
    }
    if (at >= text.size() || !digit(text[at])) {
      return error.set(ErrorCode::kCannotParseNumber, "Cannot parse number without any digits");
    }
  }
  if (bytes <= 8) {
    uint64_t value = 0;
    bool overflow = false;
    for (; at < text.size() && digit(text[at]); ++at) {
      const auto next = static_cast<uint64_t>(text[at] - '0');
      uint64_t scaled = 0;
      overflow |= __builtin_mul_overflow(value, uint64_t{10}, &scaled);
      overflow |= __builtin_add_overflow(scaled, next, &value);
    }
    if (at != text.size()) return syntax_error(text, at, type, error);
    const uint32_t bits = bytes * 8;
    const uint64_t limit =
        is_unsigned ? UINT64_MAX >> (64 - bits) : (UINT64_MAX >> (65 - bits)) + (negative ? 1 : 0);
    if (checked && (overflow || value > limit)) return out_of_range(type, error);
    const uint64_t result = negative ? ~value + 1 : value;
    std::memcpy(slot, &result, bytes);
    return true;
  }
  Wide256 value;
  for (; at < text.size() && digit(text[at]); ++at) {
    (void)value.multiply_add(10, static_cast<uint64_t>(text[at] - '0'));
  }
  if (at != text.size()) return syntax_error(text, at, type, error);
  if (negative) value = value.negated();
  std::memcpy(slot, value.words, bytes);
  return true;
}

bool parse_float(std::string_view text, double& value, Type type, ParseError& error) {
  value = 0;
  const char* begin = text.data();
  const char* const end = begin + text.size();
  if (begin < end && *begin == '+') ++begin;
  const char* stop = begin;
  const bool starts =
      begin < end && (digit(*begin) || *begin == '-' || *begin == '.' || *begin == 'i' ||
                      *begin == 'I' || *begin == 'n' || *begin == 'N');
  bool read = false;
  if (starts) {
    const auto result =
        fast_float::from_chars(begin, end, value, fast_float::chars_format::general);
    // Out of range is infinity or zero, as the value then says.
    read = result.ec == std::errc() || result.ec == std::errc::result_out_of_range;
    stop = result.ptr;
  }
  if (!read) {
    value = 0;
    return error.set(ErrorCode::kCannotParseNumber,
                     "Cannot read floating point value here: " + std::string(text) +
                         ": Cannot parse " + type.name() + " from String");
  }
  if (stop != end) return syntax_error(text, static_cast<size_t>(stop - text.data()), type, error);
  return true;
}

bool parse_decimal(std::string_view text, Type type, void* slot, ParseError& error) {
  const uint32_t precision = type.precision();
  const uint32_t scale = type.scale();
  const uint32_t bytes = slot_layout(type).size;
  std::memset(slot, 0, bytes);
  if (text.empty()) return too_short(type, error);
  size_t at = 0;
  const bool negative = text[0] == '-';
  if (negative || text[0] == '+') ++at;
  std::string digits;
  int64_t exponent = 0;  // of the last digit
  bool any = false;
  bool point = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (!digit(c)) break;
    any = true;
    if (point) --exponent;
    if (!digits.empty() || c != '0') digits += c;
  }
  if (!any) return syntax_error(text, 0, type, error);
  if (at < text.size() && (text[at] | 0x20) == 'e') {
    size_t mark = at + 1;
    const bool minus = mark < text.size() && text[mark] == '-';
    if (mark < text.size() && (text[mark] == '-' || text[mark] == '+')) ++mark;
    int64_t value = 0;
    size_t count = 0;
    for (; mark < text.size() && digit(text[mark]); ++mark, ++count) {
      if (value < 100000) value = value * 10 + (text[mark] - '0');
    }
    if (count > 0) {
      exponent += minus ? -value : value;
      at = mark;
    }
  }
  if (at != text.size()) return syntax_error(text, at, type, error);
  int64_t shift = exponent + scale;
  if (shift < 0) {
    const auto cut = std::min<size_t>(digits.size(), static_cast<size_t>(-shift));
    digits.resize(digits.size() - cut);
    shift = 0;
  }
  const size_t total = digits.empty() ? 0 : digits.size() + static_cast<size_t>(shift);
  if (total > precision) {
    const size_t whole = total > scale ? total - scale : 0;
    return error.set(ErrorCode::kArgumentOutOfBound,
                     "Too many digits (" + std::to_string(std::max(whole, size_t{1})) + " > " +
                         std::to_string(precision - scale) + ") in decimal value");
  }
  Wide256 value;
  for (const char c : digits) (void)value.multiply_add(10, static_cast<uint64_t>(c - '0'));
  for (int64_t i = 0; !digits.empty() && i < shift; ++i) (void)value.multiply_add(10, 0);
  if (negative) value = value.negated();
  std::memcpy(slot, value.words, bytes);
  return true;
}

bool parse_bool(std::string_view text, uint8_t& value, ParseError& error) {
  value = 0;
  if (text.empty())
    return error.set(ErrorCode::kCannotParseBool, "Expected boolean value but get EOF");
  std::string folded(text.substr(0, 16));
  for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const std::string_view yes : {"true", "1", "t", "y", "yes", "on", "enable", "enabled"}) {
    if (folded == yes) {
      value = 1;
      return true;
    }
  }
  for (const std::string_view no : {"false", "0", "f", "n", "no", "off", "disable", "disabled"}) {
    if (folded == no) return true;
  }
  return error.set(ErrorCode::kCannotParseBool,
                   "Cannot parse boolean value here: '" + std::string(text) +
                       "', should be 'true' or 'false' or one of "
                       "True/False/T/F/Y/N/Yes/No/On/Off/Enable/Disable/Enabled/Disabled/1/0");
}

bool parse_uuid(std::string_view text, void* slot, ParseError& error) {
  std::memset(slot, 0, 16);
  const bool dashed = text.size() == 36;
  if (!dashed && text.size() != 32) {
    return error.set(ErrorCode::kCannotParseUuid, "Cannot parse uuid " + std::string(text));
  }
  uint64_t halves[2] = {0, 0};
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = dashed && (i == 8 || i == 13 || i == 18 || i == 23);
    if (dash ? c != '-' : hex_digit(c) < 0) {
      return error.set(ErrorCode::kCannotParseUuid,
                       "Cannot parse UUID from String: invalid format, expected 32 or 36 "
                       "hexadecimal digits with "
                       "dashes at positions 8, 13, 18, 23");
    }
    if (dash) continue;
    const auto nibble = static_cast<uint64_t>(hex_digit(c));
    uint64_t& half = halves[count / 16];
    half = (half << 4U) | nibble;
    ++count;
  }
  std::memcpy(slot, halves, 16);
  return true;
}

bool parse_ipv4(std::string_view text, uint32_t& value, ParseError& error) {
  value = 0;
  size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at >= text.size() || text[at++] != '.')) break;
    uint32_t number = 0;
    const size_t begin = at;
    while (at < text.size() && digit(text[at]) && at - begin < 3)
      number = number * 10 + static_cast<uint32_t>(text[at++] - '0');
    if (at == begin || number > 255) break;
    value = (value << 8U) | number;
    if (part == 3 && at == text.size()) return true;
  }
  value = 0;
  return error.set(ErrorCode::kCannotParseIpv4, "Cannot parse IPv4 " + std::string(text));
}

bool parse_ipv6(std::string_view text, void* slot, ParseError& error) {
  uint8_t bytes[16] = {};
  std::memset(slot, 0, 16);
  const auto bad = [&] {
    return error.set(ErrorCode::kCannotParseIpv6, "Cannot parse IPv6 " + std::string(text));
  };
  uint32_t embedded = 0;
  ParseError ignored;
  const auto put_v4 = [&](uint8_t* at) {
    for (int i = 0; i < 4; ++i)
      at[i] = static_cast<uint8_t>(embedded >> static_cast<uint32_t>(24 - 8 * i));
  };
  if (text.find(':') == std::string_view::npos) {
    if (!parse_ipv4(text, embedded, ignored)) return bad();
    bytes[10] = bytes[11] = 0xFF;
    put_v4(bytes + 12);
    std::memcpy(slot, bytes, 16);
    return true;
  }
  size_t written = 0;
  size_t gap = 17;  // where "::" stands; 17: none
  size_t at = 0;
  if (text.starts_with("::")) {
    gap = 0;
    at = 2;
  } else if (text.starts_with(":")) {
    return bad();
  }
  while (at < text.size()) {
    if (written >= 16) return bad();
    const size_t colon = std::min(text.find(':', at), text.size());
    const std::string_view group = text.substr(at, colon - at);
    if (group.find('.') != std::string_view::npos) {
      if (colon != text.size() || written > 12 || !parse_ipv4(group, embedded, ignored))
        return bad();
      put_v4(bytes + written);
      written += 4;
      at = text.size();
      break;
    }
    if (group.empty() || group.size() > 4) return bad();
    uint32_t value = 0;
    for (const char c : group) {
      if (hex_digit(c) < 0) return bad();
      value = value * 16 + static_cast<uint32_t>(hex_digit(c));
    }
    bytes[written++] = static_cast<uint8_t>(value >> 8U);
    bytes[written++] = static_cast<uint8_t>(value);
    at = colon;
    if (at == text.size()) break;
    ++at;
    if (at < text.size() && text[at] == ':') {
      if (gap != 17) return bad();
      gap = written;
      ++at;
    } else if (at == text.size()) {
      return bad();
    }
  }
  if (gap == 17 ? written != 16 : written > 14) return bad();
  auto* out = static_cast<uint8_t*>(slot);
  if (gap == 17) {
    std::memcpy(out, bytes, 16);
  } else {
    std::memcpy(out, bytes, gap);
    std::memcpy(out + 16 - (written - gap), bytes + gap, written - gap);
  }
  return true;
}

}  // namespace sp
