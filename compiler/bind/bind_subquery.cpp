// Subqueries that are values: scalar subqueries and EXISTS. Each has a plan of its own, run before
// the root; its result is a parameter. Correlated ones become joins (bind_correlated.cpp).

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

ExpressionPtr subquery_parameter(uint32_t slot, Type type, Span span) {
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kParameter;
  expression->slot = slot;
  expression->type = type;
  expression->span = span;
  return expression;
}

}  // namespace

Result<ExpressionPtr> SelectBinder::scalar_subquery(const sql::Expr& expr) {
  binder_.subquery_number(expr);
  const std::string text = sql::print(*expr.subquery);
  if (const auto known = subqueries_.find(text); known != subqueries_.end()) return known->second;
  Correlation correlation;
  SP_TRY(NodePtr node, binder_.bind_query(*expr.subquery, {inner_.ctes, this, &correlation}));
  if (!correlation.uses.empty()) {
    SP_TRY(ExpressionPtr joined,
           correlated_scalar(std::move(node), std::move(correlation), expr.span));
    subqueries_.emplace(text, joined);
    return joined;
  }
  Type type;
  if (node->output.size() == 1) {
    type = Type::nullable(node->output[0].type);
  } else {
    std::vector<Type> types;
    std::vector<std::string> names;
    for (const plan::OutputColumn& column : node->output) {
      types.push_back(column.type);
      names.push_back(column.name);
    }
    type = Type::tuple(std::move(types), std::move(names));
  }
  const uint32_t slot = binder_.add_subquery(std::move(node), type, expr.span);
  ExpressionPtr value = subquery_parameter(slot, type, expr.span);
  subqueries_.emplace(text, value);
  return value;
}

// EXISTS (q) is (SELECT count() > 0 FROM (q LIMIT 1)).
Result<ExpressionPtr> SelectBinder::exists(const sql::Expr& expr) {
  const sql::Query& query = *expr.args[0]->subquery;
  const std::string text = "EXISTS " + sql::print(query);
  if (const auto known = subqueries_.find(text); known != subqueries_.end()) return known->second;
  Correlation correlation;
  SP_TRY(NodePtr node, binder_.bind_query(query, {inner_.ctes, this, &correlation}));
  if (!correlation.uses.empty()) {
    SP_TRY(ExpressionPtr joined,
           correlated_exists(std::move(node), std::move(correlation), expr.span));
    subqueries_.emplace(text, joined);
    return joined;
  }
  NodePtr limit = make_node(Node::Kind::kLimit, std::move(node), expr.span);
  limit->limit = binder_.constant_u64(1, Type::of(TypeKind::kUInt64));
  NodePtr aggregate = make_node(Node::Kind::kAggregate, std::move(limit), expr.span);
  plan::AggregateCall count;
  auto resolved = binder_.aggregates().resolve("count", {}, {}, binder_.input().options);
  if (!resolved) return at(std::move(resolved).error(), expr.span);
  count.function = std::move(*resolved);
  count.output = binder_.new_column();
  count.name = "count()";
  const ExpressionPtr counted = make_column(count.output, count.name, count.function.result);
  aggregate->output = {{count.output, count.name, count.function.result}};
  aggregate->aggregates.push_back(std::move(count));
  NodePtr project = make_node(Node::Kind::kProject, std::move(aggregate), expr.span);
  const Type boolean = Type::of(TypeKind::kUInt8);
  SP_TRY(ExpressionPtr found,
         binder_.call("greater", {counted, binder_.constant_u64(0, boolean)}, expr.span));
  project->output = {{binder_.new_column(), "exists", found->type}};
  project->expressions = {found};
  const uint32_t slot = binder_.add_subquery(std::move(project), boolean, expr.span);
  ExpressionPtr value = subquery_parameter(slot, boolean, expr.span);
  subqueries_.emplace(text, value);
  return value;
}

}  // namespace sp::binding
