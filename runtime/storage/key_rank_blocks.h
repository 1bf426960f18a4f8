#pragma once
// Ranks of a key column over the rows of several blocks, in order of arrival. A step of
// sort_blocks.

#include "runtime/storage/key_rank.h"
#include "runtime/storage/row_block.h"

namespace sp {

/// NULL ranks after everything else.
RankColumn rank_key(const std::vector<RowBlockPointer>& blocks, uint32_t column);

}  // namespace sp
