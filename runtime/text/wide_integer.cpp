// Decimal text of wide integers and Decimals.

#include "runtime/text/wide_integer.h"

#include <algorithm>

namespace sp {

void append_unsigned(std::string& out, UInt128 value) {
  char buffer[40];
  char* begin = buffer + sizeof(buffer);
  char* const end = begin;
  do {
    *--begin = static_cast<char>('0' + static_cast<int>(value % 10));
    value /= 10;
  } while (value != 0);
  out.append(begin, end);
}

void append_integer(std::string& out, Int128 value) {
  if (value < 0) {
    out += '-';
    append_unsigned(out, ~static_cast<UInt128>(value) + 1);
  } else {
    append_unsigned(out, static_cast<UInt128>(value));
  }
}

void append_wide(std::string& out, const Wide256& value, bool is_signed) {
  Wide256 rest = value;
  if (is_signed && value.is_negative()) {
    out += '-';
    rest = value.negated();
  }
  char buffer[80];
  char* begin = buffer + sizeof(buffer);
  char* const end = begin;
  do { *--begin = static_cast<char>('0' + rest.divide(10)); } while (!rest.is_zero());
  out.append(begin, end);
}

void append_decimal(std::string& out, const Wide256& value, uint32_t scale, bool keep_zeros) {
  std::string digits;
  const bool negative = value.is_negative();
  append_wide(digits, negative ? value.negated() : value, false);
  if (digits.size() <= scale) digits.insert(0, scale + 1 - digits.size(), '0');
  if (negative) out += '-';
  const size_t whole = digits.size() - scale;
  out.append(digits, 0, whole);
  size_t end = digits.size();
  while (!keep_zeros && end > whole && digits[end - 1] == '0') --end;
  if (end > whole) {
    out += '.';
    out.append(digits, whole, end - whole);
  }
}

}  // namespace sp
