// The expression and statement grammars of templates: PEGTL rules that mirror Python's precedence, and the actions
// that build Expr trees on a stack. Nothing backtracks over an action: each rule decides on its first token.
// Source: the Python language reference, chapters "Expressions" and "Lexical analysis"; Tornado's template syntax.

#include "lang/template/parse_expr.h"

#include <tao/pegtl.hpp>

namespace sp::tmpl {
namespace grammar {
using namespace tao::pegtl;

constexpr int kMaxNesting = 64;

// Matches the rules with one more level of nesting on the books; the state refuses to go below kMaxNesting.
template <typename... Rules>
struct deeper {
  using rule_t = deeper;
  using subs_t = type_list<seq<Rules...>>;
  template <apply_mode A, rewind_mode M, template <typename...> class Action, template <typename...> class Control,
            typename Input, typename State>
  [[nodiscard]] static bool match(Input& in, State& state) {
    state.enter(in);
    const bool matched = Control<seq<Rules...>>::template match<A, M, Action, Control>(in, state);
    --state.depth;
    return matched;
  }
};

struct ws : star<space> {};
template <char... C>
struct word : seq<string<C...>, not_at<identifier_other>> {};
struct kw_and : word<'a', 'n', 'd'> {};
struct kw_or : word<'o', 'r'> {};
struct kw_not : word<'n', 'o', 't'> {};
struct kw_in : word<'i', 'n'> {};
struct kw_is : word<'i', 's'> {};
struct kw_if : word<'i', 'f'> {};
struct kw_else : word<'e', 'l', 's', 'e'> {};
struct kw_for : word<'f', 'o', 'r'> {};
struct kw_lambda : word<'l', 'a', 'm', 'b', 'd', 'a'> {};
struct reserved : sor<kw_and, kw_or, kw_not, kw_in, kw_is, kw_if, kw_else, kw_for, kw_lambda> {};

struct expression;
struct nested : deeper<expression> {};
struct operand_expected : nested {};

// --- atoms ---
struct name : seq<not_at<reserved>, identifier> {};
struct digits : seq<digit, star<opt<one<'_'>>, digit>> {};
struct exponent : seq<one<'e', 'E'>, opt<one<'+', '-'>>, digits> {};
struct fraction : sor<seq<one<'.'>, digits, opt<exponent>>, seq<one<'.'>, not_at<identifier_first>>, exponent> {};
struct float_number : sor<seq<digits, fraction>, seq<one<'.'>, digits, opt<exponent>>> {};
struct hex_number : seq<one<'0'>, one<'x', 'X'>, plus<xdigit>> {};
struct integer_number : digits {};
struct number_end : not_at<identifier_other> {};
struct number : seq<sor<hex_number, float_number, integer_number>, must<number_end>> {};

template <char Q>
struct string_body : until<one<Q>, sor<seq<one<'\\'>, any>, not_one<'\n'>>> {};
template <char Q>
struct long_body : until<string<Q, Q, Q>, sor<seq<one<'\\'>, any>, any>> {};
struct single_quoted : seq<one<'\''>, must<string_body<'\''>>> {};
struct double_quoted : seq<one<'"'>, must<string_body<'"'>>> {};
struct long_single : seq<string<'\'', '\'', '\''>, must<long_body<'\''>>> {};
struct long_double : seq<string<'"', '"', '"'>, must<long_body<'"'>>> {};
struct string_prefix : seq<one<'r', 'R', 'u', 'U', 'b', 'B'>, at<one<'\'', '"'>>> {};
struct string_literal : seq<opt<string_prefix>, sor<long_single, long_double, single_quoted, double_quoted>> {};
struct more_string : seq<ws, string_literal> {};
struct strings : seq<string_literal, star<seq<at<ws, opt<string_prefix>, one<'\'', '"'>>, more_string>>> {};

struct close_round : one<')'> {};
struct close_square : one<']'> {};
struct close_curly : one<'}'> {};
struct element_comma : one<','> {};
struct elements : opt<nested, ws, star<element_comma, ws, opt<nested, ws>>> {};
struct round_open : one<'('> {};
struct round : seq<round_open, ws, elements, must<close_round>> {};
struct square_open : one<'['> {};
struct square : seq<square_open, ws, elements, must<close_square>> {};
struct colon : one<':'> {};
struct pair : seq<nested, ws, must<colon>, ws, must<operand_expected>, ws> {};
struct curly_open : one<'{'> {};
struct curly : seq<curly_open, ws, opt<pair, star<element_comma, ws, opt<pair>>>, must<close_curly>> {};

// --- calls, methods, subscripts ---
struct keyword_name : seq<identifier, at<ws, one<'='>, not_at<one<'='>>>> {};
struct keyword_value : operand_expected {};
struct keyword_argument : seq<keyword_name, ws, one<'='>, ws, must<keyword_value>> {};
struct argument : seq<sor<keyword_argument, nested>, ws> {};
struct call_open : one<'('> {};
struct call_close : one<')'> {};
struct call : seq<call_open, ws, opt<argument, star<one<','>, ws, opt<argument>>>, must<call_close>> {};
struct method_name : identifier {};
struct method : seq<one<'.'>, ws, must<method_name>, ws, must<call>> {};
struct subscript_open : one<'['> {};
struct subscript_part : nested {};
struct subscript_colon : one<':'> {};
struct subscript_close : one<']'> {};
struct subscript : seq<subscript_open, ws, opt<subscript_part>, ws,
                       opt<subscript_colon, ws, opt<subscript_part>, ws,
                           opt<subscript_colon, ws, opt<subscript_part>, ws>>,
                       must<subscript_close>> {};
struct named : seq<name, opt<at<ws, one<'('>>, ws, call>> {};
struct atom : sor<strings, named, number, round, square, curly> {};
struct trailer : sor<method, subscript> {};
struct postfix : seq<atom, star<at<ws, one<'.', '['>>, ws, trailer>> {};

// --- operators, tightest first ---
struct unary;
struct unary_operand : deeper<unary> {};
struct negate : seq<one<'-'>, ws, must<unary_operand>> {};
struct plus_sign : seq<one<'+'>, ws, must<unary_operand>> {};
struct power_op : string<'*', '*'> {};
struct power_tail : seq<power_op, ws, must<unary_operand>> {};
struct power : seq<postfix, opt<at<ws, power_op>, ws, power_tail>> {};
struct unary : sor<negate, plus_sign, power> {};

struct term_op : sor<string<'/', '/'>, one<'*', '/', '%'>> {};
struct term_operand : unary {};
struct term_tail : seq<term_op, ws, must<term_operand>> {};
struct term : seq<unary, star<at<ws, term_op>, ws, term_tail>> {};
struct sum_op : one<'+', '-'> {};
struct sum_operand : term {};
struct sum_tail : seq<sum_op, ws, must<sum_operand>> {};
struct sum : seq<term, star<at<ws, sum_op>, ws, sum_tail>> {};
struct bit_and_op : seq<one<'&'>, not_at<one<'&'>>> {};
struct bit_and_operand : sum {};
struct bit_and_tail : seq<bit_and_op, ws, must<bit_and_operand>> {};
struct bit_and : seq<sum, star<at<ws, bit_and_op>, ws, bit_and_tail>> {};
struct bit_or_op : seq<one<'|'>, not_at<one<'|'>>> {};
struct bit_or_operand : bit_and {};
struct bit_or_tail : seq<bit_or_op, ws, must<bit_or_operand>> {};
struct bit_or : seq<bit_and, star<at<ws, bit_or_op>, ws, bit_or_tail>> {};

struct not_in : seq<kw_not, plus<space>, kw_in> {};
struct is_not : seq<kw_is, plus<space>, kw_not> {};
struct compare_op : sor<string<'=', '='>, string<'!', '='>, string<'<', '='>, string<'>', '='>, string<'<', '>'>,
                        one<'<', '>'>, not_in, kw_in, is_not, kw_is> {};
struct compare_operand : bit_or {};
struct compare_tail : seq<compare_op, ws, must<compare_operand>> {};
struct comparison : seq<bit_or, star<at<ws, compare_op>, ws, compare_tail>> {};

struct inversion;
struct not_operand : deeper<inversion> {};
struct not_tail : seq<kw_not, ws, must<not_operand>> {};
struct inversion : sor<not_tail, comparison> {};
struct and_operand : inversion {};
struct and_tail : seq<kw_and, ws, must<and_operand>> {};
struct conjunction : seq<inversion, star<at<ws, kw_and>, ws, and_tail>> {};
struct or_operand : conjunction {};
struct or_tail : seq<kw_or, ws, must<or_operand>> {};
struct disjunction : seq<conjunction, star<at<ws, kw_or>, ws, or_tail>> {};
struct ternary_condition : disjunction {};
struct ternary_else : kw_else {};
struct ternary_tail : seq<kw_if, ws, must<ternary_condition>, ws, must<ternary_else>, ws, must<operand_expected>> {};
struct expression : seq<disjunction, opt<at<ws, kw_if>, ws, ternary_tail>> {};

// --- entries ---
struct list_open : success {};
struct list_close : success {};
struct expression_list : seq<list_open, nested, ws, star<element_comma, ws, opt<nested, ws>>, list_close> {};
struct wanted_expression : expression_list {};
struct end_of_tag : eof {};
struct only_expression : seq<ws, must<wanted_expression>, ws, must<end_of_tag>> {};

struct target : seq<not_at<reserved>, identifier> {};
struct targets : seq<opt<one<'('>>, ws, target, ws, star<one<','>, ws, opt<target, ws>>, opt<one<')'>>> {};
struct in_word : kw_in {};
struct equals_sign : seq<one<'='>, not_at<one<'='>>> {};
struct assign_op : seq<sor<string<'/', '/'>, one<'+', '-', '*', '/', '%'>>, one<'='>> {};
struct assignment : sor<assign_op, equals_sign> {};
template <char... C>
struct statement_word : seq<string<C...>, not_at<identifier_other>> {};
struct w_if : statement_word<'i', 'f'> {};
struct w_elif : statement_word<'e', 'l', 'i', 'f'> {};
struct w_else : statement_word<'e', 'l', 's', 'e'> {};
struct w_end : statement_word<'e', 'n', 'd'> {};
struct w_for : statement_word<'f', 'o', 'r'> {};
struct w_while : statement_word<'w', 'h', 'i', 'l', 'e'> {};
struct w_set : statement_word<'s', 'e', 't'> {};
struct w_comment : statement_word<'c', 'o', 'm', 'm', 'e', 'n', 't'> {};
struct w_raw : statement_word<'r', 'a', 'w'> {};
struct w_try : statement_word<'t', 'r', 'y'> {};
struct w_except : statement_word<'e', 'x', 'c', 'e', 'p', 't'> {};
struct w_finally : statement_word<'f', 'i', 'n', 'a', 'l', 'l', 'y'> {};
struct w_break : statement_word<'b', 'r', 'e', 'a', 'k'> {};
struct w_continue : statement_word<'c', 'o', 'n', 't', 'i', 'n', 'u', 'e'> {};
struct optional_colon : opt<one<':'>, ws> {};
struct except_class : star<any> {};
struct known_statement
    : sor<seq<sor<w_if, w_elif, w_while, w_raw>, ws, must<wanted_expression>, ws, optional_colon>,
          seq<sor<w_else, w_end, w_try, w_finally, w_break, w_continue>, ws, optional_colon>,
          seq<w_for, ws, must<targets>, ws, must<in_word>, ws, must<wanted_expression>, ws, optional_colon>,
          seq<w_set, ws, must<targets>, ws, must<assignment>, ws, must<wanted_expression>, ws>,
          seq<sor<w_comment, w_except>, except_class>> {};
struct statement : seq<ws, must<known_statement>, must<end_of_tag>> {};
}  // namespace grammar

namespace {

namespace pegtl = tao::pegtl;

// Thrown by must<> and caught by parse() below.
struct Mismatch {
  size_t offset;
  std::string message;
};

// What was expected where a must<> fails.
template <typename Rule>
struct Expected {
  static constexpr const char* text = "Expression expected";
};
#define SP_EXPECTED(rule, message)                 \
  template <>                                      \
  struct Expected<grammar::rule> {                 \
    static constexpr const char* text = message;   \
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

struct Frame {
  size_t base = 0;
  bool comma = false;
  std::string method;
  std::vector<Keyword> keywords;
  std::vector<std::pair<std::string, Span>> pending;  // keyword names whose values are being read
  ExprPtr parts[3];
  int part = 0;
};

struct State {
  const char* base;
  uint32_t offset;
  int depth = 0;
  std::vector<ExprPtr> stack;
  std::vector<Frame> frames;
  std::vector<Op> ops;
  std::string method;
  StatementText statement;
  bool assigns = false;
  Op assign_op = Op::kAdd;

  template <typename Input>
  Span span(const Input& in) const {
    return {offset + static_cast<uint32_t>(in.begin() - base), offset + static_cast<uint32_t>(in.end() - base)};
  }
  template <typename Input>
  void enter(const Input& in) {
    if (++depth > grammar::kMaxNesting) {
      throw Mismatch{static_cast<size_t>(in.current() - base), "Expression is nested too deeply"};
    }
  }
  ExprPtr pop() {
    ExprPtr top = std::move(stack.back());
    stack.pop_back();
    return top;
  }
  ExprPtr make(ExprKind kind, Span span) const {
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
  Frame close() {
    Frame frame = std::move(frames.back());
    frames.pop_back();
    return frame;
  }
  std::vector<ExprPtr> take_from(size_t from) {
    std::vector<ExprPtr> out;
    for (size_t i = from; i < stack.size(); ++i) out.push_back(std::move(stack[i]));
    stack.resize(from);
    return out;
  }
  // Joins the two topmost operands, extending a chain that is still open.
  void chain(ExprKind kind, bool with_op) {
    ExprPtr right = pop();
    ExprPtr left = pop();
    if (left->kind != kind || left->closed) {
      ExprPtr node = make(kind, left->span);
      node->operands.push_back(std::move(left));
      left = std::move(node);
    }
    left->span.end = right->span.end;
    left->operands.push_back(std::move(right));
    if (with_op) {
      left->ops.push_back(ops.back());
      ops.pop_back();
    }
    push(std::move(left));
  }
  // a().b()[0] is as deep as it is long: its length is bounded like nesting.
  void count_trailer(Expr& expr) const {
    expr.trailers = expr.operands[0]->trailers + 1;
    if (expr.trailers > grammar::kMaxNesting) {
      throw Mismatch{expr.span.end - offset - 1, "Expression is nested too deeply"};
    }
  }
  // Ends a level: a chain of this level must not be taken for one of the next.
  void seal() { stack.back()->closed = true; }
};

std::string unescape(std::string_view body) {
  std::string out;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '\\' || i + 1 == body.size()) {
      out += body[i];
      continue;
    }
    const char c = body[++i];
    switch (c) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case '0': out += '\0'; break;
      case '\n': break;
      case '\\':
      case '\'':
      case '"': out += c; break;
      case 'x':
        if (i + 2 < body.size() && std::isxdigit(static_cast<unsigned char>(body[i + 1])) &&
            std::isxdigit(static_cast<unsigned char>(body[i + 2]))) {
          out += static_cast<char>(std::stoi(std::string(body.substr(i + 1, 2)), nullptr, 16));
          i += 2;
          break;
        }
        [[fallthrough]];
      default: out += '\\'; out += c;
    }
  }
  return out;
}

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

#define SP_ACTION(rule)         \
  template <>                   \
  struct action<grammar::rule> { \
    template <typename Input>   \
    static void apply([[maybe_unused]] const Input& in, State& state)

SP_ACTION(string_literal) {
  std::string_view text(in.begin(), in.size());
  const bool is_raw = text.front() == 'r' || text.front() == 'R';
  if (text.front() != '\'' && text.front() != '"') text.remove_prefix(1);
  const size_t quotes = text.size() >= 6 && text[0] == text[1] && text[1] == text[2] ? 3 : 1;
  text = text.substr(quotes, text.size() - 2 * quotes);
  ExprPtr expr = state.make(ExprKind::kLiteral, state.span(in));
  expr->literal = Value::string(is_raw ? std::string(text) : unescape(text));
  state.push(std::move(expr));
}};
SP_ACTION(more_string) {
  ExprPtr next = state.pop();
  state.stack.back()->literal.text += next->literal.text;
  state.stack.back()->span.end = next->span.end;
}};
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
}};
SP_ACTION(hex_number) {
  __int128 value = 0;
  for (const char c : std::string_view(in.begin() + 2, in.size() - 2)) {
    if (value >> 64 != 0) throw Mismatch{static_cast<size_t>(in.begin() - state.base), "Number is too large"};
    value = value * 16 + (std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  ExprPtr expr = state.make(ExprKind::kLiteral, state.span(in));
  expr->literal = Value::number(value);
  state.push(std::move(expr));
}};
std::string without_underscores(std::string text) {
  std::erase(text, '_');
  return text;
}
SP_ACTION(integer_number) {
  __int128 value = 0;
  if (!parse_integer(without_underscores(in.string()), &value)) {
    throw Mismatch{static_cast<size_t>(in.begin() - state.base), "Number is too large"};
  }
  ExprPtr expr = state.make(ExprKind::kLiteral, state.span(in));
  expr->literal = Value::number(value);
  state.push(std::move(expr));
}};
SP_ACTION(float_number) {
  double value = 0;
  std::string text = without_underscores(in.string());
  if (text.back() == '.') text += '0';
  if (!parse_float(text, &value)) throw Mismatch{static_cast<size_t>(in.begin() - state.base), "Number is too large"};
  ExprPtr expr = state.make(ExprKind::kLiteral, state.span(in));
  expr->literal = Value::real_number(value);
  state.push(std::move(expr));
}};
SP_ACTION(element_comma) { state.frames.back().comma = true; }};
SP_ACTION(round_open) { state.open(); }};
SP_ACTION(round) {
  Frame frame = state.close();
  std::vector<ExprPtr> items = state.take_from(frame.base);
  if (items.size() == 1 && !frame.comma) {
    items[0]->closed = true;
    return state.push(std::move(items[0]));
  }
  ExprPtr expr = state.make(ExprKind::kTuple, state.span(in));
  expr->operands = std::move(items);
  state.push(std::move(expr));
}};
SP_ACTION(square_open) { state.open(); }};
SP_ACTION(square) {
  const Frame frame = state.close();
  ExprPtr expr = state.make(ExprKind::kList, state.span(in));
  expr->operands = state.take_from(frame.base);
  state.push(std::move(expr));
}};
SP_ACTION(curly_open) { state.open(); }};
SP_ACTION(curly) {
  const Frame frame = state.close();
  ExprPtr expr = state.make(ExprKind::kDict, state.span(in));
  expr->operands = state.take_from(frame.base);
  state.push(std::move(expr));
}};
SP_ACTION(list_open) { state.open(); }};
SP_ACTION(list_close) {
  const Frame frame = state.close();
  if (!frame.comma) return;
  ExprPtr expr = state.make(ExprKind::kTuple, state.stack[frame.base]->span);
  expr->span.end = state.stack.back()->span.end;
  expr->operands = state.take_from(frame.base);
  state.push(std::move(expr));
}};
SP_ACTION(call_open) {
  state.open();
  state.frames.back().method = std::exchange(state.method, {});
}};
SP_ACTION(keyword_name) { state.frames.back().pending.emplace_back(in.string(), state.span(in)); }};
SP_ACTION(keyword_argument) {
  Frame& frame = state.frames.back();
  auto [name, span] = std::move(frame.pending.back());
  frame.pending.pop_back();
  frame.keywords.push_back({std::move(name), span, state.pop()});
}};
SP_ACTION(call) {
  Frame frame = state.close();
  std::vector<ExprPtr> arguments = state.take_from(frame.base);
  ExprPtr callee = state.pop();
  ExprPtr expr = state.make(frame.method.empty() ? ExprKind::kCall : ExprKind::kMethod, callee->span);
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
}};
SP_ACTION(method_name) { state.method = in.string(); }};
SP_ACTION(subscript_open) { state.open(); }};
SP_ACTION(subscript_part) { state.frames.back().parts[state.frames.back().part] = state.pop(); }};
SP_ACTION(subscript_colon) { ++state.frames.back().part; }};
SP_ACTION(subscript) {
  Frame frame = state.close();
  ExprPtr container = state.pop();
  container->closed = true;
  ExprPtr expr = state.make(frame.part == 0 ? ExprKind::kIndex : ExprKind::kSlice, container->span);
  expr->span.end = state.span(in).end;
  if (frame.part == 0 && frame.parts[0] == nullptr) {
    throw Mismatch{static_cast<size_t>(in.end() - 1 - state.base), "Expression expected"};
  }
  expr->operands.push_back(std::move(container));
  state.count_trailer(*expr);
  const int count = frame.part == 0 ? 1 : 3;
  for (int i = 0; i < count; ++i) expr->operands.push_back(std::move(frame.parts[i]));
  state.push(std::move(expr));
}};
SP_ACTION(negate) {
  ExprPtr operand = state.pop();
  ExprPtr expr = state.make(ExprKind::kNegate, state.span(in));
  expr->operands.push_back(std::move(operand));
  state.push(std::move(expr));
}};
SP_ACTION(not_tail) {
  ExprPtr operand = state.pop();
  ExprPtr expr = state.make(ExprKind::kNot, {state.span(in).begin, operand->span.end});
  expr->operands.push_back(std::move(operand));
  state.push(std::move(expr));
}};

Op operator_of(std::string_view text) {
  struct Entry {
    std::string_view text;
    Op op;
  };
  static constexpr Entry kOps[] = {
      {"+", Op::kAdd}, {"-", Op::kSubtract}, {"*", Op::kMultiply}, {"/", Op::kDivide}, {"//", Op::kFloorDivide},
      {"%", Op::kModulo}, {"**", Op::kPower}, {"&", Op::kBitAnd}, {"|", Op::kBitOr}, {"==", Op::kEqual},
      {"!=", Op::kNotEqual}, {"<>", Op::kNotEqual}, {"<", Op::kLess}, {"<=", Op::kLessEqual}, {">", Op::kGreater},
      {">=", Op::kGreaterEqual}, {"in", Op::kIn}, {"is", Op::kIs}};
  for (const Entry& entry : kOps) {
    if (entry.text == text) return entry.op;
  }
  return text.starts_with("not") ? Op::kNotIn : Op::kIsNot;
}

struct push_operator {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.ops.push_back(operator_of(std::string_view(in.begin(), in.size())));
  }
};
template <ExprKind K, bool WithOp>
struct join_operands {
  static void apply0(State& state) { state.chain(K, WithOp); }
};
struct seal_level {
  static void apply0(State& state) { state.seal(); }
};
template <> struct action<grammar::power_tail> {
  static void apply0(State& state) {
    state.ops.push_back(Op::kPower);
    state.stack[state.stack.size() - 2]->closed = true;
    state.chain(ExprKind::kArithmetic, true);
    state.seal();
  }
};
// The operator rules also stand inside at<>, where actions are off.
template <> struct action<grammar::term_op> : push_operator {};
template <> struct action<grammar::sum_op> : push_operator {};
template <> struct action<grammar::bit_and_op> : push_operator {};
template <> struct action<grammar::bit_or_op> : push_operator {};
template <> struct action<grammar::compare_op> : push_operator {};
template <> struct action<grammar::term_tail> : join_operands<ExprKind::kArithmetic, true> {};
template <> struct action<grammar::sum_tail> : join_operands<ExprKind::kArithmetic, true> {};
template <> struct action<grammar::bit_and_tail> : join_operands<ExprKind::kArithmetic, true> {};
template <> struct action<grammar::bit_or_tail> : join_operands<ExprKind::kArithmetic, true> {};
template <> struct action<grammar::compare_tail> : join_operands<ExprKind::kCompare, true> {};
template <> struct action<grammar::and_tail> : join_operands<ExprKind::kAnd, false> {};
template <> struct action<grammar::or_tail> : join_operands<ExprKind::kOr, false> {};
template <> struct action<grammar::unary> : seal_level {};
template <> struct action<grammar::term> : seal_level {};
template <> struct action<grammar::sum> : seal_level {};
template <> struct action<grammar::bit_and> : seal_level {};
template <> struct action<grammar::bit_or> : seal_level {};
template <> struct action<grammar::comparison> : seal_level {};
template <> struct action<grammar::conjunction> : seal_level {};
template <> struct action<grammar::disjunction> : seal_level {};
SP_ACTION(ternary_tail) {
  ExprPtr otherwise = state.pop();
  ExprPtr condition = state.pop();
  ExprPtr value = state.pop();
  ExprPtr expr = state.make(ExprKind::kTernary, {value->span.begin, otherwise->span.end});
  expr->operands.push_back(std::move(value));
  expr->operands.push_back(std::move(condition));
  expr->operands.push_back(std::move(otherwise));
  state.push(std::move(expr));
}};

SP_ACTION(target) {
  state.statement.targets.push_back(in.string());
  state.statement.target_spans.push_back(state.span(in));
}};
SP_ACTION(assign_op) {
  state.assigns = true;
  state.assign_op = operator_of(std::string_view(in.begin(), in.size() - 1));
}};
#define SP_STATEMENT(rule, value)                                                         \
  template <>                                                                             \
  struct action<grammar::rule> {                                                          \
    static void apply0(State& state) { state.statement.kind = StatementKind::value; }     \
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

template <typename Rule>
struct control : pegtl::normal<Rule> {
  template <typename Input>
  [[noreturn]] static void raise(const Input& in, State& state) {
    throw Mismatch{static_cast<size_t>(in.current() - state.base), Expected<Rule>::text};
  }
};

std::string_view word_at(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  size_t end = begin;
  while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_')) ++end;
  return text.substr(begin, end - begin);
}

// What the author may have meant, by the text at the mistake.
std::string hint_at(std::string_view rest, const std::string& message) {
  if (message == "Unknown statement") {
    const std::string_view word = word_at(rest);
    if (word.starts_with("end")) return "every block ends with {% end %}";
    if (word == "import" || word == "from" || word == "module" || word == "include" || word == "extends" ||
        word == "block" || word == "apply" || word == "autoescape" || word == "whitespace") {
      return "this statement of Tornado is not part of pipes";
    }
    if (word == "elseif" || word == "elsif") return "write {% elif condition %}";
    const std::string near = did_you_mean(
        word, {"if", "elif", "else", "end", "for", "while", "set", "comment", "raw", "try", "except", "finally", "break", "continue"});
    return near.empty() ? "statements are if, elif, else, end, for, while, set, comment, raw, try, break, continue" : near;
  }
  if (rest.starts_with("=")) return "compare with ==";
  if (rest.starts_with("&&")) return "write `and`";
  if (rest.starts_with("||")) return "write `or`";
  if (rest.starts_with("!")) return "write `not`";
  if (rest.starts_with("|")) return "templates have no filters; call a function";
  if (word_at(rest) == "for") return "comprehensions are not supported; use {% for %}";
  if (message == "String is not closed") return "close it with the quote that opened it";
  return {};
}

template <typename Rule>
std::optional<Error> parse(std::string_view text, uint32_t offset, State& state) {
  pegtl::memory_input<pegtl::tracking_mode::lazy> in(text.data(), text.size(), "");
  size_t at = 0;
  std::string message = "Expression expected";
  try {
    if (pegtl::parse<Rule, action, control>(in, state)) return std::nullopt;
  } catch (const Mismatch& mismatch) {
    at = std::min(mismatch.offset, text.size());
    message = mismatch.message;
  }
  const std::string_view rest = text.substr(at);
  if (message == "Unknown statement") {
    const std::string_view word = word_at(rest);
    if (word.empty()) message = "Statement expected";
    std::string hint = hint_at(rest, "Unknown statement");
    const auto begin = offset + static_cast<uint32_t>(at + (word.empty() ? 0 : static_cast<size_t>(word.data() - rest.data())));
    if (!word.empty()) message += ": " + std::string(word);
    return fail(ErrorCode::kTemplateError, message, Span{begin, begin + static_cast<uint32_t>(std::max<size_t>(word.size(), 1))}, hint);
  }
  const auto begin = offset + static_cast<uint32_t>(at);
  const uint32_t end = at < text.size() ? begin + static_cast<uint32_t>(std::max<size_t>(1, word_at(rest).data() == rest.data() ? word_at(rest).size() : 1)) : begin;
  return fail(ErrorCode::kTemplateError, message, Span{begin, end}, hint_at(rest, message));
}

}  // namespace

Result<ExprPtr> parse_expression(std::string_view text, uint32_t offset) {
  State state{text.data(), offset, 0, {}, {}, {}, {}, {}, false, Op::kAdd};
  if (std::optional<Error> error = parse<grammar::only_expression>(text, offset, state)) return std::move(*error);
  return state.pop();
}

Result<StatementText> parse_statement(std::string_view text, uint32_t offset) {
  State state{text.data(), offset, 0, {}, {}, {}, {}, {}, false, Op::kAdd};
  if (std::optional<Error> error = parse<grammar::statement>(text, offset, state)) return std::move(*error);
  StatementText out = std::move(state.statement);
  if (!state.stack.empty()) out.expression = state.pop();
  if (state.assigns) {
    ExprPtr name = state.make(ExprKind::kName, out.target_spans[0]);
    name->name = out.targets[0];
    ExprPtr sum = state.make(ExprKind::kArithmetic, {name->span.begin, out.expression->span.end});
    sum->ops.push_back(state.assign_op);
    sum->operands.push_back(std::move(name));
    sum->operands.push_back(std::move(out.expression));
    out.expression = std::move(sum);
  }
  return out;
}

}  // namespace sp::tmpl
