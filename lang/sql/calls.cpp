// Function calls: f(args), f(DISTINCT x), f(parameters)(args), and what may follow: FILTER, IGNORE
// NULLS, OVER.
// Entry: match_call, at a name before an opening bracket.

#include <algorithm>
#include <cctype>

#include "lang/sql/grammar.h"

namespace sp::sql::grammar {

namespace {

bool is_count(const std::string& name) {
  return name.size() == 5 && std::equal(name.begin(), name.end(), "count", [](char a, char c) {
           return std::tolower(static_cast<unsigned char>(a)) == c;
         });
}

// count(*) counts rows, as count() does; later stages see only the latter.
void drop_count_star(Expr& call) {
  if (!is_count(call.name) || call.distinct || call.args.size() != 1) return;
  const Expr& arg = *call.args[0];
  if (arg.kind == ExprKind::kStar && arg.parts.empty() && arg.transformers.empty() &&
      arg.alias.empty())
    call.args.clear();
}

Node filter_suffix(Input& in, Build& b, Node call) {
  advance(in);
  need(in, b, Code::kOpenRound);
  need(in, b, Code::kWhere);
  need_expression(in, b);
  Node condition = b.pop();
  need(in, b, Code::kCloseRound);
  call.expr->filter = std::move(condition.expr);
  return b.node(std::move(call.expr), std::max(call.depth, condition.depth + 1));
}

// f(DISTINCT x), and f(ALL x), which is f(x). Before a comma or bracket the words are names.
bool take_distinct(Input& in, const Build& b) {
  const Code word = peek(in), next = peek(in, b, 1);
  const bool name = next == Code::kComma || next == Code::kCloseRound;
  if ((word != Code::kDistinct && word != Code::kAll) || name) return false;
  if (word == Code::kAll && !begins_operand(b, index_of(in) + 1)) return false;
  advance(in);
  return word == Code::kDistinct;
}

}  // namespace

bool match_arguments(Input& in, Build& b, std::vector<Node>& args) {
  if (peek(in) == Code::kCloseRound) return true;
  // view(SELECT ...) and exists(SELECT ...) take a query without brackets of its own.
  if (begins_query(b, index_of(in)) && peek(in) != Code::kOpenRound) {
    const uint32_t first = index_of(in);
    if (!match_query(in, b)) throw GrammarFailure{};
    ExprPtr expr = b.make(ExprKind::kSubquery, first, index_of(in));
    expr->subquery = std::move(b.queries.back());
    b.queries.pop_back();
    args.push_back(b.node(std::move(expr), b.subquery_depth + 1));
    return true;
  }
  do {
    if (!match_aliased(in, b)) {
      if (args.empty()) b.expect(index_of(in), Code::kCloseRound);
      throw GrammarFailure{};
    }
    args.push_back(b.pop());
  } while (accept(in, b, Code::kComma));
  return true;
}

Node with_suffixes(Input& in, Build& b, Node call) {
  for (;;) {
    const Code next = peek(in, b, 1);
    if (peek(in) == Code::kFilter && next == Code::kOpenRound) {
      call = filter_suffix(in, b, std::move(call));
    } else if ((peek(in) == Code::kIgnore || peek(in) == Code::kRespect) && next == Code::kNulls) {
      call.expr->null_treatment = peek(in) == Code::kIgnore ? Expr::NullTreatment::kIgnoreNulls
                                                            : Expr::NullTreatment::kRespectNulls;
      advance(in, 2);
    } else if (peek(in) == Code::kOver) {
      advance(in);
      if (!match_over(in, b)) throw GrammarFailure{};
      call.expr->over = std::move(b.windows.back());
      b.windows.pop_back();
    } else {
      break;
    }
    call.expr->span.end = b.token(index_of(in) - 1).end;
  }
  return call;
}

bool match_call(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  std::string name = name_text(b, first);
  advance(in, 2);
  bool distinct = take_distinct(in, b);
  std::vector<Node> args;
  match_arguments(in, b, args);
  need(in, b, Code::kCloseRound);
  std::vector<Node> parameters;
  const bool parametric = peek(in) == Code::kOpenRound;
  if (parametric) {
    advance(in);
    parameters.swap(args);
    distinct = take_distinct(in, b);
    match_arguments(in, b, args);
    need(in, b, Code::kCloseRound);
  }
  Node call =
      b.call(std::move(name), std::move(args), b.span(first, index_of(in)), Spelling::kCall);
  call.expr->distinct = distinct;
  call.expr->has_parameters = parametric;
  for (Node& parameter : parameters) {
    call = b.node(std::move(call.expr), std::max(call.depth, parameter.depth + 1));
    call.expr->parameters.push_back(std::move(parameter.expr));
  }
  drop_count_star(*call.expr);
  b.push(with_suffixes(in, b, std::move(call)));
  return true;
}

}  // namespace sp::sql::grammar
