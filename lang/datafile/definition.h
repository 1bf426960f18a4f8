#pragma once
// What the grammars of SCHEMA and INDEXES share: names, gaps, the report of a must<> that fails,
// and the way on to the next definition. Included by schema.cpp and indexes.cpp only.

#include <algorithm>
#include <string>
#include <string_view>
#include <tao/pegtl.hpp>

#include "lang/datafile/balanced.h"
#include "runtime/core/error.h"

namespace sp::datafile {
namespace grammar {
using namespace tao::pegtl;

struct comment : seq<sor<one<'#'>, string<'-', '-'>>, until<at<eolf>>> {};
struct gap : star<sor<space, comment>> {};

struct bare_name : plus<sor<alnum, one<'_', '.', '$', '@', '-'>, utf8::range<0x80, 0x10FFFF>>> {};
template <char Q>
struct quoted_inside : plus<not_one<Q, '\n'>> {};
template <char Q>
struct quote_close : one<Q> {};
struct backtick_name : if_must<one<'`'>, quoted_inside<'`'>, quote_close<'`'>> {};
struct double_quoted_name : if_must<one<'"'>, quoted_inside<'"'>, quote_close<'"'>> {};
struct name : sor<backtick_name, double_quoted_name, bare_name> {};
}  // namespace grammar

/// Thrown by the grammars' must<> rules and caught in the same file.
struct Mismatch {
  size_t offset;
  const char* message;
  const char* hint;
};

/// What was expected where a must<> fails; each grammar gives its own.
template <typename Rule>
struct Expected {
  static constexpr const char* message = "Invalid definition";
  static constexpr const char* hint = "";
};
#define SP_EXPECTED(rule, text, next)            \
  template <>                                    \
  struct Expected<grammar::rule> {               \
    static constexpr const char* message = text; \
    static constexpr const char* hint = next;    \
  }

SP_EXPECTED(quote_close<'`'>, "Name is not closed", "end it with `");
SP_EXPECTED(quote_close<'"'>, "Name is not closed", "end it with \"");

template <typename Rule>
struct control : tao::pegtl::normal<Rule> {
  template <typename Input, typename... States>
  [[noreturn]] static void raise(const Input& in, States&&...) {
    throw Mismatch{static_cast<size_t>(in.current() - in.begin()), Expected<Rule>::message,
                   Expected<Rule>::hint};
  }
};

using DefinitionInput =
    tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy, tao::pegtl::eol::lf_crlf>;

/// The name without its quotes.
inline std::string unquoted_name(std::string name) {
  return name.front() == '`' || name.front() == '"' ? name.substr(1, name.size() - 2) : name;
}

/// True if nothing but blanks and comments is left.
inline bool only_gap(std::string_view text) {
  tao::pegtl::memory_input<tao::pegtl::tracking_mode::lazy> in(text.data(), text.size(), "");
  return tao::pegtl::parse<tao::pegtl::seq<grammar::gap, tao::pegtl::eof>>(in);
}

/// The first line that says something, at most 80 bytes of it, for messages.
inline std::string first_line(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  std::string_view line = text.substr(begin, 80);
  line = line.substr(0, line.find_first_of("\r\n"));
  while (!line.empty() && (line.back() == ',' || line.back() == ' ')) line.remove_suffix(1);
  return std::string(line);
}

}  // namespace sp::datafile
