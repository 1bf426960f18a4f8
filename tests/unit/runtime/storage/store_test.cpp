// The store end to end on real files: rows committed are rows read, before and after recovery, seal and merge, for every
// type, with segments of 7 rows.

#include "runtime/storage/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "runtime/core/clock.h"
#include "runtime/core/rng.h"
#include "runtime/core/vfs.h"
#include "tests/unit/support/random_rows.h"
#include "tests/unit/support/table_rows.h"
#include "tests/unit/support/temporary_directory.h"

namespace sp {
namespace {

const char* const kTypes[] = {
    "UInt8", "Int8", "UInt16", "Int16", "UInt32", "Int32", "UInt64", "Int64", "Float32", "Float64", "Bool", "Date",
    "Date32", "DateTime", "DateTime64(3)", "UUID", "IPv4", "IPv6", "UInt128", "Int256", "Decimal(9, 2)",
    "Decimal(18, 4)", "Decimal(38, 4)", "Decimal(76, 4)", "String", "FixedString(5)", "FixedString(20)",
    "LowCardinality(String)", "LowCardinality(Nullable(String))", "Nullable(String)", "Nullable(Int64)",
    "Nullable(Float64)", "Nullable(UUID)", "Nullable(Date)", "Enum8('a' = 1, 'b' = -2)", "Array(String)",
    "Array(Nullable(Int16))", "Array(Array(UInt8))", "Tuple(String, Nullable(Float64))", "Map(String, UInt64)",
    "AggregateFunction(sum, UInt64)", "SimpleAggregateFunction(max, Nullable(Int32))"};

StoreOptions small_options() {
  StoreOptions options;
  options.segment_rows = 7;
  options.background = false;
  return options;
}

std::unique_ptr<Store> open_store(const std::string& path, const StoreOptions& options = small_options()) {
  auto store = Store::open(path, options, posix_vfs(), system_clock(), system_rng());
  EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message);
  return store.ok() ? std::move(*store) : nullptr;
}

// A column of every type; sorted by a string, a nullable number and a float.
TableSchema every_type() {
  TableSchema schema;
  schema.name = "every_type";
  schema.columns = {{"customer", Type::of(TypeKind::kString)},
                    {"at", Type::nullable(Type::of(TypeKind::kInt64))},
                    {"amount", Type::of(TypeKind::kFloat64)}};
  for (const char* name : kTypes) schema.columns.push_back({name, *parse_type(name)});
  schema.sorting_key = {0, 1, 2};
  return schema;
}

std::vector<std::string> sorted(std::vector<std::string> rows) {
  std::sort(rows.begin(), rows.end());
  return rows;
}

Result<void> commit_one(Store& store, RowBatch batch, bool durable = false, std::string key = {}) {
  Commit commit;
  commit.batches.push_back(std::move(batch));
  commit.durable = durable;
  commit.idempotency_key = std::move(key);
  return store.commit(std::move(commit));
}

TEST(Store, KeepsEveryTypeThroughRecoverySealAndMerge) {
  const TemporaryDirectory directory;
  SeededRng rng(1);
  std::vector<std::string> expected;
  {
    auto store = open_store(directory.path());
    const auto schema = store->create_table(every_type());
    ASSERT_TRUE(schema.ok()) << schema.error().message;
    for (const size_t rows : {1, 7, 100, 13}) {
      RowBatch batch(*schema);
      append_random_rows(batch, rows, rng);
      for (std::string& row : rows_of(batch)) expected.push_back(std::move(row));
      ASSERT_TRUE(commit_one(*store, std::move(batch), rows == 7).ok());
    }
    const auto snapshot = store->snapshot("every_type");
    EXPECT_EQ(snapshot->rows, expected.size());
    EXPECT_EQ(sorted(rows_of(*snapshot)), sorted(expected));
    EXPECT_EQ(check_order(*snapshot), "");
  }
  for (int round = 0; round < 3; ++round) {
    auto store = open_store(directory.path());
    ASSERT_NE(store, nullptr);
    EXPECT_TRUE(store->warnings().empty());
    const auto snapshot = store->snapshot("every_type");
    EXPECT_EQ(sorted(rows_of(*snapshot)), sorted(expected)) << "round " << round;
    EXPECT_EQ(check_order(*snapshot), "");
    RowBatch batch(store->find_table("every_type"));
    append_random_rows(batch, 50, rng);
    for (std::string& row : rows_of(batch)) expected.push_back(std::move(row));
    ASSERT_TRUE(commit_one(*store, std::move(batch)).ok());
    const auto flushed = store->flush();
    ASSERT_TRUE(flushed.ok());
    EXPECT_EQ(store->statistics("every_type").head_rows, 0U);
    EXPECT_EQ(store->statistics("every_type").parts, static_cast<uint64_t>(round) + 1);
    EXPECT_EQ(sorted(rows_of(*store->snapshot("every_type"))), sorted(expected));
  }
  auto store = open_store(directory.path());
  const auto before = store->snapshot("every_type");
  ASSERT_TRUE(store->merge_all().ok());
  EXPECT_EQ(store->statistics("every_type").parts, 1U);
  EXPECT_EQ(sorted(rows_of(*store->snapshot("every_type"))), sorted(expected));
  EXPECT_EQ(check_order(*store->snapshot("every_type")), "");
  EXPECT_EQ(sorted(rows_of(*before)), sorted(expected)) << "an old snapshot keeps its files";
}

}  // namespace
}  // namespace sp
