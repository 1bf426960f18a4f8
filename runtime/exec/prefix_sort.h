#pragma once
// Sorting of rows by a number that stands for the first of their keys: radix sort of (number, row)
// in parallel runs, merged in parallel; rows are not looked at but for their numbers and ties.
//   prefix_sort_rows(rows, prefix, compare, pool, room, stop);

#include "runtime/core/arena.h"
#include "runtime/exec/sort.h"

namespace sp {

/// A row's number: smaller ones come first, whatever else the rows hold. Generated.
using SortPrefix = uint64_t (*)(const void* row);

/// Sorts stably. `compare` decides between rows of one number; nullptr: they are equal. Takes 32
/// bytes a row of `room`; the rows stay as they were if that is more than its budget.
void prefix_sort_rows(std::vector<void*>& rows, SortPrefix prefix, CompareRows compare,
                      WorkerPool& pool, Arena& room,
                      const std::atomic<uint32_t>& stop = kNeverStops);

}  // namespace sp
