// Operators: precedence climbing with ClickHouse's priorities, and the calls that operators become.
// Entry: read_operators.

#include "lang/sql/grammar.h"
#include "lang/sql/priority.h"

namespace sp::sql::grammar {

namespace {

using namespace priority;

enum class Form : uint8_t {
  kNone,
  kBinary,
  kMerged,
  kLike,
  kIs,
  kBetween,
  kTernary,
  kTimeZone,
  kDot,
  kSubscript,
  kCast
};

// An operator at the cursor: how it is built and how many tokens it takes.
struct Operator {
  Form form = Form::kNone;
  int priority = 0;
  const char* function = "";
  uint32_t tokens = 1;
};

// `IN`, `LIKE` and their like, with NOT before them or not.
Operator membership(Code code, bool negated, uint32_t tokens) {
  switch (code) {
    case Code::kIn: return {Form::kBinary, kComparison, negated ? "notIn" : "in", tokens};
    case Code::kLike: return {Form::kLike, kComparison, negated ? "notLike" : "like", tokens};
    case Code::kIlike: return {Form::kLike, kComparison, negated ? "notILike" : "ilike", tokens};
    case Code::kBetween: return {Form::kBetween, kBetween, negated ? "not" : "", tokens};
    default: return {};
  }
}

Operator global_membership(const Input& in, const Build& b) {
  if (peek(in, b, 1) == Code::kIn) return {Form::kBinary, kComparison, "globalIn", 2};
  if (peek(in, b, 1) == Code::kNot && peek(in, b, 2) == Code::kIn)
    return {Form::kBinary, kComparison, "globalNotIn", 3};
  return {};
}

// x AT TIME ZONE 'UTC'. The words are no keywords: `at` is a common alias.
bool time_zone_follows(const Input& in, const Build& b) {
  const uint32_t at = index_of(in);
  return b.code(at + 1) == Code::kWord && b.code(at + 2) == Code::kWord &&
         is_word(b.source(at), "AT") && is_word(b.source(at + 1), "TIME") &&
         is_word(b.source(at + 2), "ZONE");
}

Operator operator_at(const Input& in, const Build& b) {
  switch (peek(in)) {
    case Code::kOr: return {Form::kMerged, kOr, "or"};
    case Code::kAnd: return {Form::kMerged, kAnd, "and"};
    case Code::kConcat: return {Form::kMerged, kConcat, "concat"};
    case Code::kEquals: return {Form::kBinary, kComparison, "equals"};
    case Code::kNotEquals: return {Form::kBinary, kComparison, "notEquals"};
    case Code::kLess: return {Form::kBinary, kComparison, "less"};
    case Code::kGreater: return {Form::kBinary, kComparison, "greater"};
    case Code::kLessOrEquals: return {Form::kBinary, kComparison, "lessOrEquals"};
    case Code::kGreaterOrEquals: return {Form::kBinary, kComparison, "greaterOrEquals"};
    case Code::kSpaceship: return {Form::kBinary, kComparison, "isNotDistinctFrom"};
    case Code::kRegexp: return {Form::kBinary, kComparison, "match"};
    case Code::kPlus: return {Form::kBinary, kAdditive, "plus"};
    case Code::kMinus: return {Form::kBinary, kAdditive, "minus"};
    case Code::kStar: return {Form::kBinary, kMultiplicative, "multiply"};
    case Code::kSlash: return {Form::kBinary, kMultiplicative, "divide"};
    case Code::kPercent:
    case Code::kMod: return {Form::kBinary, kMultiplicative, "modulo"};
    case Code::kDiv: return {Form::kBinary, kMultiplicative, "intDiv"};
    case Code::kIn:
    case Code::kLike:
    case Code::kIlike:
    case Code::kBetween: return membership(peek(in), false, 1);
    case Code::kNot: return membership(peek(in, b, 1), true, 2);
    case Code::kGlobal: return global_membership(in, b);
    case Code::kIs: return {Form::kIs, kIs, ""};
    case Code::kQuestion: return {Form::kTernary, kTernary, "if"};
    case Code::kDot: return {Form::kDot, kPostfix, "tupleElement"};
    case Code::kOpenSquare: return {Form::kSubscript, kPostfix, "arrayElement"};
    case Code::kDoubleColon: return {Form::kCast, kPostfix, "CAST"};
    case Code::kWord:
      return time_zone_follows(in, b) ? Operator{Form::kTimeZone, kTimeZone, "toTimeZone", 3}
                                      : Operator{};
    default: return {};
  }
}

Node binary(Input& in, Build& b, Node left, const Operator& op) {
  advance(in, op.tokens);
  if (op.priority == kComparison && at_quantifier(in, b))
    return quantified(in, b, std::move(left), op.function);
  Node right = read_operators(in, b, op.priority + 1);
  const Span span = joined(left, right);
  return b.call(op.function, nodes_of(std::move(left), std::move(right)), span,
                Spelling::kOperator);
}

// a AND b AND c becomes one and(a, b, c): operands of a chain are added to the call already made.
Node merged(Input& in, Build& b, Node left, const Operator& op) {
  std::vector<Node> operands;
  operands.push_back(std::move(left));
  do {
    advance(in, op.tokens);
    operands.push_back(read_operators(in, b, op.priority + 1));
  } while (operator_at(in, b).function == std::string_view(op.function));
  const Span span = joined(operands.front(), operands.back());
  return b.call(op.function, std::move(operands), span, Spelling::kOperator);
}

// LIKE, ILIKE and their negations, with ESCAPE: a pattern with an escape character of its own is
// written with backslashes.
Node like(Input& in, Build& b, Node left, const Operator& op) {
  Node call = binary(in, b, std::move(left), op);
  const uint32_t at = index_of(in);
  if (peek(in) != Code::kWord || b.code(at + 1) != Code::kString ||
      !is_word(b.source(at), "ESCAPE"))
    return call;
  Expr& pattern = *call.expr->args[1];
  const auto* text = std::get_if<std::string>(&pattern.literal);
  const std::string escape = string_value(b, at + 1);
  if (pattern.kind != ExprKind::kLiteral || text == nullptr) {
    b.stop(fail(ErrorCode::kNotImplemented, "ESCAPE is supported after a pattern in quotes only",
                b.span(at, at + 2), "escape with a backslash, which needs no ESCAPE"));
  }
  if (escape.size() != 1) {
    b.stop(fail(ErrorCode::kSyntaxError,
                "Syntax error: ESCAPE is one character, found " + std::string(b.source(at + 1)),
                b.span(at + 1, at + 2)));
  }
  std::string out;
  for (size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    const bool escapes = c == escape[0] && i + 1 < text->size();
    const char meant = escapes ? (*text)[++i] : c;
    const bool wild = meant == '%' || meant == '_';
    if (meant == '\\' || (escapes && wild)) out += '\\';
    out += meant;
  }
  pattern.literal = std::move(out);
  advance(in, 2);
  call.expr->span.end = b.token(at + 1).end;
  return call;
}

// The zone is an operand with what clings to it: x AT TIME ZONE tz || 'x' is (x AT TIME ZONE tz) ||
// 'x'.
Node time_zone(Input& in, Build& b, Node left, const Operator& op) {
  advance(in, op.tokens);
  Node zone = read_operators(in, b, kPostfix);
  const Span span = joined(left, zone);
  return b.call(op.function, nodes_of(std::move(left), std::move(zone)), span, Spelling::kCall);
}

Node between(Input& in, Build& b, Node left, const Operator& op) {
  const bool negated = op.function[0] != '\0';
  advance(in, op.tokens);
  Node low = read_operators(in, b, kComparison);
  need(in, b, Code::kAnd);
  Node high = read_operators(in, b, kComparison);
  const Span span = joined(left, high);
  Node again{b.copy(*left.expr), left.depth};
  Node first = b.call(negated ? "less" : "greaterOrEquals",
                      nodes_of(std::move(left), std::move(low)), span, Spelling::kBetween);
  Node second = b.call(negated ? "greater" : "lessOrEquals",
                       nodes_of(std::move(again), std::move(high)), span, Spelling::kBetween);
  return b.call(negated ? "or" : "and", nodes_of(std::move(first), std::move(second)), span,
                Spelling::kBetween);
}

// IS [NOT] NULL | UNKNOWN | TRUE | FALSE | DISTINCT FROM x
Node is_test(Input& in, Build& b, Node left) {
  advance(in);
  const bool negated = accept(in, b, Code::kNot);
  const uint32_t at = index_of(in);
  const auto call = [&](const char* function, std::vector<Node> args, Span span) {
    return b.call(function, std::move(args), span, Spelling::kIs);
  };
  if (accept(in, b, Code::kNull) || peek(in) == Code::kUnknown) {
    if (b.code(at) == Code::kUnknown) advance(in);
    const Span span{left.expr->span.begin, b.token(at).end};
    std::vector<Node> args;
    args.push_back(std::move(left));
    return call(negated ? "isNotNull" : "isNull", std::move(args), span);
  }
  if (accept(in, b, Code::kTrue) || accept(in, b, Code::kFalse)) {
    ExprPtr literal = b.make(ExprKind::kLiteral, at, at + 1);
    literal->literal = b.code(at) == Code::kTrue;
    Node right = b.node(std::move(literal), 1);
    const Span span = joined(left, right);
    return call(negated ? "isDistinctFrom" : "isNotDistinctFrom",
                nodes_of(std::move(left), std::move(right)), span);
  }
  need(in, b, Code::kDistinct);
  need(in, b, Code::kFrom);
  Node right = read_operators(in, b, kBetween);
  const Span span = joined(left, right);
  return call(negated ? "isNotDistinctFrom" : "isDistinctFrom",
              nodes_of(std::move(left), std::move(right)), span);
}

Node ternary(Input& in, Build& b, Node condition) {
  const Nesting nesting(b, index_of(in));
  advance(in);
  Node yes = read_operators(in, b, 0);
  need(in, b, Code::kColon);
  Node no = read_operators(in, b, kTernary);
  const Span span = joined(condition, no);
  std::vector<Node> args = nodes_of(std::move(condition), std::move(yes));
  args.push_back(std::move(no));
  return b.call("if", std::move(args), span, Spelling::kTernary);
}

// .1, .-1 and .name after an operand that is no plain identifier.
Node tuple_element(Input& in, Build& b, Node left) {
  advance(in);
  const uint32_t first = index_of(in);
  const bool negative = peek(in) == Code::kMinus;
  if (negative) advance(in);
  ExprPtr key;
  if (peek(in) == Code::kNumber &&
      b.source(index_of(in)).find_first_not_of("0123456789") == std::string_view::npos) {
    key = number_literal(b, first, index_of(in), negative);
    advance(in);
  } else if (!negative && match_name(in, b)) {
    key = b.make(ExprKind::kLiteral, first, first + 1);
    key->literal = std::move(b.names.back().text);
    b.names.pop_back();
  } else {
    b.expect(index_of(in), Code::kNumber);
    b.expect(index_of(in), Code::kWantName);
    throw GrammarFailure{};
  }
  Node right = b.node(std::move(key), 1);
  const Span span = joined(left, right);
  return b.call("tupleElement", nodes_of(std::move(left), std::move(right)), span, Spelling::kDot);
}

Node subscript(Input& in, Build& b, Node left) {
  const Nesting nesting(b, index_of(in));
  advance(in);
  need_expression(in, b);
  Node index = b.pop();
  need(in, b, Code::kCloseSquare);
  const Span span{left.expr->span.begin, b.token(index_of(in) - 1).end};
  return b.call("arrayElement", nodes_of(std::move(left), std::move(index)), span,
                Spelling::kSubscript);
}

Node cast(Input& in, Build& b, Node left) {
  const uint32_t at = index_of(in);
  advance(in);
  if (!match_type(in, b)) throw GrammarFailure{};
  ExprPtr expr = b.make(ExprKind::kCast, at, index_of(in));
  expr->span.begin = left.expr->span.begin;
  expr->spelling = Spelling::kDoubleColon;
  expr->type_text = std::move(b.types.back());
  b.types.pop_back();
  expr->args.push_back(std::move(left.expr));
  return b.node(std::move(expr), left.depth + 1);
}

// NOT binds looser than comparisons and minus tighter than them, wherever they stand: a = NOT b = c
// is a = (NOT (b = c)).
Node prefixed(Input& in, Build& b) {
  const uint32_t at = index_of(in);
  const Nesting nesting(b, at);
  const bool negation = peek(in) == Code::kNot;
  advance(in);
  Node operand = read_operators(in, b, negation ? kIs : kPostfix);
  const Span span{b.token(at).begin, operand.expr->span.end};
  std::vector<Node> args;
  args.push_back(std::move(operand));
  return b.call(negation ? "not" : "negate", std::move(args), span, Spelling::kOperator);
}

bool at_prefix(const Input& in, const Build& b) {
  const Code next = peek(in, b, 1);
  if (peek(in) == Code::kNot) return begins_operand(b, index_of(in) + 1);
  // A minus before a number belongs to the number: -1 is a literal, -(1) a call.
  return peek(in) == Code::kMinus && next != Code::kNumber && !is_non_finite(b, index_of(in) + 1);
}

Node apply(Input& in, Build& b, Node left, const Operator& op) {
  switch (op.form) {
    case Form::kMerged: return merged(in, b, std::move(left), op);
    case Form::kLike: return like(in, b, std::move(left), op);
    case Form::kTimeZone: return time_zone(in, b, std::move(left), op);
    case Form::kIs: return is_test(in, b, std::move(left));
    case Form::kBetween: return between(in, b, std::move(left), op);
    case Form::kTernary: return ternary(in, b, std::move(left));
    case Form::kDot: return tuple_element(in, b, std::move(left));
    case Form::kSubscript: return subscript(in, b, std::move(left));
    case Form::kCast: return cast(in, b, std::move(left));
    default: return binary(in, b, std::move(left), op);
  }
}

}  // namespace

bool at_operator(const Input& in, const Build& b) { return operator_at(in, b).form != Form::kNone; }

Node read_operators(Input& in, Build& b, int min) {
  const uint32_t first = index_of(in);
  while (peek(in) == Code::kPlus) advance(in);  // +x is x
  const bool after_plus = index_of(in) > first;
  if (at_prefix(in, b) || (after_plus && peek(in) == Code::kMinus))
    return continue_operators(in, b, prefixed(in, b), min);
  if (!match_operand(in, b)) {
    b.expect(index_of(in), Code::kWantExpression);
    throw GrammarFailure{};
  }
  return continue_operators(in, b, b.pop(), min);
}

Node continue_operators(Input& in, Build& b, Node left, int min) {
  for (;;) {
    const Operator op = operator_at(in, b);
    if (op.form == Form::kNone || op.priority < min) return left;
    left = apply(in, b, std::move(left), op);
  }
}

}  // namespace sp::sql::grammar
