#pragma once
// The SCHEMA block: columns with types, JSON paths, expressions and codecs (schema.cpp). And the
// INDEXES block, which shares its lexical rules (indexes.cpp). PEGTL grammars; one column or index
// at a time, so that one mistake hides no other.

#include <string_view>
#include <vector>

#include "lang/datafile/value.h"

namespace sp::datafile {

/// Reads the columns of a SCHEMA block at `span` of the file. Mistakes go to `findings`; the
/// columns that are right are returned.
std::vector<ColumnDefinition> read_schema(Span span, Findings& findings);

/// Reads INDEXES: `name expression TYPE kind GRANULARITY n` a line, commas optional.
std::vector<Directive> read_indexes(Span span, Findings& findings);

/// `AggregateFunction(argMinState, ...)` as `AggregateFunction(argMin, ...)`: Tinybird tolerates
/// the suffix.
std::string without_state_suffix(std::string_view type_text);

}  // namespace sp::datafile
