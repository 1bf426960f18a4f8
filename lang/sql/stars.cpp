// *, t.*, COLUMNS('regex') and COLUMNS(a, b), with their transformers EXCEPT, REPLACE and APPLY.
// Entries: finish_star and finish_columns, called by operands.cpp with the qualifier already read.
// The transformers are PEGTL rules.

#include <algorithm>

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"
#include "lang/sql/grammar.h"

namespace sp::sql::grammar {

namespace {

// What the transformer rules fill; `depth` is the height of the deepest expression in them.
struct Transformers {
  std::vector<StarTransformer> list;
  uint32_t depth = 0;
};

// The first token of `EXCEPT SELECT` or `EXCEPT (SELECT` is a set operation, not a transformer.
bool match_except_word(Input& in, Build& b) {
  const uint32_t index = index_of(in);
  if (peek(in) != Code::kExcept || begins_query(b, index + 1)) return false;
  const Code next = b.code(index + 1);
  if (next == Code::kAll || next == Code::kDistinct) return false;
  advance(in);
  return true;
}

bool match_except_regex(Input& in, Build& b) {
  if (peek(in) != Code::kString) return false;
  ExprPtr literal = b.make(ExprKind::kLiteral, index_of(in), index_of(in) + 1);
  literal->literal = string_value(b, index_of(in));
  advance(in);
  b.push(b.node(std::move(literal), 1));
  return true;
}

// REPLACE only as a transformer: `* REPLACE (` or `* REPLACE expr AS name`.
struct except_word : external<match_except_word> {};
struct except_regex : external<match_except_regex> {};
// `* EXCEPT FROM t` lacks a name.
bool match_except_name(Input& in, Build& b) {
  if (peek(in) != Code::kFrom) return match_name(in, b);
  b.expect(index_of(in), Code::kWantName);
  return false;
}
struct except_name : external<match_except_name> {};
struct except_names
    : pegtl::sor<
          except_regex,
          pegtl::if_must<key<Code::kOpenRound>,
                         pegtl::sor<except_regex, pegtl::list<except_name, key<Code::kComma>>>,
                         key<Code::kCloseRound>>,
          except_name> {};
struct strict_word : key<Code::kStrict> {};
struct except_transformer : pegtl::if_must<except_word, pegtl::opt<strict_word>, except_names> {};

struct replace_word : key<Code::kReplace> {};
struct replaced_name : name {};
struct replace_item : pegtl::if_must<expression, key<Code::kAs>, replaced_name> {};
struct replace_items
    : pegtl::sor<pegtl::if_must<key<Code::kOpenRound>, pegtl::list<replace_item, key<Code::kComma>>,
                                key<Code::kCloseRound>>,
                 replace_item> {};
struct replace_transformer : pegtl::if_must<replace_word, pegtl::opt<strict_word>, replace_items> {
};

// APPLY f, APPLY f(p), APPLY (x -> ...), APPLY(f), APPLY(f, 'prefix'): the function is an
// expression here, a call without arguments in the tree.
struct apply_word : key<Code::kApply> {};
struct applied : expression {};
struct apply_transformer : pegtl::if_must<apply_word, applied> {};

struct transformers
    : pegtl::star<pegtl::sor<except_transformer, replace_transformer, apply_transformer>> {};

// (f, 'prefix') was read as a tuple.
void take_prefix(Node& node, StarTransformer& transformer) {
  Expr& expr = *node.expr;
  if (expr.kind != ExprKind::kFunction || expr.spelling != Spelling::kTuple ||
      expr.args.size() != 2)
    return;
  const auto* prefix = std::get_if<std::string>(&expr.args[1]->literal);
  if (expr.args[1]->kind != ExprKind::kLiteral || prefix == nullptr) return;
  transformer.prefix = *prefix;
  ExprPtr function = std::move(expr.args[0]);
  node.expr = std::move(function);
}

// Turns what stands after APPLY into a lambda or a call without arguments; parameters stay:
// quantile(0.5).
ExprPtr applied_function(Build& b, Node node) {
  Expr& expr = *node.expr;
  if (expr.kind == ExprKind::kLambda) return std::move(node.expr);
  const bool call =
      expr.kind == ExprKind::kFunction && expr.spelling == Spelling::kCall && !expr.has_parameters;
  if (call) {
    expr.parameters = std::move(expr.args);
    expr.args.clear();
    expr.has_parameters = !expr.parameters.empty();
    return std::move(node.expr);
  }
  if (expr.kind != ExprKind::kIdentifier || expr.parts.size() != 1 ||
      !expr.name_parameters.empty()) {
    b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: APPLY needs a function name or a lambda",
                expr.span, "write APPLY toString or APPLY (x -> f(x))"));
  }
  ExprPtr function = b.make(ExprKind::kFunction, 0, 0);
  function->span = expr.span;
  function->name = std::move(expr.parts[0]);
  return function;
}

}  // namespace

template <>
struct action<except_word> {
  static void apply0(Build&, Transformers& t) { t.list.emplace_back(); }
};
template <>
struct action<strict_word> {
  static void apply0(Build&, Transformers& t) { t.list.back().strict = true; }
};
template <>
struct action<except_name> {
  static void apply0(Build& b, Transformers& t) {
    t.list.back().names.push_back(std::move(b.names.back().text));
    b.names.pop_back();
  }
};
template <>
struct action<except_regex> {
  static void apply0(Build& b, Transformers& t) {
    const Node pattern = b.pop();
    t.list.back().except_regex = std::get<std::string>(pattern.expr->literal);
    if (!t.list.back().except_regex.empty()) return;
    b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: the pattern of EXCEPT is empty",
                pattern.expr->span));
  }
};
template <>
struct action<replace_word> {
  static void apply0(Build&, Transformers& t) {
    t.list.emplace_back().kind = StarTransformer::Kind::kReplace;
  }
};
template <>
struct action<replace_item> {
  static void apply0(Build& b, Transformers& t) {
    Node node = b.pop();
    t.depth = std::max(t.depth, node.depth);
    t.list.back().exprs.push_back(std::move(node.expr));
    t.list.back().names.push_back(std::move(b.names.back().text));
    b.names.pop_back();
  }
};
template <>
struct action<apply_transformer> {
  static void apply0(Build& b, Transformers& t) {
    Node node = b.pop();
    t.depth = std::max(t.depth, node.depth);
    StarTransformer& transformer = t.list.emplace_back();
    transformer.kind = StarTransformer::Kind::kApply;
    take_prefix(node, transformer);
    transformer.exprs.push_back(applied_function(b, std::move(node)));
  }
};

namespace {

Node with_transformers(Input& in, Build& b, ExprPtr expr, uint32_t depth) {
  Transformers found;
  if (!run<transformers>(in, b, found)) throw GrammarFailure{};
  expr->transformers = std::move(found.list);
  expr->span.end = b.token(index_of(in) - 1).end;
  return b.node(std::move(expr), std::max(depth, found.depth + 1));
}

}  // namespace

Node finish_star(Input& in, Build& b, uint32_t first, CompoundName qualifier) {
  ExprPtr expr = b.make(ExprKind::kStar, first, index_of(in));
  expr->parts = std::move(qualifier.parts);
  expr->name_parameters = std::move(qualifier.parameters);
  return with_transformers(in, b, std::move(expr), 1);
}

Node finish_columns(Input& in, Build& b, uint32_t first, CompoundName qualifier) {
  const Nesting nesting(b, first);
  need(in, b, Code::kOpenRound);
  ExprPtr expr = b.make(ExprKind::kColumns, first, index_of(in));
  expr->parts = std::move(qualifier.parts);
  expr->name_parameters = std::move(qualifier.parameters);
  uint32_t depth = 1;
  if (peek(in) == Code::kString) {
    expr->literal = string_value(b, index_of(in));
    advance(in);
  } else {
    std::vector<Node> args;
    match_arguments(in, b, args);
    for (Node& arg : args) {
      depth = std::max(depth, arg.depth + 1);
      expr->args.push_back(std::move(arg.expr));
    }
  }
  need(in, b, Code::kCloseRound);
  return with_transformers(in, b, std::move(expr), depth);
}

}  // namespace sp::sql::grammar

SP_ANALYZE(sql_stars, sql::grammar::transformers)
