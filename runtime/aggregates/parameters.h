#pragma once
// Reading of literal parameters (the first parentheses of quantile(0.9)(x)) and the usual checks of
// argument counts, with ClickHouse's errors.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "runtime/functions/function.h"

namespace sp {

using Arguments = std::span<const Argument>;

/// The number in a constant of any numeric or decimal type; nullopt if it is not a known number.
std::optional<double> constant_number(const Argument& argument);
/// The same for non-negative integers.
std::optional<uint64_t> constant_unsigned(const Argument& argument);

/// Errors 133 unless there are no parameters.
Result<void> expect_no_parameters(std::string_view name, Arguments parameters);
/// Errors 42 unless there are exactly `count` arguments.
Result<void> expect_arguments(std::string_view name, Arguments arguments, size_t count);
/// ILLEGAL_TYPE_OF_ARGUMENT (43) for the argument's type.
Error illegal_type(std::string_view name, Type type);
/// Types of all arguments.
std::vector<Type> types_of(Arguments arguments);

}  // namespace sp
