#pragma once
// The value of a hexadecimal digit, for every parser of escapes, UUIDs, addresses and numbers.

namespace sp {

/// 0 to 15, or -1 if `c` is no hexadecimal digit of either case.
constexpr int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace sp
