#pragma once
// sp_scan_words(): a block's values of one column, brought from the segment's encoding to the
// column's own width, so that generated code reads them with one load at a constant stride. Where
// the segment stores them so already, in place.

#include <cstdint>

#include "runtime/storage/column_view.h"

extern "C" {
/// The values of rows begin + places[0 .. count), or of [begin, begin + count) if `places` is null,
/// as an array of words of `width` bytes (1, 2, 4, 8): either in place or in `out`, which has room
/// for kScanBlockRows of them.
const void* sp_scan_words(const sp::ColumnView* view, uint64_t begin, uint64_t count,
                          const uint16_t* places, uint64_t width, void* out) noexcept;
/// The same for NULL flags.
const void* sp_scan_nulls(const sp::ColumnView* view, uint64_t begin, uint64_t count,
                          const uint16_t* places, void* out) noexcept;
}
