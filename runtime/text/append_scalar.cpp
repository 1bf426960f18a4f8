// Text of scalars: integers, floats, dates, addresses, strings in their escapings. Declared in
// format_value.h.
// Float layout after ClickHouse (shortest digits; exponent below 1e-6 and from 1e21 on).

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "runtime/text/date_math.h"
#include "runtime/text/format_value.h"
#include "runtime/text/put_scalar.h"
#include "runtime/text/wide_integer.h"

namespace sp {

namespace {

template <class T>
void append_with_to_chars(std::string& out, T value) {
  char buffer[24];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), value).ptr;
  out.append(buffer, end);
}

void append_two(char*& at, uint32_t value) {
  *at++ = static_cast<char>('0' + value / 10);
  *at++ = static_cast<char>('0' + value % 10);
}

// Years outside 0..9999 cannot occur: ranges of all date types end at 2299 or at 2149.
char* put_date(char* at, const CivilDate& date) {
  const auto year = static_cast<uint32_t>(date.year < 0 ? 0 : date.year > 9999 ? 9999 : date.year);
  append_two(at, year / 100);
  append_two(at, year % 100);
  *at++ = '-';
  append_two(at, date.month);
  *at++ = '-';
  append_two(at, date.day);
  return at;
}

// Amounts of money: at most two digits after the point. Up to fifteen digits no two decimals share
// a double, so a decimal that gives the value back is its shortest text.
bool append_hundredths(std::string& out, double value) {
  constexpr double kMost = 1e12;
  if (!(value < kMost && value > -kMost)) return false;
  const double scaled = std::nearbyint(value * 100);
  if (scaled / 100 != value || scaled == 0) return false;
  const auto hundredths = static_cast<int64_t>(scaled);
  const auto size = static_cast<uint64_t>(hundredths < 0 ? -hundredths : hundredths);
  const auto fraction = static_cast<uint32_t>(size % 100);
  char buffer[24];
  char* at = buffer;
  if (hundredths < 0) *at++ = '-';
  at = std::to_chars(at, buffer + sizeof(buffer), size / 100).ptr;
  *at++ = '.';
  append_two(at, fraction);
  if (fraction % 10 == 0) --at;
  out.append(buffer, at);
  return true;
}

template <class T>
void append_float_digits(std::string& out, T value) {
  if (std::isnan(value)) {
    out += "nan";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-inf" : "inf";
    return;
  }
  // Whole numbers of moderate size: the common case, and the digits are the integer's.
  // (Beyond the mantissa the shortest digits differ from the integer's.)
  constexpr T kExact = sizeof(T) == 4 ? T(16777216) : T(1e15);
  if (value == static_cast<T>(
                   static_cast<int64_t>(value < kExact && value > -kExact ? value : T(0.5))) &&
      !(value == 0 && std::signbit(value))) {
    append_with_to_chars(out, static_cast<int64_t>(value));
    return;
  }
  if constexpr (sizeof(T) == 8) {
    if (append_hundredths(out, value)) return;
  }
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::scientific).ptr;
  const char* at = buffer;
  if (*at == '-') {
    out += '-';
    ++at;
  }
  const char* mark = at;
  while (*mark != 'e') ++mark;
  char digits[24];
  size_t count = 0;
  for (const char* p = at; p < mark; ++p) {
    if (*p != '.') digits[count++] = *p;
  }
  int exponent = 0;
  const char* exponent_begin = mark + 1;
  if (*exponent_begin == '+') ++exponent_begin;
  std::from_chars(exponent_begin, end, exponent);

  const int point = exponent + 1;  // digits before the decimal point
  if (exponent < -6 || exponent >= 21) {
    out += digits[0];
    if (count > 1) {
      out += '.';
      out.append(digits + 1, count - 1);
    }
    out += 'e';
    append_with_to_chars(out, exponent);
  } else if (point <= 0) {
    out += "0.";
    out.append(static_cast<size_t>(-point), '0');
    out.append(digits, count);
  } else if (static_cast<size_t>(point) >= count) {
    out.append(digits, count);
    out.append(static_cast<size_t>(point) - count, '0');
  } else {
    out.append(digits, static_cast<size_t>(point));
    out += '.';
    out.append(digits + point, count - static_cast<size_t>(point));
  }
}

// Length of the valid UTF-8 sequence at `at`, or 0.
size_t utf8_length(const char* at, const char* end) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(at[i]); };
  const auto left = static_cast<size_t>(end - at);
  const auto follows = [&](size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const uint8_t first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return left >= 2 && follows(1) ? 2 : 0;
  if (first < 0xF0) {
    if (left < 3 || !follows(1) || !follows(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first > 0xF4 || left < 4 || !follows(1) || !follows(2) || !follows(3)) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;
  if (first == 0xF4 && byte(1) > 0x8F) return 0;
  return 4;
}

void append_backslashed(std::string& out, std::string_view text) {
  size_t start = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    char escape = 0;
    switch (c) {
      case '\b': escape = 'b'; break;
      case '\f': escape = 'f'; break;
      case '\n': escape = 'n'; break;
      case '\r': escape = 'r'; break;
      case '\t': escape = 't'; break;
      case '\0': escape = '0'; break;
      case '\\': escape = '\\'; break;
      case '\'': escape = '\''; break;
      default: continue;
    }
    out.append(text, start, i - start);
    out += '\\';
    out += escape;
    start = i + 1;
  }
  out.append(text, start, text.size() - start);
}

}  // namespace

void append_integer64(std::string& out, int64_t value) { append_with_to_chars(out, value); }
void append_unsigned64(std::string& out, uint64_t value) { append_with_to_chars(out, value); }
void append_float(std::string& out, double value) { append_float_digits(out, value); }
void append_float(std::string& out, float value) { append_float_digits(out, value); }

void append_date(std::string& out, int64_t days) {
  char buffer[16];
  out.append(buffer, put_date(buffer, civil_from_days(days)));
}

char* put_datetime(char* at, int64_t utc_seconds, const TimeZone& zone) {
  const CivilTime time = civil_from_seconds(zone.to_local(utc_seconds));
  at = put_date(at, time.date);
  *at++ = ' ';
  append_two(at, time.hour);
  *at++ = ':';
  append_two(at, time.minute);
  *at++ = ':';
  append_two(at, time.second);
  return at;
}

void append_datetime(std::string& out, int64_t utc_seconds, const TimeZone& zone) {
  char buffer[24];
  out.append(buffer, put_datetime(buffer, utc_seconds, zone));
}

void append_datetime64(std::string& out, int64_t ticks, uint32_t precision, const TimeZone& zone) {
  const int64_t unit = power_of_ten(precision);
  const int64_t seconds = floor_div(ticks, unit);
  append_datetime(out, seconds, zone);
  if (precision == 0) return;
  int64_t fraction = ticks - seconds * unit;
  char buffer[10];
  for (uint32_t i = precision; i > 0; --i) {
    buffer[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  buffer[0] = '.';
  out.append(buffer, precision + 1);
}

void append_uuid(std::string& out, const void* slot) {
  uint64_t halves[2];
  std::memcpy(halves, slot, sizeof(halves));
  char buffer[36];
  size_t at = 0;
  for (const uint64_t half : halves) {
    for (int shift = 60; shift >= 0; shift -= 4) {
      if (at == 8 || at == 13 || at == 18 || at == 23) buffer[at++] = '-';
      buffer[at++] = "0123456789abcdef"[(half >> static_cast<uint32_t>(shift)) & 15U];
    }
  }
  out.append(buffer, sizeof(buffer));
}

void append_ipv4(std::string& out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    append_with_to_chars(out, (value >> static_cast<uint32_t>(shift)) & 255U);
    if (shift > 0) out += '.';
  }
}

void append_ipv6(std::string& out, const void* slot) {
  uint8_t bytes[16];
  std::memcpy(bytes, slot, sizeof(bytes));
  uint16_t groups[8];
  for (size_t i = 0; i < 8; ++i)
    groups[i] = static_cast<uint16_t>((bytes[2 * i] << 8U) | bytes[2 * i + 1]);
  // The longest run of at least two zero groups is written as "::".
  size_t best = 8;
  size_t best_length = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t length = 0;
    while (i + length < 8 && groups[i + length] == 0) ++length;
    if (length > best_length) {
      best = i;
      best_length = length;
    }
  }
  const bool embedded_ipv4 =
      best == 0 && (best_length == 6 || (best_length == 5 && groups[5] == 0xFFFF));
  for (size_t i = 0; i < 8;) {
    if (i == best) {
      out += i == 0 ? "::" : ":";
      i += best_length;
      continue;
    }
    if (i == 6 && embedded_ipv4) {
      append_ipv4(out, (static_cast<uint32_t>(groups[6]) << 16U) | groups[7]);
      return;
    }
    char buffer[4];
    const auto end = std::to_chars(buffer, buffer + sizeof(buffer), groups[i], 16).ptr;
    out.append(buffer, end);
    ++i;
    if (i < 8) out += ':';
  }
}

#ifndef __SSE2__
namespace {
// Bytes that stand for themselves in a JSON string.
constexpr std::array<bool, 256> kPlainInJson = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\' && c != '/';
  return plain;
}();
}  // namespace
#endif

namespace {

// A bit for each of the sixteen bytes that does not stand for itself in a JSON string: control
// characters, quotes, slashes and everything from 0x80 on.
uint32_t special_bytes(const char* at) {
#ifdef __SSE2__
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const auto is = [&](char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  // As signed numbers, bytes from 0x80 on are negative.
  const __m128i outside = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20));
  const __m128i marks = _mm_or_si128(_mm_or_si128(is('"'), is('\\')), is('/'));
  return static_cast<uint32_t>(_mm_movemask_epi8(_mm_or_si128(outside, marks)));
#else
  uint32_t bits = 0;
  for (uint32_t i = 0; i < 16; ++i)
    bits |= (kPlainInJson[static_cast<uint8_t>(at[i])] ? 0U : 1U) << i;
  return bits;
#endif
}

// Copies up to sixteen bytes without calling memcpy.
void copy_short(char* to, const char* from, size_t size) {
  const auto ends = [&]<class Word>(Word first, Word last) {
    std::memcpy(&first, from, sizeof(Word));
    std::memcpy(&last, from + size - sizeof(Word), sizeof(Word));
    std::memcpy(to, &first, sizeof(Word));
    std::memcpy(to + size - sizeof(Word), &last, sizeof(Word));
  };
  if (size >= 8)
    ends(uint64_t{}, uint64_t{});
  else if (size >= 4)
    ends(uint32_t{}, uint32_t{});
  else if (size >= 2)
    ends(uint16_t{}, uint16_t{});
  else if (size == 1)
    *to = *from;
}

// Writes what stands for the character or sequence at `from`; moves past it.
char* put_json_special(char* to, const char*& from, const char* end) {
  const auto c = static_cast<uint8_t>(*from);
  const auto put = [&](std::string_view text) {
    std::memcpy(to, text.data(), text.size());
    to += text.size();
  };
  if (c >= 0x80) {
    const size_t length = utf8_length(from, end);
    // U+2028 and U+2029 end lines in JavaScript.
    const bool separator = length == 3 && c == 0xE2 && static_cast<uint8_t>(from[1]) == 0x80 &&
                           (static_cast<uint8_t>(from[2]) | 1U) == 0xA9;
    if (separator)
      put(static_cast<uint8_t>(from[2]) == 0xA8 ? "\\u2028" : "\\u2029");
    else if (length == 0)
      put("\xEF\xBF\xBD");
    else
      put({from, length});
    from += length == 0 ? 1 : length;
    return to;
  }
  ++from;
  *to++ = '\\';
  switch (c) {
    case '\b': *to++ = 'b'; break;
    case '\f': *to++ = 'f'; break;
    case '\n': *to++ = 'n'; break;
    case '\r': *to++ = 'r'; break;
    case '\t': *to++ = 't'; break;
    case '"':
    case '\\':
    case '/': *to++ = static_cast<char>(c); break;
    default: {
      constexpr const char* kHex = "0123456789ABCDEF";
      put("u00");
      *to++ = kHex[c >> 4U];
      *to++ = kHex[c & 15U];
    }
  }
  return to;
}

char* put_json_text(char* to, const char* at, const char* end) {
  while (at < end) {
    const auto left = static_cast<size_t>(end - at);
    uint32_t special = 0;
    size_t plain = 16;
    if (left >= 16) {
      std::memcpy(to, at, 16);
      special = special_bytes(at);
    } else {
      char block[16] = {};
      copy_short(block, at, left);
      std::memcpy(to, block, 16);
      special = special_bytes(block) & ((1U << left) - 1);
      plain = left;
    }
    if (special != 0) plain = static_cast<size_t>(std::countr_zero(special));
    at += plain;
    to += plain;
    if (special != 0) to = put_json_special(to, at, end);
  }
  return to;
}

// Where a text may be cut near `at`: not inside of a UTF-8 sequence.
const char* before_sequence(const char* at) {
  constexpr int kLongestTail = 3;
  const char* cut = at;
  for (int i = 0; i < kLongestTail; ++i) {
    if ((static_cast<uint8_t>(*cut) & 0xC0U) != 0x80U) return cut;
    --cut;
  }
  return (static_cast<uint8_t>(*cut) & 0xC0U) == 0x80U ? at : cut;
}

}  // namespace

char* put_json_string(char* to, std::string_view text) {
  *to++ = '"';
  to = put_json_text(to, text.data(), text.data() + text.size());
  *to++ = '"';
  return to;
}

void append_json_string(std::string& out, std::string_view text) {
  constexpr size_t kPiece = 256;
  char buffer[json_string_room(kPiece)];
  if (text.size() <= kPiece) {
    out.append(buffer, put_json_string(buffer, text));
    return;
  }
  out += '"';
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    const char* const to =
        static_cast<size_t>(end - at) <= kPiece ? end : before_sequence(at + kPiece);
    out.append(buffer, put_json_text(buffer, at, to));
    at = to;
  }
  out += '"';
}

void append_quoted_string(std::string& out, std::string_view text) {
  out += '\'';
  append_backslashed(out, text);
  out += '\'';
}

void append_escaped_string(std::string& out, std::string_view text) {
  append_backslashed(out, text);
}

void append_csv_string(std::string& out, std::string_view text) {
  out += '"';
  for (size_t start = 0;;) {
    const size_t quote = text.find('"', start);
    if (quote == std::string_view::npos) {
      out.append(text, start, text.size() - start);
      break;
    }
    out.append(text, start, quote - start);
    out += "\"\"";
    start = quote + 1;
  }
  out += '"';
}

}  // namespace sp
