#pragma once
// check_project(): binds every pipe of a project in every branch of its templates, without running anything.

#include <set>
#include <string>
#include <vector>

#include "compiler/engine/engine.h"
#include "server/workspace/pipe_catalog.h"
#include "server/workspace/project.h"

namespace sp {

/// Appends what binding finds to `problems` and the names of pipes with errors to `broken` (may be null). Data sources
/// that the project reads but does not contain are one warning each.
void check_project(const std::shared_ptr<const Project>& project, Engine& engine, const PipeCatalog::FindTable& find_table,
                   std::vector<Problem>& problems, std::set<std::string>* broken);

/// Finds tables in the project's own data sources: for checking a folder that is not being served.
PipeCatalog::FindTable tables_of(const std::shared_ptr<const Project>& project);

/// What `sandpiper check` tells about a folder.
struct CheckReport {
  std::vector<Problem> problems;  ///< sorted by file and place
  size_t datasources = 0, pipes = 0;

  size_t count(Problem::Severity severity) const;
  /// One object a line, or excerpts and a summary for people.
  std::string print(bool json) const;
  /// 0: no errors; 1: at least one error.
  int exit_status() const { return count(Problem::Severity::kError) > 0 ? 1 : 0; }
};

/// Loads and checks a folder that is not being served.
CheckReport check_folder(const std::string& directory, Engine& engine);

/// One line of JSON: {"file", "line", "column", "severity", "code", "message", "hint"}.
std::string problem_to_json(const Problem& problem);
/// For people: file:line:column, severity, message, excerpt, hint.
std::string problem_to_text(const Problem& problem);

}  // namespace sp
