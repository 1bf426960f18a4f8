// Which reader and which layout a kind of file gets, and where errors lie in it. Entry:
// format_source().

#include "lang/format/format_file.h"

#include <algorithm>
#include <array>

#include "lang/datafile/datafile.h"
#include "lang/datafile/include.h"
#include "lang/format/format_datafile.h"
#include "lang/format/format_sql.h"
#include "lang/source/source_text.h"

namespace sp::format {
namespace {

constexpr std::array<std::pair<std::string_view, SourceKind>, 5> kKinds = {
    {{"datasource", SourceKind::kDataSource},
     {"pipe", SourceKind::kPipe},
     {"connection", SourceKind::kConnection},
     {"incl", SourceKind::kInclude},
     {"sql", SourceKind::kSql}}};

std::string with_line_feeds(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    while (c == '\n' && out.ends_with('\r')) out.pop_back();
    out += c;
  }
  while (out.ends_with('\r')) out.pop_back();
  return out;
}

Formatted failed(Error error, const SourceText& source) {
  Formatted out;
  out.errors.push_back(source.attach(std::move(error)));
  return out;
}

Formatted format_sql_file(const std::string& file, const std::string& text) {
  SqlText sql{text};
  const size_t first = text.find_first_not_of(" \t\n");
  if (first == std::string::npos) return {};
  std::string head;
  if (text[first] == '%') {
    sql.templated = true;
    head = "%\n";
    sql.text.remove_prefix(first + 1);
  }
  Result<std::string> out = format_sql(sql, 0);
  if (out.ok()) return {head + *out, {}};
  Error error = std::move(out).error();
  const auto offset = static_cast<uint32_t>(text.size() - sql.text.size());
  if (error.span) error.span = Span{error.span->begin + offset, error.span->end + offset};
  return failed(std::move(error), SourceText(file, text));
}

// An included file holds a piece of a data source or a pipe: the kind whose directives it has.
datafile::FileKind kind_of_include(std::string_view text) {
  using datafile::FileKind;
  FileKind best = FileKind::kPipe;
  size_t fewest = datafile::split_statements(text, best).errors.size();
  for (const FileKind kind : {FileKind::kDataSource, FileKind::kConnection}) {
    const size_t errors = datafile::split_statements(text, kind).errors.size();
    if (errors < fewest) {
      fewest = errors;
      best = kind;
    }
  }
  return best;
}

// What the file's own reader finds wrong.
std::vector<Error> read_errors(SourceKind kind, const std::string& name, const std::string& file,
                               const std::string& text) {
  switch (kind) {
    case SourceKind::kDataSource: return parse_datasource(name, file, text).errors;
    case SourceKind::kPipe: return parse_pipe(name, file, text).errors;
    case SourceKind::kConnection: return parse_connection(name, file, text).errors;
    default: return {};
  }
}

}  // namespace

std::optional<SourceKind> kind_of_name(std::string_view name) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(),
                                  [&](const auto& kind) { return kind.first == name; });
  return found == kKinds.end() ? std::nullopt : std::optional<SourceKind>(found->second);
}

std::optional<SourceKind> kind_of_path(std::string_view path) {
  const size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::nullopt : kind_of_name(path.substr(dot + 1));
}

Formatted format_source(SourceKind kind, const std::string& name, const std::string& file,
                        std::string text) {
  text = with_line_feeds(text);
  if (kind == SourceKind::kSql) return format_sql_file(file, text);
  Formatted out;
  // A file that takes lines from others is not wrong for what it lacks.
  const bool is_whole = !datafile::takes_lines(text);
  if (is_whole) out.errors = read_errors(kind, name, file, text);
  if (!out.errors.empty()) return out;
  const datafile::FileKind format =
      kind == SourceKind::kDataSource   ? datafile::FileKind::kDataSource
      : kind == SourceKind::kConnection ? datafile::FileKind::kConnection
      : kind == SourceKind::kPipe       ? datafile::FileKind::kPipe
                                        : kind_of_include(text);
  const SourceText source(file, text);
  Result<std::string> formatted = format_datafile(format, text);
  if (!formatted.ok()) return failed(std::move(formatted).error(), source);
  std::vector<Error> after;
  if (!datafile::takes_lines(*formatted)) after = read_errors(kind, name, file, *formatted);
  if (!after.empty() && !is_whole) out.errors = read_errors(kind, name, file, text);
  if (!out.errors.empty()) return out;
  if (!after.empty()) {
    return failed(fail(ErrorCode::kLogicalError,
                       "Formatting would make the file unreadable: " + after[0].message, Span{0, 1},
                       "this is a mistake of the formatter: please report the file"),
                  source);
  }
  out.text = *std::move(formatted);
  return out;
}

}  // namespace sp::format
