#pragma once
// bind(): syntax trees to a typed logical plan: scopes and aliases, functions and type rules,
// literals lifted into parameters, subqueries, CTEs and views inlined. ClickHouse's analyzer (the
// "new" one) is the reference.

#include <string>
#include <vector>

#include "compiler/bind/catalog.h"
#include "compiler/plan/plan.h"
#include "lang/sql/ast.h"
#include "runtime/aggregates/aggregate.h"
#include "runtime/functions/function.h"

namespace sp {

/// A value for a {name:Type} parameter. Only the type matters to the plan, unless the binder must
/// specialise.
struct BoundParameter {
  std::string name;
  std::string type;
  std::string text;
};

struct BindInput {
  const sql::Query* query = nullptr;
  const std::vector<BoundParameter>* parameters = nullptr;  ///< hole i of the plan = parameters[i]
  const Catalog* catalog = nullptr;
  const FunctionRegistry* functions = nullptr;
  const AggregateRegistry* aggregates = nullptr;
  ResolveOptions options;
};

/// Errors: ClickHouse's codes, spans in the text of the query or located in a view's file; hints
/// with the nearest name.
/// Literals of the text are numbered in the order that lift_literals() visits them.
Result<plan::Plan> bind(const BindInput& input);

/// The literals of a query that may be lifted, in a fixed order, and a key text in which each
/// stands as its type: two texts with equal keys share a plan, apart from specialised literals.
/// Literals that show in result names, types (parameters of aggregates, intervals, CAST types,
/// positions in ORDER BY/GROUP BY) are not lifted.
struct LiftedLiterals {
  std::string key;
  std::vector<const sql::Expr*> literals;
};
LiftedLiterals lift_literals(const sql::Query& query);

}  // namespace sp
