#pragma once
// One SQL text, with its template if it has one, to its canonical layout. Used for nodes of pipes,
// .sql files and queries inside data sources.

#include <string>

#include "lang/format/element.h"

namespace sp::format {

/// The text laid out, each line ended by a newline and indented by `indent` columns at least. The
/// result has the same tokens, tags and comments, renders and parses to the same trees in every
/// probed branch, and formats to itself; LOGICAL_ERROR if it would not.
/// Fails with a span in the text where it does not parse in any branch.
Result<std::string> format_sql(const SqlText& source, uint32_t indent);

/// An expression or a list of them on one line; the text as it stands if it is none.
std::string format_expression(std::string_view text);

/// A column type on one line: `LowCardinality(String)`.
std::string format_type(std::string_view text);

}  // namespace sp::format
