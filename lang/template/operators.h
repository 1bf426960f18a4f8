#pragma once
// Python's operators on template values. Used by the evaluator and by functions such as max().

#include "lang/template/evaluate.h"

namespace sp::tmpl {

/// a == b. Numbers compare by value, containers element by element. Spends steps; false result of
/// the function itself means that the budget is used up.
bool equals(Evaluator& evaluator, const Value& a, const Value& b, Span span, bool& out);

/// Orders a and b: negative, zero, positive. `comparable` is false if one of them was not sent.
bool order(Evaluator& evaluator, const Value& a, const Value& b, Span span, int& out,
           bool& comparable);

/// a in b.
bool contains(Evaluator& evaluator, const Value& container, const Value& item, Span span,
              bool& out);

/// a + b and the other arithmetic operators, & and |.
bool apply(Evaluator& evaluator, Op op, const Value& a, const Value& b, Span span, Value& out);

}  // namespace sp::tmpl
