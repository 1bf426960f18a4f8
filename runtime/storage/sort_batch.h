#pragma once
// sort_batch: the order in which a batch's rows are stored: by partition, then by the sorting key, then by arrival.
// Between RowBatch and encode_column. Every key column becomes an integer rank, the ranks and the row number are packed
// into one word of 64 or 128 bits, and words are sorted.

#include <cstdint>
#include <vector>

#include "runtime/storage/row_batch.h"

namespace sp {

struct BatchOrder {
  struct Run {
    int64_t partition = 0;
    uint32_t begin = 0, end = 0;  ///< in `rows`
  };
  std::vector<uint32_t> rows;
  std::vector<Run> runs;          ///< ascending by partition
};

BatchOrder sort_batch(const RowBatch& batch);

}  // namespace sp
