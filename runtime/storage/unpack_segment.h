#pragma once
// unpack_segment: from the packed forms of segments in part files to what generated code reads in
// place. Between part_image and ColumnView.

#include <cstdint>
#include <vector>

#include "runtime/storage/encoded_column.h"

namespace sp {

/// Writes values of `width` bytes, or u32 offsets and, from byte `heap` on, the strings' bytes;
/// eight readable bytes follow. `chunk`: where the column's bytes begin. False: the packed bytes
/// make no sense.
bool unpack_segment(const EncodedSegment& segment, const uint8_t* chunk, uint64_t rows,
                    uint32_t width, std::vector<uint8_t>& out, size_t& heap);

}  // namespace sp
