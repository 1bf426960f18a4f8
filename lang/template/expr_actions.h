#pragma once
// The actions of the expression and statement grammars: each rule's share in the tree. Included by
// parse_expr.cpp only.

#include "lang/template/expr_builder.h"
#include "lang/template/expr_grammar.h"

namespace sp::tmpl::expression_grammar::actions {

namespace pegtl = tao::pegtl;
namespace grammar = expression_grammar;

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

#define SP_ACTION(rule)          \
  template <>                    \
  struct action<grammar::rule> { \
    template <typename Input>    \
    static void apply([[maybe_unused]] const Input& in, ExprBuilder& state)

SP_ACTION(string_literal) {
  std::string_view text(in.begin(), in.size());
  const bool is_raw = text.front() == 'r' || text.front() == 'R';
  if (text.front() != '\'' && text.front() != '"') text.remove_prefix(1);
  const size_t quotes = text.size() >= 6 && text[0] == text[1] && text[1] == text[2] ? 3 : 1;
  text = text.substr(quotes, text.size() - 2 * quotes);
  state.push_literal(Value::string(is_raw ? std::string(text) : unescape(text)), state.span(in));
}
};
SP_ACTION(more_string) {
  ExprPtr next = state.pop();
  state.stack.back()->literal.text += next->literal.text;
  state.stack.back()->span.end = next->span.end;
}
}
;
SP_ACTION(name) {
  const std::string text = in.string();
  ExprPtr expr = state.make(ExprKind::kLiteral, state.span(in));
  if (text == "True" || text == "true") {
    expr->literal = Value::boolean(true);
  } else if (text == "False" || text == "false") {
    expr->literal = Value::boolean(false);
  } else if (text == "None" || text == "null") {
    expr->literal = Value::none();
  } else {
    expr->kind = ExprKind::kName;
  }
  expr->name = text;
  state.push(std::move(expr));
}
}
;
SP_ACTION(hex_number) {
  state.push_literal(state.hex_number({in.begin() + 2, in.size() - 2},
                                      static_cast<size_t>(in.begin() - state.base)),
                     state.span(in));
}
}
;
SP_ACTION(integer_number) {
  state.push_literal(state.whole_number(in.string(), static_cast<size_t>(in.begin() - state.base)),
                     state.span(in));
}
}
;
SP_ACTION(float_number) {
  state.push_literal(state.float_number(in.string(), static_cast<size_t>(in.begin() - state.base)),
                     state.span(in));
}
}
;
SP_ACTION(element_comma) { state.frames.back().comma = true; }
}
;
SP_ACTION(round_open) { state.open(); }
}
;
SP_ACTION(round) {
  ExprFrame frame = state.close();
  std::vector<ExprPtr> items = state.take_from(frame.base);
  if (items.size() == 1 && !frame.comma) {
    items[0]->closed = true;
    return state.push(std::move(items[0]));
  }
  ExprPtr expr = state.make(ExprKind::kTuple, state.span(in));
  expr->operands = std::move(items);
  state.push(std::move(expr));
}
}
;
SP_ACTION(square_open) { state.open(); }
}
;
SP_ACTION(square) {
  const ExprFrame frame = state.close();
  ExprPtr expr = state.make(ExprKind::kList, state.span(in));
  expr->operands = state.take_from(frame.base);
  state.push(std::move(expr));
}
}
;
SP_ACTION(curly_open) { state.open(); }
}
;
SP_ACTION(curly) {
  const ExprFrame frame = state.close();
  ExprPtr expr = state.make(ExprKind::kDict, state.span(in));
  expr->operands = state.take_from(frame.base);
  state.push(std::move(expr));
}
}
;
SP_ACTION(list_open) { state.open(); }
}
;
SP_ACTION(list_close) {
  const ExprFrame frame = state.close();
  if (!frame.comma) return;
  ExprPtr expr = state.make(ExprKind::kTuple, state.stack[frame.base]->span);
  expr->span.end = state.stack.back()->span.end;
  expr->operands = state.take_from(frame.base);
  state.push(std::move(expr));
}
}
;
SP_ACTION(call_open) {
  state.open();
  state.frames.back().method = std::exchange(state.method, {});
}
}
;
SP_ACTION(keyword_name) { state.frames.back().pending.emplace_back(in.string(), state.span(in)); }
}
;
SP_ACTION(keyword_argument) {
  ExprFrame& frame = state.frames.back();
  auto [name, span] = std::move(frame.pending.back());
  frame.pending.pop_back();
  frame.keywords.push_back({std::move(name), span, state.pop()});
}
}
;
SP_ACTION(call) {
  ExprFrame frame = state.close();
  std::vector<ExprPtr> arguments = state.take_from(frame.base);
  ExprPtr callee = state.pop();
  ExprPtr expr =
      state.make(frame.method.empty() ? ExprKind::kCall : ExprKind::kMethod, callee->span);
  expr->span.end = state.span(in).end;
  if (frame.method.empty()) {
    expr->name = callee->name;
  } else {
    expr->name = std::move(frame.method);
    callee->closed = true;
    expr->operands.push_back(std::move(callee));
    state.count_trailer(*expr);
  }
  for (ExprPtr& argument : arguments) expr->operands.push_back(std::move(argument));
  expr->keywords = std::move(frame.keywords);
  state.push(std::move(expr));
}
}
;
SP_ACTION(method_name) { state.method = in.string(); }
}
;
SP_ACTION(subscript_open) { state.open(); }
}
;
SP_ACTION(subscript_part) { state.frames.back().parts[state.frames.back().part] = state.pop(); }
}
;
SP_ACTION(subscript_colon) { ++state.frames.back().part; }
}
;
SP_ACTION(subscript) {
  ExprFrame frame = state.close();
  ExprPtr container = state.pop();
  container->closed = true;
  ExprPtr expr = state.make(frame.part == 0 ? ExprKind::kIndex : ExprKind::kSlice, container->span);
  expr->span.end = state.span(in).end;
  if (frame.part == 0 && frame.parts[0] == nullptr) {
    throw ExprMismatch{static_cast<size_t>(in.end() - 1 - state.base), "Expression expected"};
  }
  expr->operands.push_back(std::move(container));
  state.count_trailer(*expr);
  const int count = frame.part == 0 ? 1 : 3;
  for (int i = 0; i < count; ++i) expr->operands.push_back(std::move(frame.parts[i]));
  state.push(std::move(expr));
}
}
;
SP_ACTION(negate) {
  ExprPtr operand = state.pop();
  ExprPtr expr = state.make(ExprKind::kNegate, state.span(in));
  expr->operands.push_back(std::move(operand));
  state.push(std::move(expr));
}
}
;
SP_ACTION(not_tail) {
  ExprPtr operand = state.pop();
  ExprPtr expr = state.make(ExprKind::kNot, {state.span(in).begin, operand->span.end});
  expr->operands.push_back(std::move(operand));
  state.push(std::move(expr));
}
}
;

struct push_operator {
  template <typename Input>
  static void apply(const Input& in, ExprBuilder& state) {
    state.ops.push_back(operator_of(std::string_view(in.begin(), in.size())));
  }
};
template <ExprKind K, bool WithOp>
struct join_operands {
  static void apply0(ExprBuilder& state) { state.chain(K, WithOp); }
};
struct seal_level {
  static void apply0(ExprBuilder& state) { state.seal(); }
};
template <>
struct action<grammar::power_tail> {
  static void apply0(ExprBuilder& state) {
    state.ops.push_back(Op::kPower);
    state.stack[state.stack.size() - 2]->closed = true;
    state.chain(ExprKind::kArithmetic, true);
    state.seal();
  }
};
// The operator rules also stand inside at<>, where actions are off.
template <>
struct action<grammar::term_op> : push_operator {};
template <>
struct action<grammar::sum_op> : push_operator {};
template <>
struct action<grammar::bit_and_op> : push_operator {};
template <>
struct action<grammar::bit_or_op> : push_operator {};
template <>
struct action<grammar::compare_op> : push_operator {};
template <>
struct action<grammar::term_tail> : join_operands<ExprKind::kArithmetic, true> {};
template <>
struct action<grammar::sum_tail> : join_operands<ExprKind::kArithmetic, true> {};
template <>
struct action<grammar::bit_and_tail> : join_operands<ExprKind::kArithmetic, true> {};
template <>
struct action<grammar::bit_or_tail> : join_operands<ExprKind::kArithmetic, true> {};
template <>
struct action<grammar::compare_tail> : join_operands<ExprKind::kCompare, true> {};
template <>
struct action<grammar::and_tail> : join_operands<ExprKind::kAnd, false> {};
template <>
struct action<grammar::or_tail> : join_operands<ExprKind::kOr, false> {};
template <>
struct action<grammar::unary> : seal_level {};
template <>
struct action<grammar::term> : seal_level {};
template <>
struct action<grammar::sum> : seal_level {};
template <>
struct action<grammar::bit_and> : seal_level {};
template <>
struct action<grammar::bit_or> : seal_level {};
template <>
struct action<grammar::comparison> : seal_level {};
template <>
struct action<grammar::conjunction> : seal_level {};
template <>
struct action<grammar::disjunction> : seal_level {};
SP_ACTION(ternary_tail) {
  ExprPtr otherwise = state.pop();
  ExprPtr condition = state.pop();
  ExprPtr value = state.pop();
  ExprPtr expr = state.make(ExprKind::kTernary, {value->span.begin, otherwise->span.end});
  expr->operands.push_back(std::move(value));
  expr->operands.push_back(std::move(condition));
  expr->operands.push_back(std::move(otherwise));
  state.push(std::move(expr));
}
}
;

SP_ACTION(target) {
  state.statement.targets.push_back(in.string());
  state.statement.target_spans.push_back(state.span(in));
}
}
;
SP_ACTION(assign_op) {
  state.assigns = true;
  state.assign_op = operator_of(std::string_view(in.begin(), in.size() - 1));
}
}
;
#define SP_STATEMENT(rule, value)                                                           \
  template <>                                                                               \
  struct action<grammar::rule> {                                                            \
    static void apply0(ExprBuilder& state) { state.statement.kind = StatementKind::value; } \
  }
SP_STATEMENT(w_if, kIf);
SP_STATEMENT(w_elif, kElif);
SP_STATEMENT(w_else, kElse);
SP_STATEMENT(w_end, kEnd);
SP_STATEMENT(w_for, kFor);
SP_STATEMENT(w_while, kWhile);
SP_STATEMENT(w_set, kSet);
SP_STATEMENT(w_comment, kComment);
SP_STATEMENT(w_raw, kRaw);
SP_STATEMENT(w_try, kTry);
SP_STATEMENT(w_except, kExcept);
SP_STATEMENT(w_finally, kFinally);
SP_STATEMENT(w_break, kBreak);
SP_STATEMENT(w_continue, kContinue);
#undef SP_STATEMENT
#undef SP_ACTION

}  // namespace sp::tmpl::expression_grammar::actions
