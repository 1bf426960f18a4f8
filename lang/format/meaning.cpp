// Columns, indexes, tokens and values as their readers understand them, written without blanks.

#include "lang/format/meaning.h"

#include <algorithm>
#include <cctype>

#include "lang/datafile/schema.h"
#include "lang/datafile/value.h"
#include "lang/format/element.h"
#include "lang/format/format_sql.h"
#include "lang/source/trimmed.h"
#include "lang/sql/parse.h"
#include "lang/sql/print.h"

namespace sp::format {
namespace {

using datafile::Statement;

std::string lower(std::string_view value) {
  std::string out(value);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string without_blanks(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out),
               [](unsigned char c) { return std::isspace(c) == 0; });
  return out;
}

// What cannot be read keeps its words (mistakes may hide behind an INCLUDE).
std::string words_of(const Statement& statement, std::string_view text) {
  return without_blanks(text.substr(statement.value_span.begin,
                                    statement.value_span.end - statement.value_span.begin));
}

std::string printed_default(const std::string& text) {
  const auto expression = sql::parse_expression(text);
  return expression.ok() ? sql::print(**expression) : text;
}

std::string schema_meaning(const Statement& statement, std::string_view text) {
  datafile::Findings findings;
  findings.text = text;
  std::string out;
  const auto columns = datafile::read_schema(statement.value_span, findings);
  if (!findings.errors.empty()) return words_of(statement, text);
  for (const ColumnDefinition& column : columns) {
    out += column.name + "\n" + column.type.name() + "\n" + column.json_path + "\n" +
           std::to_string(static_cast<int>(column.expression)) +
           printed_default(column.default_text) + "\n" + without_blanks(column.codec_text) + "\n" +
           printed_default(column.ttl_text) + "\n" + column.comment + "\n";
  }
  return out;
}

}  // namespace

SqlBody body_of(std::string_view text, Span value) {
  SqlBody body{value.begin, false};
  uint32_t first = value.begin;
  while (first < value.end && std::isspace(static_cast<unsigned char>(text[first])) != 0) ++first;
  if (first == value.end || text[first] != '%') return body;
  body.templated = true;
  body.begin = first + 1;
  uint32_t at = body.begin;
  while (at < value.end && (text[at] == ' ' || text[at] == '\t')) ++at;
  if (at < value.end && text[at] == '\n') body.begin = at + 1;
  return body;
}

bool is_sql(const Statement& statement) {
  return statement.name == "SQL" || statement.name == "FORWARD_QUERY";
}

std::string meaning(const Statement& statement, std::string_view text) {
  if (is_sql(statement)) {
    const SqlBody body = body_of(text, statement.value_span);
    const std::string_view value = text.substr(body.begin, statement.value_span.end - body.begin);
    const Result<ElementList> elements =
        read_elements({value, body.templated, statement.name == "SQL"});
    return (body.templated ? "%" : "") +
           std::to_string(elements.ok() ? std::count_if(elements->begin(), elements->end(),
                                                        [](const Element& e) {
                                                          return e.kind != Element::Kind::kComment;
                                                        })
                                        : -1);
  }
  if (statement.name == "SCHEMA") return schema_meaning(statement, text);
  datafile::Findings findings;
  findings.text = text;
  if (statement.name == "INDEXES") {
    std::string out;
    for (const Directive& index : datafile::read_indexes(statement.value_span, findings))
      out += index.name + " " + without_blanks(index.value) + "\n";
    return findings.errors.empty() ? out : words_of(statement, text);
  }
  if (statement.name == "TOKEN") {
    TokenGrant grant;
    datafile::read_token(statement, "READ|APPEND", findings, grant);
    return findings.errors.empty() ? grant.name + "\n" + grant.scope
                                   : lower(words_of(statement, text));
  }
  Directive directive = datafile::read_value(statement, findings);
  if (statement.name == "TYPE" || !statement.rule->values.empty())
    directive.value = lower(directive.value);
  return statement.name.starts_with("ENGINE") ? format_expression(trimmed(directive.value))
                                              : directive.value;
}

}  // namespace sp::format
