#pragma once
// The lexical PEGTL grammar: characters to tokens. Included by lexical.cpp, which attaches the
// actions, and by the grammar's analysis test. Shapes follow ClickHouse's lexer
// (src/Parsers/Lexer.cpp).

#include <cctype>
#include <optional>
#include <string_view>
#include <vector>

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

#include "lang/sql/token.h"

namespace sp::sql::lexical {

namespace pegtl = tao::pegtl;

/// Collects the tokens; the previous code decides how digits after a dot are read (t.1.2 is not t .
/// 1.2).
struct LexerState {
  TokenList list;
  std::vector<uint32_t> open_brackets;
  std::optional<Error> error;         ///< the first one
  bool unclosed = false;              ///< the token being read lacks its end
  std::optional<uint32_t> unmatched;  ///< where the bracket begins that another one's end met
  uint32_t max_depth = 1000;          ///< brackets that may be open at once
  bool pairs_brackets = true;         ///< false: brackets are tokens like others
  TokenCode previous = TokenCode::kEnd;

  /// Where `$tag$` stands next, at `from` or later. The places of all tags are listed once, so that
  /// a text full of tags that never close takes linear time.
  std::optional<uint32_t> next_tag(std::string_view text, std::string_view tag, uint32_t from);
  std::vector<uint64_t> tags;  ///< half of the tag's hash, then where it stands; in order
  bool tags_listed = false;
};

// Zero-width tests of the state.
struct after_dot {
  using rule_t = after_dot;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename Input>
  static bool match(Input&, LexerState& state) {
    return state.previous == TokenCode::kDot;
  }
};
struct dot_may_begin_number {
  using rule_t = dot_may_begin_number;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename Input>
  static bool match(Input&, LexerState& state) {
    const TokenCode code = state.previous;
    return !(code == TokenCode::kWord || code == TokenCode::kQuotedName ||
             code == TokenCode::kNumber || code == TokenCode::kString || code == TokenCode::kDot ||
             code == TokenCode::kCloseCurly || code == TokenCode::kCloseRound ||
             code == TokenCode::kCloseSquare || is_keyword(code));
  }
};

struct blank : pegtl::plus<pegtl::sor<pegtl::one<' ', '\t', '\n', '\r', '\f', '\v'>,
                                      pegtl::string<'\xC2', '\xA0'>>> {};
struct line_comment : pegtl::seq<pegtl::sor<pegtl::string<'-', '-'>, pegtl::string<'/', '/'>,
                                            pegtl::string<'#', ' '>, pegtl::string<'#', '!'>>,
                                 pegtl::until<pegtl::eolf>> {};
// Block comments nest: /* a /* b */ c */. One rule of its own, so that any depth takes no machine
// stack.
struct block_comment {
  using rule_t = block_comment;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename Input>
  static bool match(Input& in, LexerState& state) {
    const std::string_view rest(in.current(), in.size());
    if (!rest.starts_with("/*")) return false;
    size_t at = 2;
    for (size_t depth = 1; depth > 0; ++at) {
      at = rest.find_first_of("/*", at);
      if (at == std::string_view::npos || at + 1 == rest.size()) {
        state.unclosed = true;
        in.bump(rest.size());
        return true;
      }
      const bool opens = rest[at] == '/' && rest[at + 1] == '*';
      const bool closes = rest[at] == '*' && rest[at + 1] == '/';
      if (opens) ++depth;
      if (closes) --depth;
      if (opens || closes) ++at;
    }
    in.bump(at);
    return true;
  }
};

struct word_start : pegtl::ranges<'a', 'z', 'A', 'Z', '_', '_', '$', '$'> {};
struct word_char : pegtl::ranges<'a', 'z', 'A', 'Z', '0', '9', '_', '_', '$', '$'> {};
struct word : pegtl::plus<word_char> {};

template <char Quote>
struct quoted_body
    : pegtl::star<pegtl::sor<pegtl::not_one<Quote, '\\'>, pegtl::seq<pegtl::one<'\\'>, pegtl::any>,
                             pegtl::two<Quote>>> {};
struct unclosed_quote : pegtl::opt<pegtl::one<'\\'>> {};
template <char Quote>
struct quoted : pegtl::seq<pegtl::one<Quote>, quoted_body<Quote>,
                           pegtl::sor<pegtl::one<Quote>, unclosed_quote>> {};
// Typographic quotes, as word processors put them; nothing is escaped between them.
struct curly_string : pegtl::seq<pegtl::string<'\xE2', '\x80', '\x98'>,
                                 pegtl::until<pegtl::string<'\xE2', '\x80', '\x99'>>> {};
struct curly_name : pegtl::seq<pegtl::string<'\xE2', '\x80', '\x9C'>,
                               pegtl::until<pegtl::string<'\xE2', '\x80', '\x9D'>>> {};
struct string_token : pegtl::sor<quoted<'\''>, curly_string> {};
struct coded_string : pegtl::seq<pegtl::one<'x', 'X', 'b', 'B'>, quoted<'\''>> {};
struct quoted_name : pegtl::sor<quoted<'`'>, quoted<'"'>, curly_name> {};

// $tag$ anything $tag$: one rule of its own, because the end depends on the beginning.
struct heredoc {
  using rule_t = heredoc;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename Input>
  static bool match(Input& in, LexerState& state) {
    const std::string_view rest(in.current(), in.size());
    if (rest.empty() || rest[0] != '$') return false;
    size_t tag_end = 1;
    while (tag_end < rest.size() &&
           (std::isalnum(static_cast<unsigned char>(rest[tag_end])) != 0 || rest[tag_end] == '_')) {
      ++tag_end;
    }
    if (tag_end >= rest.size() || rest[tag_end] != '$') return false;
    const std::string_view tag = rest.substr(0, tag_end + 1);
    const auto at = static_cast<uint32_t>(in.current() - in.begin());
    const std::optional<uint32_t> close =
        state.next_tag({in.begin(), static_cast<size_t>(in.end() - in.begin())}, tag,
                       at + static_cast<uint32_t>(tag.size()));
    if (!close) return false;
    in.bump(*close - at + tag.size());
    return true;
  }
};

// Digits, single underscores between them: 1_000.
template <typename Digit>
struct grouped : pegtl::list<pegtl::plus<Digit>, pegtl::one<'_'>> {};
struct digits : grouped<pegtl::digit> {};
struct exponent : pegtl::seq<pegtl::one<'e', 'E'>, pegtl::opt<pegtl::one<'+', '-'>>, digits> {};
struct hex_number : pegtl::seq<pegtl::one<'0'>, pegtl::one<'x', 'X'>, grouped<pegtl::xdigit>,
                               pegtl::opt<pegtl::one<'.'>, pegtl::star<pegtl::xdigit>>,
                               pegtl::opt<pegtl::one<'p', 'P'>, pegtl::opt<pegtl::one<'+', '-'>>,
                                          pegtl::plus<pegtl::digit>>> {};
struct binary_number
    : pegtl::seq<pegtl::one<'0'>, pegtl::one<'b', 'B'>, grouped<pegtl::one<'0', '1'>>> {};
struct decimal_number
    : pegtl::seq<digits, pegtl::opt<pegtl::one<'.'>, pegtl::opt<digits>>, pegtl::opt<exponent>> {};
struct dotted_number
    : pegtl::seq<dot_may_begin_number, pegtl::one<'.'>, digits, pegtl::opt<exponent>> {};
struct tuple_index : pegtl::seq<after_dot, pegtl::plus<pegtl::digit>> {};
struct number
    : pegtl::seq<pegtl::sor<tuple_index, hex_number, binary_number, decimal_number, dotted_number>,
                 pegtl::not_at<word_char>> {};

// Digits that belong to no number and begin no name: 0.1x.
struct wrong_number : pegtl::seq<pegtl::plus<pegtl::digit>, pegtl::not_at<word_char>,
                                 pegtl::opt<pegtl::one<'.'>>, pegtl::star<word_char>> {};

struct open_bracket : pegtl::one<'(', '[', '{'> {};
struct close_bracket : pegtl::one<')', ']', '}'> {};
struct three_chars
    : pegtl::sor<pegtl::string<'<', '=', '>'>, pegtl::string<'\xE2', '\x88', '\x92'>> {
};  // the latter is the minus sign
struct two_chars
    : pegtl::sor<pegtl::string<'<', '='>, pegtl::string<'>', '='>, pegtl::string<'!', '='>,
                 pegtl::string<'<', '>'>, pegtl::string<'=', '='>, pegtl::string<'|', '|'>,
                 pegtl::string<'-', '>'>, pegtl::string<':', ':'>> {};
struct one_char : pegtl::one<',', '.', '+', '-', '*', '/', '%', '=', '<', '>', '?', ':', ';'> {};

struct token
    : pegtl::sor<number, wrong_number, coded_string, heredoc, word, open_bracket, close_bracket,
                 string_token, three_chars, two_chars, one_char, quoted_name> {};
// A character outside the language.
struct stray : pegtl::any {};
// Reading stops at the first error.
struct no_error {
  using rule_t = no_error;
  using subs_t = pegtl::empty_list;
  template <pegtl::apply_mode, pegtl::rewind_mode, template <typename...> class,
            template <typename...> class, typename Input>
  static bool match(Input&, LexerState& state) {
    return !state.error;
  }
};
struct text
    : pegtl::until<
          pegtl::eof,
          pegtl::seq<no_error, pegtl::sor<blank, line_comment, block_comment, token, stray>>> {};

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
template <typename Name>
struct analyze_traits<Name, sp::sql::lexical::block_comment> : analyze_any_traits<> {};
}  // namespace tao::pegtl
