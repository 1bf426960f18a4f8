// The INDEXES block: `name expression TYPE kind GRANULARITY n` a line, commas optional. Entry:
// read_indexes().

#include "lang/datafile/definition.h"

#include <tao/pegtl/contrib/analyze.hpp>
#include "lang/datafile/schema.h"
#include "lang/grammar_analysis.h"

namespace sp::datafile {
namespace grammar {
struct index_word : opt<string<'I', 'N', 'D', 'E', 'X'>, plus<blank>> {};
struct index_expression : expression_text<true> {};
struct index_kind : seq<identifier, opt<seq<star<blank>, bracketed>>> {};
struct index_count : plus<digit> {};
struct index_type_word : seq<star<blank>, TAO_PEGTL_ISTRING("type"), plus<blank>> {};
struct granularity_word : seq<plus<blank>, TAO_PEGTL_ISTRING("granularity"), plus<blank>> {};
struct index_end : sor<one<','>, eolf> {};
struct index
    : seq<gap, index_word, name, must<plus<blank>>, must<index_expression>, must<index_type_word>,
          must<index_kind>, opt<if_must<granularity_word, index_count>>, star<blank>, opt<comment>,
          must<index_end>> {};
}  // namespace grammar

SP_EXPECTED(index_expression, "Index has no expression",
            "write: name expression TYPE minmax GRANULARITY 1");
SP_EXPECTED(index_type_word, "Index has no TYPE",
            "write: name expression TYPE minmax GRANULARITY 1");
SP_EXPECTED(index_kind, "Index has no type after TYPE",
            "such as minmax, set(100), bloom_filter(0.01), ngrambf_v1(...)");
SP_EXPECTED(index_count, "GRANULARITY is not a whole number", "write GRANULARITY 1");
SP_EXPECTED(index_end, "End of line expected after the index",
            "one index a line: name expression TYPE minmax GRANULARITY 1");

namespace {

constexpr std::string_view kKinds[] = {
    "minmax", "set",       "bloom_filter", "ngrambf_v1",        "tokenbf_v1", "sparse_grams",
    "text",   "full_text", "inverted",     "vector_similarity", "hypothesis"};

struct State {
  uint32_t origin;  // file offset of base
  const char* base;
  Directive index;
  Span from, kind, to;

  template <typename Input>
  Span span(const Input& in) const {
    return {origin + static_cast<uint32_t>(in.begin() - base),
            origin + static_cast<uint32_t>(in.end() - base)};
  }
};

template <typename Rule>
struct action : tao::pegtl::nothing<Rule> {};
template <>
struct action<grammar::name> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.index.name = unquoted_name(in.string());
    state.index.name_span = state.span(in);
  }
};
template <>
struct action<grammar::index_expression> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.from = state.span(in);
  }
};
template <>
struct action<grammar::index_kind> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.kind = state.to = state.span(in);
  }
};
template <>
struct action<grammar::index_count> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.to = state.span(in);
  }
};

void check_kind(const State& state, Findings& findings) {
  const std::string_view written =
      findings.text.substr(state.kind.begin, state.kind.end - state.kind.begin);
  const std::string_view kind = written.substr(0, written.find_first_of(" \t("));
  if (std::find(std::begin(kKinds), std::end(kKinds), kind) != std::end(kKinds)) return;
  std::string hint = "allowed: minmax, set(n), bloom_filter(p), ngrambf_v1(...), tokenbf_v1(...)";
  if (const std::string near = did_you_mean(kind, {std::begin(kKinds), std::end(kKinds)});
      !near.empty())
    hint += "; " + near;
  findings.error("Unknown type of index " + state.index.name + ": " + std::string(kind),
                 {state.kind.begin, state.kind.begin + static_cast<uint32_t>(kind.size())},
                 std::move(hint));
}

}  // namespace

std::vector<Directive> read_indexes(Span span, Findings& findings) {
  std::vector<Directive> indexes;
  const std::string_view text = findings.text.substr(span.begin, span.end - span.begin);
  size_t at = 0;
  while (at < text.size() && !findings.full() && !only_gap(text.substr(at))) {
    const std::string_view rest = text.substr(at);
    State state{span.begin + static_cast<uint32_t>(at), rest.data(), {}, {}, {}, {}};
    DefinitionInput in(rest.data(), rest.size(), "");
    size_t stopped = 0;
    try {
      if (tao::pegtl::parse<grammar::index, action, control>(in, state)) {
        check_kind(state, findings);
        state.index.value_span = {state.from.begin, state.to.end};
        state.index.value = findings.text.substr(state.from.begin, state.to.end - state.from.begin);
        indexes.push_back(std::move(state.index));
        const auto used = static_cast<size_t>(in.current() - rest.data());
        at += std::max<size_t>(used, 1);
        continue;
      }
      stopped = std::min(rest.find_first_not_of(" \t\r\n"), rest.size() - 1);
      const auto offset = span.begin + static_cast<uint32_t>(at + stopped);
      findings.error("Invalid index definition: \"" + first_line(rest) + "\"", {offset, offset + 1},
                     "one index a line: name expression TYPE minmax GRANULARITY 1");
    } catch (const Mismatch& mismatch) {
      stopped = mismatch.offset;
      const auto offset = span.begin + static_cast<uint32_t>(at + stopped);
      findings.error(std::string(mismatch.message) + ": " + state.index.name, {offset, offset + 1},
                     mismatch.hint);
    }
    const size_t newline = rest.find('\n', stopped);
    at = newline == std::string_view::npos ? text.size() : at + newline + 1;
  }
  return indexes;
}

}  // namespace sp::datafile

SP_ANALYZE(datafile_indexes, datafile::grammar::index)
