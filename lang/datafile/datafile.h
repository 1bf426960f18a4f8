#pragma once
// Datafiles: what a .datasource, .pipe or .connection file says, as data. Parsing resolves nothing
// and keeps every span, so that later stages report errors at the author's line. Contract:
// docs/language.md, "Datafiles".

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lang/source/source_text.h"
#include "runtime/core/error.h"
#include "runtime/core/type.h"

namespace sp {

/// A problem that does not stop publishing (a connector that cannot run here, an unknown setting).
struct Warning {
  std::string message;
  std::optional<Span> span;
  std::string hint;
};

/// A directive's value as written (quotes removed) with its place.
struct Directive {
  std::string name;  // upper case
  std::string value;
  Span name_span;
  Span value_span;
};

/// One column of SCHEMA.
struct ColumnDefinition {
  /// What the expression of a column is for: a value that an event may leave out, or one that it
  /// never gives.
  enum class Expression : uint8_t { kNone, kDefault, kMaterialized, kAlias };
  std::string name;
  Type type;
  std::string type_text;
  std::string json_path;  // "$.a.b", "$.a[:]", "$"; "" if none
  Expression expression = Expression::kNone;
  std::string default_text;  // SQL of the expression; "" if none
  std::string codec_text;
  std::string ttl_text;  // SQL expression of the column's TTL; kept
  std::string comment;
  Span span;  // the column's name
  Span type_span;
  Span default_span;
};

/// `TOKEN name SCOPE`.
struct TokenGrant {
  std::string name;
  std::string scope;  // "READ" or "APPEND"
  Span span;
};

struct DataSourceFile {
  std::string name;  // file name without extension
  std::shared_ptr<const SourceText> source;
  std::string description;
  std::vector<std::string> tags;
  std::vector<ColumnDefinition> columns;
  std::string engine = "MergeTree";
  std::optional<Directive> sorting_key, partition_key, primary_key, ttl, version_column, sign,
      is_deleted, summing_columns, sampling_key;
  std::vector<TokenGrant> tokens;
  std::string forward_query;
  Span forward_query_span;
  std::vector<Directive>
      indexes;                   // one per INDEXES line: name = index name, value = its definition
  std::vector<Directive> other;  // kept, not acted on: KAFKA_*, IMPORT_*, ENGINE_SETTINGS, ...
  std::vector<Warning> warnings;
};

struct PipeNode {
  enum class Type : uint8_t { kNone, kEndpoint, kMaterialized, kCopy, kSink };
  std::string name;
  Span name_span;
  std::string description;
  std::string sql;  // without the leading % line; as the author wrote it, offsets continuous
  uint32_t sql_offset = 0;  // byte offset of sql[0] in the file
  bool templated = false;   // the body began with %
  Type type = Type::kNone;
  std::vector<Directive>
      settings;  // DATASOURCE, TARGET_DATASOURCE, COPY_*, CACHE, EXPORT_*, ENGINE*...
};

struct PipeFile {
  std::string name;
  std::shared_ptr<const SourceText> source;
  std::string description;
  std::vector<std::string> tags;
  std::vector<TokenGrant> tokens;
  std::vector<PipeNode> nodes;  // in file order
  std::vector<Directive> other;
  std::vector<Warning> warnings;
  /// The node that the endpoint (or copy, ...) publishes: the one with a TYPE; nullptr if none has.
  const PipeNode* output_node() const;
};

struct ConnectionFile {
  std::string name;
  std::shared_ptr<const SourceText> source;
  std::string type;
  std::vector<Directive> settings;
  std::vector<Warning> warnings;
};

/// Reads a file by its path from the project's folder; nullopt if there is none.
using IncludeReader = std::function<std::optional<std::string>(const std::string& path)>;

/// Each parses one file's text. All errors found are returned, sorted by place, each located
/// (Error::location set); recovery goes on at the next directive. `name` is the resource's name;
/// `file` the path from the project's folder, shown to people. `includes` reads the files of
/// INCLUDE lines; without it they are kept with a warning. Thread-safe.
struct DataSourceResult {
  std::optional<DataSourceFile> file;
  std::vector<Error> errors;
};
DataSourceResult parse_datasource(const std::string& name, const std::string& file,
                                  std::string text, const IncludeReader& includes = {});
struct PipeResult {
  std::optional<PipeFile> file;
  std::vector<Error> errors;
};
PipeResult parse_pipe(const std::string& name, const std::string& file, std::string text,
                      const IncludeReader& includes = {});
struct ConnectionResult {
  std::optional<ConnectionFile> file;
  std::vector<Error> errors;
};
ConnectionResult parse_connection(const std::string& name, const std::string& file,
                                  std::string text, const IncludeReader& includes = {});

}  // namespace sp
