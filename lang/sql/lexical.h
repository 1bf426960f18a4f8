#pragma once
// The lexical PEGTL grammar: characters to tokens. Included by lexical.cpp, which attaches the actions, and by the
// grammar's analysis test. Shapes follow ClickHouse's lexer (src/Parsers/Lexer.cpp).

#include <cctype>
#include <optional>
#include <string_view>
#include <vector>

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

#include "lang/sql/token.h"

namespace sp::sql::lexical {

namespace pegtl = tao::pegtl;

/// Collects the tokens; the previous code decides how digits after a dot are read (t.1.2 is not t . 1.2).
struct LexerState {
  TokenList list;
  std::vector<uint32_t> open_brackets;
  std::optional<Error> error;  ///< the first one
  bool unclosed = false;       ///< the token being read lacks its end
  uint32_t max_depth = 1000;   ///< brackets that may be open at once
  bool pairs_brackets = true;  ///< false: brackets are tokens like others
  TokenCode previous = TokenCode::kEnd;
};

// Zero-width tests of the state.
struct after_dot {
  using rule_t = after_dot;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input>
  static bool match(Input&, LexerState& state) {
    return state.previous == TokenCode::kDot;
  }
};
struct dot_may_begin_number {
  using rule_t = dot_may_begin_number;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input>
  static bool match(Input&, LexerState& state) {
    const TokenCode code = state.previous;
    return !(code == TokenCode::kWord || code == TokenCode::kQuotedName || code == TokenCode::kNumber ||
             code == TokenCode::kString || code == TokenCode::kDot || code == TokenCode::kCloseCurly ||
             code == TokenCode::kCloseRound || code == TokenCode::kCloseSquare || is_keyword(code));
  }
};

struct blank : pegtl::plus<pegtl::sor<pegtl::one<' ', '\t', '\n', '\r', '\f', '\v'>, pegtl::string<'\xC2', '\xA0'>>> {};
struct line_comment
    : pegtl::seq<pegtl::sor<pegtl::string<'-', '-'>, pegtl::string<'#', ' '>, pegtl::string<'#', '!'>>,
                 pegtl::until<pegtl::eolf>> {};
struct unclosed_comment : pegtl::until<pegtl::eof> {};
struct block_comment
    : pegtl::seq<pegtl::string<'/', '*'>,
                 pegtl::sor<pegtl::until<pegtl::string<'*', '/'>>, unclosed_comment>> {};

struct word_start : pegtl::ranges<'a', 'z', 'A', 'Z', '_', '_', '$', '$'> {};
struct word_char : pegtl::ranges<'a', 'z', 'A', 'Z', '0', '9', '_', '_', '$', '$'> {};
struct word : pegtl::plus<word_char> {};

template <char Quote>
struct quoted_body : pegtl::star<pegtl::sor<pegtl::not_one<Quote, '\\'>, pegtl::seq<pegtl::one<'\\'>, pegtl::any>,
                                            pegtl::two<Quote>>> {};
struct unclosed_quote : pegtl::opt<pegtl::one<'\\'>> {};
template <char Quote>
struct quoted : pegtl::seq<pegtl::one<Quote>, quoted_body<Quote>, pegtl::sor<pegtl::one<Quote>, unclosed_quote>> {};
struct string_token : quoted<'\''> {};
struct coded_string : pegtl::seq<pegtl::one<'x', 'X', 'b', 'B'>, quoted<'\''>> {};
struct quoted_name : pegtl::sor<quoted<'`'>, quoted<'"'>> {};

// $tag$ anything $tag$: one rule of its own, because the end depends on the beginning.
struct heredoc {
  using rule_t = heredoc;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input>
  static bool match(Input& in, LexerState&) {
    const std::string_view rest(in.current(), in.size());
    if (rest.empty() || rest[0] != '$') return false;
    size_t tag_end = 1;
    while (tag_end < rest.size() && (std::isalnum(static_cast<unsigned char>(rest[tag_end])) != 0 || rest[tag_end] == '_')) {
      ++tag_end;
    }
    if (tag_end >= rest.size() || rest[tag_end] != '$') return false;
    const size_t close = rest.find(rest.substr(0, tag_end + 1), tag_end + 1);
    if (close == std::string_view::npos) return false;
    in.bump(close + tag_end + 1);
    return true;
  }
};

struct digit_char : pegtl::ranges<'0', '9', '_', '_'> {};
struct exponent : pegtl::seq<pegtl::one<'e', 'E'>, pegtl::opt<pegtl::one<'+', '-'>>, pegtl::plus<pegtl::digit>> {};
struct hex_number
    : pegtl::seq<pegtl::one<'0'>, pegtl::one<'x', 'X'>, pegtl::plus<pegtl::sor<pegtl::xdigit, pegtl::one<'_'>>>,
                 pegtl::opt<pegtl::one<'.'>, pegtl::star<pegtl::xdigit>>,
                 pegtl::opt<pegtl::one<'p', 'P'>, pegtl::opt<pegtl::one<'+', '-'>>, pegtl::plus<pegtl::digit>>> {};
struct binary_number : pegtl::seq<pegtl::one<'0'>, pegtl::one<'b', 'B'>, pegtl::plus<pegtl::one<'0', '1', '_'>>> {};
struct decimal_number
    : pegtl::seq<pegtl::digit, pegtl::star<digit_char>, pegtl::opt<pegtl::one<'.'>, pegtl::star<digit_char>>,
                 pegtl::opt<exponent>> {};
struct dotted_number
    : pegtl::seq<dot_may_begin_number, pegtl::one<'.'>, pegtl::plus<digit_char>, pegtl::opt<exponent>> {};
struct tuple_index : pegtl::seq<after_dot, pegtl::plus<pegtl::digit>> {};
struct number : pegtl::seq<pegtl::sor<tuple_index, hex_number, binary_number, decimal_number, dotted_number>,
                           pegtl::not_at<word_char>> {};

struct open_bracket : pegtl::one<'(', '[', '{'> {};
struct close_bracket : pegtl::one<')', ']', '}'> {};
struct three_chars : pegtl::string<'<', '=', '>'> {};
struct two_chars : pegtl::sor<pegtl::string<'<', '='>, pegtl::string<'>', '='>, pegtl::string<'!', '='>,
                              pegtl::string<'<', '>'>, pegtl::string<'=', '='>, pegtl::string<'|', '|'>,
                              pegtl::string<'-', '>'>, pegtl::string<':', ':'>> {};
struct one_char : pegtl::one<',', '.', '+', '-', '*', '/', '%', '=', '<', '>', '?', ':', ';'> {};

struct token : pegtl::sor<number, coded_string, heredoc, word, open_bracket, close_bracket, string_token, three_chars,
                          two_chars, one_char, quoted_name> {};
// A character outside the language.
struct stray : pegtl::any {};
// Reading stops at the first error.
struct no_error {
  using rule_t = no_error;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class, template <typename...> class,
            typename Input>
  static bool match(Input&, LexerState& state) {
    return !state.error;
  }
};
struct text
    : pegtl::until<pegtl::eof, pegtl::seq<no_error, pegtl::sor<blank, line_comment, block_comment, token, stray>>> {};

}  // namespace sp::sql::lexical

namespace tao::pegtl {
template <typename Name>
struct analyze_traits<Name, sp::sql::lexical::after_dot> : analyze_opt_traits<> {};
template <typename Name>
struct analyze_traits<Name, sp::sql::lexical::dot_may_begin_number> : analyze_opt_traits<> {};
template <typename Name>
struct analyze_traits<Name, sp::sql::lexical::no_error> : analyze_opt_traits<> {};
template <typename Name>
struct analyze_traits<Name, sp::sql::lexical::heredoc> : analyze_any_traits<> {};
}  // namespace tao::pegtl
