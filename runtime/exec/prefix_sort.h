#pragma once
// Sorting of rows by a number that stands for the first of their keys: radix sort of (number, row)
// in parallel runs, merged in parallel; rows are not looked at but for their numbers and ties.
//   prefix_sort_rows(rows, prefix, compare, pool, stop);

#include "runtime/exec/sort.h"

namespace sp {

/// A row's number: smaller ones come first, whatever else the rows hold. Generated.
using SortPrefix = uint64_t (*)(const void* row);

/// Sorts stably. `compare` decides between rows of one number; nullptr: they are equal.
void prefix_sort_rows(std::vector<void*>& rows, SortPrefix prefix, CompareRows compare,
                      WorkerPool& pool, const std::atomic<uint32_t>& stop = kNeverStops);

}  // namespace sp
