#pragma once
// Calls function bodies as generated code would, for unit tests: resolves by the registry, casts
// arguments, builds the native call from the Symbol. One line of a case file is one call:
//   name <TAB> Type|text <TAB> Type|text ...
// and its answer is "Type <TAB> text" or "error CODE".

#include <string>
#include <string_view>

#include "runtime/functions/function.h"

namespace sp {

/// Runs one case line and returns its answer.
std::string call_function(const FunctionRegistry& registry, std::string_view line);

}  // namespace sp
