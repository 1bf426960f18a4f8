#pragma once
// Engine: the front door of the compiler. Takes rendered SQL with typed holes, gives rows. Owns the
// function tables, the JIT, the worker pool and the cache of compiled queries (shape -> code).
// Thread-safe; one per process.

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/bind/catalog.h"
#include "lang/template/template.h"
#include "runtime/core/memory_tracker.h"
#include "runtime/exec/result_table.h"
#include "runtime/storage/table.h"

namespace sp {

class FunctionRegistry;
class AggregateRegistry;

/// How queries run; the hostile modes exist for tests and are also reachable by SANDPIPER_*
/// environment variables.
struct EngineOptions {
  uint32_t threads = 0;  ///< 0: hardware
  enum class Tier : uint8_t { kAuto, kTier0, kTier1 };
  Tier tier = Tier::kAuto;                  ///< SANDPIPER_TIER=0|1
  bool hash_zero = false;                   ///< SANDPIPER_HASH_ZERO: every hash is 0
  uint32_t morsel_rows = 0;                 ///< SANDPIPER_MORSEL_ROWS; 0: default
  bool optimizer = true;                    ///< SANDPIPER_OPTIMIZER=0
  bool use_order = true;                    ///< SANDPIPER_ORDER=0
  int64_t memory_limit_bytes = 10LL << 30;  ///< per query, code 241
  int64_t process_memory_limit_bytes = 0;   ///< 0: 80 % of the machine's
  int64_t timeout_ms = 10000;               ///< code 159; 0: none
  uint64_t code_cache_bytes = 256 << 20;
  static EngineOptions from_environment();
};

/// How far a running query is: written by the driver, read by whoever shows it.
struct QueryProgress {
  std::atomic<uint64_t> rows_read{0};
  std::atomic<uint64_t> rows_total{0};  ///< of all scans, after skipping segments; 0: not known yet
};

/// One query to run.
struct QueryRequest {
  std::string sql;  ///< with holes as {p0:Type}
  std::vector<HoleValue> holes;
  /// Names in FROM for binding, and snapshots for running: asked only for tables that the plan
  /// reads, all at once.
  const Catalog* catalog = nullptr;
  std::function<Result<std::vector<std::shared_ptr<const TableSnapshot>>>(
      const std::vector<std::string>&)>
      snapshots;
  /// Joins the cache key: everything else that the catalog's answers depend on (its version, texts
  /// of nodes).
  std::string catalog_key;
  /// "" | ast | plan | pipelines | ir | asm | timings | shape
  std::string explain;
  std::optional<int64_t> timeout_ms;
  std::optional<int64_t> memory_limit_bytes;
  /// Polled by the driver: true once the client has left.
  std::function<bool()> cancelled;
  QueryProgress* progress = nullptr;  ///< updated while running, if given
  /// Large results may come in pieces: QueryResponse::stream.
  bool stream = false;
};

struct QueryStatistics {
  double elapsed_seconds = 0;
  uint64_t rows_read = 0, bytes_read = 0;
  uint64_t peak_memory_bytes = 0;
  uint64_t segments = 0;  ///< of the tables read
  uint64_t segments_by_range = 0,
           segments_by_filter = 0;  ///< of these, not read: by bounds, by Bloom filters
  double parse_ms = 0, bind_ms = 0, plan_ms = 0, codegen_ms = 0, tier0_ms = 0, tier1_ms = 0,
         run_ms = 0;
  bool cache_hit = false;
  int tier = 0;  ///< of the code that finished the run
};

/// The rest of a result that is computed while its first rows are on their way to the client. Keeps
/// everything alive that it needs but the engine. Not thread-safe.
class ResultStream {
 public:
  virtual ~ResultStream() = default;
  /// Computes more rows into QueryResponse::table, in place of those that it holds. False once
  /// there are no more.
  virtual Result<bool> next() = 0;
  virtual QueryStatistics statistics() const = 0;
};

struct QueryResponse {
  std::shared_ptr<const ResultTable> table;  ///< null for explain
  std::shared_ptr<ResultStream> stream;      ///< null: the table holds all rows
  std::string explanation;
  std::string format;  ///< of the FORMAT clause, "" without one
  QueryStatistics statistics;
  std::vector<std::string> tables_read;
};

/// What a query yields without running it: for check, OpenAPI, materialized views.
struct QueryDescription {
  std::vector<std::string> names;
  std::vector<Type> types;
  std::vector<std::string> tables;  ///< data sources read
};

class Engine {
 public:
  static std::unique_ptr<Engine> create(EngineOptions options);
  virtual ~Engine() = default;
  /// Runs a query (from the cache if its shape is known). Errors: spans in request.sql or located
  /// in views.
  virtual Result<QueryResponse> run(const QueryRequest& request) = 0;
  /// Parses, binds and plans only.
  virtual Result<QueryDescription> describe(const QueryRequest& request) = 0;
  /// Compiles both tiers ahead of the first request.
  virtual Result<void> warm(const QueryRequest& request) = 0;
  /// Forgets compiled queries of a catalog key (republished, dropped).
  virtual void forget(const std::string& catalog_key) = 0;
  virtual const FunctionRegistry& functions() const = 0;
  virtual const AggregateRegistry& aggregates() const = 0;
  struct CacheStatistics {
    uint64_t entries = 0, hits = 0, misses = 0, code_bytes = 0;
  };
  virtual CacheStatistics cache_statistics() const = 0;
  virtual const EngineOptions& options() const = 0;
};

}  // namespace sp
