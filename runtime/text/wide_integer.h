#pragma once
// Wide integers: 128 bits are the compiler's, 256 bits are four 64-bit words, little-endian, two's
// complement: the slot layout of (U)Int256 and Decimal256. Only what text, casts and comparisons
// need.

#include <cstdint>
#include <string>
#include <string_view>

namespace sp {

__extension__ typedef __int128 Int128;  // the built-in type, without a pedantic warning
__extension__ typedef unsigned __int128 UInt128;

struct Wide256 {
  uint64_t words[4] = {0, 0, 0, 0};

  bool is_negative() const noexcept { return (words[3] >> 63U) != 0; }
  bool is_zero() const noexcept { return (words[0] | words[1] | words[2] | words[3]) == 0; }
  bool operator==(const Wide256&) const = default;

  static Wide256 from(Int128 value) noexcept {
    const uint64_t fill = value < 0 ? ~0ULL : 0;
    const auto bits = static_cast<UInt128>(value);
    return {{static_cast<uint64_t>(bits), static_cast<uint64_t>(bits >> 64U), fill, fill}};
  }
  static Wide256 from_unsigned(UInt128 value) noexcept {
    return {{static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64U), 0, 0}};
  }
  UInt128 low() const noexcept { return (static_cast<UInt128>(words[1]) << 64U) | words[0]; }

  Wide256 negated() const noexcept {
    Wide256 out;
    uint64_t carry = 1;
    for (int i = 0; i < 4; ++i) {
      out.words[i] = ~words[i] + carry;
      carry = carry != 0 && out.words[i] == 0 ? 1 : 0;
    }
    return out;
  }
  /// this = this * factor + addend; returns what did not fit.
  uint64_t multiply_add(uint64_t factor, uint64_t addend) noexcept {
    UInt128 carry = addend;
    for (uint64_t& word : words) {
      carry += static_cast<UInt128>(word) * factor;
      word = static_cast<uint64_t>(carry);
      carry >>= 64U;
    }
    return static_cast<uint64_t>(carry);
  }
  /// Divides the unsigned value; returns the remainder.
  uint64_t divide(uint64_t divisor) noexcept {
    UInt128 remainder = 0;
    for (int i = 3; i >= 0; --i) {
      remainder = (remainder << 64U) | words[i];
      words[i] = static_cast<uint64_t>(remainder / divisor);
      remainder %= divisor;
    }
    return static_cast<uint64_t>(remainder);
  }
  /// Value as a double; `is_signed` tells how to read the top bit.
  double to_double(bool is_signed) const noexcept {
    if (is_signed && is_negative()) return -negated().to_double(false);
    double out = 0;
    for (int i = 3; i >= 0; --i) out = out * 18446744073709551616.0 + static_cast<double>(words[i]);
    return out;
  }
  static Wide256 from_double(double value) noexcept {
    const bool negative = value < 0;
    if (negative) value = -value;
    Wide256 out;
    if (!(value < 1.1579208923731620e77)) return out;
    double scale = 6277101735386680763835789423207666416102355444464034512896.0;  // 2^192
    for (int i = 3; i >= 0; --i) {
      const double part = value / scale;
      const auto word = static_cast<uint64_t>(part);
      out.words[i] = word;
      value -= static_cast<double>(word) * scale;
      scale /= 18446744073709551616.0;
    }
    return negative ? out.negated() : out;
  }
};

/// Appends decimal digits.
void append_integer(std::string& out, Int128 value);
void append_unsigned(std::string& out, UInt128 value);
void append_wide(std::string& out, const Wide256& value, bool is_signed);
/// Appends value / 10^scale, without trailing zeros of the fraction unless `keep_zeros`.
void append_decimal(std::string& out, const Wide256& value, uint32_t scale,
                    bool keep_zeros = false);

}  // namespace sp
