#pragma once
// Builds parts: head blocks from a batch, merged head blocks, and part files from head blocks or older parts. Between
// the sorters and the store.

#include <memory>
#include <string>
#include <vector>

#include "runtime/storage/part_image.h"
#include "runtime/storage/row_batch.h"

namespace sp {

/// Sorts a batch and encodes it in memory, one image a partition (ascending). Its commit is not numbered yet.
Result<std::vector<std::shared_ptr<PartImage>>> encode_batch(const RowBatch& batch, uint32_t segment_rows);

/// Parts of one table and partition that shall become one, older first.
struct MergeInput {
  std::vector<std::shared_ptr<const Part>> parts;
  std::shared_ptr<const TableSchema> schema;
  uint32_t segment_rows = 65536;
  int64_t partition = 0;
  uint64_t first_commit = 0, last_commit = 0;
};

/// Merges into memory (head blocks).
Result<std::shared_ptr<PartImage>> merge_to_memory(const MergeInput& input);
/// Merges into the file `directory/name`, durable on return but not yet in any manifest. On error no file is left.
Result<std::shared_ptr<PartImage>> merge_to_file(const MergeInput& input, Vfs& vfs, const std::string& directory,
                                                 const std::string& name);

}  // namespace sp
