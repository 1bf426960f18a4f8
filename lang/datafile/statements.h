#pragma once
// Statements: the second step of reading a datafile. Folds lines into directives with their values
// or blocks, and reports words that look like directives but are none. Entry: split_statements().
// Next: read_datasource.cpp, read_pipe.cpp, read_connection.cpp.

#include <string>
#include <string_view>
#include <vector>

#include "lang/datafile/datafile.h"
#include "lang/datafile/directives.h"

namespace sp::datafile {

/// One directive of a file with the place of its value. A block's value runs from its first to its
/// last line that is not blank, indentation included.
struct Statement {
  const DirectiveRule* rule = nullptr;
  std::string_view name;
  Span name_span;
  Span value_span;
  bool block = false;
};

/// What a text says, statement by statement, and what it says wrongly.
struct Statements {
  std::vector<Statement> list;
  std::vector<Error> errors;
};

/// Splits a datafile into its statements. A block ends only at a line that begins with a known
/// directive, so SQL may stand unindented; an indented line that merely starts with a directive's
/// word stays in an indented block.
Statements split_statements(std::string_view text, FileKind kind);

}  // namespace sp::datafile
