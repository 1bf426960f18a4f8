#pragma once
// PEGTL rules for runs of SQL text inside datafiles: brackets and quotes are balanced by a loop
// with an explicit stack, so that no input can exhaust the machine's. Included by the grammars of
// lang/datafile only.

#include <string>
#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze_traits.hpp>

namespace sp::datafile::grammar {

/// Returns the end of the quoted text that begins at `at` (backslash escapes and doubled quotes),
/// or `end` if it is not closed.
inline const char* skip_quoted(const char* at, const char* end) {
  const char quote = *at++;
  while (at < end) {
    if (*at == '\\' && quote != '`' && at + 1 < end) {
      at += 2;
    } else if (*at == quote) {
      if (at + 1 < end && at[1] == quote) {
        at += 2;
      } else {
        return at + 1;
      }
    } else {
      ++at;
    }
  }
  return end;
}

inline char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }
inline bool opens(char c) { return c == '(' || c == '[' || c == '{'; }
inline bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

/// Walks over one character or one quoted text; `expected` holds the closing brackets still to
/// come. Returns null at a bracket that closes what is not open.
inline const char* step_over(const char* at, const char* end, std::string& expected) {
  if (*at == '\'' || *at == '"' || *at == '`') return skip_quoted(at, end);
  if (opens(*at)) {
    expected.push_back(closing(*at));
  } else if (closes(*at)) {
    if (expected.empty() || expected.back() != *at) return nullptr;
    expected.pop_back();
  }
  return at + 1;
}

/// Matches one bracketed text "( ... )" with everything inside balanced; fails if the bracket is
/// never closed.
struct bracketed {
  using rule_t = bracketed;
  using subs_t = tao::pegtl::empty_list;
  template <typename Input>
  static bool match(Input& in) {
    const char* at = in.current();
    const char* const end = in.end();
    if (at == end || *at != '(') return false;
    std::string expected;
    do {
      at = step_over(at, end, expected);
      if (at == nullptr) return false;
    } while (!expected.empty() && at < end);
    if (!expected.empty()) return false;
    in.bump(static_cast<size_t>(at - in.current()));
    return true;
  }
};

/// Matches a non-empty SQL expression up to a comma, a line break or one of the words of a column's
/// other modifiers (of an index: TYPE), all outside brackets and quotes.
template <bool OfIndex>
struct expression_text {
  using rule_t = expression_text;
  using subs_t = tao::pegtl::empty_list;

  static bool is_word(std::string_view rest, std::string_view upper, std::string_view lower) {
    if (!rest.starts_with(upper) && !rest.starts_with(lower)) return false;
    const char next = rest.size() > upper.size() ? rest[upper.size()] : ' ';
    return next == ' ' || next == '\t' || next == '(';
  }

  static bool stops(const char* at, const char* end) {
    const std::string_view rest(at, static_cast<size_t>(end - at));
    if (rest.starts_with("--")) return true;
    if (OfIndex) return is_word(rest, "TYPE", "type");
    return rest.starts_with("`json:") || is_word(rest, "CODEC", "codec") ||
           rest.starts_with("TTL ") || rest.starts_with("COMMENT '");
  }

  template <typename Input>
  static bool match(Input& in) {
    const char* const begin = in.current();
    const char* at = begin;
    const char* const end = in.end();
    std::string expected;
    while (at < end) {
      const bool at_word = at == begin || at[-1] == ' ' || at[-1] == '\t';
      if (expected.empty() && (*at == ',' || *at == '\n' || (at_word && stops(at, end)))) break;
      const char* const next = step_over(at, end, expected);
      if (next == nullptr) break;
      at = next;
    }
    while (at > begin && (at[-1] == ' ' || at[-1] == '\t' || at[-1] == '\r' || at[-1] == '\n'))
      --at;
    if (at == begin || !expected.empty()) return false;
    in.bump(static_cast<size_t>(at - begin));
    return true;
  }
};

}  // namespace sp::datafile::grammar

namespace tao::pegtl {
template <typename Name>
struct analyze_traits<Name, sp::datafile::grammar::bracketed> : analyze_any_traits<> {};
template <typename Name, bool OfIndex>
struct analyze_traits<Name, sp::datafile::grammar::expression_text<OfIndex>>
    : analyze_any_traits<> {};
}  // namespace tao::pegtl
