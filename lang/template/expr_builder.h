#pragma once
// ExprBuilder: the stack on which the actions of the expression grammar build their tree. Between
// expr_grammar.h and the finished Expr of parse_expr.cpp.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lang/template/parse_expr.h"

namespace sp::tmpl {

constexpr int kMaxNesting = 64;

/// Thrown by must<> rules and by the builder; caught in parse_expr.cpp.
struct ExprMismatch {
  size_t offset;
  std::string message;
};

/// What is being read inside brackets.
struct ExprFrame {
  size_t base = 0;
  bool comma = false;
  std::string method;
  std::vector<Keyword> keywords;
  std::vector<std::pair<std::string, Span>> pending;  // keyword names whose values are being read
  ExprPtr parts[3];
  int part = 0;
};

struct ExprBuilder {
  const char* base;
  uint32_t offset;
  size_t& elements;  // of the whole template so far
  int depth = 0;
  std::vector<ExprPtr> stack;
  std::vector<ExprFrame> frames;
  std::vector<Op> ops;
  std::string method;
  StatementText statement;
  bool assigns = false;
  Op assign_op = Op::kAdd;

  template <typename Input>
  Span span(const Input& in) const {
    return {offset + static_cast<uint32_t>(in.begin() - base),
            offset + static_cast<uint32_t>(in.end() - base)};
  }
  template <typename Input>
  void enter(const Input& in) {
    if (++depth > kMaxNesting) {
      throw ExprMismatch{static_cast<size_t>(in.current() - base),
                         "Expression is nested too deeply"};
    }
  }
  ExprPtr pop() {
    ExprPtr top = std::move(stack.back());
    stack.pop_back();
    return top;
  }
  ExprPtr make(ExprKind kind, Span span) {
    if (++elements > kMaxElements) {
      throw ExprMismatch{span.begin - offset, "Template has too many elements: more than " +
                                                  std::to_string(kMaxElements)};
    }
    auto expr = std::make_unique<Expr>();
    expr->kind = kind;
    expr->span = span;
    return expr;
  }
  void push(ExprPtr expr) { stack.push_back(std::move(expr)); }
  void open() {
    frames.emplace_back();
    frames.back().base = stack.size();
  }
  ExprFrame close() {
    ExprFrame frame = std::move(frames.back());
    frames.pop_back();
    return frame;
  }
  std::vector<ExprPtr> take_from(size_t from);
  // Puts a literal on the stack.
  void push_literal(Value value, Span span);
  // Reads a number as the grammar matched it; `at`: where it begins, for the mistake of one that is
  // too large.
  Value whole_number(std::string text, size_t at) const;
  Value hex_number(std::string_view digits, size_t at) const;
  Value float_number(std::string text, size_t at) const;
  // Joins the two topmost operands, extending a chain that is still open.
  void chain(ExprKind kind, bool with_op);
  // a().b()[0] is as deep as it is long: its length is bounded like nesting.
  void count_trailer(Expr& expr) const;
  // Ends a level: a chain of this level must not be taken for one of the next.
  void seal() { stack.back()->closed = true; }
};

/// The body of a string literal with Python's escapes read.
std::string unescape(std::string_view body);

/// The operator that a text spells.
Op operator_of(std::string_view text);

}  // namespace sp::tmpl
