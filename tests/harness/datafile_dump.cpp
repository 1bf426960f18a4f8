// Datafiles field by field, for language goldens: what is absent is not printed.

#include <fmt/format.h>

#include "lang/datafile/datafile.h"
#include "tests/harness/language_actions.h"

namespace sp::tests {
namespace {

// Values of several lines stand in brackets of their own.
std::string shown(const std::string& value) {
  if (value.find('\n') == std::string::npos) return "[" + value + "]";
  std::string out = "[\n";
  for (const char c : value) out += c;
  if (!out.ends_with('\n')) out += '\n';
  return out + "]";
}

void line(std::string& out, const std::string& name, const std::string& value) {
  if (!value.empty()) out += name + " " + shown(value) + "\n";
}

void list(std::string& out, const std::string& name, const std::vector<std::string>& values) {
  if (!values.empty()) out += fmt::format("{} [{}]\n", name, fmt::join(values, "] ["));
}

void directive(std::string& out, const Directive& one, const std::string& before = "") {
  out += before + one.name + " " + shown(one.value) + "\n";
}

void tokens(std::string& out, const std::vector<TokenGrant>& grants) {
  for (const TokenGrant& grant : grants) out += "token [" + grant.name + "] " + grant.scope + "\n";
}

void warnings(std::string& out, const SourceText& source, const std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings) {
    out +=
        "warning: " +
        source.attach(fail(ErrorCode::kDatafileError, warning.message, warning.span, warning.hint))
            .render() +
        "\n";
  }
}

template <class Outcome>
std::string errors_of(const Outcome& result) {
  std::string out;
  for (const Error& error : result.errors) out += "error: " + error.render() + "\n";
  return out;
}

std::string dump(const DataSourceResult& result) {
  std::string out = errors_of(result);
  if (!result.file) return out;
  const DataSourceFile& file = *result.file;
  out += "datasource " + file.name + "\n";
  line(out, "description", file.description);
  list(out, "tags", file.tags);
  tokens(out, file.tokens);
  for (const ColumnDefinition& column : file.columns) {
    out += "column [" + column.name + "] " + column.type.name();
    if (!column.json_path.empty()) out += " path [" + column.json_path + "]";
    static constexpr const char* kExpressions[] = {"", " default", " materialized", " alias"};
    if (!column.default_text.empty())
      out += std::string(kExpressions[static_cast<size_t>(column.expression)]) + " [" +
             column.default_text + "]";
    if (!column.codec_text.empty()) out += " codec [" + column.codec_text + "]";
    if (!column.ttl_text.empty()) out += " ttl [" + column.ttl_text + "]";
    if (!column.comment.empty()) out += " comment [" + column.comment + "]";
    out += "\n";
  }
  line(out, "engine", file.engine);
  for (const std::optional<Directive>* one :
       {&file.sorting_key, &file.partition_key, &file.primary_key, &file.ttl, &file.version_column,
        &file.sign, &file.is_deleted, &file.summing_columns, &file.sampling_key}) {
    if (*one) directive(out, **one);
  }
  line(out, "forward_query", file.forward_query);
  for (const Directive& index : file.indexes) directive(out, index, "index ");
  for (const Directive& other : file.other) directive(out, other, "kept ");
  warnings(out, *file.source, file.warnings);
  return out;
}

std::string dump(const PipeResult& result) {
  static constexpr const char* kTypes[] = {"", " endpoint", " materialized", " copy", " sink"};
  std::string out = errors_of(result);
  if (!result.file) return out;
  const PipeFile& file = *result.file;
  out += "pipe " + file.name + "\n";
  line(out, "description", file.description);
  list(out, "tags", file.tags);
  tokens(out, file.tokens);
  for (const Directive& other : file.other) directive(out, other, "kept ");
  for (const PipeNode& node : file.nodes) {
    out += "node " + node.name + kTypes[static_cast<size_t>(node.type)] +
           (node.templated ? " templated" : "") + "\n";
    line(out, "  description", node.description);
    line(out, "  sql", node.sql);
    for (const Directive& setting : node.settings) directive(out, setting, "  ");
  }
  warnings(out, *file.source, file.warnings);
  return out;
}

std::string dump(const ConnectionResult& result) {
  std::string out = errors_of(result);
  if (!result.file) return out;
  out += "connection " + result.file->name + " " + result.file->type + "\n";
  for (const Directive& setting : result.file->settings) directive(out, setting);
  warnings(out, *result.file->source, result.file->warnings);
  return out;
}

}  // namespace

std::string dump_datafile(const std::string& file, const std::string& text) {
  const size_t slash = file.rfind('/'), dot = file.rfind('.');
  const size_t begin = slash == std::string::npos ? 0 : slash + 1;
  const std::string name = file.substr(begin, dot - begin);
  if (file.ends_with(".datasource")) return dump(parse_datasource(name, file, text));
  if (file.ends_with(".pipe")) return dump(parse_pipe(name, file, text));
  if (file.ends_with(".connection")) return dump(parse_connection(name, file, text));
  return "no datafile: " + file + "\n";
}

}  // namespace sp::tests
