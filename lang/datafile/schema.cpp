// Grammar of SCHEMA. Column: name type [`json:path`] [DEFAULT|MATERIALIZED|ALIAS expression]
// [CODEC(...)] [TTL expression] [COMMENT 'text'] [NULL|NOT NULL], in any order after the type.
// Entry: read_schema().

#include "lang/datafile/schema.h"

#include <algorithm>
#include <cctype>
#include <set>

#include <tao/pegtl/contrib/analyze.hpp>

#include "lang/datafile/definition.h"
#include "lang/grammar_analysis.h"

namespace sp::datafile {
namespace grammar {
struct type_arguments : bracketed {};
struct type_brackets : if_must<at<one<'('>>, type_arguments> {};
struct type : seq<not_at<sor<TAO_PEGTL_ISTRING("default"), TAO_PEGTL_ISTRING("materialized"),
                             TAO_PEGTL_ISTRING("alias"), TAO_PEGTL_ISTRING("codec")>,
                         sor<blank, one<'('>>>,
                  identifier, opt<seq<star<blank>, type_brackets>>> {};

struct path_text : star<not_one<'`', '\n'>> {};
struct path_close : one<'`'> {};
struct json_path : if_must<string<'`', 'j', 's', 'o', 'n', ':'>, path_text, path_close> {};
struct default_text : expression_text<false> {};
struct default_word : TAO_PEGTL_ISTRING("default") {};
struct materialized_word : sor<TAO_PEGTL_ISTRING("materialized"), TAO_PEGTL_ISTRING("ephemeral")> {
};
struct alias_word : TAO_PEGTL_ISTRING("alias") {};
struct default_clause
    : if_must<seq<sor<default_word, materialized_word, alias_word>, plus<space>>, default_text> {};
struct ttl_text : expression_text<false> {};
struct ttl_clause : if_must<seq<TAO_PEGTL_ISTRING("ttl"), plus<space>>, ttl_text> {};
struct comment_text
    : seq<one<'\''>, star<sor<seq<one<'\\'>, any>, string<'\'', '\''>, not_one<'\'', '\n'>>>,
          one<'\''>> {};
struct comment_clause : if_must<seq<TAO_PEGTL_ISTRING("comment"), plus<space>>, comment_text> {};
struct codec_text : bracketed {};
struct codec_clause
    : if_must<seq<TAO_PEGTL_ISTRING("codec"), star<blank>, at<one<'('>>>, codec_text> {};
struct not_null : seq<TAO_PEGTL_ISTRING("not"), plus<blank>, TAO_PEGTL_ISTRING("null"),
                      not_at<identifier_other>> {};
struct null : seq<TAO_PEGTL_ISTRING("null"), not_at<identifier_other>> {};
struct modifier
    : sor<json_path, default_clause, codec_clause, ttl_clause, comment_clause, not_null, null> {};

struct column_end : sor<one<','>, eof> {};
struct column
    : seq<gap, name, plus<blank>, must<type>, star<seq<gap, modifier>>, gap, must<column_end>> {};
struct column_without_type : seq<gap, name, star<blank>, sor<at<one<','>>, at<eolf>>> {};

struct path_key : plus<not_one<'.', '[', '`'>> {};
struct path_step : sor<if_must<one<'.'>, path_key>, string<'[', ':', ']'>,
                       seq<one<'['>,
                           sor<seq<one<'"'>, plus<not_one<'"'>>, one<'"'>>,
                               seq<one<'\''>, plus<not_one<'\''>>, one<'\''>>>,
                           one<']'>>> {};
struct path : seq<one<'$'>, star<path_step>, eof> {};
}  // namespace grammar

SP_EXPECTED(type, "Missing type in schema column", "write `name` Type, as in `id` String");
SP_EXPECTED(type_arguments, "Bracket of a type is not closed", "close it with )");
SP_EXPECTED(path_close, "JSON path is not closed", "write `json:$.field`");
SP_EXPECTED(default_text, "DEFAULT has no value",
            "write a constant or an expression: DEFAULT '' or DEFAULT now()");
SP_EXPECTED(codec_text, "Bracket of CODEC is not closed", "write CODEC(ZSTD(1))");
SP_EXPECTED(column_end, "Comma expected after the column",
            "a column is: name Type `json:$.path` DEFAULT expression CODEC(codecs)");
SP_EXPECTED(ttl_text, "TTL has no value", "write an expression: TTL timestamp + INTERVAL 90 DAY");
SP_EXPECTED(comment_text, "COMMENT is not a quoted text", "write COMMENT 'what the column holds'");
SP_EXPECTED(path_key, "JSON path has an empty key", "write $.a, $.a.b or $.a[:]");

namespace {

namespace pegtl = tao::pegtl;

struct State {
  uint32_t origin;  // file offset of base
  const char* base;
  ColumnDefinition column = {};
  Span path_span = {};
  bool nullable = false;
  std::vector<std::string_view> modifiers = {};  // that the column has
  std::string_view repeated = {};                // the first that it has twice
  Span repeated_span = {};

  template <typename Input>
  Span span(const Input& in) const {
    return {origin + static_cast<uint32_t>(in.begin() - base),
            origin + static_cast<uint32_t>(in.end() - base)};
  }

  template <typename Input>
  void note(std::string_view modifier, const Input& in) {
    const bool known = std::find(modifiers.begin(), modifiers.end(), modifier) != modifiers.end();
    if (known && repeated.empty()) {
      repeated = modifier;
      repeated_span = span(in);
    }
    modifiers.push_back(modifier);
  }
};

template <typename Rule>
struct action : pegtl::nothing<Rule> {};

template <>
struct action<grammar::name> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.column.name = unquoted_name(in.string());
    state.column.span = state.span(in);
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
    state.note("JSON path", in);
    state.column.json_path = in.string();
    state.path_span = state.span(in);
  }
};

template <>
struct action<grammar::default_text> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.note("DEFAULT", in);
    state.column.default_text = in.string();
    state.column.default_span = state.span(in);
  }
};

template <>
struct action<grammar::codec_text> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.note("CODEC", in);
    state.column.codec_text = in.string().substr(1, in.size() - 2);
  }
};

template <>
struct action<grammar::null> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.note("NULL", in);
    state.nullable = true;
  }
};

template <>
struct action<grammar::not_null> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.note("NULL", in);
  }
};

template <ColumnDefinition::Expression E>
struct note_expression {
  static void apply0(State& state) { state.column.expression = E; }
};
template <>
struct action<grammar::default_word> : note_expression<ColumnDefinition::Expression::kDefault> {};
template <>
struct action<grammar::materialized_word>
    : note_expression<ColumnDefinition::Expression::kMaterialized> {};
template <>
struct action<grammar::alias_word> : note_expression<ColumnDefinition::Expression::kAlias> {};

template <>
struct action<grammar::ttl_text> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.note("TTL", in);
    state.column.ttl_text = in.string();
  }
};

template <>
struct action<grammar::comment_text> {
  template <typename Input>
  static void apply(const Input& in, State& state) {
    state.note("COMMENT", in);
    state.column.comment = in.string().substr(1, in.size() - 2);
  }
};

// Where to go on after a mistake at `at`: behind the next comma outside brackets, or at the next
// line.
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

// Behind the column that ends before `at`: where its comma is missing, if something else begins on
// a later line.
size_t end_of_column(std::string_view text, size_t at) {
  const size_t last = at == 0 ? std::string_view::npos : text.find_last_not_of(" \t\r\n", at - 1);
  const bool other_line = last != std::string_view::npos &&
                          text.substr(last, at - last).find('\n') != std::string_view::npos;
  return other_line ? last + 1 : at;
}

void check_path(const State& state, Findings& findings) {
  const std::string& path = state.column.json_path;
  pegtl::memory_input<pegtl::tracking_mode::lazy> in(path.data(), path.size(), "");
  bool good = false;
  try {
    good = pegtl::parse<grammar::path, pegtl::nothing, control>(in);
  } catch (const Mismatch&) { good = false; }
  if (!good) {
    findings.error(
        "Invalid JSON path: " + path,
        state.path_span.begin < state.path_span.end ? state.path_span : state.column.span,
        "write $.a, $.a.b, $.a[:] for arrays, or $ for the whole event");
  }
}

// The part of a type that a message ends with, such as the unknown name inside Array(...).
Span named_part(Span type, std::string_view text, std::string_view message) {
  const size_t space = message.rfind(' ');
  const std::string_view name =
      space == std::string_view::npos ? message : message.substr(space + 1);
  const size_t at = name.empty() ? std::string_view::npos : text.find(name);
  if (at == std::string_view::npos) return type;
  return {type.begin + static_cast<uint32_t>(at),
          type.begin + static_cast<uint32_t>(at + name.size())};
}

void finish_column(State& state, Findings& findings, std::set<std::string>& names,
                   std::vector<ColumnDefinition>& columns) {
  ColumnDefinition& column = state.column;
  if (!state.repeated.empty()) {
    findings.error(std::string(state.repeated) + " is given twice for column " + column.name,
                   state.repeated_span, "keep one of the two");
  }
  if (!column.json_path.empty() || state.path_span.begin != 0) check_path(state, findings);
  if (!column.codec_text.empty()) {
    findings.warn_once("CODEC is kept, but columns are encoded by what they hold", column.span);
  }
  if (!column.ttl_text.empty()) {
    findings.warn_once("Kept, but the TTL of a column has no effect here", column.span);
  }
  if (column.expression == ColumnDefinition::Expression::kMaterialized ||
      column.expression == ColumnDefinition::Expression::kAlias) {
    findings.warn_once(
        "MATERIALIZED and ALIAS columns are computed when a row arrives and stand in SELECT * like "
        "any other",
        column.span);
  }
  if (!names.insert(column.name).second) {
    findings.errors.push_back(fail(ErrorCode::kDuplicateColumn, "Duplicate column: " + column.name,
                                   column.span, "rename or remove one of the two"));
    return;
  }
  std::string spelled = without_state_suffix(column.type_text);
  if (state.nullable) spelled = "Nullable(" + spelled + ")";
  Result<Type> type = parse_type(spelled);
  if (!type.ok()) {
    Error error = std::move(type).error();
    error.span = named_part(column.type_span, column.type_text, error.message);
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
    while (end < type_text.size() &&
           (std::isalnum(static_cast<unsigned char>(type_text[end])) || type_text[end] == '_'))
      ++end;
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
  while (at < text.size() && !findings.full() && !only_gap(text.substr(at))) {
    const std::string_view rest = text.substr(at);
    State state{span.begin + static_cast<uint32_t>(at), rest.data()};
    DefinitionInput in(rest.data(), rest.size(), "");
    try {
      DefinitionInput probe(rest.data(), rest.size(), "");
      if (pegtl::parse<grammar::column_without_type, pegtl::nothing, control>(probe)) {
        pegtl::parse<grammar::column_without_type, action, control>(in, state);
        findings.error("Missing type in schema column: \"" + first_line(rest) + "\"",
                       state.column.span, "write `name` Type, as in `id` String");
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
      findings.error("Invalid schema column definition: \"" + line + "\"",
                     {offset, offset + static_cast<uint32_t>(line.size())},
                     "a column is: name Type `json:$.path` DEFAULT expression CODEC(codecs)");
      at += next_item(rest, begin);
    } catch (const Mismatch& mismatch) {
      size_t offset = mismatch.offset;
      if (mismatch.message == Expected<grammar::column_end>::message)
        offset = end_of_column(rest, offset);
      size_t end = offset;
      while (end < rest.size() && !std::isspace(static_cast<unsigned char>(rest[end])) &&
             rest[end] != ',')
        ++end;
      const auto file_offset = span.begin + static_cast<uint32_t>(at + offset);
      findings.error(
          std::string(mismatch.message) +
              (state.column.name.empty() ? "" : ": " + state.column.name),
          {file_offset, file_offset + static_cast<uint32_t>(std::max<size_t>(end - offset, 1))},
          mismatch.hint);
      // A missing comma: the next column starts on this line's successor, which is where the
      // grammar stopped.
      const bool next_line =
          rest.substr(0, mismatch.offset)
              .find('\n', static_cast<size_t>(state.column.type_span.end > state.origin
                                                  ? state.column.type_span.end - state.origin
                                                  : 0)) != std::string_view::npos;
      at += next_line ? mismatch.offset : next_item(rest, mismatch.offset);
    }
  }
  return columns;
}

}  // namespace sp::datafile

SP_ANALYZE(datafile_schema, datafile::grammar::column, datafile::grammar::column_without_type,
           datafile::grammar::path)
