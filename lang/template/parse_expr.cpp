// Entries of the expression and statement parsers: runs the grammars and turns what they throw into
// errors.

#include "lang/template/parse_expr.h"

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"
#include "lang/template/expr_actions.h"
#include "lang/template/expr_mistake.h"

namespace sp::tmpl {
namespace {

namespace pegtl = tao::pegtl;

// What was expected where a must<> fails.
template <typename Rule>
struct Expected {
  static constexpr const char* text = "Expression expected";
};
#define SP_EXPECTED(rule, message)               \
  template <>                                    \
  struct Expected<expression_grammar::rule> {    \
    static constexpr const char* text = message; \
  }
SP_EXPECTED(number_end, "Number is followed by a letter");
SP_EXPECTED(string_body<'\''>, "String is not closed");
SP_EXPECTED(string_body<'"'>, "String is not closed");
SP_EXPECTED(long_body<'\''>, "String is not closed");
SP_EXPECTED(long_body<'"'>, "String is not closed");
SP_EXPECTED(close_round, "Closing ) expected");
SP_EXPECTED(close_square, "Closing ] expected");
SP_EXPECTED(close_curly, "Closing } expected");
SP_EXPECTED(call_close, "Comma or closing ) expected in the call");
SP_EXPECTED(subscript_close, "Closing ] expected");
SP_EXPECTED(colon, "Colon expected between key and value");
SP_EXPECTED(method_name, "Method name expected after the dot");
SP_EXPECTED(call, "Only methods may follow a dot: ( expected");
SP_EXPECTED(ternary_else, "`else` expected in the conditional expression");
SP_EXPECTED(end_of_tag, "Unexpected text after the expression");
SP_EXPECTED(targets, "Name expected");
SP_EXPECTED(in_word, "`in` expected");
SP_EXPECTED(assignment, "`=` expected");
SP_EXPECTED(known_statement, "Unknown statement");
#undef SP_EXPECTED

template <typename Rule>
struct control : pegtl::normal<Rule> {
  template <typename Input>
  [[noreturn]] static void raise(const Input& in, ExprBuilder& state) {
    throw ExprMismatch{static_cast<size_t>(in.current() - state.base), Expected<Rule>::text};
  }
};

template <typename Rule>
std::optional<Error> parse(std::string_view text, uint32_t offset, ExprBuilder& state) {
  pegtl::memory_input<pegtl::tracking_mode::lazy> in(text.data(), text.size(), "");
  try {
    if (pegtl::parse<Rule, expression_grammar::actions::action, control>(in, state))
      return std::nullopt;
  } catch (const ExprMismatch& mismatch) {
    return expression_mistake(text, offset, std::min(mismatch.offset, text.size()),
                              mismatch.message);
  }
  return expression_mistake(text, offset, 0, "Expression expected");
}

}  // namespace

Result<ExprPtr> parse_expression(std::string_view text, uint32_t offset, size_t& elements) {
  ExprBuilder state{text.data(), offset, elements, 0, {}, {}, {}, {}, {}, false, Op::kAdd};
  if (std::optional<Error> error = parse<expression_grammar::only_expression>(text, offset, state))
    return std::move(*error);
  return state.pop();
}

Result<StatementText> parse_statement(std::string_view text, uint32_t offset, size_t& elements) {
  ExprBuilder state{text.data(), offset, elements, 0, {}, {}, {}, {}, {}, false, Op::kAdd};
  if (std::optional<Error> error = parse<expression_grammar::statement>(text, offset, state))
    return std::move(*error);
  StatementText out = std::move(state.statement);
  if (!state.stack.empty()) out.expression = state.pop();
  if (state.assigns) {
    auto name = std::make_unique<Expr>();
    name->kind = ExprKind::kName;
    name->span = out.target_spans[0];
    name->name = out.targets[0];
    auto sum = std::make_unique<Expr>();
    sum->kind = ExprKind::kArithmetic;
    sum->span = {name->span.begin, out.expression->span.end};
    sum->ops.push_back(state.assign_op);
    sum->operands.push_back(std::move(name));
    sum->operands.push_back(std::move(out.expression));
    out.expression = std::move(sum);
  }
  return out;
}

}  // namespace sp::tmpl

namespace tao::pegtl {
template <typename Name, typename... Rules>
struct analyze_traits<Name, sp::tmpl::expression_grammar::deeper<Rules...>>
    : analyze_seq_traits<Rules...> {};
}  // namespace tao::pegtl

SP_ANALYZE(template_expression, tmpl::expression_grammar::only_expression,
           tmpl::expression_grammar::statement)
