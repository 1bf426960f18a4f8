#pragma once
// Datafiles to their canonical layout: directives at the margin, blocks indented by four blanks,
// columns aligned, queries laid out by format_sql(). Comments at the margin and single empty lines
// between directives stay.

#include <string>
#include <string_view>

#include "lang/datafile/statements.h"

namespace sp::format {

/// Lays out a datafile's text (line ends LF). The result has the same directives with the same
/// values; LOGICAL_ERROR if it would not. Fails with a span in the text where a query does not
/// parse.
Result<std::string> format_datafile(datafile::FileKind kind, std::string_view text);

/// The lines of a SCHEMA block, indented; nullopt if the block cannot be read.
std::optional<std::string> format_schema(std::string_view text, Span block);

/// The lines of an INDEXES block, indented.
std::string format_indexes(std::string_view block);

}  // namespace sp::format
