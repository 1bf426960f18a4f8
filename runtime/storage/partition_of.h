#pragma once
// partition_of: computes the partition of each row of a block, as a number that orders partitions
// in time: months as 202401, days as 20240131, years as 2024; values as themselves; strings by
// hash. A step of sort_blocks.

#include <cstdint>
#include <vector>

#include "runtime/storage/row_block.h"

namespace sp {

/// Returns one number a row; empty if the table has no partition key.
std::vector<int64_t> partitions_of(const RowBlock& block);

}  // namespace sp
