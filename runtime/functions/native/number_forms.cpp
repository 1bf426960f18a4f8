// Other forms of numbers: toDecimalString, byteSwap, isPrime.
// Source of the primality test: Miller and Rabin, with the bases that decide all 64-bit numbers
// (Sorenson and Webster, "Strong pseudoprimes to twelve prime bases").

#include <cmath>
#include <cstdio>

#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"
#include "runtime/functions/string_output.h"

namespace sp {

namespace {

constexpr int64_t kMostDigits = 77;

uint64_t multiply(uint64_t a, uint64_t b, uint64_t modulus) noexcept {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b % modulus);
}
uint64_t power(uint64_t base, uint64_t exponent, uint64_t modulus) noexcept {
  uint64_t result = 1;
  for (base %= modulus; exponent > 0; exponent >>= 1, base = multiply(base, base, modulus)) {
    if ((exponent & 1) != 0) result = multiply(result, base, modulus);
  }
  return result;
}

bool is_prime(uint64_t n) noexcept {
  constexpr uint64_t kBases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
  if (n < 2) return false;
  for (const uint64_t base : kBases) {
    if (n % base == 0) return n == base;
  }
  const auto twos = static_cast<unsigned>(__builtin_ctzll(n - 1));
  for (const uint64_t base : kBases) {
    uint64_t x = power(base, (n - 1) >> twos, n);
    bool passes = x == 1 || x == n - 1;
    for (unsigned i = 1; i < twos && !passes; ++i) {
      x = multiply(x, x, n);
      passes = x == n - 1;
    }
    if (!passes) return false;
  }
  return true;
}

bool digits_fit(ExecState& exec, int64_t digits) noexcept {
  if (digits >= 0 && digits <= kMostDigits) return true;
  exec.fail(ErrorCode::kBadArguments,
            "Too many fractional digits requested, shall not be more than 77");
  return false;
}

}  // namespace

extern "C" uint8_t sp_is_prime(uint64_t n) noexcept { return is_prime(n); }
extern "C" uint8_t sp_byte_swap8(uint8_t x) noexcept { return x; }
extern "C" uint16_t sp_byte_swap16(uint16_t x) noexcept { return __builtin_bswap16(x); }
extern "C" uint32_t sp_byte_swap32(uint32_t x) noexcept { return __builtin_bswap32(x); }
extern "C" uint64_t sp_byte_swap64(uint64_t x) noexcept { return __builtin_bswap64(x); }

extern "C" void sp_decimal_string_of_double(ExecState& exec, double value, int64_t digits,
                                            StringRef* out) noexcept {
  *out = StringRef();
  if (!digits_fit(exec, digits)) return;
  if (!std::isfinite(value)) {
    *out = new_string(exec, std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
    return;
  }
  // glibc rounds a tie to the even digit; here it goes away from zero.
  constexpr int kBeyond = 60;
  char text[512];
  const auto kept = static_cast<int>(digits);
  int size = std::snprintf(text, sizeof(text), "%.*f", kept + kBeyond, value);
  const std::string_view beyond(text + size - kBeyond, kBeyond);
  const bool tie = beyond[0] == '5' && beyond.find_first_not_of('0', 1) == std::string_view::npos;
  const double step = tie ? std::copysign(std::pow(10.0, -kept - 1), value) : 0;
  size = std::snprintf(text, sizeof(text), "%.*f", kept, value + step);
  *out = new_string(exec, {text, static_cast<size_t>(size)});
}
// A whole number as text: the fraction is zeros.
extern "C" void sp_decimal_string_of_text(ExecState& exec, const StringRef& whole, int64_t digits,
                                          StringRef* out) noexcept {
  *out = StringRef();
  if (!digits_fit(exec, digits)) return;
  std::string text(whole.view());
  if (digits > 0) text += '.' + std::string(static_cast<size_t>(digits), '0');
  *out = new_string(exec, text);
}

namespace {

Result<ResolvedFunction> decimal_string(std::span<const Argument> arguments,
                                        const ResolveOptions&) {
  if (!arguments[1].type.is_integer()) return illegal_argument(arguments, 1, "an integer");
  if (arguments[0].type.is_integer()) {
    return fallible_call(string_type(), SP_SYMBOL(sp_decimal_string_of_text),
                         {string_type(), int64_type()});
  }
  if (!arguments[0].type.is_float()) return illegal_argument(arguments, 0, "an integer or a float");
  return fallible_call(string_type(), SP_SYMBOL(sp_decimal_string_of_double),
                       {float64_type(), int64_type()});
}

Result<ResolvedFunction> byte_swap(std::span<const Argument> arguments, const ResolveOptions&) {
  const Type type = arguments[0].type;
  if (!type.is_integer() || slot_layout(type).size > 8)
    return illegal_argument(arguments, 0, "an integer of at most 64 bits");
  const uint32_t size = slot_layout(type).size;
  const Symbol symbol = size == 1   ? SP_SYMBOL(sp_byte_swap8)
                        : size == 2 ? SP_SYMBOL(sp_byte_swap16)
                        : size == 4 ? SP_SYMBOL(sp_byte_swap32)
                                    : SP_SYMBOL(sp_byte_swap64);
  return call(type, symbol, {type});
}

Result<ResolvedFunction> prime(std::span<const Argument> arguments, const ResolveOptions&) {
  const Type type = arguments[0].type;
  if (!type.is_unsigned() || slot_layout(type).size > 8)
    return illegal_argument(arguments, 0, "an unsigned integer of at most 64 bits");
  return call(uint8_type(), SP_SYMBOL(sp_is_prime), {uint64_type()});
}

}  // namespace

SP_FUNCTIONS(number_forms) {
  const RowAdder add(rows);
  add("toDecimalString", 2, decimal_string,
      "Writes `x` with exactly `digits` digits behind the point.",
      "SELECT toDecimalString(2.1456, 2)", "2.15");
  rows.back().case_insensitive = true;
  add("byteSwap", 1, byte_swap, "Turns the order of the bytes of an integer around.",
      "SELECT byteSwap(3351772109)", "3455829959");
  rows.back().case_insensitive = true;
  add("isPrime", 1, prime, "Returns 1 if `n` is a prime number.", "SELECT isPrime(97)", "1");
  rows.back().aliases = {"isProbablePrime"};
}

}  // namespace sp
