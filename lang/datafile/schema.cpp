// Grammars of SCHEMA and INDEXES. Column: name type [`json:path`] [DEFAULT expression] [CODEC(...)], in any order
// after the type.

#include "lang/datafile/schema.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "lang/datafile/balanced.h"

namespace sp::datafile {
namespace grammar {
using namespace tao::pegtl;

struct comment : seq<sor<one<'#'>, string<'-', '-'>>, until<at<eolf>>> {};
struct gap : star<sor<space, comment>> {};

struct bare_name : plus<sor<alnum, one<'_', '.', '$', '@', '-'>, utf8::range<0x80, 0x10FFFF>>> {};
template <char Q>
struct quoted_inside : plus<not_one<Q, '\n'>> {};
struct backtick_name : if_must<one<'`'>, quoted_inside<'`'>, one<'`'>> {};
struct double_quoted_name : if_must<one<'"'>, quoted_inside<'"'>, one<'"'>> {};
struct name : sor<backtick_name, double_quoted_name, bare_name> {};

struct type_arguments : bracketed {};
struct type_brackets : if_must<at<one<'('>>, type_arguments> {};
struct type : seq<not_at<sor<TAO_PEGTL_ISTRING("default"), TAO_PEGTL_ISTRING("codec")>, sor<blank, one<'('>>>, identifier,
                  opt<seq<star<blank>, type_brackets>>> {};

struct path_text : star<not_one<'`', '\n'>> {};
struct json_path : if_must<string<'`', 'j', 's', 'o', 'n', ':'>, path_text, one<'`'>> {};
struct default_text : expression_text {};
struct default_clause : if_must<seq<TAO_PEGTL_ISTRING("default"), plus<space>>, default_text> {};
struct codec_text : bracketed {};
struct codec_clause : if_must<seq<TAO_PEGTL_ISTRING("codec"), star<blank>, at<one<'('>>>, codec_text> {};
struct not_null : seq<TAO_PEGTL_ISTRING("not"), plus<blank>, TAO_PEGTL_ISTRING("null"), not_at<identifier_other>> {};
struct null : seq<TAO_PEGTL_ISTRING("null"), not_at<identifier_other>> {};
struct modifier : sor<json_path, default_clause, codec_clause, not_null, null> {};

struct column_end : sor<one<','>, eof> {};
struct column : seq<gap, name, plus<blank>, must<type>, star<seq<gap, modifier>>, gap, must<column_end>> {};
struct column_without_type : seq<gap, name, star<blank>, sor<at<one<','>>, at<eolf>>> {};

struct index_word : opt<string<'I', 'N', 'D', 'E', 'X'>, plus<blank>> {};
struct index_expression : expression_text {};
struct index_kind : seq<identifier, opt<seq<star<blank>, bracketed>>> {};
struct index_count : plus<digit> {};
struct index_type_word : seq<star<blank>, TAO_PEGTL_ISTRING("type"), plus<blank>> {};
struct granularity_word : seq<plus<blank>, TAO_PEGTL_ISTRING("granularity"), plus<blank>> {};
struct index_end : sor<one<','>, eolf> {};
struct index : seq<gap, index_word, name, must<plus<blank>>, must<index_expression>, must<index_type_word>, must<index_kind>,
                   opt<if_must<granularity_word, index_count>>, star<blank>, opt<comment>, must<index_end>> {};

struct path_key : plus<not_one<'.', '[', '`'>> {};
struct path_step : sor<if_must<one<'.'>, path_key>, string<'[', ':', ']'>,
                       seq<one<'['>, sor<seq<one<'"'>, plus<not_one<'"'>>, one<'"'>>,
                                         seq<one<'\''>, plus<not_one<'\''>>, one<'\''>>>, one<']'>>> {};
struct path : seq<one<'$'>, star<path_step>, eof> {};
}  // namespace grammar

namespace {

namespace pegtl = tao::pegtl;

// Thrown by the grammars' must<> rules and caught in this file.
struct Mismatch {
  size_t offset;
  const char* message;
  const char* hint;
};

template <typename Rule>
struct Expected {
  static constexpr const char* message = "Invalid definition";
  static constexpr const char* hint = "";
};
#define SP_EXPECTED(rule, text, next)              \
  template <>                                      \
  struct Expected<grammar::rule> {                 \
    static constexpr const char* message = text;   \
    static constexpr const char* hint = next;      \
  }
SP_EXPECTED(type, "Missing type in schema column", "write `name` Type, as in `id` String");
SP_EXPECTED(type_arguments, "Bracket of a type is not closed", "close it with )");
SP_EXPECTED(path_text, "JSON path is not closed", "write `json:$.field`");
SP_EXPECTED(default_text, "DEFAULT has no value", "write a constant or an expression: DEFAULT '' or DEFAULT now()");
SP_EXPECTED(codec_text, "Bracket of CODEC is not closed", "write CODEC(ZSTD(1))");
SP_EXPECTED(column_end, "Comma expected after the column",
            "a column is: name Type `json:$.path` DEFAULT expression CODEC(codecs)");
SP_EXPECTED(index_expression, "Index has no expression", "write: name expression TYPE minmax GRANULARITY 1");
SP_EXPECTED(index_type_word, "Index has no TYPE", "write: name expression TYPE minmax GRANULARITY 1");
SP_EXPECTED(index_kind, "Index has no type after TYPE", "such as minmax, set(100), bloom_filter(0.01), ngrambf_v1(...)");
SP_EXPECTED(index_count, "GRANULARITY is not a whole number", "write GRANULARITY 1");
SP_EXPECTED(index_end, "End of line expected after the index", "one index a line: name expression TYPE minmax GRANULARITY 1");
SP_EXPECTED(path_key, "JSON path has an empty key", "write $.a, $.a.b or $.a[:]");
#undef SP_EXPECTED

template <typename Rule>
struct control : pegtl::normal<Rule> {
  template <typename Input, typename... States>
  [[noreturn]] static void raise(const Input& in, States&&...) {
    throw Mismatch{static_cast<size_t>(in.current() - in.begin()), Expected<Rule>::message, Expected<Rule>::hint};
  }
};

struct State {
  uint32_t origin;       // file offset of base
  const char* base;
  ColumnDefinition column;
  Span path_span;
  bool nullable = false;
  Directive index;
  Span index_from, index_to;

  template <typename Input>
  Span span(const Input& in) const {
    return {origin + static_cast<uint32_t>(in.begin() - base), origin + static_cast<uint32_t>(in.end() - base)};
  }
};

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

template <>
struct action<grammar::name> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    std::string name = in.string();
    if (name.front() == '`' || name.front() == '"') name = name.substr(1, name.size() - 2);
    state.column.name = name;
    state.column.span = state.span(in);
    state.index.name = std::move(name);
    state.index.name_span = state.column.span;
    state.index.value_span = {};
  }
};

template <>
struct action<grammar::type> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.column.type_text = in.string();
    state.column.type_span = state.span(in);
  }
};

template <>
struct action<grammar::path_text> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.column.json_path = in.string();
    state.path_span = state.span(in);
  }
};

template <>
struct action<grammar::default_text> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.column.default_text = in.string();
    state.column.default_span = state.span(in);
  }
};

template <>
struct action<grammar::codec_text> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.column.codec_text = in.string().substr(1, in.size() - 2);
  }
};

template <>
struct action<grammar::null> {
  static void apply0(State& state) { state.nullable = true; }
};

template <>
struct action<grammar::index_expression> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.index_from = state.span(in);
  }
};

template <>
struct action<grammar::index_kind> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.index_to = state.span(in);
  }
};

template <>
struct action<grammar::index_count> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.index_to = state.span(in);
  }
};

using Input = pegtl::memory_input<pegtl::tracking_mode::lazy, pegtl::eol::lf_crlf>;

// Where to go on after a mistake at `at`: behind the next comma outside brackets, or at the next line.
size_t next_item(std::string_view text, size_t at) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n' || (c == ',' && depth == 0)) return at + 1;
    if (c == '(') ++depth;
    if (c == ')') depth = std::max(0, depth - 1);
  }
  return at;
}

bool only_gap(std::string_view text) {
  pegtl::memory_input<pegtl::tracking_mode::lazy> in(text.data(), text.size(), "");
  return pegtl::parse<pegtl::seq<grammar::gap, pegtl::eof>>(in);
}

std::string first_line(std::string_view text) {
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const size_t end = text.find_first_of("\r\n", begin);
  std::string_view line = text.substr(begin, end == std::string_view::npos ? end : end - begin);
  if (line.size() > 80) line = line.substr(0, 80);
  while (!line.empty() && (line.back() == ',' || line.back() == ' ')) line.remove_suffix(1);
  return std::string(line);
}

void check_path(const State& state, Findings& findings) {
  const std::string& path = state.column.json_path;
  pegtl::memory_input<pegtl::tracking_mode::lazy> in(path.data(), path.size(), "");
  bool good = false;
  try {
    good = pegtl::parse<grammar::path, pegtl::nothing, control>(in);
  } catch (const Mismatch&) {
    good = false;
  }
  if (!good) {
    findings.error("Invalid JSON path: " + path, state.path_span.begin < state.path_span.end ? state.path_span : state.column.span,
                   "write $.a, $.a.b, $.a[:] for arrays, or $ for the whole event");
  }
}

void finish_column(State& state, Findings& findings, std::set<std::string>& names,
                   std::vector<ColumnDefinition>& columns) {
  ColumnDefinition& column = state.column;
  if (!column.json_path.empty() || state.path_span.begin != 0) check_path(state, findings);
  if (!column.codec_text.empty()) {
    findings.warn_once("CODEC is kept, but columns are encoded by what they hold", column.span);
  }
  if (!names.insert(column.name).second) {
    findings.errors.push_back(fail(ErrorCode::kDuplicateColumn, "Duplicate column: " + column.name, column.span,
                                   "rename or remove one of the two"));
    return;
  }
  std::string spelled = without_state_suffix(column.type_text);
  if (state.nullable) spelled = "Nullable(" + spelled + ")";
  Result<Type> type = parse_type(spelled);
  if (!type.ok()) {
    Error error = std::move(type).error();
    error.span = column.type_span;
    findings.errors.push_back(std::move(error));
    return;
  }
  column.type = *type;
  columns.push_back(std::move(column));
}

}  // namespace

std::string without_state_suffix(std::string_view type_text) {
  static constexpr std::string_view kWord = "AggregateFunction(";
  static constexpr std::string_view kSuffix = "State";
  std::string out;
  size_t at = 0;
  while (true) {
    const size_t found = type_text.find(kWord, at);
    if (found == std::string_view::npos) return out += type_text.substr(at);
    size_t name = found + kWord.size();
    while (name < type_text.size() && type_text[name] == ' ') ++name;
    size_t end = name;
    while (end < type_text.size() && (std::isalnum(static_cast<unsigned char>(type_text[end])) || type_text[end] == '_')) ++end;
    out += type_text.substr(at, end - at);
    if (end - name > kSuffix.size() && type_text.substr(name, end - name).ends_with(kSuffix)) {
      out.resize(out.size() - kSuffix.size());
    }
    at = end;
  }
}

std::vector<ColumnDefinition> read_schema(Span span, Findings& findings) {
  std::vector<ColumnDefinition> columns;
  std::set<std::string> names;
  const std::string_view text = findings.text.substr(span.begin, span.end - span.begin);
  size_t at = 0;
  while (at < text.size() && !only_gap(text.substr(at))) {
    const std::string_view rest = text.substr(at);
    State state{span.begin + static_cast<uint32_t>(at), rest.data(), {}, {}, false, {}, {}, {}};
    Input in(rest.data(), rest.size(), "");
    try {
      Input probe(rest.data(), rest.size(), "");
      if (pegtl::parse<grammar::column_without_type>(probe)) {
        pegtl::parse<grammar::column_without_type, action>(in, state);
        findings.error("Missing type in schema column: \"" + first_line(rest) + "\"", state.column.span,
                       "write `name` Type, as in `id` String");
        at += next_item(rest, static_cast<size_t>(in.current() - rest.data()));
        continue;
      }
      if (pegtl::parse<grammar::column, action, control>(in, state)) {
        finish_column(state, findings, names, columns);
        at += static_cast<size_t>(in.current() - rest.data());
        continue;
      }
      const size_t from = std::min(rest.find_first_not_of(" \t\r\n,"), rest.size());
      const size_t begin = std::min(from, rest.size() - 1);
      if (rest[std::min(rest.find_first_not_of(" \t\r\n"), rest.size() - 1)] == ',') {
        at += rest.find(',') + 1;  // a doubled comma harms nobody
        continue;
      }
      const auto offset = span.begin + static_cast<uint32_t>(at + begin);
      const std::string line = first_line(rest);
      findings.error("Invalid schema column definition: \"" + line + "\"", {offset, offset + static_cast<uint32_t>(line.size())},
                     "a column is: name Type `json:$.path` DEFAULT expression CODEC(codecs)");
      at += next_item(rest, begin);
    } catch (const Mismatch& mismatch) {
      const size_t offset = mismatch.offset;
      size_t end = offset;
      while (end < rest.size() && !std::isspace(static_cast<unsigned char>(rest[end])) && rest[end] != ',') ++end;
      const auto file_offset = span.begin + static_cast<uint32_t>(at + offset);
      findings.error(std::string(mismatch.message) + (state.column.name.empty() ? "" : ": " + state.column.name),
                     {file_offset, file_offset + static_cast<uint32_t>(std::max<size_t>(end - offset, 1))}, mismatch.hint);
      // A missing comma: the next column starts on this line's successor, which is where the grammar stopped.
      const bool next_line = rest.substr(0, offset).find('\n', static_cast<size_t>(state.column.type_span.end > state.origin ? state.column.type_span.end - state.origin : 0)) != std::string_view::npos;
      at += next_line ? offset : next_item(rest, offset);
    }
  }
  return columns;
}

std::vector<Directive> read_indexes(Span span, Findings& findings) {
  std::vector<Directive> indexes;
  const std::string_view text = findings.text.substr(span.begin, span.end - span.begin);
  size_t at = 0;
  while (at < text.size() && !only_gap(text.substr(at))) {
    const std::string_view rest = text.substr(at);
    State state{span.begin + static_cast<uint32_t>(at), rest.data(), {}, {}, false, {}, {}, {}};
    Input in(rest.data(), rest.size(), "");
    size_t stopped = 0;
    try {
      if (pegtl::parse<grammar::index, action, control>(in, state)) {
        state.index.value_span = {state.index_from.begin, state.index_to.end};
        state.index.value = findings.text.substr(state.index_from.begin, state.index_to.end - state.index_from.begin);
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
      findings.error(std::string(mismatch.message) + ": " + state.index.name, {offset, offset + 1}, mismatch.hint);
    }
    const size_t newline = rest.find('\n', stopped);
    at = newline == std::string_view::npos ? text.size() : at + newline + 1;
  }
  return indexes;
}

}  // namespace sp::datafile
