#pragma once
// Store: the storage engine of one data directory: tables, their parts, the commit log, recovery,
// background seal and merge. Formats: docs/formats.md. Promises: an acknowledged commit survives
// kill -9 (and power loss when durable).

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/storage/row_batch.h"
#include "runtime/storage/row_block.h"
#include "runtime/storage/table.h"

namespace sp {

class Vfs;
class Clock;
class Rng;

struct StoreOptions {
  uint32_t segment_rows = 65536;  ///< SANDPIPER_SEGMENT_ROWS in tests: 7
  uint64_t seal_rows = 1 << 20;   ///< the head of a table is sealed into parts at this size ...
  int64_t seal_after_ms = 60000;  ///< ... or this long after its first row
  uint64_t log_segment_bytes = 64 << 20;
  bool background = true;  ///< false: seal and merge only when asked (tests)
};

/// Everything that becomes visible and durable together: rows of several tables (a data source, its
/// quarantine, deltas of materialized views).
struct Commit {
  std::vector<RowBlockPointer> blocks;  ///< rows in columns: what large requests bring ...
  std::vector<RowBatch> batches;        ///< ... and rows built as slots
  /// Empty, or of each of `blocks` what serialize_block gives (log_record.h).
  std::vector<std::string> images;
  bool durable = false;         ///< wait for fdatasync (group commit) before returning
  std::string idempotency_key;  ///< "" = none; a key seen before makes the commit a no-op
};

struct TableStatistics {
  uint64_t rows = 0, bytes_on_disk = 0, parts = 0, head_rows = 0;
};

/// Thread-safe. One Store per data directory (a lock file keeps others out).
class Store {
 public:
  /// Opens or creates, replays the log. Damaged parts are set aside and reported in `warnings`;
  /// error if unusable.
  static Result<std::unique_ptr<Store>> open(const std::string& directory, StoreOptions options,
                                             Vfs& vfs, Clock& clock, Rng& rng);
  virtual ~Store() = default;

  /// Creates a table or returns the existing one of that name with the same columns. Adding columns
  /// at the end and making columns Nullable is done in place; an incompatible change is
  /// INCOMPATIBLE_COLUMNS (122).
  virtual Result<std::shared_ptr<const TableSchema>> create_table(TableSchema schema) = 0;
  virtual std::shared_ptr<const TableSchema> find_table(const std::string& name) const = 0;
  virtual std::vector<std::shared_ptr<const TableSchema>> tables() const = 0;
  virtual Result<void> drop_table(const std::string& name) = 0;
  /// Atomically empties a table (truncate) or replaces its rows.
  virtual Result<void> replace(const std::string& name, std::vector<RowBatch> rows) = 0;

  /// Appends atomically. On return the rows are visible to new snapshots and in the log (durable:
  /// synced). On error nothing is stored: NOT_ENOUGH_SPACE (243) etc.
  virtual Result<void> commit(Commit commit) = 0;
  /// A consistent view: everything acknowledged before, nothing half. nullptr for an unknown table.
  /// Several tables at once: all from one commit boundary.
  virtual std::shared_ptr<const TableSnapshot> snapshot(const std::string& table) const = 0;
  virtual std::vector<std::shared_ptr<const TableSnapshot>> snapshots(
      const std::vector<std::string>& tables) const = 0;

  virtual TableStatistics statistics(const std::string& table) const = 0;
  /// Seals the head and merges now, in the caller's thread: tests, bench, clean shutdown.
  virtual Result<void> flush() = 0;
  virtual Result<void> merge_all() = 0;
  virtual std::vector<std::string> warnings() const = 0;
};

}  // namespace sp
