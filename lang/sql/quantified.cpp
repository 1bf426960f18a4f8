// Comparisons with ANY and ALL of a query, as calls and queries of the plain language.

#include "lang/sql/grammar.h"

namespace sp::sql::grammar {

namespace {

Node of_star(Build& b, const char* function, Span span) {
  ExprPtr star = b.make(ExprKind::kStar, 0, 0);
  star->span = span;
  std::vector<Node> args;
  args.push_back(b.node(std::move(star), 1));
  return b.call(function, std::move(args), span, Spelling::kCall);
}

// The only value of a query, NULL if it has none or several: if(uniqExact(*) = 1, any(*), NULL).
Node only_value(Build& b, Span span) {
  ExprPtr one = b.make(ExprKind::kLiteral, 0, 0);
  one->literal = uint64_t{1};
  ExprPtr null = b.make(ExprKind::kLiteral, 0, 0);
  one->span = null->span = span;
  std::vector<Node> args;
  args.push_back(b.call("equals",
                        nodes_of(of_star(b, "uniqExact", span), b.node(std::move(one), 1)), span,
                        Spelling::kOperator));
  args.push_back(of_star(b, "any", span));
  args.push_back(b.node(std::move(null), 1));
  return b.call("if", std::move(args), span, Spelling::kCall);
}

// The query as (SELECT value FROM (query)): one value. Empty `function`: the only one.
Node aggregated_query(Build& b, Node query, std::string_view function) {
  const Span span = query.expr->span;
  Node value = function == "min"   ? of_star(b, "min", span)
               : function == "max" ? of_star(b, "max", span)
                                   : only_value(b, span);
  auto select = std::make_unique<Select>();
  select->span = span;
  select->columns.push_back(std::move(value.expr));
  select->from = std::make_unique<TableExpr>();
  select->from->kind = TableExpr::Kind::kSubquery;
  select->from->span = span;
  select->from->subquery = std::move(query.expr->subquery);
  query.expr->subquery = std::make_unique<Query>();
  query.expr->subquery->span = span;
  query.expr->subquery->select = std::move(select);
  return b.node(std::move(query.expr), query.depth + 3);
}

}  // namespace

bool at_quantifier(const Input& in, const Build& b) {
  return (peek(in) == Code::kAny || peek(in) == Code::kAll) && peek(in, b, 1) == Code::kOpenRound &&
         begins_query(b, index_of(in) + 2);
}

// x = ANY (SELECT ...) is x IN (SELECT ...), x != ALL is NOT IN; the others compare with the least,
// the greatest or the only value, as ClickHouse has it.
Node quantified(Input& in, Build& b, Node left, std::string_view function) {
  const uint32_t at = index_of(in);
  const bool any = peek(in) == Code::kAny;
  advance(in);
  if (!match_operand(in, b)) throw GrammarFailure{};
  Node right = b.pop();
  const Span span = joined(left, right);
  const auto compare = [&](std::string_view name, const char* aggregate) {
    if (aggregate != nullptr) right = aggregated_query(b, std::move(right), aggregate);
    return b.call(std::string(name), nodes_of(std::move(left), std::move(right)), span,
                  Spelling::kOperator);
  };
  if (function == "equals") return compare("in", any ? nullptr : "");
  if (function == "notEquals") return compare("notIn", any ? "" : nullptr);
  const bool less = function == "less" || function == "lessOrEquals";
  if (less || function == "greater" || function == "greaterOrEquals")
    return compare(function, less == any ? "max" : "min");
  b.stop(fail(ErrorCode::kSyntaxError,
              std::string("Syntax error: ") + (any ? "ANY" : "ALL") +
                  " of a query follows a comparison only",
              b.span(at, at + 1), "write =, !=, <, <=, > or >= before it"));
}

}  // namespace sp::sql::grammar
