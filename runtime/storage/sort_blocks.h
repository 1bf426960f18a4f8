#pragma once
// sort_blocks: the order in which the rows of several blocks are stored: by partition, then by the
// sorting key, then by arrival. Between RowBlock and encode_column. Every key column becomes an
// integer rank, ranks are packed into words of 64 or 128 bits, and words are sorted by radix.

#include <cstdint>
#include <vector>

#include "runtime/storage/row_block.h"

namespace sp {

/// Where a row stands: row `row` of block `block`.
struct RowPlace {
  uint32_t block = 0, row = 0;
};

struct BlockOrder {
  struct Run {
    int64_t partition = 0;
    size_t begin = 0, end = 0;  ///< in `places`
  };
  std::vector<RowPlace> places;
  std::vector<Run> runs;  ///< ascending by partition
};

/// Blocks of one schema, fewer than 2^32 rows in all.
BlockOrder sort_blocks(const std::vector<RowBlockPointer>& blocks);

}  // namespace sp
