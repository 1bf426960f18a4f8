#pragma once
// Directives: the table of every keyword that a datafile may contain: where it may stand, what
// values it takes.
// One row a directive; parsers, error hints and block ends all come from it.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sp::datafile {

enum class FileKind : uint8_t { kDataSource, kPipe, kConnection };

/// What a directive is to us.
enum class Role : uint8_t {
  kActed,    ///< understood and used
  kKept,     ///< kept in the model; acting on it is somebody else's business
  kIdle,     ///< has no effect here: kept and warned about
  kInert,    ///< cannot act here (connectors): kept and warned about once a family
  kClassic,  ///< Classic only: kept with a warning
};

/// How a value is written.
enum class Shape : uint8_t { kLine, kBlock, kEither };

struct DirectiveRule {
  std::string_view name;
  uint8_t files;  ///< bits: 1 data source, 2 pipe, 4 connection
  Shape shape;
  Role role;
  std::string_view values;  ///< allowed values "append|replace"; "" = any
  std::string_view family;  ///< the word used in "cannot act here" warnings: "Kafka connector"
};

/// The rule of a directive (exact, upper case) in a kind of file; nullptr if it is unknown there.
/// Names of known families (KAFKA_*, IMPORT_*, EXPORT_*, S3_*, GCS_*) are known even if their row
/// is not listed.
const DirectiveRule* find_directive(std::string_view name, FileKind kind);

/// All names that may stand in a kind of file, for suggestions.
std::vector<std::string_view> directive_names(FileKind kind);

/// The kinds of file a directive may stand in, as words (".pipe or .connection"); "" if it is
/// unknown everywhere.
std::string files_with(std::string_view name);

/// True if `value` is one of the rule's values, ignoring case; `canonical` gets the table's
/// spelling.
bool allowed_value(const DirectiveRule& rule, std::string_view value, std::string* canonical);

/// "append, replace" for messages.
std::string listed_values(std::string_view values);

}  // namespace sp::datafile
