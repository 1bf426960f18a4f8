#pragma once
// Merge rules: what engines do to rows of equal sorting keys when parts are merged, and under
// FINAL. Replacing and Collapsing drop rows; Summing and Aggregating combine them. Between
// merge_order and the encoders. After ClickHouse's ReplacingSortedAlgorithm,
// CollapsingSortedAlgorithm, SummingSortedAlgorithm and so on.

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/storage/row_block.h"
#include "runtime/storage/table.h"

namespace sp {

/// Rows of several parts in merge order; new_key[i] is 1 where a new sorting key begins.
struct MergedRows {
  const std::vector<std::shared_ptr<const Part>>& parts;
  const TableSchema& schema;
  std::vector<uint16_t> order;
  std::vector<uint8_t> new_key;
};

/// True if the engine drops or combines rows of equal keys, and keys are known in whole.
bool drops_rows(const TableSchema& schema);
bool combines_rows(const TableSchema& schema);

/// Flags the rows that go with kDroppedRow. `final`: what a query with FINAL sees, else what a
/// merge keeps. Returns how many rows stay. The engine's columns must be prepared.
uint64_t drop_rows(MergedRows& rows, bool final);
/// Combines rows of equal keys into one each. All columns must be prepared. Error: an aggregate
/// that cannot be merged.
Result<RowBlockPointer> combine_rows(const MergedRows& rows,
                                     const std::shared_ptr<const TableSchema>& schema);

}  // namespace sp
