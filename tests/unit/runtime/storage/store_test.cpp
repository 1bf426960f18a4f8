// The store end to end on real files: rows committed are rows read, before and after recovery, seal
// and merge, for every type, with segments of 7 rows.

#include "runtime/storage/store.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <thread>

#include "runtime/core/clock.h"
#include "runtime/core/rng.h"
#include "runtime/core/vfs.h"
#include "tests/unit/support/random_rows.h"
#include "tests/unit/support/small_store.h"
#include "tests/unit/support/table_rows.h"
#include "tests/unit/support/temporary_directory.h"

namespace sp {
namespace {

const char* const kTypes[] = {"UInt8",
                              "Int8",
                              "UInt16",
                              "Int16",
                              "UInt32",
                              "Int32",
                              "UInt64",
                              "Int64",
                              "Float32",
                              "Float64",
                              "Bool",
                              "Date",
                              "Date32",
                              "DateTime",
                              "DateTime64(3)",
                              "UUID",
                              "IPv4",
                              "IPv6",
                              "UInt128",
                              "Int256",
                              "Decimal(9, 2)",
                              "Decimal(18, 4)",
                              "Decimal(38, 4)",
                              "Decimal(76, 4)",
                              "String",
                              "FixedString(5)",
                              "FixedString(20)",
                              "LowCardinality(String)",
                              "LowCardinality(Nullable(String))",
                              "Nullable(String)",
                              "Nullable(Int64)",
                              "Nullable(Float64)",
                              "Nullable(UUID)",
                              "Nullable(Date)",
                              "Enum8('a' = 1, 'b' = -2)",
                              "Array(String)",
                              "Array(Nullable(Int16))",
                              "Array(Array(UInt8))",
                              "Tuple(String, Nullable(Float64))",
                              "Map(String, UInt64)",
                              "AggregateFunction(sum, UInt64)",
                              "SimpleAggregateFunction(max, Nullable(Int32))"};

StoreOptions small_options() {
  StoreOptions options;
  options.segment_rows = 7;
  options.background = false;
  return options;
}

std::unique_ptr<Store> open_store(const std::string& path,
                                  const StoreOptions& options = small_options()) {
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
    for (const size_t rows : {1U, 7U, 100U, 13U}) {
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

TEST(Store, RemembersIdempotencyKeysThroughRecoveryAndSeal) {
  const TemporaryDirectory directory;
  const auto rows = [](Store& store) { return store.snapshot("events")->rows; };
  for (int round = 0; round < 3; ++round) {
    auto store = open_small(posix_vfs(), directory.path());
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(commit_numbered(**store, 1, 4, round == 0, "first").ok());
    ASSERT_TRUE(commit_numbered(**store, 1, 4, true, "first").ok());
    EXPECT_EQ(rows(**store), 4U) << "round " << round;
    if (round == 1) { ASSERT_TRUE((*store)->flush().ok()); }
  }
}

TEST(Store, AddsColumnsAndNullabilityInPlace) {
  const TemporaryDirectory directory;
  TableSchema wanted = events_schema();
  wanted.columns[1].type = Type::nullable(wanted.columns[1].type);
  for (const char* name : kTypes) wanted.columns.push_back({name, *parse_type(name)});
  {
    auto store = open_small(posix_vfs(), directory.path());
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(commit_numbered(**store, 1, 20, false).ok());
    ASSERT_TRUE((*store)->flush().ok());
    RowBatch old = numbered_rows((*store)->find_table("events"), 2, 20);
    const auto changed = (*store)->create_table(wanted);
    ASSERT_TRUE(changed.ok()) << changed.error().message;
    ASSERT_TRUE(commit_one(**store, std::move(old)).ok()) << "a batch built before the change";
    TableSchema wrong = wanted;
    wrong.columns[0].type = Type::of(TypeKind::kUInt8);
    auto refused = (*store)->create_table(wrong);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::kIncompatibleColumns);
  }
  StoreOptions options = small_options();
  auto store = open_store(directory.path(), options);
  RowBatch expected(store->find_table("events"));
  for (const uint64_t number : {1U, 2U}) {
    const RowBatch plain =
        numbered_rows(std::make_shared<TableSchema>(events_schema()), number, 20);
    for (size_t row = 0; row < plain.rows(); ++row) {
      const Nullable<uint64_t> value{number, 0};
      for (size_t column = 0; column < 4; ++column) {
        StringRef text;
        if (column == 0 || column == 2)
          std::memcpy(&text, plain.column(column).slot(row), sizeof(text));
        Nullable<StringRef> filler{expected.arena().copy(text.view()), 0};
        if (column == 2)
          filler.is_null = static_cast<const uint8_t*>(plain.column(2).slot(row))[16];
        const void* slots[] = {&filler.value, &value, &filler, plain.column(3).slot(row)};
        expected.column(column).append(slots[column]);
      }
      for (size_t column = 4; column < expected.column_count(); ++column)
        expected.column(column).append_default();
    }
  }
  EXPECT_EQ(sorted(rows_of(*store->snapshot("events"))), sorted(rows_of(expected)));
  ASSERT_TRUE(store->merge_all().ok());
  EXPECT_EQ(sorted(rows_of(*store->snapshot("events"))), sorted(rows_of(expected)));
}

TEST(Store, ReplacesAndDropsAtomically) {
  const TemporaryDirectory directory;
  {
    auto store = open_small(posix_vfs(), directory.path());
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE(commit_numbered(**store, 1, 20, false).ok());
    ASSERT_TRUE((*store)->flush().ok());
    ASSERT_TRUE(commit_numbered(**store, 2, 20, false).ok());
    const auto before = (*store)->snapshot("events");
    std::vector<RowBatch> rows;
    rows.push_back(numbered_rows((*store)->find_table("events"), 3, 9));
    ASSERT_TRUE((*store)->replace("events", std::move(rows)).ok());
    EXPECT_EQ(count_numbers(*before, 4), (std::vector<uint64_t>{0, 20, 20, 0}));
    EXPECT_EQ(count_numbers(*(*store)->snapshot("events"), 4), (std::vector<uint64_t>{0, 0, 0, 9}));
    EXPECT_EQ(
        Store::open(directory.path(), small_options(), posix_vfs(), system_clock(), system_rng())
            .ok(),
        false)
        << "the lock keeps a second store out";
  }
  auto store = open_store(directory.path());
  EXPECT_EQ(count_numbers(*store->snapshot("events"), 4), (std::vector<uint64_t>{0, 0, 0, 9}));
  ASSERT_TRUE(store->replace("events", {}).ok());
  EXPECT_EQ(store->snapshot("events")->rows, 0U);
  ASSERT_TRUE(store->drop_table("events").ok());
  EXPECT_EQ(store->snapshot("events"), nullptr);
  store.reset();
  EXPECT_EQ(open_store(directory.path())->find_table("events"), nullptr);
}

// Random commits, seals and merges of a table with every type: the rows and their order are those
// of the commits.
TEST(Store, SealAndMergeNeverChangeTheRows) {
  for (uint64_t seed = 0; seed < 6; ++seed) {
    SimulatedVfs vfs;
    SeededRng rng(seed);
    StoreOptions options = small_options();
    auto opened = Store::open("/data", options, vfs, system_clock(), system_rng());
    ASSERT_TRUE(opened.ok());
    TableSchema schema = every_type();
    if (seed % 2 == 1)
      schema.sorting_key = {static_cast<uint32_t>(3 + rng.below(std::size(kTypes))), 1, 0};
    if (seed % 3 == 2) {
      schema.partition = TableSchema::Partition::kValue;
      schema.partition_column = 13;  // Bool
    }
    ASSERT_TRUE((*opened)->create_table(schema).ok());
    std::vector<std::string> expected;
    for (int step = 0; step < 60; ++step) {
      if (rng.below(10) == 0) {
        ASSERT_TRUE((*opened)->flush().ok());
      } else if (rng.below(20) == 0) {
        ASSERT_TRUE((*opened)->merge_all().ok());
      } else if (rng.below(15) == 0) {
        opened->reset();
        opened = Store::open("/data", options, vfs, system_clock(), system_rng());
        ASSERT_TRUE(opened.ok());
      } else {
        RowBatch batch((*opened)->find_table("every_type"));
        append_random_rows(batch, 1 + rng.below(20), rng);
        for (std::string& row : rows_of(batch)) expected.push_back(std::move(row));
        ASSERT_TRUE(commit_one(**opened, std::move(batch)).ok());
      }
    }
    const auto snapshot = (*opened)->snapshot("every_type");
    EXPECT_EQ(sorted(rows_of(*snapshot)), sorted(expected)) << "seed " << seed;
    EXPECT_EQ(check_order(*snapshot), "") << "seed " << seed;
    EXPECT_LE(snapshot->parts.size(), 80U);
  }
}

// Equal keys stay in order of arrival through every merge.
TEST(Store, KeepsArrivalOrderOfEqualKeys) {
  SimulatedVfs vfs;
  auto store = open_small(vfs);
  ASSERT_TRUE(store.ok());
  TableSchema schema = events_schema("ordered");
  schema.sorting_key = {3};
  schema.partition = TableSchema::Partition::kNone;
  ASSERT_TRUE((*store)->create_table(schema).ok());
  for (uint64_t number = 0; number < 200; ++number) {
    ASSERT_TRUE(
        commit_one(**store, numbered_rows((*store)->find_table("ordered"), number * 3, 1)).ok());
    if (number % 30 == 29) { ASSERT_TRUE((*store)->flush().ok()); }
    if (number % 70 == 69) { ASSERT_TRUE((*store)->merge_all().ok()); }
  }
  ASSERT_TRUE((*store)->merge_all().ok());
  const auto snapshot = (*store)->snapshot("ordered");
  ASSERT_EQ(snapshot->parts.size(), 1U);
  std::vector<uint64_t> previous(3);
  const std::vector<std::string> rows = rows_of(*snapshot);
  ASSERT_EQ(rows.size(), 200U);
  for (const std::string& row : rows) {  // customer, number, filler, at
    uint64_t number;
    std::memcpy(&number, row.data() + 1 + static_cast<uint8_t>(row[0]), sizeof(number));
    uint64_t& last = previous[number * 31 % 3];
    EXPECT_LE(last, number);
    last = number;
  }
}

// Writers commit to two tables at once while readers compare them, with sealing and merging in the
// background.
TEST(Store, SnapshotsOfTwoTablesAgreeUnderConcurrency) {
  const TemporaryDirectory directory;
  constexpr uint64_t kWriters = 3, kCommits = 60;
  {
    auto opened = open_small(posix_vfs(), directory.path(), true);
    ASSERT_TRUE(opened.ok());
    Store& store = **opened;
    ASSERT_TRUE(store.create_table(events_schema("mirror")).ok());
    std::atomic<bool> done{false};
    std::vector<std::thread> threads;
    for (uint64_t writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&, writer] {
        for (uint64_t i = 0; i < kCommits; ++i) {
          const uint64_t number = writer * kCommits + i;
          Commit commit;
          commit.batches.push_back(numbered_rows(store.find_table("events"), number, 10));
          commit.batches.push_back(numbered_rows(store.find_table("mirror"), number, 10));
          commit.durable = i % 4 == 0;
          EXPECT_TRUE(store.commit(std::move(commit)).ok());
        }
      });
    }
    std::thread reader([&] {
      while (!done) {
        const auto pair = store.snapshots({"events", "mirror"});
        const auto a = count_numbers(*pair[0], kWriters * kCommits),
                   b = count_numbers(*pair[1], kWriters * kCommits);
        EXPECT_EQ(a, b);
        for (const uint64_t count : a) EXPECT_TRUE(count == 0 || count == 10);
      }
    });
    for (std::thread& thread : threads) thread.join();
    done = true;
    reader.join();
    EXPECT_TRUE(store.warnings().empty());
    EXPECT_EQ(store.snapshot("events")->rows, kWriters * kCommits * 10);
  }
  auto store = open_small(posix_vfs(), directory.path());
  ASSERT_TRUE(store.ok());
  EXPECT_EQ(count_numbers(*(*store)->snapshot("events"), kWriters * kCommits),
            std::vector<uint64_t>(kWriters * kCommits, 10));
}

}  // namespace
}  // namespace sp
