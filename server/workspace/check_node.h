#pragma once
// NodeCheck: one node of a pipe bound in every branch of its template. Finds more than the first
// mistake: what is wrong is replaced in the text and the node bound again.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "compiler/engine/engine.h"
#include "server/workspace/pipe_catalog.h"
#include "server/workspace/problem.h"

namespace sp {

/// What the checks of a project's nodes share.
struct CheckState {
  std::shared_ptr<const Project> project;
  Engine& engine;
  const PipeCatalog::FindTable& find_table;
  std::vector<Problem>& problems;
  std::set<std::string>
      reported;  ///< rendered errors: the same mistake shows in many branches and pipes
  std::set<std::string> missing_tables;  ///< data sources that were warned about
  std::set<std::string> broken;          ///< pipes with errors, or that read what is not there

  void report(Problem::Severity severity, const std::string& pipe, Error error,
              const std::string& file);
};

/// Binds a node under each of `probes`. Returns its columns under the first probe; nullopt if they
/// are not known.
std::optional<QueryDescription> check_node(CheckState& state,
                                           const std::shared_ptr<const Pipe>& pipe, size_t node,
                                           const std::vector<RequestParams>& probes);

}  // namespace sp
