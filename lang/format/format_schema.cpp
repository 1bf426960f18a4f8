// SCHEMA and INDEXES blocks: one column a line, types and JSON paths below one another. Entries:
// format_schema(), format_indexes().

#include <algorithm>
#include <cctype>

#include "lang/datafile/balanced.h"
#include "lang/datafile/schema.h"
#include "lang/format/format_datafile.h"
#include "lang/format/format_sql.h"
#include "lang/format/line_printer.h"
#include "lang/sql/token.h"

namespace sp::format {
namespace {

// Names and types longer than this do not push the others' columns to the right.
constexpr size_t kWidestName = 40;
constexpr size_t kWidestType = 48;

struct Line {
  bool blank_before = false;
  std::string comment;  // a comment alone, or behind the column
  std::string name, type, rest;
};

bool starts_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(text[i])) != word[i]) return false;
  }
  return text.size() == word.size() ||
         (std::isalnum(static_cast<unsigned char>(text[word.size()])) == 0 &&
          text[word.size()] != '_');
}

// DEFAULT, MATERIALIZED, EPHEMERAL or ALIAS, if one of them begins the text.
std::string_view expression_word(std::string_view text) {
  if (starts_with_word(text, "default")) return "DEFAULT";
  if (starts_with_word(text, "materialized")) return "MATERIALIZED";
  if (starts_with_word(text, "ephemeral")) return "EPHEMERAL";
  return starts_with_word(text, "alias") ? "ALIAS" : "";
}

class SchemaReader {
 public:
  SchemaReader(std::string_view text, Span block) : text_(text), block_(block) {}

  std::optional<std::vector<Line>> run() {
    datafile::Findings findings;
    findings.text = text_;
    const std::vector<ColumnDefinition> columns = datafile::read_schema(block_, findings);
    if (!findings.errors.empty() || columns.empty()) return std::nullopt;
    // An open quote may take in what follows the expression.
    for (const ColumnDefinition& column : columns) {
      if (!sql::tokenize(column.default_text).ok() || !sql::tokenize(column.ttl_text).ok())
        return std::nullopt;
    }
    at_ = block_.begin;
    fresh_ = true;
    if (!gap(columns[0].span.begin, nullptr)) return std::nullopt;
    for (size_t i = 0; i < columns.size(); ++i) {
      const uint32_t next = i + 1 < columns.size() ? columns[i + 1].span.begin : block_.end;
      if (!column(columns[i], next)) return std::nullopt;
    }
    return std::move(lines_);
  }

 private:
  std::string_view slice(uint32_t begin, uint32_t end) const {
    return text_.substr(begin, end - begin);
  }

  bool column(const ColumnDefinition& definition, uint32_t next) {
    Line line;
    line.blank_before = newlines_ > 1 && !lines_.empty();
    const std::string_view written = slice(definition.span.begin, definition.span.end);
    line.name = definition.name.find('`') == std::string::npos ? "`" + definition.name + "`"
                                                               : std::string(written);
    line.type = format_type(slice(definition.type_span.begin, definition.type_span.end));
    at_ = definition.type_span.end;
    fresh_ = false;
    newlines_ = 0;
    lines_.push_back(std::move(line));
    return gap(next, &definition);
  }

  // Reads up to `end`: modifiers of the column before, commas and comments.
  bool gap(uint32_t end, const ColumnDefinition* definition) {
    std::string path, expression, codec, ttl, remark, null;
    const size_t owner = lines_.size() - 1;
    while (at_ < end) {
      const std::string_view rest = slice(at_, end);
      if (std::isspace(static_cast<unsigned char>(rest[0])) != 0) {
        newlines_ += rest[0] == '\n';
        fresh_ = fresh_ || rest[0] == '\n';
        ++at_;
      } else if (rest[0] == ',') {
        ++at_;
      } else if (rest[0] == '#' || rest.starts_with("--")) {
        comment(rest.substr(0, rest.find('\n')));
      } else if (definition == nullptr) {
        return false;
      } else if (rest.starts_with("`json:")) {
        const size_t close = rest.find('`', 1);
        if (close == std::string_view::npos) return false;
        path = std::string(rest.substr(0, close + 1));
        at_ += static_cast<uint32_t>(close) + 1;
      } else if (const std::string_view word = expression_word(rest);
                 !word.empty() && definition->default_span.begin > at_) {
        expression =
            std::string(word) + " " +
            format_expression(slice(definition->default_span.begin, definition->default_span.end));
        at_ = definition->default_span.end;
      } else if (starts_with_word(rest, "ttl")) {
        const size_t begin = rest.find(definition->ttl_text, 3);
        if (begin == std::string_view::npos) return false;
        ttl = "TTL " + format_expression(definition->ttl_text);
        at_ += static_cast<uint32_t>(begin + definition->ttl_text.size());
      } else if (starts_with_word(rest, "comment")) {
        const size_t quote = rest.find('\'');
        if (quote == std::string_view::npos) return false;
        const auto close = static_cast<size_t>(
            datafile::grammar::skip_quoted(rest.data() + quote, rest.data() + rest.size()) -
            rest.data());
        remark = "COMMENT " + std::string(rest.substr(quote, close - quote));
        at_ += static_cast<uint32_t>(close);
      } else if (starts_with_word(rest, "codec")) {
        const std::string inside = definition->codec_text;
        const size_t begin = rest.find(inside, 5);
        if (begin == std::string_view::npos) return false;
        codec = "CODEC(" + format_type(inside) + ")";
        at_ += static_cast<uint32_t>(rest.find(')', begin + inside.size())) + 1;
      } else if (starts_with_word(rest, "not")) {
        null = "NOT ";
        at_ += 3;
      } else if (starts_with_word(rest, "null")) {
        null += "NULL";
        at_ += 4;
      } else {
        return false;
      }
      if (at_ > end) return false;
    }
    if (definition == nullptr) return true;
    Line& line = lines_[owner];
    if (!null.empty()) line.type += " " + null;
    for (const std::string* part : {&path, &expression, &codec, &ttl, &remark}) {
      if (!part->empty()) line.rest += (line.rest.empty() ? "" : " ") + *part;
    }
    return true;
  }

  void comment(std::string_view text) {
    at_ += static_cast<uint32_t>(text.size());
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0)
      text.remove_suffix(1);
    if (!fresh_ && !lines_.empty() && lines_.back().comment.empty()) {
      lines_.back().comment = text;
    } else {
      Line line;
      line.blank_before = newlines_ > 1 && !lines_.empty();
      line.comment = text;
      lines_.push_back(std::move(line));
    }
    newlines_ = 0;
  }

  std::string_view text_;
  Span block_;
  uint32_t at_ = 0;
  uint32_t newlines_ = 0;
  bool fresh_ = false;  // nothing but comments stands before in this line
  std::vector<Line> lines_;
};

void pad(std::string& out, const std::string& text, size_t width) {
  out += text;
  const size_t columns = columns_of(text);
  if (columns < width) out.append(width - columns, ' ');
}

}  // namespace

std::optional<std::string> format_schema(std::string_view text, Span block) {
  const std::optional<std::vector<Line>> lines = SchemaReader(text, block).run();
  if (!lines) return std::nullopt;
  size_t name_width = 0, type_width = 0, last = 0;
  for (size_t i = 0; i < lines->size(); ++i) {
    const Line& line = (*lines)[i];
    if (line.name.empty()) continue;
    last = i;
    const size_t name = columns_of(line.name), type = columns_of(line.type);
    if (name <= kWidestName) name_width = std::max(name_width, name);
    if (type <= kWidestType && !line.rest.empty()) type_width = std::max(type_width, type);
  }
  std::string out;
  for (size_t i = 0; i < lines->size(); ++i) {
    const Line& line = (*lines)[i];
    if (line.blank_before) out += '\n';
    out += "    ";
    if (!line.name.empty()) {
      pad(out, line.name, name_width);
      out += ' ';
      pad(out, line.type, line.rest.empty() ? 0 : type_width);
      if (!line.rest.empty()) out += " " + line.rest;
      if (i < last) out += ',';
      if (!line.comment.empty()) out += ' ';
    }
    out += line.comment + "\n";
  }
  return out;
}

std::string format_indexes(std::string_view block) {
  std::string out;
  uint32_t blanks = 0;
  while (!block.empty()) {
    const size_t newline = std::min(block.find('\n'), block.size());
    std::string_view line = block.substr(0, newline);
    block.remove_prefix(std::min(newline + 1, block.size()));
    std::string joined;
    const char* at = line.data();
    const char* const end = at + line.size();
    while (at < end) {
      const bool comment = *at == '#' || (*at == '-' && at + 1 < end && at[1] == '-');
      const char* next = comment ? end
                         : *at == '\'' || *at == '"' || *at == '`'
                             ? datafile::grammar::skip_quoted(at, end)
                             : at + 1;
      const bool blank = std::isspace(static_cast<unsigned char>(*at)) != 0;
      if (!blank)
        joined.append(at, next);
      else if (!joined.empty() && joined.back() != ' ')
        joined += ' ';
      at = next;
    }
    while (!joined.empty() && std::isspace(static_cast<unsigned char>(joined.back())) != 0)
      joined.pop_back();
    if (joined.empty()) {
      ++blanks;
      continue;
    }
    if (blanks > 0 && !out.empty()) out += '\n';
    blanks = 0;
    out += "    " + joined + "\n";
  }
  return out;
}

}  // namespace sp::format
