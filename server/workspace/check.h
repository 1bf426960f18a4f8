#pragma once
// check_project(): everything that is wrong with a project, without running it: each node is
// rendered in every branch of its template and described by the engine; targets of materialized
// views and copies are compared; what nobody reads is told. Between loading and publishing; also
// `sandpiper check`.

#include <set>
#include <string>
#include <vector>

#include "compiler/engine/engine.h"
#include "server/workspace/pipe_catalog.h"
#include "server/workspace/problem.h"
#include "server/workspace/project.h"

namespace sp {

/// Appends what is found to `problems` and the names of pipes with errors to `broken` (may be
/// null). Data sources that the project reads but does not contain are one warning each.
void check_project(const std::shared_ptr<const Project>& project, Engine& engine,
                   const PipeCatalog::FindTable& find_table, std::vector<Problem>& problems,
                   std::set<std::string>* broken);

/// Finds tables in the project's own data sources: for checking a folder that is not being served.
PipeCatalog::FindTable tables_of(const std::shared_ptr<const Project>& project);

/// What `sandpiper check` tells about a folder.
struct CheckReport {
  std::vector<Problem> problems;  ///< sorted by file and place
  size_t datasources = 0, pipes = 0;

  size_t count(Problem::Severity severity) const;
  /// One object a line, or excerpts and a summary for people.
  std::string print(bool json) const;
  /// 0: nothing worse than a warning; 1: at least one error; with `strict` also for a warning.
  int exit_status(bool strict = false) const;
};

/// Loads and checks a folder that is not being served.
CheckReport check_folder(const std::string& directory, Engine& engine);

}  // namespace sp
