#pragma once
// Parameters: what {{Int32(limit, 10)}} and its kin do: take the request's text or the default,
// check it against the type and give it the one spelling that SQL sees. Called by
// functions/parameters.cpp and functions/identifiers.cpp.

#include <memory>

#include "lang/template/evaluate.h"
#include "lang/template/function.h"

namespace sp::tmpl {

/// Reads a parameter function's call at compile time; nullptr for other functions.
std::unique_ptr<Declaration> declare(const Expr& call);

/// Evaluates the call of a parameter function of any kind. A parameter that is neither sent nor
/// defaulted yields an undefined value (an error as soon as it is used), or fails at once with
/// required=True.
bool evaluate_parameter(Evaluator& evaluator, const Expr& call, Value& out);

/// Checks `text` against a scalar type's rule; `what` names the parameter in the error.
bool convert_text(Evaluator& evaluator, const FunctionRule& type, std::string_view text,
                  bool is_default, std::string_view what, Span span, Value& out);

/// What a scalar type accepts, in words: "a whole number from 0 to 255".
std::string range_hint(std::string_view type);

/// A value good for a request of this type: "1", "2024-01-01", "a". Used by probes().
std::string sample_text(std::string_view type);

}  // namespace sp::tmpl
