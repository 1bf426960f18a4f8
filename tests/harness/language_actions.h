#pragma once
// What a language golden may ask for. One row of the table in language_actions.cpp an action:
//
//   check [json]              what `sandpiper check` prints for the inputs as a project, then its
//                             exit status
//   render [PIPE[.NODE]] k=v  a pipe's nodes (or the input `template`) rendered: the shape, then
//                             the values of its holes;
//                             %XX in values is decoded
//   signature [PIPE]          the merged parameters of a pipe or of the input `template`
//   dump FILE                 what a datafile says, field by field, with its warnings and errors
//   print                     the input `sql` as canonical SQL; says so if that does not parse back
//                             to the same tree
//   ast                       the input `sql` as a tree
//   fmt [FILE]                the input as `sandpiper fmt` lays it out; says so if that does not
//                             format to itself

#include <string>

#include "tests/harness/language_golden_file.h"

namespace sp::tests {

/// Runs one action; what it prints ends with a newline, errors included. Thread-safe.
std::string run_language_action(const LanguageCase& one, const LanguageAction& action);

/// Prints a .datasource, .pipe or .connection field by field.
std::string dump_datafile(const std::string& file, const std::string& text);

}  // namespace sp::tests
