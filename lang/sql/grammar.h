#pragma once
// The second level of the SQL grammar: PEGTL rules over token codes (see token.h). A rule that
// leaves a value pushes it on Build's stacks. Rules commit early: after its first keyword a clause
// must match (if_must), so nothing that actions built is ever undone, and parsing is linear.
// Expressions are one external rule, an operator loop (expressions.cpp).

#include <type_traits>

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

#include "lang/sql/build.h"

namespace sp::sql::grammar {

namespace pegtl = tao::pegtl;
using Code = TokenCode;
using Input = pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf, const char*>;

inline uint32_t index_of(const Input& in) {
  return static_cast<uint32_t>(in.current() - in.begin());
}
inline Code peek(const Input& in) { return static_cast<Code>(*in.current()); }
inline Code peek(const Input& in, const Build& b, uint32_t ahead) {
  return b.code(index_of(in) + ahead);
}
inline void advance(Input& in, uint32_t count = 1) { in.bump_in_this_line(count); }

/// Failing `must` throws GrammarFailure; the message comes from Build's expectations.
template <typename Rule>
struct control : pegtl::normal<Rule> {
  template <typename AnyInput, typename... States>
  [[noreturn]] static void raise(const AnyInput&, States&&...) {
    throw GrammarFailure{};
  }
};
template <typename Rule>
struct action : pegtl::nothing<Rule> {};

/// Matches one token with any of the codes.
template <Code... Codes>
struct key {
  using rule_t = key;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename... States>
  static bool match(Input& in, Build& b, States&&...) {
    const Code code = peek(in);
    if (((code == Codes) || ...)) {
      advance(in);
      return true;
    }
    (b.expect(index_of(in), Codes), ...);
    return false;
  }
};

/// A rule written as a function in another file, so that each file instantiates only its own rules.
/// All but match_window_body take a token if they succeed, which PEGTL's analysis is told below.
template <bool (*Match)(Input&, Build&)>
struct external {
  using rule_t = external;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename... States>
  static bool match(Input& in, Build& b, States&&...) {
    return Match(in, b);
  }
};

/// Runs a rule from inside an external one.
template <typename Rule, typename... States>
bool run(Input& in, States&... states) {
  return pegtl::match<Rule, pegtl::apply_mode::action, pegtl::rewind_mode::required, action,
                      control>(in, states...);
}

/// Takes the token if it is there; notes the expectation otherwise.
inline bool accept(Input& in, Build& b, Code code) {
  if (peek(in) == code) {
    advance(in);
    return true;
  }
  b.expect(index_of(in), code);
  return false;
}
/// Takes the token or fails the parse.
inline void need(Input& in, Build& b, Code code) {
  if (!accept(in, b, code)) throw GrammarFailure{};
}

// expressions.cpp. All push one node; false, and nothing consumed, if no expression begins here.
bool match_expression(Input& in, Build& b);  ///< without alias
bool match_aliased(Input& in, Build& b);     ///< expr [AS name], as inside brackets
bool match_column(Input& in, Build& b);      ///< expr [[AS] name], as in a select list
void need_expression(Input& in, Build& b);
// operators.cpp
/// Reads an operand and the operators after it that bind at least as tightly as `min`; fails the
/// parse if no operand begins here.
Node read_operators(Input& in, Build& b, int min);
/// The same after `left`.
Node continue_operators(Input& in, Build& b, Node left, int min);
bool at_operator(const Input& in, const Build& b);
// quantified.cpp
/// Says whether ANY or ALL of a query begins here.
bool at_quantifier(const Input& in, const Build& b);
/// Reads it, compared with `left` by `function`.
Node quantified(Input& in, Build& b, Node left, std::string_view function);
// operands.cpp
bool match_operand(Input& in, Build& b);
/// Says whether the token can begin an operand; keywords may be names where no clause can be meant.
bool begins_operand(const Build& b, uint32_t index);
// names.cpp
bool match_name(Input& in, Build& b);        ///< any word, keyword or quoted name
bool match_bare_alias(Input& in, Build& b);  ///< a name that is no clause keyword
/// A name of several parts, some of which may be given by parameters.
struct CompoundName {
  std::vector<std::string> parts;
  std::vector<NameParameter> parameters;
};
/// Says whether {name: begins here, which is a parameter and no map.
bool begins_parameter(const Build& b, uint32_t index);
/// Reads a name or {name:Identifier} as the next part.
bool match_name_part(Input& in, Build& b, CompoundName& name);
bool is_clause_keyword(Code code);
std::string name_text(const Build& b, uint32_t index);
/// Compares a token's text with an upper-case word, for words that are no keywords.
bool is_word(std::string_view text, std::string_view upper);
// literals.cpp
/// Makes a literal of the number or string token(s) at `index`; `negative` if a minus was read
/// before it.
ExprPtr number_literal(Build& b, uint32_t first, uint32_t index, bool negative);
std::string string_value(const Build& b, uint32_t index);
void check_string(Build& b, uint32_t index);         ///< stops on x'..' and b'..' with other digits
bool is_non_finite(const Build& b, uint32_t index);  ///< inf, nan
bool match_literal_value(Input& in, Build& b);       ///< a signed literal alone (SETTINGS)
// calls.cpp
bool match_call(Input& in, Build& b);
bool match_arguments(Input& in, Build& b,
                     std::vector<Node>& args);       ///< up to the closing bracket, not included
Node with_suffixes(Input& in, Build& b, Node call);  ///< FILTER, IGNORE NULLS, OVER
// special_calls.cpp, date_calls.cpp, intervals.cpp: null if the keyword is used as a plain name or
// function here
bool match_special_call(Input& in, Build& b);
bool match_date_call(Input& in, Build& b);
bool match_interval(Input& in, Build& b);
std::string interval_unit(std::string_view word);  ///< "DAYS" -> "DAY"; "" if it is no unit
// types.cpp
bool match_type(Input& in, Build& b);
// stars.cpp: with the qualifier already read
Node finish_star(Input& in, Build& b, uint32_t first, CompoundName qualifier);
Node finish_columns(Input& in, Build& b, uint32_t first, CompoundName qualifier);
// windows.cpp
bool match_over(Input& in, Build& b);         ///< name or (specification), after OVER
bool match_window_body(Input& in, Build& b);  ///< what stands between the brackets
// sorting.cpp
bool match_sort_list(Input& in, Build& b);
// from.cpp
bool match_from(Input& in, Build& b);  ///< what stands after FROM
// select.cpp, select_tail.cpp, query.cpp
bool match_select(Input& in, Build& b);
void match_select_tail(Input& in, Build& b, Select& select);  ///< ORDER BY, LIMIT, SETTINGS
void match_settings(Input& in, Build& b, std::vector<Setting>& settings);  ///< after the keyword
bool match_query(Input& in, Build& b);
bool begins_query(const Build& b, uint32_t index);  ///< SELECT, WITH, FROM or brackets around one

struct expression : external<match_expression> {};
struct aliased : external<match_aliased> {};
struct column : external<match_column> {};
struct name : external<match_name> {};
struct bare_alias : external<match_bare_alias> {};
struct type : external<match_type> {};
struct sort_list : external<match_sort_list> {};
struct over : external<match_over> {};
struct window_body : external<match_window_body> {};
struct from_body : external<match_from> {};
struct query : external<match_query> {};
struct literal_value : external<match_literal_value> {};

}  // namespace sp::sql::grammar

namespace tao::pegtl {
template <typename Name, sp::sql::TokenCode... Codes>
struct analyze_traits<Name, sp::sql::grammar::key<Codes...>> : analyze_any_traits<> {};
template <typename Name, bool (*Match)(sp::sql::grammar::Input&, sp::sql::Build&)>
struct analyze_traits<Name, sp::sql::grammar::external<Match>> : analyze_any_traits<> {};
template <typename Name>
struct analyze_traits<Name, sp::sql::grammar::external<sp::sql::grammar::match_window_body>>
    : analyze_opt_traits<> {};
}  // namespace tao::pegtl
