#pragma once
// Problem: something wrong with a project's file, and how it is told to people, editors and CI.

#include <string>
#include <vector>

#include "runtime/core/error.h"

namespace sp {

/// Something wrong with a file, for check, the log and the API.
struct Problem {
  enum class Severity : uint8_t { kError, kWarning };
  Severity severity = Severity::kError;
  Error error;  ///< located
  std::string file;
};

/// Sorts by file, line and column; errors of one place stand before its warnings.
void sort_problems(std::vector<Problem>& problems);

/// One line of JSON: {"file", "line", "column", "severity", "code", "message", "hint"}.
std::string problem_to_json(const Problem& problem);
/// For people: file:line:column, severity, message, excerpt, hint.
std::string problem_to_text(const Problem& problem);

}  // namespace sp
