#pragma once
// Arithmetic on arrays and tuples, element by element: [1, 2] + [3, 4], (1, 2) * 2.

#include <optional>
#include <span>
#include <string_view>

#include "runtime/functions/function.h"

namespace sp {

/// Resolves `function` if an argument is an Array or a Tuple; nullopt otherwise.
std::optional<Result<ResolvedFunction>> resolve_elementwise(std::string_view function,
                                                            std::span<const Argument> arguments,
                                                            const ResolveOptions& options);

}  // namespace sp
