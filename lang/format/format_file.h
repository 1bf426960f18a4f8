#pragma once
// The formatter's entry: a file's text to its canonical layout. Style: docs/formatting.md.
// Everything is checked: the result reads as the same file, node by node and branch by branch, or
// there is no result.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp::format {

enum class SourceKind : uint8_t { kDataSource, kPipe, kConnection, kInclude, kSql };

/// The kind of a path's extension: .datasource, .pipe, .connection, .incl, .sql; nullopt for
/// others.
std::optional<SourceKind> kind_of_path(std::string_view path);
/// The kind of a name: "datasource", "pipe", "connection", "incl", "sql".
std::optional<SourceKind> kind_of_name(std::string_view name);

struct Formatted {
  std::string text;           ///< empty if there are errors
  std::vector<Error> errors;  ///< sorted by place, each located; the text does not parse, or
                              ///< (LOGICAL_ERROR) the formatter failed
  bool ok() const { return errors.empty(); }
};

/// Lays out a text. `name`: the resource's name; `file`: the path shown to people. Line ends become
/// LF. Thread-safe.
Formatted format_source(SourceKind kind, const std::string& name, const std::string& file,
                        std::string text);

}  // namespace sp::format
