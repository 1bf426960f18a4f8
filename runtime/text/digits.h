#pragma once
// Digits of dates and times: the readers that the strict and the best-effort forms share. Each
// advances `at` past what it took.

#include <cstdint>

namespace sp {

/// Whether `c` is one of 0 to 9, whatever the locale.
inline bool digit(char c) { return c >= '0' && c <= '9'; }

/// Reads up to `limit` digits; returns how many.
inline int read_digits(const char*& at, const char* end, int limit, uint64_t& value) {
  int count = 0;
  value = 0;
  while (at < end && count < limit && digit(*at)) {
    value = value * 10 + static_cast<uint64_t>(*at++ - '0');
    ++count;
  }
  return count;
}

/// Reads digits behind a decimal point as nanoseconds; those after the ninth are dropped.
inline uint32_t read_fraction(const char*& at, const char* end) {
  uint32_t value = 0;
  uint32_t count = 0;
  while (at < end && digit(*at)) {
    if (count < 9) {
      value = value * 10 + static_cast<uint32_t>(*at - '0');
      ++count;
    }
    ++at;
  }
  for (; count < 9; ++count) value *= 10;
  return value;
}

}  // namespace sp
