#pragma once
// Project: everything a folder of datafiles publishes, parsed and compiled once: data sources with
// their schemas, pipes with their templates and signatures. Immutable: the workspace swaps one
// shared_ptr, running requests end on the old one.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lang/datafile/datafile.h"
#include "lang/template/template.h"
#include "runtime/storage/table.h"
#include "server/workspace/problem.h"

namespace sp {

struct DataSource {
  DataSourceFile file;
  TableSchema schema;      ///< without id: the store gives one
  TableSchema quarantine;  ///< of `<name>_quarantine`
};

/// A node with its template.
struct CompiledNode {
  std::string name;
  std::shared_ptr<const Template> sql;
  PipeNode::Type type = PipeNode::Type::kNone;
};

struct Pipe {
  PipeFile file;
  std::vector<CompiledNode> nodes;
  size_t output = 0;  ///< index of the node that answers: the one with a TYPE, else the last
  Signature signature;
  bool is_endpoint() const { return nodes[output].type == PipeNode::Type::kEndpoint; }
  /// Index of a node by name; nodes.size() if there is none.
  size_t find_node(std::string_view name) const;
};

/// A node that running a pipe may need: its own and those of pipes that it reads.
struct NodeReference {
  std::shared_ptr<const Pipe> pipe;
  size_t node = 0;
};

/// What nodes mention, found once: see Project::mentioned_nodes. A copy starts empty. Thread-safe.
class Mentions {
 public:
  using List = std::shared_ptr<const std::vector<NodeReference>>;
  Mentions() = default;
  Mentions(const Mentions&) {}
  Mentions& operator=(const Mentions&) { return *this; }
  List find(const Pipe* pipe, size_t node) const;
  void keep(const Pipe* pipe, size_t node, List list);
  void clear();

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<const Pipe*, size_t>, List> lists_;
};

struct Project {
  uint64_t version = 0;  ///< grows with each publication: part of every cache key
  std::map<std::string, std::shared_ptr<const DataSource>, std::less<>> datasources;
  std::map<std::string, std::shared_ptr<const Pipe>, std::less<>> pipes;
  std::vector<Problem> problems;  ///< of the last load, sorted by file and line
  std::set<std::string>
      broken_names;  ///< resources whose files have errors: not to be told missing as well

  bool has_errors() const;
  /// The nodes whose names are mentioned from `node` on, itself first. A superset of what the query
  /// needs: names are found in the text, not resolved.
  std::shared_ptr<const std::vector<NodeReference>> mentioned_nodes(
      const std::shared_ptr<const Pipe>& pipe, size_t node) const;
  /// The outputs of the pipes that an ad-hoc query mentions, and all that they may read.
  std::vector<NodeReference> mentioned_nodes(std::string_view sql) const;
  mutable Mentions mentions;  ///< to be cleared when `pipes` changes

 private:
  void follow_mentions(std::vector<NodeReference>& found) const;
};

/// Appends the warnings of one file, located.
void add_warnings(const std::vector<Warning>& warnings, const SourceText& source,
                  std::vector<Problem>& problems);

/// Parses and compiles one data source or pipe from its text. Problems (errors and warnings) are
/// appended, located.
/// nullptr if there were errors.
std::shared_ptr<const DataSource> load_datasource(const std::string& name, const std::string& file,
                                                  std::string text, std::vector<Problem>& problems,
                                                  const IncludeReader& includes = {});
std::shared_ptr<const Pipe> load_pipe(const std::string& name, const std::string& file,
                                      std::string text, std::vector<Problem>& problems,
                                      const IncludeReader& includes = {});

/// Reads all datafiles below `directory` (hidden folders, node_modules, fixtures and tests left
/// out). A file with errors keeps its version in `previous` (may be null), so a broken edit never
/// takes an endpoint down.
std::shared_ptr<const Project> load_project(const std::string& directory, const Project* previous);

}  // namespace sp
