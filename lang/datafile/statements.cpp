// Folding of lines into directives: where blocks begin and end, and what to say about unknown
// words.

#include "lang/datafile/statements.h"

#include <algorithm>
#include <cctype>

#include "lang/datafile/lines.h"
#include "lang/source/trimmed.h"

namespace sp::datafile {
namespace {

constexpr size_t kMaxStatements = 10000;
constexpr size_t kMaxSpellings =
    1000;  // words compared with the directives' names before a file is given up on

class Folder {
 public:
  Folder(std::string_view text, FileKind kind)
      : text_(text),
        kind_(kind),
        lines_(split_lines(text)) {}

  Statements run() {
    size_t at = 0;
    while (at < lines_.size()) {
      const Line& line = lines_[at];
      if (out_.list.size() + out_.errors.size() >= kMaxStatements) {
        out_.errors.push_back(fail(ErrorCode::kDatafileError, "File has too many directives",
                                   line.word,
                                   "split it; the limit is " + std::to_string(kMaxStatements)));
        break;
      }
      if (line.kind != Line::Kind::kText) {
        ++at;
      } else if (const DirectiveRule* rule = rule_of(line); rule != nullptr) {
        at = fold(at, *rule);
      } else {
        report_unknown(line);
        at = skip_to_directive(at + 1);
      }
    }
    return std::move(out_);
  }

 private:
  std::string_view slice(Span span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }

  const DirectiveRule* rule_of(const Line& line) const {
    if (line.kind != Line::Kind::kText || line.word.begin == line.word.end) return nullptr;
    return find_directive(slice(line.word), kind_);
  }

  // Turns the directive at line `at` into a statement; returns the first line after it.
  size_t fold(size_t at, const DirectiveRule& rule) {
    const Line& line = lines_[at];
    Statement statement;
    statement.rule = &rule;
    statement.name = slice(line.word);
    statement.name_span = line.word;
    statement.value_span = line.rest;
    const bool arrow =
        statement.value_span.begin < statement.value_span.end && text_[line.rest.begin] == '>';
    if (!arrow &&
        !(statement.name == "SQL" || statement.name == "SCHEMA" || statement.name == "INDEXES")) {
      if (rule.shape == Shape::kEither && line.rest.begin == line.rest.end &&
          opens_block_without_arrow(at)) {
        return fold_block(at, statement);
      }
      out_.list.push_back(statement);
      return at + 1;
    }
    if (arrow) {
      if (rule.shape == Shape::kLine) {
        // "KEY >" with the value on the next line is accepted for every directive.
        statement.block = true;
      }
      ++statement.value_span.begin;
      while (statement.value_span.begin < statement.value_span.end &&
             text_[statement.value_span.begin] == ' ') {
        ++statement.value_span.begin;
      }
    }
    return fold_block(at, statement);
  }

  // DESCRIPTION alone on its line, followed by indented text.
  bool opens_block_without_arrow(size_t at) const {
    return at + 1 < lines_.size() && lines_[at + 1].kind == Line::Kind::kText &&
           lines_[at + 1].indent > 0;
  }

  size_t fold_block(size_t at, Statement statement) {
    statement.block = true;
    const bool sql = statement.name == "SQL";
    bool any = statement.value_span.begin < statement.value_span.end;
    if (any) check_first_line(statement);
    // Text behind the arrow counts as indented.
    uint32_t indent = any ? 1 : 0;
    bool indented_known = any;
    size_t next = at + 1;
    for (; next < lines_.size(); ++next) {
      const Line& line = lines_[next];
      if (line.kind == Line::Kind::kBlank) continue;
      if (line.kind == Line::Kind::kComment && line.indent == 0 && !sql) {
        if (!any) continue;
        extend(statement, line, any);
        continue;
      }
      if (line.kind == Line::Kind::kText && ends_block(line, indented_known ? indent : 0, sql))
        break;
      if (!indented_known) {
        indent = line.indent;
        indented_known = true;
      }
      extend(statement, line, any);
    }
    if (!any) statement.value_span = {statement.name_span.end, statement.name_span.end};
    trim_comments(statement, at, next, sql);
    out_.list.push_back(statement);
    return next;
  }

  // `SCHEMA >SCHEMA >`: what would be a directive on a line of its own is one here too.
  void check_first_line(const Statement& statement) {
    const std::string_view first = slice(statement.value_span);
    const size_t end = std::min(first.find_first_of(" \t>"), first.size());
    const std::string_view word = first.substr(0, end);
    const std::string_view rest =
        first.substr(std::min(first.find_first_not_of(" \t", end), first.size()));
    if (find_directive(word, kind_) == nullptr || !convincing(word, trimmed(rest))) return;
    const uint32_t begin = statement.value_span.begin;
    out_.errors.push_back(fail(ErrorCode::kDatafileError,
                               "Two directives on one line: " + std::string(word),
                               Span{begin, begin + static_cast<uint32_t>(word.size())},
                               "begin " + std::string(word) + " on a line of its own"));
  }

  static void extend(Statement& statement, const Line& line, bool& any) {
    if (!any) statement.value_span.begin = line.span.begin;
    statement.value_span.end = line.span.end;
    any = true;
  }

  // Comment lines at the margin that close a block belong to what follows.
  void trim_comments(Statement& statement, size_t at, size_t next, bool sql) const {
    if (sql || statement.value_span.begin == statement.value_span.end) return;
    for (size_t last = next; last-- > at + 1;) {
      const Line& line = lines_[last];
      if (line.kind == Line::Kind::kBlank) continue;
      if (line.kind == Line::Kind::kComment && line.indent == 0) {
        if (line.span.begin <= statement.value_span.begin) return;
        continue;
      }
      statement.value_span.end = std::max(line.span.end, statement.value_span.begin);
      return;
    }
    // Nothing but comments follows what stands behind the arrow.
    if (statement.value_span.begin < lines_[at].span.end)
      statement.value_span.end = lines_[at].rest.end;
  }

  // At the margin every directive ends a block, and so does a word that is one letter away from
  // being one. Inside an indented block a line must look like the directive in full: `TYPE
  // endpoint`, not a column called TYPE.
  bool ends_block(const Line& line, uint32_t block_indent, bool sql) const {
    const DirectiveRule* rule = rule_of(line);
    if (rule == nullptr)
      return line.indent == 0 && block_indent > 0 &&
             (looks_misspelt(line, sql) || looks_lower_case(line, sql));
    if (line.indent == 0) return true;
    if (block_indent > 0 && line.indent < block_indent) return true;
    return convincing(slice(line.word), slice(line.rest));
  }

  static bool convincing(std::string_view word, std::string_view rest) {
    if (word.find('_') != std::string_view::npos) return !rest.empty();
    if (word == "SQL" || word == "SCHEMA" || word == "INDEXES" || word == "DESCRIPTION")
      return rest == ">";
    if (word == "TYPE") {
      std::string lower(rest);
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      return lower == "endpoint" || lower == "materialized" || lower == "copy" || lower == "sink";
    }
    if (word == "NODE" || word == "DATASOURCE") return is_identifier(rest);
    if (word == "ENGINE" || word == "TAGS")
      return !rest.empty() && (rest.front() == '"' || rest.front() == '\'');
    if (word == "TOKEN") return rest.ends_with("READ") || rest.ends_with("APPEND");
    return false;
  }

  static bool is_identifier(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
      return std::isalnum(c) || c == '_' || c == '.' || c == '-';
    });
  }

  bool looks_misspelt(const Line& line, bool sql) const {
    const std::string_view word = slice(line.word);
    if (word.size() < 3 || ++spellings_ > kMaxSpellings) return false;
    if (!files_with(word).empty() || word.starts_with("ENGINE_")) return true;
    static constexpr std::string_view kSqlWords[] = {
        "SELECT", "FROM",   "WHERE", "GROUP", "ORDER", "LIMIT", "UNION", "JOIN", "LEFT",  "INNER",
        "WITH",   "HAVING", "CASE",  "CAST",  "WHEN",  "THEN",  "ELSE",  "END",  "USING", "SET",
        "NOT",    "NULL",   "TABLE", "TOP",   "TIES",  "MODE",  "TRUE",  "LIKE"};
    if (sql && std::find(std::begin(kSqlWords), std::end(kSqlWords), word) != std::end(kSqlWords))
      return false;
    return !nearest_name(word, directive_names(kind_)).empty();
  }

  // `engine "MergeTree"`: a directive but for its case, with what follows one.
  bool looks_lower_case(const Line& line, bool sql) const {
    std::string_view text = slice(line.span);
    size_t end = 0;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
      ++end;
    std::string word(text.substr(0, end));
    for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    const std::string_view rest =
        text.substr(std::min(text.find_first_not_of(" \t", end), text.size()));
    return !sql && find_directive(word, kind_) != nullptr && !rest.empty() &&
           (rest.front() == '"' || rest.front() == '\'' || rest.front() == '>');
  }

  void report_unknown(const Line& line) {
    const bool has_word = line.word.begin < line.word.end;
    Span span = has_word ? line.word : Span{line.span.begin + line.indent, line.span.end};
    if (!has_word) {
      uint32_t end = span.begin;
      while (end < span.end && text_[end] != ' ' && text_[end] != '\t') ++end;
      span.end = end;
    }
    const std::string word(slice(span));
    const std::string elsewhere = files_with(word);
    Error error = fail(ErrorCode::kDatafileError,
                       elsewhere.empty() ? "Unknown directive: " + word
                                         : "Directive does not belong here: " + word,
                       span);
    if (!elsewhere.empty()) {
      error.hint = word + " stands in " + elsewhere + " files";
    } else {
      std::string upper(word);
      for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      const auto names = directive_names(kind_);
      if (std::find(names.begin(), names.end(), upper) != names.end()) {
        error.hint = "directives are written in upper case: `" + upper + "`";
      } else {
        if (++spellings_ <= kMaxSpellings) error.hint = did_you_mean(word, names);
      }
      if (error.hint.empty()) {
        error.hint = kind_ == FileKind::kDataSource
                         ? "the directives of a data source are SCHEMA, ENGINE, ENGINE_*, "
                           "DESCRIPTION, TAGS, TOKEN, INDEXES, FORWARD_QUERY, KAFKA_*, IMPORT_*"
                     : kind_ == FileKind::kPipe
                         ? "the directives of a pipe are NODE, SQL, TYPE, DESCRIPTION, TAGS, "
                           "TOKEN, CACHE, DATASOURCE, TARGET_DATASOURCE, COPY_*, EXPORT_*"
                         : "the directives of a connection are TYPE, KAFKA_*, S3_*, GCS_*";
      }
    }
    out_.errors.push_back(std::move(error));
  }

  // After an unknown word, goes on at the next directive, or at the next misspelt one so that it is
  // reported too.
  size_t skip_to_directive(size_t at) const {
    while (at < lines_.size()) {
      const Line& line = lines_[at];
      if (line.kind == Line::Kind::kText &&
          (rule_of(line) != nullptr || (line.indent == 0 && looks_misspelt(line, false)))) {
        break;
      }
      ++at;
    }
    return at;
  }

  std::string_view text_;
  FileKind kind_;
  std::vector<Line> lines_;
  mutable size_t spellings_ = 0;
  Statements out_;
};

}  // namespace

Statements split_statements(std::string_view text, FileKind kind) {
  return Folder(text, kind).run();
}

}  // namespace sp::datafile
