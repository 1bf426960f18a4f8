#pragma once
// Decimal arithmetic behind plus, minus, multiply, divide, negate and abs.

#include <span>
#include <string_view>

#include "runtime/functions/function.h"

namespace sp {

/// Resolves `function` when an argument is a Decimal (up to 38 digits); with a float the result is
/// Float64.
/// Errors: ILLEGAL_TYPE_OF_ARGUMENT, NOT_IMPLEMENTED for more than 38 digits.
Result<ResolvedFunction> resolve_decimal_arithmetic(std::string_view function,
                                                    std::span<const Argument> arguments);

}  // namespace sp
