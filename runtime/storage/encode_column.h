#pragma once
// encode_column: chooses and writes the encodings of one column of a new part or head block: per
// segment a constant, a byte-aligned frame of reference, or dictionary codes (themselves in a frame
// of reference); plain strings where a dictionary would not be smaller. Between the sorters
// (sort_batch, merge_order) and part_image / part_file.

#include "runtime/core/error.h"
#include "runtime/storage/byte_sink.h"
#include "runtime/storage/column_source.h"
#include "runtime/storage/encoded_column.h"

namespace sp {

struct EncodeOptions {
  uint32_t segment_rows = 65536;
  bool leading_key =
      false;  ///< the column's equal values are adjacent and ascending: always a dictionary
  /// For a part file rather than a head block: worth the time to sort dictionaries, to know the
  /// bounds of strings, and to pack large dictionaries with zstd when that pays.
  bool file = false;
};

/// Streams `rows` values from `source` into `sink`, which stands at the start of a chunk. Error:
/// TOO_LARGE_STRING_SIZE (131) when the strings of one segment exceed 4 GiB.
Result<EncodedColumn> encode_column(ColumnSource& source, const ColumnShape& shape, uint64_t rows,
                                    const EncodeOptions& options, ByteSink& sink);

}  // namespace sp
