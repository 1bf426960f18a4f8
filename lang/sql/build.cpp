// The parse state's limits: heights, nesting and element counts. See build.h.

#include "lang/sql/build.h"

#include <algorithm>

#include "lang/sql/print.h"

namespace sp::sql {

namespace {

Error too_deep(uint32_t limit, Span span) {
  return fail(ErrorCode::kTooDeepRecursion,
              "Maximum parse depth exceeded: " + std::to_string(limit), span,
              "split the query, or write long chains of the same operator without brackets");
}

uint32_t count_nodes(const Expr& expr) {
  uint32_t count = 1;
  for (const ExprPtr& arg : expr.args) count += count_nodes(*arg);
  for (const ExprPtr& parameter : expr.parameters) count += count_nodes(*parameter);
  return count;
}

}  // namespace

ExprPtr Build::make(ExprKind kind, uint32_t first, uint32_t end) {
  if (++elements_ > limits_.max_elements) {
    stop(fail(ErrorCode::kTooBigAst,
              "AST is too big. Maximum: " + std::to_string(limits_.max_elements),
              span(first, end)));
  }
  auto expr = std::make_unique<Expr>();
  expr->kind = kind;
  expr->span = span(first, end);
  return expr;
}

Node Build::node(ExprPtr expr, uint32_t depth) {
  if (depth > limits_.max_depth) stop(too_deep(limits_.max_depth, expr->span));
  query_depth = std::max(query_depth, depth);
  return {std::move(expr), depth};
}

Node Build::call(std::string name, std::vector<Node> args, Span span, Spelling spelling) {
  ExprPtr expr = make(ExprKind::kFunction, 0, 0);
  expr->span = span;
  expr->name = std::move(name);
  expr->spelling = spelling;
  uint32_t depth = 0;
  expr->args.reserve(args.size());
  for (Node& arg : args) {
    depth = std::max(depth, arg.depth);
    expr->args.push_back(std::move(arg.expr));
  }
  return node(std::move(expr), depth + 1);
}

ExprPtr Build::copy(const Expr& expr) {
  elements_ += count_nodes(expr);
  if (elements_ > limits_.max_elements) {
    stop(fail(ErrorCode::kTooBigAst,
              "AST is too big. Maximum: " + std::to_string(limits_.max_elements), expr.span));
  }
  return clone(expr);
}

Nesting::Nesting(Build& build, uint32_t at, uint32_t weight) : build_(build), weight_(weight) {
  if (build.nesting_ + weight > build.limits_.max_depth) {
    build.stop(too_deep(build.limits_.max_depth, build.span(at, at + 1)));
  }
  build.nesting_ += weight;
}

}  // namespace sp::sql
