#pragma once
// Workspace: one served project: its files, data, tokens and engine. Everything that the API and
// the command line do goes through it. Thread-safe: requests read immutable snapshots; publishing
// swaps them.

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "compiler/engine/engine.h"
#include "runtime/storage/store.h"
#include "server/workspace/ingest.h"
#include "server/workspace/project.h"
#include "server/workspace/tokens.h"

namespace sp {

struct WorkspaceOptions {
  std::string directory;       ///< of the datafiles
  std::string data_directory;  ///< "" = directory/.sandpiper
  std::string admin_token;     ///< "" = made once and kept
  EngineOptions engine;
  StoreOptions store;
};

/// How one query is run.
struct RunOptions {
  std::string explain;
  std::optional<int64_t> timeout_ms;
  std::function<bool()> cancelled;
  QueryProgress* progress = nullptr;
  bool stream = false;  ///< the caller takes large results in pieces: QueryResponse::stream
};

class Workspace {
 public:
  /// Opens the data, loads and publishes the project. Problems in datafiles do not fail it; an
  /// unusable folder does.
  static Result<std::unique_ptr<Workspace>> open(WorkspaceOptions options);
  ~Workspace();

  /// Loads the folder again and publishes what is sound; a broken file keeps its last good version.
  /// Returns the new problems. Serialised; requests go on meanwhile.
  std::vector<Problem> publish();

  std::shared_ptr<const Project> project() const;
  std::shared_ptr<const TokenTable> tokens() const;
  /// What fills a data source; nullptr if there is none of that name.
  std::shared_ptr<const Ingestor> ingestor(const std::string& datasource) const;
  /// Loads `fixtures/<data source>.ndjson` into every data source that is empty and has one.
  /// Returns rows loaded.
  Result<uint64_t> load_fixtures();
  const TokenKeys& token_keys() const { return token_keys_; }
  Engine& engine() { return *engine_; }
  Store& store() { return *store_; }
  const std::string& directory() const { return options_.directory; }

  /// Runs a pipe's output. `over` is SQL that reads it as `_` ("" = the output itself). Errors are
  /// located in the pipe's file where they come from it. UNKNOWN_TABLE if there is no such pipe.
  Result<QueryResponse> run_pipe(const std::string& name, const RequestParams& params,
                                 const std::string& over, const RunOptions& options);
  /// Compiles every endpoint in both tiers with the parameters' defaults, so that the first request
  /// finds its code. Endpoints that do not render or bind are left out. Ends early once `stopping`.
  void warm_endpoints(const std::atomic<bool>& stopping);
  /// Runs ad-hoc SQL (FORMAT taken off already). A text that begins with `%` is a template over
  /// `params`.
  /// `grants` limit what the query itself may name; null: everything. `pipeline`: the pipe that `_`
  /// means, "" = none.
  Result<QueryResponse> run_sql(const std::string& sql, const RequestParams& params,
                                const Grants* grants, const std::string& pipeline,
                                const RunOptions& options);

 private:
  explicit Workspace(WorkspaceOptions options) : options_(std::move(options)) {}
  using Ingestors = std::map<std::string, std::shared_ptr<const Ingestor>, std::less<>>;
  std::shared_ptr<const Ingestors> create_ingestors(Project& project) const;
  Result<void> create_tables(const std::shared_ptr<Project>& project);
  Result<std::shared_ptr<const TokenTable>> token_table(const Project& project);
  Result<QueryResponse> run(const std::string& sql, const class PipeCatalog& catalog,
                            const RunOptions& options);

  WorkspaceOptions options_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Engine> engine_;
  std::shared_ptr<WorkerPool> readers_ =
      std::make_shared<WorkerPool>();  // of large bodies of events
  TokenKeys token_keys_;
  std::mutex publishing_;
  mutable std::mutex mutex_;  // guards the pointers below
  std::shared_ptr<const Ingestors> ingestors_;
  std::shared_ptr<const Project> project_;
  std::shared_ptr<const TokenTable> tokens_;
};

}  // namespace sp
