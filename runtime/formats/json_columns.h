#pragma once
// JsonColumns: the columns that NDJSON fills, with their converters, and the tree of their paths;
// shared by the two roads of NdjsonReader. RowSink: where both append, a value a column and row.

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/formats/json_value.h"
#include "runtime/formats/ndjson_reader.h"
#include "runtime/storage/block_builder.h"

namespace sp {

/// The keys of all paths as a tree: an event is walked once, whatever the number of columns.
struct PathNode {
  std::string key;
  std::vector<uint32_t> columns;  ///< whose path ends here
  std::vector<PathNode> children;

  PathNode& child(const std::string& name);
};

/// Immutable.
struct JsonColumns {
  std::shared_ptr<const TableSchema> schema;
  std::vector<JsonColumn> columns;
  std::vector<JsonConverter> converters;
  PathNode root;
  uint32_t largest_slot = 0;
};

/// A block being filled. Not thread-safe.
class RowSink {
 public:
  RowSink(const JsonColumns& columns, const NdjsonReader::DefaultValue& default_value,
          const std::vector<uint8_t>& plain)
      : columns_(columns),
        default_value_(default_value),
        block_(columns.schema, plain),
        slot_(columns.largest_slot + 32) {}

  BlockColumnBuilder& column(size_t index) { return block_.column(index); }
  size_t column_count() const { return columns_.columns.size(); }
  size_t rows() { return block_.column(0).rows(); }
  /// Appends what stands for a missing value: the column's DEFAULT, NULL, or, without a path, the
  /// type's default. False if the column needs a value.
  bool append_absent(size_t index);
  /// Forgets what was appended after the first `rows` rows.
  void truncate(size_t rows);
  /// Room for one slot of any column's type.
  void* slot() {
    return reinterpret_cast<void*>((reinterpret_cast<uintptr_t>(slot_.data()) + 15) &
                                   ~uintptr_t{15});
  }
  /// For values on their way into the columns; emptied after each row.
  Arena& scratch() { return scratch_; }
  Result<RowBlockPointer> build() { return block_.build(); }

 private:
  const JsonColumns& columns_;
  const NdjsonReader::DefaultValue& default_value_;
  BlockBuilder block_;
  Arena scratch_;
  std::vector<uint8_t> slot_;
};

}  // namespace sp
