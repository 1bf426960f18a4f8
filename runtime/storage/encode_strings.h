#pragma once
// The string half of encode_column, and the packing of words that both halves share.

#include "runtime/storage/encode_column.h"

namespace sp {

/// Encodes a column of strings or serialized values.
Result<EncodedColumn> encode_strings(ColumnSource& source, const ColumnShape& shape, uint64_t rows,
                                     const EncodeOptions& options, ByteSink& sink);

/// Packs `values - base` in the narrowest of 0, 1, 2, 4, 8 bytes that holds `spread`.
void pack_words(const uint64_t* values, uint32_t count, uint64_t base, uint64_t spread,
                EncodedSegment& segment, ByteSink& sink);
/// The same for the leading sorting key in a file: as runs where that takes half or less.
void pack_runs_or_words(const uint64_t* values, uint32_t count, uint64_t base, uint64_t spread,
                        EncodedSegment& segment, ByteSink& sink);
/// Packs `values - base` in segment.stride bytes each.
void pack_stride(const uint64_t* values, uint32_t count, uint64_t base, EncodedSegment& segment,
                 ByteSink& sink);

}  // namespace sp
