#pragma once
// What a directive of a datafile says, apart from how it is laid out: the proof that a layout keeps
// it.

#include <string>
#include <string_view>

#include "lang/datafile/statements.h"

namespace sp::format {

/// A node's SQL without its leading `%`, as the reader of pipes cuts it: where it begins in the
/// file, and whether it is a template.
struct SqlBody {
  uint32_t begin = 0;
  bool templated = false;
};

SqlBody body_of(std::string_view text, Span value);

/// Whether the directive's block is a query.
bool is_sql(const datafile::Statement& statement);

/// The same for two directives that say the same. Queries prove themselves (see format_sql()): of
/// them only the number of elements counts.
std::string meaning(const datafile::Statement& statement, std::string_view text);

}  // namespace sp::format
