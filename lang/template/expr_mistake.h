#pragma once
// What to say where the text inside a tag stops making sense. Used by parse_expr.cpp.

#include <string>
#include <string_view>

#include "runtime/core/error.h"

namespace sp::tmpl {

/// The error for a mismatch at `at` of a tag's text: the place as a span in the file, and what the
/// author may have meant.
Error expression_mistake(std::string_view text, uint32_t offset, size_t at, std::string message);

}  // namespace sp::tmpl
