#pragma once
// RowBatch: rows on their way into a table: built by format readers (NDJSON, CSV) and by
// INSERT-like operations from query results, handed to the storage engine, which sorts, partitions,
// logs and publishes them.

#include <memory>
#include <string_view>
#include <vector>

#include "runtime/core/arena.h"
#include "runtime/storage/table.h"

namespace sp {

/// One column being filled: slots of the column's type, contiguous; strings and arrays point into
/// the batch's arena.
class ColumnBuilder {
 public:
  ColumnBuilder(Type type, Arena& arena);
  Type type() const { return type_; }
  size_t rows() const { return rows_; }
  /// Appends a slot (its pointed-to bytes must live as long as the batch: allocate them from
  /// arena()).
  void append(const void* slot);
  void append_default();  ///< 0, '', [], NULL for Nullable: ClickHouse's default value
  void pop();             ///< removes the last row (a row turned out bad)
  const void* slot(size_t row) const { return bytes_.data() + row * layout_.size; }
  const uint8_t* bytes() const { return bytes_.data(); }
  SlotLayout layout() const { return layout_; }
  Arena& arena() const { return *arena_; }
  void reserve(size_t rows) { bytes_.reserve(rows * layout_.size); }

 private:
  Type type_;
  SlotLayout layout_;
  Arena* arena_;
  size_t rows_ = 0;
  std::vector<uint8_t> bytes_;
};

/// A block of rows for one table. Not thread-safe; moved into the store.
class RowBatch {
 public:
  explicit RowBatch(std::shared_ptr<const TableSchema> schema);
  const TableSchema& schema() const { return *schema_; }
  const std::shared_ptr<const TableSchema>& schema_ptr() const { return schema_; }
  ColumnBuilder& column(size_t index) { return columns_[index]; }
  const ColumnBuilder& column(size_t index) const { return columns_[index]; }
  size_t column_count() const { return columns_.size(); }
  size_t rows() const { return columns_.empty() ? 0 : columns_.front().rows(); }
  Arena& arena() { return *arena_; }

 private:
  std::shared_ptr<const TableSchema> schema_;
  std::unique_ptr<Arena> arena_;
  std::vector<ColumnBuilder> columns_;
};

}  // namespace sp
