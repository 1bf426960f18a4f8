// The tag grammar of templates.

#include "lang/template/scan.h"

#include <optional>
#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"

namespace sp::tmpl {
namespace grammar {
using namespace tao::pegtl;

struct output_open : string<'{', '{'> {};
struct statement_open : string<'{', '%'> {};
struct comment_open : string<'{', '#'> {};
struct tag_open : sor<output_open, statement_open, comment_open> {};
struct escape : seq<one<'{'>, one<'{', '%', '#'>, one<'!'>> {};

// The inside of a tag: up to the first Close outside of strings, and for {{ }} outside of a dict's
// braces. A loop with a counter, so that no input can exhaust the stack. The state refuses a string
// that is not closed.
template <char Close, char Brace>
struct inside {
  using rule_t = inside;
  using subs_t = empty_list;
  template <apply_mode A, rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename Input, typename State>
  [[nodiscard]] static bool match(Input& in, State& state) {
    const char* at = in.current();
    const char* const end = in.end();
    size_t depth = 0;
    while (at < end) {
      if (*at == '\'' || *at == '"') {
        at = state.skip_string(at, end);
        continue;
      }
      if (depth == 0 && *at == Close && at + 1 < end && at[1] == '}') break;
      if (*at == Brace) ++depth;
      if (Brace != 0 && *at == '}' && depth > 0) --depth;
      ++at;
    }
    in.bump(static_cast<size_t>(at - in.current()));
    return true;
  }
};
struct output_close : string<'}', '}'> {};
struct statement_close : string<'%', '}'> {};
struct comment_close : string<'#', '}'> {};
struct output_body : inside<'}', '{'> {};
struct statement_body : inside<'%', '\0'> {};
struct comment_statement : seq<star<space>, string<'c', 'o', 'm', 'm', 'e', 'n', 't'>,
                               not_at<identifier_other>, star<not_at<statement_close>, any>> {};
struct output : seq<output_open, output_body, must<output_close>> {};
struct statement
    : seq<statement_open, sor<comment_statement, statement_body>, must<statement_close>> {};
struct comment_rest : until<comment_close> {};
struct comment : seq<comment_open, must<comment_rest>> {};
// Of three braces in a row the innermost two open the tag.
struct outer_brace : seq<at<string<'{', '{', '{'>>, not_at<string<'{', '{', '{', '!'>>, one<'{'>> {
};
struct text : plus<sor<outer_brace, seq<not_at<tag_open>, any>>> {};
struct piece : sor<text, escape, comment, output, statement> {};
struct file : star<piece> {};
}  // namespace grammar

namespace {

namespace pegtl = tao::pegtl;

struct Mismatch {
  size_t offset;
  std::string_view message;
  std::string_view hint;
};

struct State {
  const char* base;
  uint32_t offset;
  uint32_t tag = 0;  // where the tag being read begins
  Span body;
  std::vector<Piece> pieces;

  template <typename Input>
  Span span(const Input& in) const {
    return {offset + static_cast<uint32_t>(in.begin() - base),
            offset + static_cast<uint32_t>(in.end() - base)};
  }
  // Returns the end of the string that begins at `at`, 'x', "x" or with three quotes; strings of
  // one quote end with their line.
  const char* skip_string(const char* at, const char* end) const {
    const char* const begin = at;
    const char quote = *at;
    const auto triple = [&](const char* from) {
      return end - from >= 3 && from[0] == quote && from[1] == quote && from[2] == quote;
    };
    const bool is_long = triple(at);
    at += is_long ? 3 : 1;
    while (at < end) {
      if (*at == '\\') {
        at += 2;
      } else if (is_long ? triple(at) : *at == quote) {
        return at + (is_long ? 3 : 1);
      } else if (*at == '\n' && !is_long) {
        break;
      } else {
        ++at;
      }
    }
    throw Mismatch{static_cast<size_t>(begin - base), "String is not closed",
                   "close it with the quote that opened it"};
  }
  template <typename Input>
  void add(Piece::Kind kind, const Input& in, Span inside) {
    pieces.push_back({kind, span(in), inside});
  }
};

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

struct note_tag {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.tag = state.span(in).begin;
  }
};
struct note_body {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.body = state.span(in);
  }
};
template <>
struct action<grammar::output_open> : note_tag {};
template <>
struct action<grammar::statement_open> : note_tag {};
template <>
struct action<grammar::comment_open> : note_tag {};
template <>
struct action<grammar::output_body> : note_body {};
template <>
struct action<grammar::statement_body> : note_body {};
template <>
struct action<grammar::comment_statement> : note_body {};
template <>
struct action<grammar::text> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.add(Piece::Kind::kText, in, state.span(in));
  }
};
template <>
struct action<grammar::escape> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    const Span span = state.span(in);
    state.add(Piece::Kind::kEscape, in, {span.begin, span.end - 1});
  }
};
template <>
struct action<grammar::output> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.add(Piece::Kind::kOutput, in, state.body);
  }
};
template <>
struct action<grammar::statement> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.add(Piece::Kind::kStatement, in, state.body);
  }
};

template <typename Rule>
struct control : pegtl::normal<Rule> {
  template <typename Input>
  [[noreturn]] static void raise(const Input&, State& state) {
    const size_t tag = state.tag - state.offset;
    if constexpr (std::is_same_v<Rule, grammar::output_close>)
      throw Mismatch{tag, "Tag {{ is not closed", "close it with }}"};
    if constexpr (std::is_same_v<Rule, grammar::statement_close>)
      throw Mismatch{tag, "Tag {% is not closed", "close it with %}"};
    throw Mismatch{tag, "Comment {# is not closed", "close it with #}"};
  }
};

}  // namespace

Result<std::vector<Piece>> scan(std::string_view text, uint32_t offset) {
  State state{text.data(), offset, 0, {}, {}};
  pegtl::memory_input<pegtl::tracking_mode::lazy> in(text.data(), text.size(), "");
  try {
    const bool parsed = pegtl::parse<grammar::file, action, control>(in, state);
    SP_CHECK(parsed && in.empty());
  } catch (const Mismatch& mismatch) {
    const uint32_t begin = offset + static_cast<uint32_t>(mismatch.offset);
    const uint32_t width = mismatch.message.starts_with("String") ? 1 : 2;
    return fail(ErrorCode::kTemplateError, std::string(mismatch.message),
                Span{begin, begin + width}, std::string(mismatch.hint));
  }
  return std::move(state.pieces);
}

}  // namespace sp::tmpl

namespace tao::pegtl {
template <typename Name, char Close, char Brace>
struct analyze_traits<Name, sp::tmpl::grammar::inside<Close, Brace>> : analyze_opt_traits<> {};
}  // namespace tao::pegtl

SP_ANALYZE(template_scan, tmpl::grammar::file)
