// The line grammar of datafiles: indentation, comment, or an upper-case word and the rest.

#include "lang/datafile/lines.h"

#include <tao/pegtl.hpp>
#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/grammar_analysis.h"

namespace sp::datafile {
namespace {

namespace grammar {
using namespace tao::pegtl;

struct bom : utf8::bom {};
struct end_of_line : eolf {};
struct indent : star<blank> {};
struct word
    : seq<upper, star<sor<upper, digit, one<'_'>>>, at<sor<blank, one<'>', '\r', '\n'>, eof>>> {};
struct rest : until<at<end_of_line>> {};
struct blank_line : seq<indent, at<end_of_line>> {};
struct comment : seq<indent, one<'#'>, rest> {};
struct text : seq<indent, opt<word>, rest> {};
struct line : seq<sor<blank_line, comment, text>, at<end_of_line>> {};
struct whole_line : seq<line, end_of_line> {};
struct file : seq<opt<bom>, until<eof, whole_line>> {};
}  // namespace grammar

struct State {
  const char* base;
  Line line;
  std::vector<Line> lines;

  template <typename Input>
  Span span(const Input& in) const {
    return {static_cast<uint32_t>(in.begin() - base), static_cast<uint32_t>(in.end() - base)};
  }
};

template <typename Rule>
struct action : tao::pegtl::nothing<Rule> {};

template <>
struct action<grammar::indent> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.line = {};
    state.line.indent = static_cast<uint32_t>(in.size());
  }
};

template <>
struct action<grammar::word> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.line.word = state.span(in);
  }
};

template <>
struct action<grammar::rest> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    Span span = state.span(in);
    const auto is_blank = [&](uint32_t at) {
      return state.base[at] == ' ' || state.base[at] == '\t' || state.base[at] == '\r';
    };
    while (span.begin < span.end && is_blank(span.begin)) ++span.begin;
    while (span.end > span.begin && is_blank(span.end - 1)) --span.end;
    state.line.rest = span;
  }
};

template <>
struct action<grammar::comment> {
  static void apply0(State& state) { state.line.kind = Line::Kind::kComment; }
};

template <>
struct action<grammar::text> {
  static void apply0(State& state) { state.line.kind = Line::Kind::kText; }
};

template <>
struct action<grammar::line> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.line.span = state.span(in);
    state.lines.push_back(state.line);
  }
};

}  // namespace

std::vector<Line> split_lines(std::string_view text) {
  namespace pegtl = tao::pegtl;
  State state{text.data(), {}, {}};
  pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf> in(text.data(), text.size(),
                                                                          "");
  const bool parsed = pegtl::parse<grammar::file, action>(in, state);
  SP_CHECK(parsed);
  return std::move(state.lines);
}

}  // namespace sp::datafile

// `until` has seen that the end is not here: a character or a line end is left to read, which the
// analysis cannot know.
namespace tao::pegtl {
template <>
struct analyze_traits<sp::datafile::grammar::whole_line, sp::datafile::grammar::whole_line::rule_t>
    : analyze_any_traits<> {};
}  // namespace tao::pegtl

SP_ANALYZE(datafile_lines, datafile::grammar::file)
