#pragma once
// Ingestor: events of one data source into the store: rows and bad rows of a request in one atomic
// commit. Between the events API (and fixtures) and the storage engine.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/engine/engine.h"
#include "runtime/formats/ndjson_reader.h"
#include "runtime/storage/store.h"
#include "server/workspace/computed_columns.h"
#include "server/workspace/project.h"

namespace sp {

struct IngestCounts {
  uint64_t successful_rows = 0;
  uint64_t quarantined_rows = 0;
};

/// Thread-safe, immutable; made when a data source is published.
class Ingestor {
 public:
  /// `table` and `quarantine`: the store's schemas of the data source. Errors: a JSON path or
  /// DEFAULT that does not work (located in the datafile). `pool` reads large bodies.
  static Result<std::unique_ptr<Ingestor>> create(const DataSource& datasource,
                                                  const std::shared_ptr<const TableSchema>& table,
                                                  std::shared_ptr<const TableSchema> quarantine,
                                                  Engine& engine, std::shared_ptr<WorkerPool> pool);
  /// Reads NDJSON (or one JSON object) and commits. `durable`: returns after the rows are synced to
  /// disk. `arriving`: how much of the body has been received, null when all of it.
  Result<IngestCounts> ingest(std::string_view body, bool durable,
                              const std::string& idempotency_key, Store& store,
                              ArrivingBody* arriving = nullptr) const;

 private:
  // How a DEFAULT is evaluated: once for good, once a batch (now()), or for every row
  // (generateUUIDv4()).
  struct Default {
    enum class Rhythm : uint8_t { kOnce, kBatch, kRow };
    std::string sql;
    Rhythm rhythm = Rhythm::kOnce;
    std::shared_ptr<const ResultTable> constant;
  };

  Ingestor(std::shared_ptr<const TableSchema> quarantine, NdjsonReader reader,
           std::vector<Default> defaults, std::unique_ptr<ComputedColumns> computed, Engine& engine,
           std::shared_ptr<WorkerPool> pool)
      : quarantine_(std::move(quarantine)),
        reader_(std::move(reader)),
        defaults_(std::move(defaults)),
        computed_(std::move(computed)),
        engine_(engine),
        pool_(std::move(pool)) {}
  RowBatch quarantine_rows(const std::vector<BadRow>& bad) const;
  Result<RowBlockPointer> join(const std::vector<RowBlockPointer>& blocks) const;

  std::shared_ptr<const TableSchema> quarantine_;
  NdjsonReader reader_;
  std::vector<Default> defaults_;  // parallel to the columns; empty sql: none
  std::unique_ptr<ComputedColumns>
      computed_;  // expressions that read other columns; null if there are none
  Engine& engine_;
  std::shared_ptr<WorkerPool> pool_;
};

}  // namespace sp
