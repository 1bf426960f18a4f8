// Shapes of directives: a value behind the name, prose or settings in indented lines, columns,
// indexes and queries by their own layouts; then the proof. Entry: layout_statement().

#include "lang/format/layout_statement.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "lang/datafile/schema.h"
#include "lang/datafile/value.h"
#include "lang/format/format_datafile.h"
#include "lang/format/format_sql.h"
#include "lang/format/meaning.h"
#include "lang/source/trimmed.h"

namespace sp::format {
namespace {

using datafile::FileKind;
using datafile::Statement;

constexpr std::string_view kIndent = "    ";

std::string_view slice(std::string_view text, Span span) {
  return text.substr(span.begin, span.end - span.begin);
}

std::string lower(std::string_view value) {
  std::string out(value);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// TOKEN name SCOPE: one blank, the scope in upper case; a comment behind it stays.
std::string token(std::string_view value) {
  const char quote = value.front();
  const size_t close =
      quote == '"' || quote == '\'' ? value.find(quote, 1) : value.find_first_of(" \t");
  if (close == std::string_view::npos) return std::string(value);
  const size_t name_end = quote == '"' || quote == '\'' ? close + 1 : close;
  std::string out(value.substr(0, name_end));
  std::string_view rest = trimmed(value.substr(name_end));
  const size_t scope = std::min(rest.find_first_of(" \t#"), rest.size());
  if (!rest.empty()) out += ' ';
  for (const char c : rest.substr(0, scope))
    out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  rest = trimmed(rest.substr(scope));
  if (rest.empty()) return out;
  return out.ends_with(' ') ? out + std::string(rest) : out + " " + std::string(rest);
}

// Engine options are expressions, or words, in double quotes.
std::string engine_value(const Statement& statement, std::string_view value) {
  std::string_view inside = value, comment;
  const char quote = value.front();
  if (quote == '"' || quote == '\'') {
    const size_t close = value.find(quote, 1);
    if (close == std::string_view::npos) return std::string(value);
    inside = value.substr(1, close - 1);
    comment = trimmed(value.substr(close + 1));
    if (!comment.empty() && comment.front() != '#') return std::string(value);
  } else if (value.find('#') != std::string_view::npos ||
             (static_cast<unsigned char>(quote) & 0x80U) != 0) {
    return std::string(value);
  }
  if (inside.find('"') != std::string_view::npos) return std::string(value);
  inside = trimmed(inside);
  std::string out =
      statement.name == "ENGINE_SETTINGS" ? std::string(inside) : format_expression(inside);
  out = "\"" + (out.find('"') == std::string::npos ? out : std::string(inside)) + "\"";
  if (!comment.empty()) out += " " + std::string(comment);
  return out;
}

std::string inline_value(const Statement& statement, std::string_view value) {
  if (value.empty()) return {};
  if (statement.name == "TOKEN") return token(value);
  if (statement.name == "TYPE") return lower(value);
  if (statement.name.starts_with("ENGINE")) return engine_value(statement, value);
  std::string canonical;
  if (!statement.rule->values.empty() &&
      datafile::allowed_value(*statement.rule, value, &canonical))
    return canonical;
  return std::string(value);
}

// `NAME >`, and comments between it and its block.
std::string head(std::string_view text, const Statement& statement) {
  std::string out = std::string(statement.name) + " >\n";
  const auto line =
      static_cast<uint32_t>(std::min(text.find('\n', statement.name_span.end), text.size()));
  if (line >= statement.value_span.begin) return out;
  for (const std::string_view comment : lines_of(slice(text, {line, statement.value_span.begin}))) {
    if (!trimmed(comment).empty()) out += std::string(trimmed(comment)) + "\n";
  }
  return out;
}

// A block's lines, their common indentation replaced. Comments at the margin are part of prose,
// and stay elsewhere.
std::string indented_lines(const Statement& statement, std::string_view value) {
  const bool prose = statement.name == "DESCRIPTION" || is_sql(statement);
  const auto is_margin = [&](std::string_view line) { return !prose && line.starts_with('#'); };
  const std::vector<std::string_view> lines = lines_of(value);
  if (lines.size() == 1) {
    const std::string_view line = trimmed(value);
    if (line.empty()) return {};
    return std::string(is_margin(line) ? "" : kIndent) + std::string(line) + "\n";
  }
  size_t indent = std::string_view::npos;
  for (const std::string_view line : lines) {
    const size_t first = line.find_first_not_of(" \t");
    if (first != std::string_view::npos && !is_margin(line)) indent = std::min(indent, first);
  }
  std::string out;
  for (const std::string_view line : lines) {
    const bool blank = line.find_first_not_of(" \t") == std::string_view::npos;
    if (is_margin(line)) {
      out += line;
    } else if (!blank) {
      out += kIndent;
      out += line.substr(indent);
    }
    out += '\n';
  }
  return out;
}

// Columns, indexes or a query; nothing where they cannot be read.
std::optional<std::string> block_lines(std::string_view text, const Statement& statement) {
  const std::string_view value = slice(text, statement.value_span);
  if (statement.name == "SCHEMA") return format_schema(text, statement.value_span);
  if (statement.name == "INDEXES") {
    datafile::Findings findings;
    findings.text = text;
    datafile::read_indexes(statement.value_span, findings);
    return findings.errors.empty() ? std::optional(format_indexes(value)) : std::nullopt;
  }
  Result<std::string> lines = format_sql({value, false, false}, 4);
  return lines.ok() ? std::optional<std::string>(*std::move(lines)) : std::nullopt;
}

std::optional<std::string> laid_out(std::string_view text, const Statement& statement) {
  const std::string_view value = slice(text, statement.value_span);
  const bool has_layout = statement.name == "SCHEMA" || statement.name == "INDEXES" ||
                          statement.name == "FORWARD_QUERY";
  if (has_layout && !trimmed(value).empty()) {
    const std::optional<std::string> lines = block_lines(text, statement);
    return lines ? std::optional(head(text, statement) + *lines) : std::nullopt;
  }
  const bool one_line = value.find('\n') == std::string_view::npos;
  if (statement.block && !(one_line && statement.rule->shape == datafile::Shape::kLine))
    return head(text, statement) + indented_lines(statement, value);
  const std::string written = inline_value(statement, trimmed(value));
  return std::string(statement.name) + (written.empty() ? "" : " ") + written + "\n";
}

bool is_proved(FileKind kind, std::string_view text, const Statement& statement,
               std::string_view layout) {
  const datafile::Statements again = datafile::split_statements(layout, kind);
  return again.errors.empty() && again.list.size() == 1 && again.list[0].name == statement.name &&
         meaning(again.list[0], layout) == meaning(statement, text) &&
         laid_out(layout, again.list[0]) == layout;
}

// Whole lines, with the blanks that end them: even they may be part of a value.
std::string as_it_is(std::string_view text, const Statement& statement) {
  const uint32_t begin = statement.name_span.begin;
  const size_t last = std::max(statement.name_span.end, statement.value_span.end);
  return std::string(text.substr(begin, text.find('\n', last) - begin)) + "\n";
}

Result<std::string> layout_sql(std::string_view text, const Statement& statement) {
  const SqlBody body = body_of(text, statement.value_span);
  std::string out = body.templated ? "SQL >\n    %\n" : "SQL >\n";
  Result<std::string> lines =
      format_sql({slice(text, {body.begin, statement.value_span.end}), body.templated, true}, 4);
  if (lines.ok()) return out + *lines;
  Error error = std::move(lines).error();
  if (error.span) error.span = Span{error.span->begin + body.begin, error.span->end + body.begin};
  return error;
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const size_t newline = text.find('\n');
    lines.push_back(text.substr(0, newline));
    if (newline == std::string_view::npos) return lines;
    text.remove_prefix(newline + 1);
  }
}

Result<std::string> layout_statement(FileKind kind, std::string_view text,
                                     const Statement& statement) {
  if (statement.name == "SQL") return layout_sql(text, statement);
  std::optional<std::string> layout = laid_out(text, statement);
  if (layout && is_proved(kind, text, statement, *layout)) return *std::move(layout);
  return as_it_is(text, statement);
}

}  // namespace sp::format
