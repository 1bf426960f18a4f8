// Text of floats, laid out as ClickHouse does: shortest digits; an exponent below 1e-6 and from
// 1e21 on. Declared in format_value.h.

#include <charconv>
#include <cmath>

#include "runtime/text/format_value.h"

namespace sp {

namespace {

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
  *at++ = static_cast<char>('0' + fraction / 10);
  if (fraction % 10 != 0) *at++ = static_cast<char>('0' + fraction % 10);
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
    append_integer64(out, static_cast<int64_t>(value));
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
    append_integer64(out, exponent);
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

}  // namespace

void append_float(std::string& out, double value) { append_float_digits(out, value); }
void append_float(std::string& out, float value) { append_float_digits(out, value); }

}  // namespace sp
