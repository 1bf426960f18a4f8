#pragma once
// ColumnSource: the values of one column in the order in which they shall be stored, streamed to
// encode_column: from blocks through a sort permutation, or from several parts through a merge
// order.

#include <cstdint>
#include <memory>
#include <vector>

#include "runtime/storage/dictionary_builder.h"
#include "runtime/storage/encoded_column.h"
#include "runtime/storage/sort_blocks.h"
#include "runtime/storage/table.h"

namespace sp {

/// Each reading call delivers the next `count` rows and their null flags (0 or 1), and returns
/// whether any is NULL.
/// The value at a NULL row is undefined but safe to read. Strings stay valid as long as the source.
class ColumnSource {
 public:
  virtual ~ColumnSource() = default;
  virtual void rewind() = 0;
  /// Words of 64 bits: sign-extended, or the bits of a float.
  virtual bool words(uint32_t count, uint64_t* out, uint8_t* nulls) = 0;
  /// Values of shape.width bytes each.
  virtual bool wides(uint32_t count, uint8_t* out, uint8_t* nulls) = 0;
  /// Strings, or images of serialized values.
  virtual bool strings(uint32_t count, StringRef* out, uint8_t* nulls) = 0;
  /// Codes in a dictionary being built; a NULL row takes the code before it (or 0).
  virtual bool codes(uint32_t count, DictionaryBuilder& dictionary, uint32_t* out, uint8_t* nulls);
};

/// Column `column` of rows places[0..) of blocks. Blocks and places must outlive the source.
std::unique_ptr<ColumnSource> block_source(const std::vector<RowBlockPointer>& blocks,
                                           uint32_t column, const RowPlace* places);

/// Column `column` of several prepared parts of the same schema; row i comes from part order[i],
/// each part's rows in their own order; rows flagged kDroppedRow are left out. Parts and order must
/// outlive the source.
std::unique_ptr<ColumnSource> merge_source(const std::vector<std::shared_ptr<const Part>>& parts,
                                           uint32_t column, const ColumnShape& shape,
                                           const std::vector<uint16_t>& order);

}  // namespace sp
