#pragma once
// merge_order: the order in which the rows of several sorted parts of one partition stand in their
// merged part: by the sorting key; equal keys by part (older first), then by row. Between the parts
// and merge_source.
// The result names only parts: each part's own rows keep their order.

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/storage/table.h"

namespace sp {

inline constexpr size_t kMaxMergeParts = 1024;

/// Set on the rows of a merge order that the table's engine drops (merge_rules).
inline constexpr uint16_t kDroppedRow = 0x8000;

/// The sorting-key columns of all parts must be prepared. `new_key`, if given: one flag a row of
/// the result, 1 where the key differs from the row before.
std::vector<uint16_t> merge_order(const std::vector<std::shared_ptr<const Part>>& parts,
                                  const TableSchema& schema,
                                  std::vector<uint8_t>* new_key = nullptr);

}  // namespace sp
