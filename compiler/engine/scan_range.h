#pragma once
// Which rows of a part a scan has to visit: the leading sorting-key column is searched by
// bisection, all other bounds are tested against the segments' smallest and largest values. Between
// a plan's ScanBounds and a scan's morsels.

#include <cstdint>
#include <vector>

#include "compiler/plan/plan.h"
#include "runtime/storage/table.h"

namespace sp {

/// A bound with its value for this run.
struct BoundValue {
  uint32_t column = 0;  ///< of the table
  plan::ScanBound::Op op = plan::ScanBound::Op::kEquals;
  const void* value = nullptr;        ///< slot of the column's base type; not NULL
  std::vector<const void*> members;   ///< kIn: the same of each, ascending; NULLs left out
  std::vector<uint64_t> text_hashes;  ///< kEquals, kIn of a String: hash_bytes() of each
};

/// How many segments there were, and why some need not be read.
struct SegmentCounts {
  uint64_t all = 0, by_range = 0, by_filter = 0;
};

/// Rows [begin, end) of one segment.
struct SegmentRange {
  uint32_t segment = 0;
  uint64_t begin = 0, end = 0;
};

/// The part's columns that bounds refer to must have been prepared. Never leaves out a row that
/// satisfies all bounds.
/// Adds to `counts`.
std::vector<SegmentRange> ranges_to_scan(const TableSchema& schema, const Part& part,
                                         const std::vector<BoundValue>& bounds,
                                         SegmentCounts& counts);

}  // namespace sp
