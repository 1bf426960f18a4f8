// Expressions as other rules ask for them: with an alias or without, and lambdas, which no operator
// takes. Entries: match_expression, match_aliased, match_column.

#include "lang/sql/grammar.h"

namespace sp::sql::grammar {

namespace {

// x -> body, (x, y) -> body, () -> body
bool at_lambda(const Input& in, const Build& b) {
  const uint32_t index = index_of(in);
  const Code code = peek(in);
  if (code == Code::kOpenRound) return b.code(b.token(index).partner + 1) == Code::kArrow;
  return b.code(index + 1) == Code::kArrow &&
         (code == Code::kWord || code == Code::kQuotedName || is_keyword(code));
}

Node lambda(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  std::vector<std::string> parameters;
  const bool bracketed = accept(in, b, Code::kOpenRound);
  while (!bracketed || peek(in) != Code::kCloseRound) {
    if (!match_name(in, b)) throw GrammarFailure{};
    parameters.push_back(std::move(b.names.back().text));
    b.names.pop_back();
    if (!bracketed || !accept(in, b, Code::kComma)) break;
  }
  if (bracketed) need(in, b, Code::kCloseRound);
  need(in, b, Code::kArrow);
  need_expression(in, b);
  Node body = b.pop();
  ExprPtr expr = b.make(ExprKind::kLambda, first, index_of(in));
  expr->lambda_params = std::move(parameters);
  expr->args.push_back(std::move(body.expr));
  return b.node(std::move(expr), body.depth + 1);
}

void take_alias(Build& b, Node& node, uint32_t end) {
  node.expr->alias = std::move(b.names.back().text);
  node.expr->alias_quoted = b.names.back().quoted;
  b.names.pop_back();
  node.expr->span.end = b.token(end - 1).end;
}

bool take_as_alias(Input& in, Build& b) {
  if (!accept(in, b, Code::kAs)) return false;
  if (!match_name(in, b)) throw GrammarFailure{};
  take_alias(b, b.nodes.back(), index_of(in));
  return true;
}

}  // namespace

bool match_expression(Input& in, Build& b) {
  if (at_lambda(in, b)) {
    b.push(lambda(in, b));
    return true;
  }
  if (!begins_operand(b, index_of(in))) {
    b.expect(index_of(in), Code::kWantExpression);
    return false;
  }
  const Nesting nesting(b, index_of(in));
  b.push(read_operators(in, b, 0));
  return true;
}

void need_expression(Input& in, Build& b) {
  if (!match_expression(in, b)) throw GrammarFailure{};
}

bool match_aliased(Input& in, Build& b) {
  if (!match_expression(in, b)) return false;
  // Inside brackets operators may follow an alias: (x AS y + 1).
  while (take_as_alias(in, b)) {
    if (!at_operator(in, b)) break;
    Node left = b.pop();
    b.push(continue_operators(in, b, std::move(left), 0));
  }
  return true;
}

bool match_column(Input& in, Build& b) {
  if (!match_expression(in, b)) return false;
  if (take_as_alias(in, b)) return true;
  if (match_bare_alias(in, b)) take_alias(b, b.nodes.back(), index_of(in));
  return true;
}

}  // namespace sp::sql::grammar
