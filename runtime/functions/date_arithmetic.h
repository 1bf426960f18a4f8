#pragma once
// Date arithmetic behind plus and minus: dates, times and intervals.

#include <optional>
#include <span>
#include <string_view>

#include "runtime/functions/function.h"

namespace sp {

/// Resolves `function` ("plus" or "minus") if an argument is a date, a time or an interval; nullopt
/// otherwise.
std::optional<Result<ResolvedFunction>> resolve_date_arithmetic(std::string_view function,
                                                                std::span<const Argument> arguments,
                                                                const ResolveOptions& options);

}  // namespace sp
