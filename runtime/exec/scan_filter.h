#pragma once
// ScanFilter: one condition on one column, prepared for one segment: constants are brought into the
// column's encoding, so that whole blocks of codes or differences are compared without decoding
// them (Lang et al., Data Blocks, SIGMOD 2016).
// sp_scan_select() gives generated code the rows of a block that pass all of them.

#include <cstdint>

#include "runtime/storage/column_view.h"

namespace sp {

struct ScanSource;

struct ScanFilter {
  enum class Kind : uint8_t {
    kRange,  ///< (word - low) <= span, words of `stride` bytes, all unsigned
    kReal,   ///< from <= value && value <= to; never a NaN
    kCode,   ///< (*table)[code]: a condition evaluated per dictionary entry; no table: rows pass,
             ///< generated code decides
    kNever,  ///< no row passes
  };
  Kind kind = Kind::kRange;
  bool nullable_entry = false;  ///< kCode: a flag follows each entry's value
  const ColumnView* view = nullptr;
  uint64_t low = 0, span = 0;
  double from = 0, to = 0;
  const uint8_t* const* table = nullptr;
};

/// Rows of a block at most.
constexpr uint64_t kScanBlockRows = 1024;

}  // namespace sp

extern "C" {
/// Writes the places (from 0) of the rows in [begin, end) of the segment that pass the source's
/// filters, ascending; returns how many. At most kScanBlockRows rows; `rows` has room for 8 more.
uint64_t sp_scan_select(const sp::ScanSource* source, uint64_t begin, uint64_t end,
                        uint16_t* rows) noexcept;
}
