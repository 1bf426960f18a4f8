#pragma once
// Builds parts: head parts from blocks, merged head parts, and part files from blocks, head parts
// or older parts. Between the sorters and the store.

#include <memory>
#include <string>
#include <vector>

#include "runtime/storage/part_image.h"
#include "runtime/storage/row_batch.h"
#include "runtime/storage/sort_blocks.h"

namespace sp {

/// Sorts blocks of one schema and encodes them in memory, one image a partition (ascending). Its
/// commit is not numbered yet.
Result<std::vector<std::shared_ptr<PartImage>>> encode_blocks(
    const std::vector<RowBlockPointer>& blocks, uint32_t segment_rows);
/// The same for rows built as slots.
Result<std::vector<std::shared_ptr<PartImage>>> encode_batch(const RowBatch& batch,
                                                             uint32_t segment_rows);

/// Rows of one partition in their order, to be written to a file straight from blocks.
struct BlockRun {
  const std::vector<RowBlockPointer>& blocks;
  const RowPlace* places;
  size_t rows;
  uint32_t segment_rows;
  int64_t partition;
  uint64_t first_commit, last_commit;
};
/// Encodes into the file `directory/name`, durable on return but not yet in any manifest. On error
/// no file is left.
Result<std::shared_ptr<PartImage>> write_blocks(const BlockRun& run, Vfs& vfs,
                                                const std::string& directory,
                                                const std::string& name);

/// Parts of one table and partition that shall become one, older first.
struct MergeInput {
  std::vector<std::shared_ptr<const Part>> parts;
  std::shared_ptr<const TableSchema> schema;
  uint32_t segment_rows = 65536;
  int64_t partition = 0;
  uint64_t first_commit = 0, last_commit = 0;
  /// What becomes of rows of equal keys (merge_rules.h): nothing, what merges do, or what FINAL
  /// shows.
  enum class Rule : uint8_t { kKeep, kMerge, kFinal };
  Rule rule = Rule::kKeep;
};

/// Merges into memory. Null if no rows stay.
Result<std::shared_ptr<PartImage>> merge_to_memory(const MergeInput& input);
/// Merges into the file `directory/name`, durable on return but not yet in any manifest. On error
/// no file is left. Null, and no file, if no rows stay.
Result<std::shared_ptr<PartImage>> merge_to_file(const MergeInput& input, Vfs& vfs,
                                                 const std::string& directory,
                                                 const std::string& name);

}  // namespace sp
