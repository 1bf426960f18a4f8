#pragma once
// Expr: the immutable tree of a template expression (a subset of Python's). Chains of one
// precedence (a + b - c, a and b and c, a < b < c) are one node with many operands, so that depth
// is bounded by nesting alone.
// Made by parse_expr.cpp, walked by evaluate.cpp, signature.cpp and probes.cpp.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/template/value.h"
#include "runtime/core/error.h"

namespace sp::tmpl {

struct FunctionRule;
struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

enum class ExprKind : uint8_t {
  kLiteral,     // literal
  kName,        // name; slot if it is set somewhere in the template
  kList,        // operands
  kTuple,       // operands
  kDict,        // operands: key, value, key, value
  kNot,         // operands[0]
  kNegate,      // operands[0]
  kArithmetic,  // operands[0] ops[0] operands[1] ops[1] ...
  kCompare,     // likewise: a chain
  kAnd,
  kOr,
  kTernary,  // operands: value if true, condition, value if false
  kIndex,    // operands: container, index
  kSlice,    // operands: container, begin, end, step; absent ones are null
  kCall,     // name(operands, keywords)
  kMethod,   // operands[0].name(the other operands, keywords)
};

enum class Op : uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kFloorDivide,
  kModulo,
  kPower,
  kBitAnd,
  kBitOr,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kNotIn,
  kIs,
  kIsNot,
};

struct Keyword {
  std::string name;
  Span span;
  ExprPtr value;
};

/// What a call of a parameter function says about a parameter. Computed once, when the template is
/// compiled.
struct Declaration {
  std::string name;       // "" if the first argument is an expression, not a name
  std::string type;       // as Signature shows it: "Int32", "Array(String)"
  std::string hole_type;  // the type of the hole: "Int32", "String" for dates, "Array(String)"
  const Expr* default_value = nullptr;
  bool has_default = false;  // a default other than None
  std::optional<bool> required;
  std::string description, format, example;
  std::vector<std::string> enum_values;
};

struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  bool closed = false;  // stood in brackets: a chain around it must not absorb it
  Span span;            // in the file
  int slot = -1;
  int trailers = 0;  // kIndex, kSlice, kMethod: how many of them follow one another up to here
  Value literal;
  std::string name;
  const FunctionRule* function = nullptr;  // kCall: nullptr if there is no such function
  std::vector<Op> ops;
  std::vector<ExprPtr> operands;
  std::vector<Keyword> keywords;
  std::unique_ptr<Declaration> declaration;

  const Expr* keyword(std::string_view wanted) const {
    for (const Keyword& keyword : keywords) {
      if (keyword.name == wanted) return keyword.value.get();
    }
    return nullptr;
  }
};

}  // namespace sp::tmpl
