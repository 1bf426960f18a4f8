// Operands: what stands between operators. Literals, identifiers, brackets, parameters; calls and
// keyword forms are in calls.cpp, special_calls.cpp, date_calls.cpp, intervals.cpp and stars.cpp.
// Entry: match_operand.

#include <algorithm>

#include "lang/sql/grammar.h"
#include "lang/sql/literal_text.h"

namespace sp::sql::grammar {

namespace {

Node literal_node(Build& b, uint32_t first, uint32_t end, LiteralValue value) {
  ExprPtr expr = b.make(ExprKind::kLiteral, first, end);
  expr->literal = std::move(value);
  return b.node(std::move(expr), 1);
}

// A number or string directly before `::` is cast from its text, so that 1.50::Decimal(10, 2) loses
// no digit.
Node number_operand(Input& in, Build& b, bool negative) {
  const uint32_t first = index_of(in) - (negative ? 1 : 0);
  const uint32_t index = index_of(in);
  ExprPtr literal = number_literal(b, first, index, negative);
  advance(in);
  if (peek(in) == Code::kDoubleColon && b.code(index) == Code::kNumber) {
    const Span written = b.span(first, index + 1);
    literal->literal = std::string(b.text().substr(written.begin, written.end - written.begin));
  }
  return b.node(std::move(literal), 1);
}

bool is_literal_token(Code code) {
  switch (code) {
    case Code::kNumber:
    case Code::kString:
    case Code::kNull:
    case Code::kTrue:
    case Code::kFalse:
    case Code::kMinus:
    case Code::kComma:
    case Code::kOpenRound:
    case Code::kCloseRound:
    case Code::kOpenSquare:
    case Code::kCloseSquare: return true;
    default: return false;
  }
}

// ClickHouse reads [1, 2]::T and (1, 'a')::T as a cast of that text; the column's name shows it.
// Returns the text, or "".
std::string literal_cast_text(const Build& b, uint32_t open) {
  const uint32_t close = b.token(open).partner;
  if (b.code(close + 1) != Code::kDoubleColon) return {};
  for (uint32_t i = open; i <= close; ++i) {
    if (!is_literal_token(b.code(i))) return {};
  }
  return std::string(
      b.text().substr(b.token(open).begin, b.token(close).end - b.token(open).begin));
}

// Attaches that text to a bracketed literal, as its type_text, which column_name() reads.
Node with_cast_text(Build& b, uint32_t open, Node node, Spelling spelling) {
  if (node.expr->kind == ExprKind::kFunction && node.expr->spelling == spelling) {
    node.expr->type_text = literal_cast_text(b, open);
  }
  return node;
}

std::vector<Node> bracketed_list(Input& in, Build& b, Code close, bool& trailing_comma) {
  std::vector<Node> items;
  trailing_comma = false;
  while (peek(in) != close) {
    if (!match_aliased(in, b)) {
      b.expect(index_of(in), close);
      throw GrammarFailure{};
    }
    items.push_back(b.pop());
    trailing_comma = accept(in, b, Code::kComma);
    if (!trailing_comma) break;
  }
  need(in, b, close);
  return items;
}

Node subquery(Input& in, Build& b, uint32_t first) {
  if (!match_query(in, b)) throw GrammarFailure{};
  need(in, b, Code::kCloseRound);
  ExprPtr expr = b.make(ExprKind::kSubquery, first, index_of(in));
  expr->subquery = std::move(b.queries.back());
  b.queries.pop_back();
  return b.node(std::move(expr), b.subquery_depth + 1);
}

// (expr), (a, b), (a,), () and (SELECT ...).
Node round_brackets(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  advance(in);
  if (begins_query(b, first + 1)) { return subquery(in, b, first); }
  bool trailing_comma = false;
  std::vector<Node> items = bracketed_list(in, b, Code::kCloseRound, trailing_comma);
  const Span span = b.span(first, index_of(in));
  if (items.size() == 1 && !trailing_comma) {
    items[0].expr->parenthesized = true;
    items[0].expr->span = span;
    return std::move(items[0]);
  }
  return with_cast_text(b, first, b.call("tuple", std::move(items), span, Spelling::kTuple),
                        Spelling::kTuple);
}

Node square_brackets(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  advance(in);
  bool trailing_comma = false;
  std::vector<Node> items = bracketed_list(in, b, Code::kCloseSquare, trailing_comma);
  return with_cast_text(
      b, first, b.call("array", std::move(items), b.span(first, index_of(in)), Spelling::kArray),
      Spelling::kArray);
}

// {name:Type}: the type is read by the type rule, so it may nest brackets.
Node parameter(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  advance(in);
  if (!match_name(in, b)) throw GrammarFailure{};
  need(in, b, Code::kColon);
  if (!match_type(in, b)) throw GrammarFailure{};
  need(in, b, Code::kCloseCurly);
  ExprPtr expr = b.make(ExprKind::kParameter, first, index_of(in));
  expr->name = std::move(b.names.back().text);
  b.names.pop_back();
  expr->type_text = std::move(b.types.back());
  b.types.pop_back();
  return b.node(std::move(expr), 1);
}

// {name:Identifier} stands for a name, a parameter of any other type for a value.
bool begins_name(const Build& b, uint32_t index) {
  return begins_parameter(b, index) && b.code(index + 3) == Code::kWord &&
         b.source(index + 3) == "Identifier";
}

// {'a': 1, 'b': 2} is map('a', 1, 'b', 2).
Node map_brackets(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  advance(in);
  std::vector<Node> items;
  while (peek(in) != Code::kCloseCurly) {
    need_expression(in, b);
    items.push_back(b.pop());
    need(in, b, Code::kColon);
    need_expression(in, b);
    items.push_back(b.pop());
    if (!accept(in, b, Code::kComma)) break;
  }
  need(in, b, Code::kCloseCurly);
  return b.call("map", std::move(items), b.span(first, index_of(in)), Spelling::kMap);
}

Node curly_brackets(Input& in, Build& b) {
  return begins_parameter(b, index_of(in)) ? parameter(in, b) : map_brackets(in, b);
}

// a, t.a, db.t.a, {t:Identifier}.a; t.*; t.COLUMNS('re'). A number after the dot is a tuple index,
// left to the operator loop.
Node identifier(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  CompoundName name;
  if (!match_name_part(in, b, name)) throw GrammarFailure{};
  while (peek(in) == Code::kDot) {
    const Code next = peek(in, b, 1);
    if (next == Code::kStar) {
      advance(in, 2);
      return finish_star(in, b, first, std::move(name));
    }
    if (next != Code::kWord && next != Code::kQuotedName && next != Code::kOpenCurly) break;
    advance(in);
    if (next == Code::kWord && keyword_of(b.source(index_of(in))) == Code::kColumns &&
        peek(in, b, 1) == Code::kOpenRound) {
      advance(in);
      return finish_columns(in, b, first, std::move(name));
    }
    if (!match_name_part(in, b, name)) throw GrammarFailure{};
  }
  ExprPtr expr = b.make(ExprKind::kIdentifier, first, index_of(in));
  expr->parts = std::move(name.parts);
  expr->name_parameters = std::move(name.parameters);
  return b.node(std::move(expr), 1);
}

Node string_operand(Input& in, Build& b) {
  const uint32_t index = index_of(in);
  check_string(b, index);
  advance(in);
  return literal_node(b, index, index + 1, string_value(b, index));
}

// NULL, TRUE, FALSE; before a bracket or dot they would be names, which ClickHouse refuses too.
Node constant(Input& in, Build& b) {
  const uint32_t index = index_of(in);
  const Code code = peek(in);
  advance(in);
  if (code == Code::kNull) return literal_node(b, index, index + 1, NullLiteral{});
  return literal_node(b, index, index + 1, code == Code::kTrue);
}

bool match_keyword_form(Input& in, Build& b) {
  switch (peek(in)) {
    case Code::kInterval: return match_interval(in, b);
    case Code::kDateAdd:
    case Code::kDateSub:
    case Code::kDateDiff: return match_date_call(in, b);
    case Code::kColumns:
      if (peek(in, b, 1) != Code::kOpenRound) return false;
      advance(in);
      b.push(finish_columns(in, b, index_of(in) - 1, {}));
      return true;
    default: return match_special_call(in, b);
  }
}

}  // namespace

bool match_operand(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Code code = peek(in);
  if (!begins_operand(b, first)) return false;
  switch (code) {
    case Code::kNumber: b.push(number_operand(in, b, false)); return true;
    case Code::kMinus:  // only a number's; see at_prefix in expressions.cpp
      if (peek(in, b, 1) != Code::kNumber && !is_non_finite(b, first + 1)) return false;
      advance(in);
      b.push(number_operand(in, b, true));
      return true;
    case Code::kPlus:
    case Code::kNot: return false;
    case Code::kString: b.push(string_operand(in, b)); return true;
    case Code::kOpenRound: b.push(round_brackets(in, b)); return true;
    case Code::kOpenSquare: b.push(square_brackets(in, b)); return true;
    case Code::kOpenCurly:
      b.push(begins_name(b, first) ? identifier(in, b) : curly_brackets(in, b));
      return true;
    case Code::kStar:
      advance(in);
      b.push(finish_star(in, b, first, {}));
      return true;
    case Code::kNull:
    case Code::kTrue:
    case Code::kFalse: b.push(constant(in, b)); return true;
    default: break;
  }
  if (is_non_finite(b, first)) {
    b.push(number_operand(in, b, false));
    return true;
  }
  if (is_keyword(code) && match_keyword_form(in, b)) return true;
  if (b.code(first + 1) == Code::kOpenRound) return match_call(in, b);
  b.push(identifier(in, b));
  return true;
}

}  // namespace sp::sql::grammar
