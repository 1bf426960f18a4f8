#pragma once
// Tables as queries see them: an immutable snapshot of parts, each a list of segments. The storage
// engine publishes snapshots; a query pins one for its whole run, so files and buffers it reads
// cannot go away.

#include <memory>
#include <string>
#include <vector>

#include "runtime/core/error.h"
#include "runtime/core/slot.h"
#include "runtime/core/type.h"
#include "runtime/storage/column_view.h"

namespace sp {

struct TableColumn {
  std::string name;
  Type type;
};

/// What the storage layer knows of a data source: no SQL, no JSON.
struct TableSchema {
  uint64_t id = 0;  ///< names its files; never reused
  std::string name;
  std::vector<TableColumn> columns;
  /// Leading sorting-key columns that are plain columns (indexes into columns). An expression in
  /// the sorting key ends the list for ordering purposes; rows are sorted by these, then by
  /// arrival.
  std::vector<uint32_t> sorting_key;
  /// How the partition of a row is computed: "" (one partition), or the month/day/year/value of one
  /// column.
  enum class Partition : uint8_t { kNone, kMonth, kDay, kYear, kValue };
  Partition partition = Partition::kNone;
  uint32_t partition_column = 0;
  std::string partition_timezone;
  /// False: the sorting key goes on after these columns with an expression, so that equal values
  /// here are not equal keys.
  bool whole_sorting_key = true;
  /// The text of an expression over the columns, or "": storage only keeps it for queries with
  /// SAMPLE.
  std::string sampling_key;
  /// Merge behaviour of the engine: what happens to rows of equal keys when parts are merged and
  /// under FINAL.
  enum class Engine : uint8_t {
    kPlain,
    kReplacing,
    kAggregating,
    kSumming,
    kCollapsing,
    kVersionedCollapsing,
    kNull
  };
  Engine engine = Engine::kPlain;
  int32_t version_column = -1;  ///< kReplacing, kVersionedCollapsing: the largest wins
  int32_t deleted_column = -1;  ///< kReplacing: 1 hides the key under FINAL
  int32_t sign_column = -1;     ///< kCollapsing, kVersionedCollapsing: 1 and -1 cancel each other
  std::vector<uint32_t> summed_columns;  ///< kSumming; empty: all numbers outside of the keys
};

/// Smallest and largest value of a column in a segment, as slots of the column's base type; strings
/// are cut to 64 bytes (max rounded up). Absent for serialized columns and all-NULL segments, and
/// for most strings of head blocks.
struct ColumnRange {
  bool known = false;
  bool has_null = false;
  std::string min_bytes;  ///< fixed types: the slot's bytes; strings: the bytes
  std::string max_bytes;
  bool max_truncated = false;
};

struct Segment {
  uint32_t rows = 0;
  std::vector<ColumnView> columns;  ///< parallel to TableSchema::columns
  std::vector<ColumnRange> ranges;  ///< parallel
};

/// A sorted run of rows of one partition. Immutable. In memory (the head) or a mapped file.
class Part {
 public:
  virtual ~Part() = default;
  uint64_t id() const { return id_; }
  uint64_t rows() const { return rows_; }
  /// Value that orders partitions in time (e.g. 202401 for months; 0 without a partition key).
  int64_t partition() const { return partition_; }
  const std::vector<Segment>& segments() const { return segments_; }
  uint64_t bytes_on_disk() const { return bytes_on_disk_; }  ///< 0 for the head
  bool in_memory() const { return bytes_on_disk_ == 0; }
  /// Must be called for each column before its first read in this part: verifies checksums once
  /// (lazily), maps and builds the dictionary. Thread-safe, cheap when done before. Error:
  /// CHECKSUM_DOESNT_MATCH (40).
  virtual Result<void> prepare(uint32_t column) const = 0;
  /// Bytes that a scan of the column touches, for statistics.
  virtual uint64_t column_bytes(uint32_t column) const = 0;
  /// False if no row of the segment has this text in a String column, by its hash_bytes(). Needs no
  /// prepare(). Thread-safe.
  virtual bool may_have_text(uint32_t, size_t, uint64_t) const { return true; }
  /// Bytes of the column's filters behind may_have_text(); not part of column_bytes().
  virtual uint64_t filter_bytes(uint32_t) const { return 0; }

 protected:
  uint64_t id_ = 0;
  uint64_t rows_ = 0;
  int64_t partition_ = 0;
  uint64_t bytes_on_disk_ = 0;
  mutable std::vector<Segment> segments_;
};

/// A consistent set of parts: everything acknowledged before it was taken, nothing half.
struct TableSnapshot {
  std::shared_ptr<const TableSchema> schema;
  /// Ordered by partition, then by arrival of their rows: in time order when partitions are by
  /// time. (Not by id: a merged part has a new id and stands where its rows stood.)
  std::vector<std::shared_ptr<const Part>> parts;
  uint64_t rows = 0;
};

}  // namespace sp
