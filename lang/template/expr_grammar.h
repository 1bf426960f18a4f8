#pragma once
// The grammars of the text inside {{ }} and {% %}: PEGTL rules that mirror Python's precedence.
// Nothing backtracks over an action: each rule decides on its first token. Included by
// parse_expr.cpp only; actions stand in expr_actions.h.
// Source: the Python language reference, chapters "Expressions" and "Lexical analysis"; Tornado's
// template syntax.

#include <tao/pegtl.hpp>

namespace sp::tmpl {
namespace expression_grammar {
using namespace tao::pegtl;

// Matches the rules with one more level of nesting on the books; the state refuses to go below
// kMaxNesting.
template <typename... Rules>
struct deeper {
  using rule_t = deeper;
  using subs_t = type_list<seq<Rules...>>;
  template <apply_mode A, rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename State>
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
struct fraction
    : sor<seq<one<'.'>, digits, opt<exponent>>, seq<one<'.'>, not_at<identifier_first>>, exponent> {
};
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
struct string_literal
    : seq<opt<string_prefix>, sor<long_single, long_double, single_quoted, double_quoted>> {};
struct more_string : seq<ws, string_literal> {};
struct strings
    : seq<string_literal, star<seq<at<ws, opt<string_prefix>, one<'\'', '"'>>, more_string>>> {};

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
struct curly
    : seq<curly_open, ws, opt<pair, star<element_comma, ws, opt<pair>>>, must<close_curly>> {};

// --- calls, methods, subscripts ---
struct keyword_name : seq<identifier, at<ws, one<'='>, not_at<one<'='>>>> {};
struct keyword_value : operand_expected {};
struct keyword_argument : seq<keyword_name, ws, one<'='>, ws, must<keyword_value>> {};
struct argument : seq<sor<keyword_argument, nested>, ws> {};
struct call_open : one<'('> {};
struct call_close : one<')'> {};
struct call
    : seq<call_open, ws, opt<argument, star<one<','>, ws, opt<argument>>>, must<call_close>> {};
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
struct compare_op : sor<string<'=', '='>, string<'!', '='>, string<'<', '='>, string<'>', '='>,
                        string<'<', '>'>, one<'<', '>'>, not_in, kw_in, is_not, kw_is> {};
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
struct ternary_tail
    : seq<kw_if, ws, must<ternary_condition>, ws, must<ternary_else>, ws, must<operand_expected>> {
};
struct expression : seq<disjunction, opt<at<ws, kw_if>, ws, ternary_tail>> {};

// --- entries ---
struct list_open : success {};
struct list_close : success {};
struct expression_list
    : seq<list_open, nested, ws, star<element_comma, ws, opt<nested, ws>>, list_close> {};
struct wanted_expression : expression_list {};
struct end_of_tag : eof {};
struct only_expression : seq<ws, must<wanted_expression>, ws, must<end_of_tag>> {};

struct target : seq<not_at<reserved>, identifier> {};
struct targets
    : seq<opt<one<'('>>, ws, target, ws, star<one<','>, ws, opt<target, ws>>, opt<one<')'>>> {};
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
          seq<w_for, ws, must<targets>, ws, must<in_word>, ws, must<wanted_expression>, ws,
              optional_colon>,
          seq<w_set, ws, must<targets>, ws, must<assignment>, ws, must<wanted_expression>, ws>,
          seq<sor<w_comment, w_except>, except_class>> {};
struct statement : seq<ws, must<known_statement>, must<end_of_tag>> {};
}  // namespace expression_grammar

}  // namespace sp::tmpl
