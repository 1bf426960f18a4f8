#pragma once
// Typed expressions: what the binder makes of syntax trees and the code generator turns into IR.
// Immutable and shared between plan nodes; optimizer rules build new ones. Columns are named by ids
// unique in the whole plan, so that nodes can be moved without renumbering.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/core/type.h"
#include "runtime/functions/function.h"

namespace sp::plan {

using ColumnId = uint32_t;

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

struct Expression {
  enum class Kind : uint8_t {
    kColumn,     ///< `column`, produced by the input (or a lambda's parameter)
    kParameter,  ///< `slot` of Plan::parameters: a hole, a lifted literal, a folded constant, a
                 ///< scalar subquery
    kCall,       ///< `function` over args; casts are calls too
    kLambda,     ///< lambda_columns -> args[0]; only as first argument of a takes_lambda function
    kInSet,      ///< args (one, or several for tuples) in Plan::sets[set]; `negated` for NOT IN
  };
  Kind kind = Kind::kParameter;
  Type type;
  Span span;  ///< in the text named by `source` of the plan's spans (0 width: none)
  ColumnId column = 0;
  uint32_t slot = 0;
  ResolvedFunction function;
  std::string name;  ///< function's SQL name or column's name: for printing and IR names
  std::vector<ExpressionPtr> args;
  std::vector<ColumnId> lambda_columns;
  std::vector<Type> lambda_types;
  uint32_t set = 0;
  bool negated = false;

  bool is_constant() const;  ///< only parameters below (and deterministic calls)
};

/// Calls `visit` for every column id that the expression reads (lambda parameters excluded).
void for_each_column(const Expression& expression, const std::function<void(ColumnId)>& visit);
/// Rewrites columns by a mapping (identity where absent); shares what does not change.
ExpressionPtr substitute(const ExpressionPtr& expression,
                         const std::function<ExpressionPtr(const Expression&)>& replace_column);
/// Structural equality; non-deterministic calls are never equal.
bool equal(const Expression& a, const Expression& b);
/// Prints like `plus(t.a, $2)`, for explain and plan tests.
std::string print(const Expression& expression);

}  // namespace sp::plan
