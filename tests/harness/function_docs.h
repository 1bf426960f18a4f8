#pragma once
// docs/functions.md, written from the rows of the function tables: one place for each function.

#include <string>

namespace sp::tests {

/// The whole text of docs/functions.md.
std::string function_docs();

}  // namespace sp::tests
