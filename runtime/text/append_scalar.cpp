// Text of scalars: integers, dates, addresses, strings in their escapings. Declared in
// format_value.h. Floats are in append_float.cpp, JSON strings in json_string.cpp.

#include <charconv>
#include <cstring>

#include "runtime/text/date_math.h"
#include "runtime/text/format_value.h"
#include "runtime/text/put_scalar.h"

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
