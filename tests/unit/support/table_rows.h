#pragma once
// Reads tables back for tests: every row as the concatenated serialize_slot() images of its
// columns, through nothing but ColumnViews, as generated code would.

#include <string>
#include <vector>

#include "runtime/storage/row_batch.h"
#include "runtime/storage/table.h"

namespace sp {

/// Rows of a snapshot in storage order. `error` receives the first prepare() failure, if given.
std::vector<std::string> rows_of(const TableSnapshot& snapshot, Error* error = nullptr);
std::vector<std::string> rows_of(const Part& part, const TableSchema& schema,
                                 Error* error = nullptr);
/// Rows of a batch in arrival order.
std::vector<std::string> rows_of(const RowBatch& batch);
/// Checks that rows are sorted by the sorting key inside each part; returns "" or what is wrong.
std::string check_order(const TableSnapshot& snapshot);

}  // namespace sp
