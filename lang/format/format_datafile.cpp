// Directives one by one, with what stands between them. Entry: format_datafile().

#include "lang/format/format_datafile.h"

#include <algorithm>

#include "lang/format/layout_statement.h"
#include "lang/format/meaning.h"
#include "lang/source/trimmed.h"

namespace sp::format {
namespace {

using datafile::FileKind;
using datafile::Statement;

bool is_table(const Statement& statement) {
  return statement.name == "SCHEMA" || statement.name == "INDEXES";
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
      const size_t newline = text_.substr(0, statement.name_span.begin).rfind('\n');
      const auto line = newline == std::string_view::npos ? 0 : static_cast<uint32_t>(newline + 1);
      write_gap(at, line, before, &statement);
      SP_TRY(const std::string layout, layout_statement(kind_, text_, statement));
      out_ += layout;
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

  FileKind kind_;
  std::string_view text_;
  std::string out_;
  bool in_node_ = false;
};

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
