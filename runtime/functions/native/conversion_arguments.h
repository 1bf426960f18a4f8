#pragma once
// Constant arguments of conversions and date functions: zones, precisions, sizes.

#include <span>
#include <string>

#include "runtime/functions/function.h"

namespace sp {

/// A text that lives as long as the process, for rows made in loops.
const char* conversion_text(std::string text);
/// The time zone at `index`; "" if there is no such argument. Error: BAD_ARGUMENTS with a suggestion.
Result<std::string> constant_zone(std::span<const Argument> arguments, size_t index);
/// The constant integer at `index`, between `low` and `high`.
Result<int64_t> constant_integer(std::span<const Argument> arguments, size_t index, int64_t low, int64_t high);

}  // namespace sp
