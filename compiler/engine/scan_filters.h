#pragma once
// prepare_filter(): a scan's condition for one segment, with its constant in the segment's
// encoding. Between the engine's choice of segments (scan_range.h) and the block-wise selection of
// rows (runtime/exec/scan_filter.h).

#include "compiler/codegen/program.h"
#include "runtime/exec/scan_filter.h"
#include "runtime/storage/table.h"

namespace sp {

/// Returns false if every row of the segment passes: no filter is needed. `value` is the constant's
/// slot (comparisons), `table` the place of the condition per dictionary entry.
bool prepare_filter(const codegen::ScanSpec::Filter& filter, Type column_type,
                    const Segment& segment, const uint8_t* value, const uint8_t* const* table,
                    ScanFilter& out);

}  // namespace sp
