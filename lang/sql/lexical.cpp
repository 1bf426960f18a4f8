// Text to tokens: the actions of the lexical grammar (lexical.h) and tokenize(), its one entry.

#include "lang/sql/lexical.h"

#include <algorithm>
#include <functional>
#include <optional>

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"

namespace sp::sql {

namespace lexical {

namespace {

TokenCode code_of_symbol(std::string_view symbol) {
  const char first = symbol[0];
  const char second = symbol.size() > 1 ? symbol[1] : '\0';
  switch (first) {
    case '\xE2': return TokenCode::kMinus;
    case ',': return TokenCode::kComma;
    case '.': return TokenCode::kDot;
    case '+': return TokenCode::kPlus;
    case '-': return second == '>' ? TokenCode::kArrow : TokenCode::kMinus;
    case '*': return TokenCode::kStar;
    case '/': return TokenCode::kSlash;
    case '%': return TokenCode::kPercent;
    case '=': return TokenCode::kEquals;
    case '!': return TokenCode::kNotEquals;
    case '<':
      if (symbol.size() == 3) return TokenCode::kSpaceship;
      if (second == '>') return TokenCode::kNotEquals;
      return second == '=' ? TokenCode::kLessOrEquals : TokenCode::kLess;
    case '>': return second == '=' ? TokenCode::kGreaterOrEquals : TokenCode::kGreater;
    case '|': return TokenCode::kConcat;
    case '?': return TokenCode::kQuestion;
    case ':': return second == ':' ? TokenCode::kDoubleColon : TokenCode::kColon;
    case ';': return TokenCode::kSemicolon;
    case '(': return TokenCode::kOpenRound;
    case '[': return TokenCode::kOpenSquare;
    case '{': return TokenCode::kOpenCurly;
    case ')': return TokenCode::kCloseRound;
    case ']': return TokenCode::kCloseSquare;
    default: return TokenCode::kCloseCurly;
  }
}

// Where in the text a match lies; PEGTL hands actions pointers into the input.
struct Extent {
  uint32_t begin;
  uint32_t end;
};

void add(LexerState& state, TokenCode code, Extent extent) {
  state.list.codes.push_back(static_cast<char>(code));
  state.list.tokens.push_back({extent.begin, extent.end, 0});
  state.previous = code;
}

char closing_of(TokenCode open) {
  return open == TokenCode::kOpenRound ? ')' : open == TokenCode::kOpenSquare ? ']' : '}';
}

void close(LexerState& state, TokenCode code, Extent extent) {
  if (!state.pairs_brackets) return add(state, code, extent);
  const auto index = static_cast<uint32_t>(state.list.tokens.size());
  if (state.open_brackets.empty()) {
    if (!state.error) {
      state.error =
          fail(ErrorCode::kSyntaxError, "Syntax error: a closing bracket without its opening",
               Span{extent.begin, extent.end}, "remove it, or add the opening bracket");
    }
  } else {
    const uint32_t partner = state.open_brackets.back();
    const auto open = static_cast<TokenCode>(state.list.codes[partner]);
    const bool fits = static_cast<uint8_t>(code) == static_cast<uint8_t>(open) + 1;
    if (!fits && !state.error) {
      std::string message = "Syntax error: brackets do not match: expected a closing `";
      message += closing_of(open);
      message += '`';
      state.error =
          fail(ErrorCode::kSyntaxError, std::move(message), Span{extent.begin, extent.end});
      state.unmatched = state.list.tokens[partner].begin;
    }
    state.list.tokens[partner].partner = index;
    state.open_brackets.pop_back();
    add(state, code, extent);
    state.list.tokens[index].partner = partner;
    return;
  }
  add(state, code, extent);
}
static_assert(
    static_cast<int>(TokenCode::kCloseRound) == static_cast<int>(TokenCode::kOpenRound) + 1 &&
    static_cast<int>(TokenCode::kCloseSquare) == static_cast<int>(TokenCode::kOpenSquare) + 1 &&
    static_cast<int>(TokenCode::kCloseCurly) == static_cast<int>(TokenCode::kOpenCurly) + 1);

}  // namespace

namespace {

uint64_t tag_key(std::string_view tag, uint32_t at) {
  return (std::hash<std::string_view>()(tag) & 0xFFFFFFFF00000000) | at;
}

}  // namespace

std::optional<uint32_t> LexerState::next_tag(std::string_view text, std::string_view tag,
                                             uint32_t from) {
  if (!tags_listed) {
    tags_listed = true;
    for (size_t begin = text.find('$'); begin != std::string_view::npos;
         begin = text.find('$', begin + 1)) {
      size_t end = begin + 1;
      while (end < text.size() &&
             (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
        ++end;
      if (end < text.size() && text[end] == '$')
        tags.push_back(tag_key(text.substr(begin, end + 1 - begin), static_cast<uint32_t>(begin)));
    }
    std::sort(tags.begin(), tags.end());
  }
  const uint64_t first = tag_key(tag, from);
  for (auto it = std::lower_bound(tags.begin(), tags.end(), first);
       it != tags.end() && (*it ^ first) >> 32 == 0; ++it) {
    const auto at = static_cast<uint32_t>(*it);
    if (text.substr(at).starts_with(tag)) return at;
  }
  return std::nullopt;
}

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

template <>
struct action<unclosed_quote> {
  static void apply0(LexerState& state) { state.unclosed = true; }
};

// Adds one token of a fixed class.
template <TokenCode Code>
struct add_token {
  template <typename ActionInput>
  static void apply(const ActionInput& in, LexerState& state) {
    const auto begin = static_cast<uint32_t>(in.begin() - in.input().begin());
    if (state.unclosed && !state.error) {
      const uint32_t quote =
          begin + (std::isalpha(static_cast<unsigned char>(*in.begin())) != 0 ? 1 : 0);
      const std::string character(1, in.input().begin()[quote]);
      state.error = fail(ErrorCode::kSyntaxError, "Syntax error: quote is not closed: " + character,
                         Span{quote, quote + 1}, "add the closing " + character);
    }
    add(state, Code, {begin, begin + static_cast<uint32_t>(in.size())});
  }
};
template <>
struct action<number> : add_token<TokenCode::kNumber> {};
template <>
struct action<string_token> : add_token<TokenCode::kString> {};
template <>
struct action<coded_string> : add_token<TokenCode::kString> {};
template <>
struct action<heredoc> : add_token<TokenCode::kString> {};
template <>
struct action<quoted_name> : add_token<TokenCode::kQuotedName> {};

template <>
struct action<word> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, LexerState& state) {
    const auto begin = static_cast<uint32_t>(in.begin() - in.input().begin());
    const std::string_view text = in.string_view();
    // After a dot every word is a name: t.order, json.from.
    const TokenCode code = state.previous == TokenCode::kDot ? TokenCode::kWord : keyword_of(text);
    add(state, code, {begin, begin + static_cast<uint32_t>(text.size())});
  }
};

struct add_symbol {
  template <typename ActionInput>
  static void apply(const ActionInput& in, LexerState& state) {
    const auto begin = static_cast<uint32_t>(in.begin() - in.input().begin());
    add(state, code_of_symbol(in.string_view()), {begin, begin + static_cast<uint32_t>(in.size())});
  }
};
template <>
struct action<one_char> : add_symbol {};
template <>
struct action<two_chars> : add_symbol {};
template <>
struct action<three_chars> : add_symbol {};

template <>
struct action<open_bracket> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, LexerState& state) {
    if (!state.pairs_brackets) return add_symbol::apply(in, state);
    state.open_brackets.push_back(static_cast<uint32_t>(state.list.tokens.size()));
    add_symbol::apply(in, state);
    if (state.open_brackets.size() <= state.max_depth || state.error) return;
    const Token& token = state.list.tokens.back();
    state.error = fail(ErrorCode::kTooDeepRecursion,
                       "Maximum parse depth exceeded: " + std::to_string(state.max_depth),
                       Span{token.begin, token.end}, "brackets nest too deeply: split the query");
  }
};
template <>
struct action<close_bracket> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, LexerState& state) {
    const auto begin = static_cast<uint32_t>(in.begin() - in.input().begin());
    close(state, code_of_symbol(in.string_view()), {begin, begin + 1});
  }
};

template <>
struct action<block_comment> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, LexerState& state) {
    const auto begin = static_cast<uint32_t>(in.begin() - in.input().begin());
    if (!state.unclosed || state.error) return;
    state.error = fail(ErrorCode::kSyntaxError, "Syntax error: comment is not closed: /*",
                       Span{begin, begin + 2}, "add the closing */");
  }
};

template <>
struct action<wrong_number> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, LexerState& state) {
    if (state.error) return;
    const auto begin = static_cast<uint32_t>(in.begin() - in.input().begin());
    state.error = fail(ErrorCode::kSyntaxError, "Syntax error: wrong number: " + in.string(),
                       Span{begin, begin + static_cast<uint32_t>(in.size())},
                       "a letter may not follow a fraction; put a blank between them");
  }
};

template <>
struct action<stray> {
  template <typename ActionInput>
  static void apply(const ActionInput& in, LexerState& state) {
    if (state.error) return;
    const auto begin = static_cast<uint32_t>(in.begin() - in.input().begin());
    const std::string_view rest(in.begin(), static_cast<size_t>(in.input().end() - in.begin()));
    // A whole UTF-8 character is shown, so that the excerpt stays readable.
    uint32_t size = 1;
    while (size < rest.size() && size < 4 &&
           (static_cast<unsigned char>(rest[size]) & 0xC0U) == 0x80U)
      ++size;
    const std::string character(rest.substr(0, size));
    std::string hint;
    const char next = rest.size() > 1 ? rest[1] : '\0';
    if (character == "!") hint = "write != for unequal, NOT to negate";
    if (character == "&") hint = next == '&' ? "write AND" : "write bitAnd(a, b)";
    if (character == "|") hint = "write || to concatenate, OR, or bitOr(a, b)";
    if (character == "^") hint = "write pow(a, b), or bitXor(a, b)";
    if (character == "~") hint = "write bitNot(a), or match(text, pattern)";
    if (character == "@") hint = "write a parameter as {name:Type}";
    if (character == "\xE2\x80\x98" || character == "\xE2\x80\x99")
      hint = "write a straight quote: '";
    if (character == "\xE2\x80\x9C" || character == "\xE2\x80\x9D")
      hint = "write a straight double quote: \"";
    state.error =
        fail(ErrorCode::kSyntaxError, "Syntax error: unrecognized character: " + character,
             Span{begin, begin + size}, hint);
  }
};

}  // namespace lexical

namespace {

Result<TokenList> read_tokens(std::string_view text, lexical::LexerState state) {
  namespace pegtl = tao::pegtl;
  state.list.codes.reserve(text.size() / 3 + 8);
  state.list.tokens.reserve(text.size() / 3 + 8);
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf, const char*> in(
      text.data(), text.size(), "");
  const bool whole = pegtl::parse<lexical::text, lexical::action>(in, state);
  if (state.error && state.unmatched)
    state.error->hint =
        "the bracket opened at " + line_and_column(text, *state.unmatched) + " is still open here";
  if (state.error) return std::move(*state.error);
  SP_CHECK(whole);
  if (!state.open_brackets.empty()) {
    const Token& open = state.list.tokens[state.open_brackets.back()];
    const char closing =
        lexical::closing_of(static_cast<TokenCode>(state.list.codes[state.open_brackets.back()]));
    return fail(
        ErrorCode::kSyntaxError,
        std::string("Syntax error: bracket is not closed: expected a closing `") + closing + "`",
        Span{open.begin, open.end}, std::string("add the closing `") + closing + "`");
  }
  const auto size = static_cast<uint32_t>(text.size());
  lexical::add(state, TokenCode::kEnd, {size, size});
  return std::move(state.list);
}

}  // namespace

Result<TokenList> tokenize(std::string_view text, uint32_t max_depth) {
  lexical::LexerState state;
  state.max_depth = max_depth;
  return read_tokens(text, std::move(state));
}

Result<TokenList> tokenize_unpaired(std::string_view text) {
  lexical::LexerState state;
  state.pairs_brackets = false;
  return read_tokens(text, std::move(state));
}

}  // namespace sp::sql

SP_ANALYZE(sql_lexical, sql::lexical::text)
