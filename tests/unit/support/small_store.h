#pragma once
// A store with one small table for fault tests: numbered rows, so that a test can say which commits
// are there.

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/core/clock.h"
#include "runtime/core/rng.h"
#include "runtime/storage/store.h"
#include "tests/unit/support/simulated_vfs.h"

namespace sp {

/// Table `events`: customer String, number UInt64 (the commit's number), filler Nullable(String),
/// month partitions of `at`.
TableSchema events_schema(const std::string& name = "events");
/// Rows of one commit: `rows` rows that all carry `number`.
RowBatch numbered_rows(std::shared_ptr<const TableSchema> schema, uint64_t number, size_t rows);
Result<void> commit_numbered(Store& store, uint64_t number, size_t rows, bool durable,
                             const std::string& key = {});
Result<std::unique_ptr<Store>> open_small(Vfs& vfs, const std::string& directory = "/data",
                                          bool background = false);
/// How many rows carry each number.
std::vector<uint64_t> count_numbers(const TableSnapshot& snapshot, uint64_t numbers,
                                    Error* error = nullptr);

}  // namespace sp
