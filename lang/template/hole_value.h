#pragma once
// The types and texts of holes: what a value of a template is as a query parameter. Between
// SqlWriter and the binder.

#include <string>
#include <string_view>

#include "lang/template/value.h"

namespace sp::tmpl {

/// The type of the hole that a value without a declared type renders as, and its text. False for
/// values that SQL has no literal for.
bool hole_of(const Value& value, std::string* type, std::string* text);

/// The text of a string, a number or a bool; false for other values.
bool scalar_text(const Value& value, std::string* out);
/// The text form of a query parameter of type String: as in TabSeparated.
std::string escaped_text(std::string_view text);

}  // namespace sp::tmpl
