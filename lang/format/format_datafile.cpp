// Directives one by one, with what stands between them. Entry: format_datafile().

#include "lang/format/format_datafile.h"

#include <algorithm>
#include <cctype>

#include "lang/datafile/schema.h"
#include "lang/datafile/value.h"
#include "lang/format/format_sql.h"
#include "lang/source/trimmed.h"
#include "lang/sql/parse.h"
#include "lang/sql/print.h"

namespace sp::format {
namespace {

using datafile::DirectiveRule;
using datafile::FileKind;
using datafile::Statement;

constexpr std::string_view kIndent = "    ";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const size_t newline = text.find('\n');
    lines.push_back(text.substr(0, newline));
    if (newline == std::string_view::npos) return lines;
    text.remove_prefix(newline + 1);
  }
}

bool is_sql(const Statement& statement) {
  return statement.name == "SQL" || statement.name == "FORWARD_QUERY";
}
bool is_table(const Statement& statement) {
  return statement.name == "SCHEMA" || statement.name == "INDEXES";
}

std::string lower(std::string_view value) {
  std::string out(value);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// A node's SQL without its leading `%`, as the reader of pipes cuts it.
struct SqlBody {
  uint32_t begin = 0;
  bool templated = false;
};

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

class DatafileFormatter {
 public:
  DatafileFormatter(FileKind kind, std::string_view text) : kind_(kind), text_(text) {}

  Result<std::string> run() {
    datafile::Statements statements = datafile::split_statements(text_, kind_);
    if (!statements.errors.empty()) return std::move(statements.errors[0]);
    for (Statement& statement : statements.list) {
      if (statement.name == "SQL") drop_margin_comments(statement.value_span);
    }
    const Statement* before = nullptr;
    uint32_t at = 0;
    for (const Statement& statement : statements.list) {
      const auto line = static_cast<uint32_t>(
          text_.rfind('\n', statement.name_span.begin) == std::string_view::npos ||
                  statement.name_span.begin == 0
              ? 0
              : text_.rfind('\n', statement.name_span.begin) + 1);
      write_gap(at, line, before, &statement);
      SP_TRY_VOID(write(statement));
      at = std::max(statement.value_span.end, statement.name_span.end);
      at = static_cast<uint32_t>(std::min(text_.find('\n', at), text_.size() - 1)) + 1;
      before = &statement;
      if (statement.name == "NODE") in_node_ = true;
    }
    write_gap(at, static_cast<uint32_t>(text_.size()), before, nullptr);
    return std::move(out_);
  }

 private:
  std::string_view slice(Span span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }

  // Comments at the margin that end an SQL block belong to what follows.
  void drop_margin_comments(Span& value) const {
    while (value.begin < value.end) {
      const size_t newline = slice(value).rfind('\n');
      const uint32_t line = newline == std::string_view::npos
                                ? value.begin
                                : value.begin + static_cast<uint32_t>(newline) + 1;
      const std::string_view last = slice({line, value.end});
      if (line == value.begin || !(last.starts_with('#') || trimmed(last).empty())) return;
      value.end = line - 1;
    }
  }

  bool wants_blank(const Statement* before, const Statement* next, bool had_blank,
                   bool comments) const {
    if (before == nullptr) return had_blank && comments;
    if (next == nullptr) return had_blank;
    if (next->name == "NODE" || next->name == "FORWARD_QUERY" || is_table(*next) ||
        is_sql(*before) || is_table(*before))
      return true;
    const bool heads_node = before->name == "NODE" || (in_node_ && before->name == "DESCRIPTION");
    if (heads_node && !comments && (next->name == "SQL" || next->name == "DESCRIPTION"))
      return false;
    if (before->name == "DESCRIPTION" && before->block && !in_node_) return true;
    return had_blank;
  }

  // Comments and empty lines between two directives.
  void write_gap(uint32_t begin, uint32_t end, const Statement* before, const Statement* next) {
    std::vector<std::pair<bool, std::string_view>> comments;  // an empty line before it; its text
    bool blank = false, any_blank = false;
    if (begin < end) {
      for (std::string_view line :
           lines_of(text_.substr(begin, end - begin - (text_[end - 1] == '\n' ? 1 : 0)))) {
        line = trimmed(line);
        if (line.empty()) {
          blank = any_blank = true;
          continue;
        }
        comments.emplace_back(blank, line);
        blank = false;
      }
    }
    const bool wanted = wants_blank(before, next, any_blank, !comments.empty());
    if (comments.empty()) {
      if (wanted && next != nullptr && before != nullptr) out_ += '\n';
      return;
    }
    bool written = any_blank && comments[0].first == false;  // the author's empty line comes later
    for (const auto& [blank_before, text] : comments) {
      const bool first = &text == &comments[0].second;
      if (!out_.empty() && (blank_before || (first && wanted && !written))) out_ += '\n';
      out_ += text;
      out_ += '\n';
    }
    if (blank && next != nullptr) out_ += '\n';
  }

  Result<void> write(const Statement& statement) {
    if (statement.name == "SQL") return write_sql(statement);
    const std::string_view value = slice(statement.value_span);
    std::optional<std::string> lines = block_lines(statement, value);
    const bool has_lines = is_table(statement) || statement.name == "FORWARD_QUERY";
    const bool unread = has_lines && !trimmed(value).empty() && !lines;
    const bool odd = statement.name == "INCLUDE" && value.find('\n') != std::string_view::npos;
    if (unread || odd || begins_with_hash(statement, value)) return write_as_it_is(statement);
    out_ += statement.name;
    if (lines) {
      write_head_comments(statement);
      out_ += *lines;
      return {};
    }
    const bool one_line = value.find('\n') == std::string_view::npos;
    // An arrow of the value's own would be read as the directive's.
    const bool arrow = trimmed(value).starts_with('>');
    if ((statement.block || arrow) &&
        !(one_line && statement.rule->shape == datafile::Shape::kLine)) {
      write_head_comments(statement);
      write_lines(statement);
      return {};
    }
    const std::string written = inline_value(statement, trimmed(value));
    if (written.starts_with('>')) out_ += " >";
    if (!written.empty()) out_ += " " + written;
    out_ += '\n';
    return {};
  }

  // Columns, indexes or a query laid out; nothing where they cannot be read.
  std::optional<std::string> block_lines(const Statement& statement, std::string_view value) const {
    if (statement.name == "SCHEMA") return format_schema(text_, statement.value_span);
    if (statement.name == "INDEXES") {
      datafile::Findings findings;
      findings.text = text_;
      datafile::read_indexes(statement.value_span, findings);
      return findings.errors.empty() ? std::optional(format_indexes(value)) : std::nullopt;
    }
    if (statement.name != "FORWARD_QUERY" || trimmed(value).empty()) return std::nullopt;
    Result<std::string> lines = format_sql({value, false, false}, 4);
    return lines.ok() ? std::optional<std::string>(*std::move(lines)) : std::nullopt;
  }

  // `KEY > # text`: a value behind the arrow, but a comment on a line of its own.
  bool begins_with_hash(const Statement& statement, std::string_view value) const {
    return statement.block && statement.name != "DESCRIPTION" && value.starts_with('#') &&
           slice({statement.name_span.end, statement.value_span.begin}).find('\n') ==
               std::string_view::npos;
  }

  // Mistakes may hide behind an INCLUDE, and an included piece may need what is around it: such a
  // block is left to its author.
  Result<void> write_as_it_is(const Statement& statement) {
    out_ += text_.substr(statement.name_span.begin,
                         statement.value_span.end - statement.name_span.begin);
    out_ += '\n';
    return {};
  }

  // `NAME >`, and comments between it and its block.
  void write_head_comments(const Statement& statement) {
    out_ += " >\n";
    const auto line =
        static_cast<uint32_t>(std::min(text_.find('\n', statement.name_span.end), text_.size()));
    if (line >= statement.value_span.begin) return;
    for (const std::string_view comment : lines_of(slice({line, statement.value_span.begin}))) {
      if (!trimmed(comment).empty()) out_ += std::string(trimmed(comment)) + "\n";
    }
  }

  Result<void> write_sql(const Statement& statement) {
    out_ += "SQL >\n";
    const SqlBody body = body_of(text_, statement.value_span);
    if (body.templated) out_ += std::string(kIndent) + "%\n";
    Result<std::string> lines =
        format_sql({slice({body.begin, statement.value_span.end}), body.templated, true}, 4);
    if (!lines.ok()) {
      Error error = std::move(lines).error();
      if (error.span)
        error.span = Span{error.span->begin + body.begin, error.span->end + body.begin};
      return error;
    }
    out_ += *lines;
    return {};
  }

  // A block's lines, their common indentation replaced. Comments at the margin are part of prose,
  // and stay elsewhere.
  void write_lines(const Statement& statement) {
    const bool prose = statement.name == "DESCRIPTION" || is_sql(statement);
    const std::vector<std::string_view> lines = lines_of(slice(statement.value_span));
    size_t indent = std::string_view::npos;
    const auto is_margin = [&](std::string_view line) { return !prose && line.starts_with('#'); };
    for (const std::string_view line : lines) {
      const size_t first = line.find_first_not_of(" \t");
      if (first != std::string_view::npos && !is_margin(line)) indent = std::min(indent, first);
    }
    if (lines.size() == 1 && trimmed(lines[0]).empty()) return;
    if (lines.size() == 1) indent = 0;
    for (std::string_view line : lines) {
      while (!line.empty() && (line.back() == ' ' || line.back() == '\t') && trimmed(line).empty())
        line.remove_suffix(1);
      if (lines.size() == 1) line = trimmed(line);
      if (!line.empty() && !is_margin(line))
        out_ += std::string(kIndent) + std::string(line.substr(std::min(indent, line.size())));
      else
        out_ += line;
      out_ += '\n';
    }
  }

  std::string inline_value(const Statement& statement, std::string_view value) const {
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

  // TOKEN name SCOPE: one blank, the scope in upper case; a comment behind it stays.
  static std::string token(std::string_view value) {
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
  static std::string engine_value(const Statement& statement, std::string_view value) {
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

  FileKind kind_;
  std::string_view text_;
  std::string out_;
  bool in_node_ = false;
};

// --- proof that the result says the same ---

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

// What a directive says, apart from how it is laid out. Queries prove themselves: see format_sql().
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

std::optional<Span> first_change(FileKind kind, std::string_view before, std::string_view after) {
  const datafile::Statements a = datafile::split_statements(before, kind);
  const datafile::Statements b = datafile::split_statements(after, kind);
  for (size_t i = 0; i < a.list.size(); ++i) {
    if (i >= b.list.size() || a.list[i].name != b.list[i].name ||
        meaning(a.list[i], before) != meaning(b.list[i], after))
      return a.list[i].name_span;
  }
  if (b.list.size() != a.list.size() || !b.errors.empty()) return Span{0, 1};
  return std::nullopt;
}

}  // namespace

Result<std::string> format_datafile(FileKind kind, std::string_view text) {
  SP_TRY(std::string out, DatafileFormatter(kind, text).run());
  const std::optional<Span> change = first_change(kind, text, out);
  if (!change) return out;
  const size_t before = datafile::split_statements(text, kind).list.size();
  if (datafile::split_statements(out, kind).list.size() > before) {
    return fail(ErrorCode::kDatafileError,
                "Laid out, a line of this block would read as a directive of its own", change,
                "put the name that is spelled like a directive into backticks");
  }
  return fail(ErrorCode::kLogicalError,
              "Formatting would change the meaning of the directive; the file is left as it is",
              change, "this is a mistake of the formatter: please report the file");
}

}  // namespace sp::format
