#pragma once
// One directive of a datafile laid out. What its layout cannot be proved to keep stays as its
// author wrote it: blocks that cannot be read (mistakes may hide behind an INCLUDE, and an included
// piece may need what is around it), values that would begin another way on a line of their own.

#include <string>
#include <string_view>

#include "lang/datafile/statements.h"

namespace sp::format {

/// The directive with its block, each line ended by a newline. Read alone it is the same directive
/// with the same meaning, and its layout is itself; else it is the text of the file. Fails, with a
/// span in the file, where the SQL of a node does not parse.
Result<std::string> layout_statement(datafile::FileKind kind, std::string_view text,
                                     const datafile::Statement& statement);

/// A text's lines without their ends; at least one.
std::vector<std::string_view> lines_of(std::string_view text);

}  // namespace sp::format
