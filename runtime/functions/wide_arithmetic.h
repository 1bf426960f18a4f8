#pragma once
// What is not done inline on integers of 128 and 256 bits: division (behind intDiv, modulo,
// positiveModulo, gcd, lcm and their -OrZero forms) and abs.

#include <cstdint>
#include <span>

#include "runtime/functions/function.h"

namespace sp {

enum class WideDivision : uint8_t { kQuotient, kRemainder, kPositiveRemainder, kGcd, kLcm };

/// Resolves a call with two integers, at least one of them wider than 64 bits. Result types as of
/// the narrower ones: of `a` for quotients, of `b` for remainders, of the wider for gcd and lcm. A
/// divisor of zero gives 0 if `or_zero`, else ILLEGAL_DIVISION.
ResolvedFunction resolve_wide_division(WideDivision operation, bool or_zero,
                                       std::span<const Argument> arguments);

/// Resolves abs of a signed integer wider than 64 bits; the result is unsigned.
ResolvedFunction resolve_wide_abs(Type type);

}  // namespace sp
