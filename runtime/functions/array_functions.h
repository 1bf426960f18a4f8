#pragma once
// Array functions that other families delegate to: concat of arrays, reverse of arrays.

#include <span>

#include "runtime/functions/function.h"

namespace sp {

/// Resolves the concatenation of arrays to their common type.
Result<ResolvedFunction> resolve_array_concat(std::span<const Argument> arguments,
                                              const ResolveOptions& options);
/// Resolves the reversal of an array (or, for reverse(), of a string).
Result<ResolvedFunction> resolve_reverse(std::span<const Argument> arguments,
                                         const ResolveOptions& options);

}  // namespace sp
