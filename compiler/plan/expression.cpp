// Operations on typed expressions: walking, rewriting, comparing. Used by the binder (group keys
// against SELECT expressions) and by every optimizer rule. Entry: the free functions of
// expression.h.

#include "compiler/plan/expression.h"

#include <algorithm>

namespace sp::plan {

namespace {

bool contains(const std::vector<ColumnId>& ids, ColumnId id) {
  return std::find(ids.begin(), ids.end(), id) != ids.end();
}

void visit_columns(const Expression& expression, std::vector<ColumnId>& bound,
                   const std::function<void(ColumnId)>& visit) {
  if (expression.kind == Expression::Kind::kColumn) {
    if (!contains(bound, expression.column)) visit(expression.column);
    return;
  }
  const size_t depth = bound.size();
  bound.insert(bound.end(), expression.lambda_columns.begin(), expression.lambda_columns.end());
  for (const ExpressionPtr& arg : expression.args) visit_columns(*arg, bound, visit);
  bound.resize(depth);
}

bool deterministic(const Expression& expression) {
  if (expression.kind == Expression::Kind::kInSet) return false;
  if (expression.kind == Expression::Kind::kCall && !expression.function.deterministic)
    return false;
  return std::all_of(expression.args.begin(), expression.args.end(),
                     [](const ExpressionPtr& arg) { return deterministic(*arg); });
}

// Pairs of lambda columns that stand for each other while two lambdas are compared.
using Renaming = std::vector<std::pair<ColumnId, ColumnId>>;

bool equal_under(const Expression& a, const Expression& b, Renaming& renaming) {
  if (&a == &b && renaming.empty()) return a.kind != Expression::Kind::kCall || deterministic(a);
  if (a.kind != b.kind || a.type != b.type || a.args.size() != b.args.size()) return false;
  const size_t depth = renaming.size();
  switch (a.kind) {
    case Expression::Kind::kColumn: {
      for (auto pair = renaming.rbegin(); pair != renaming.rend(); ++pair) {
        if (pair->first == a.column || pair->second == b.column) {
          return pair->first == a.column && pair->second == b.column;
        }
      }
      return a.column == b.column;
    }
    case Expression::Kind::kParameter: return a.slot == b.slot;
    case Expression::Kind::kInSet:
      if (a.set != b.set || a.negated != b.negated) return false;
      break;
    case Expression::Kind::kLambda:
      if (a.lambda_types != b.lambda_types) return false;
      for (size_t i = 0; i < a.lambda_columns.size(); ++i) {
        renaming.emplace_back(a.lambda_columns[i], b.lambda_columns[i]);
      }
      break;
    case Expression::Kind::kCall:
      if (!a.function.deterministic || !b.function.deterministic) return false;
      if (a.function.intrinsic != b.function.intrinsic ||
          a.function.immediate != b.function.immediate ||
          a.function.symbol.address != b.function.symbol.address || a.name != b.name) {
        return false;
      }
      // Contexts are made per resolve; equal arguments of the same function make equal contexts.
      break;
  }
  bool same = true;
  for (size_t i = 0; same && i < a.args.size(); ++i)
    same = equal_under(*a.args[i], *b.args[i], renaming);
  renaming.resize(depth);
  return same;
}

}  // namespace

bool Expression::is_constant() const {
  if (!deterministic(*this)) return false;
  bool constant = true;
  for_each_column(*this, [&](ColumnId) { constant = false; });
  return constant;
}

void for_each_column(const Expression& expression, const std::function<void(ColumnId)>& visit) {
  std::vector<ColumnId> bound;
  visit_columns(expression, bound, visit);
}

ExpressionPtr substitute(const ExpressionPtr& expression,
                         const std::function<ExpressionPtr(const Expression&)>& replace_column) {
  if (expression->kind == Expression::Kind::kColumn) {
    ExpressionPtr replaced = replace_column(*expression);
    return replaced ? replaced : expression;
  }
  std::shared_ptr<Expression> copy;
  for (size_t i = 0; i < expression->args.size(); ++i) {
    ExpressionPtr arg = substitute(expression->args[i], replace_column);
    if (arg == expression->args[i]) continue;
    if (!copy) copy = std::make_shared<Expression>(*expression);
    copy->args[i] = std::move(arg);
  }
  return copy ? ExpressionPtr(std::move(copy)) : expression;
}

bool equal(const Expression& a, const Expression& b) {
  Renaming renaming;
  return equal_under(a, b, renaming);
}

}  // namespace sp::plan
