// Group tables, join tables, sorting and the morsel driver, driven natively with hand-written key
// comparisons.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>

#include "runtime/core/hash.h"
#include "runtime/exec/aggregate_table.h"
#include "runtime/exec/join_table.h"
#include "runtime/exec/morsel_driver.h"
#include "runtime/exec/prefix_sort.h"
#include "runtime/exec/sort.h"

namespace sp {
namespace {

struct GroupRow {
  uint64_t hash, key, sum;
};
bool same_key(const void* row, const void* probe) {
  return static_cast<const GroupRow*>(row)->key == static_cast<const GroupRow*>(probe)->key;
}
void merge_sums(ExecState&, void* into, const void* from) {
  static_cast<GroupRow*>(into)->sum += static_cast<const GroupRow*>(from)->sum;
}

struct Workers {
  QueryState query;
  std::vector<std::unique_ptr<ExecState>> owned;
  std::vector<ExecState*> states;
  explicit Workers(unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      states.push_back(owned.emplace_back(std::make_unique<ExecState>(query)).get());
  }
};

// Groups 0..rows-1 by key = row % keys on several workers; bad_hash: every key collides.
void check_groups(uint64_t rows, uint64_t keys, bool bad_hash) {
  WorkerPool pool(4);
  Workers workers(4);
  std::vector<std::unique_ptr<AggregateTable>> tables;
  std::vector<AggregateTable*> pointers;
  for (ExecState* exec : workers.states) {
    pointers.push_back(
        tables.emplace_back(std::make_unique<AggregateTable>(24, exec->persistent)).get());
  }
  MorselList morsels;
  morsels.add(nullptr, rows, 1000);
  ASSERT_TRUE(
      run_pipeline(pool, morsels, workers.states, [&](ExecState& exec, const Morsel& morsel) {
        for (uint64_t i = morsel.begin; i < morsel.end; ++i) {
          GroupRow probe{bad_hash ? 0 : hash_word(i % keys), i % keys, 0};
          uint8_t inserted = 0;
          auto* row = static_cast<GroupRow*>(
              sp_aggregate_find(pointers[exec.worker], probe.hash, same_key, &probe, &inserted));
          if (inserted != 0) row->key = probe.key;
          row->sum += i;
        }
      }).ok());
  const auto groups =
      merge_aggregate_tables(pointers, same_key, merge_sums, false, workers.states, pool);
  ASSERT_EQ(groups.size(), std::min(rows, keys));
  std::map<uint64_t, uint64_t> expected, actual;
  for (uint64_t i = 0; i < rows; ++i) expected[i % keys] += i;
  for (const void* group : groups)
    actual[static_cast<const GroupRow*>(group)->key] = static_cast<const GroupRow*>(group)->sum;
  EXPECT_EQ(actual, expected);
}

TEST(AggregateTable, GroupsLikeAMap) {
  check_groups(100, 7, false);
  check_groups(200000, 50000, false);
  check_groups(3000, 300, true);
  check_groups(1, 1, false);
}

TEST(DenseAggregateTable, IndexesAndMerges) {
  Workers workers(1);
  DenseAggregateTable a(24, workers.states[0]->persistent), b(24, workers.states[0]->persistent);
  uint8_t inserted = 0;
  for (uint64_t i = 0; i < 100; ++i) static_cast<GroupRow*>(a.find(i % 10, &inserted))->sum += 1;
  for (uint64_t i = 0; i < 100; ++i) static_cast<GroupRow*>(b.find(i % 20, &inserted))->sum += 1;
  a.absorb(b, merge_sums, *workers.states[0]);
  EXPECT_EQ(a.size(), 20u);
  EXPECT_EQ(static_cast<GroupRow*>(a.find(3, &inserted))->sum, 15u);
  EXPECT_EQ(static_cast<GroupRow*>(a.find(13, &inserted))->sum, 5u);
}

struct BuildRow {
  JoinRow header;
  uint64_t key, value;
};
struct ProbeKey {
  uint64_t key, time;
};
bool join_equal(const void* row, const void* probe) {
  return static_cast<const BuildRow*>(row)->key == static_cast<const ProbeKey*>(probe)->key;
}
bool build_equal(const void* row, const void* other) {
  return static_cast<const BuildRow*>(row)->key == static_cast<const BuildRow*>(other)->key;
}
int by_value(const void* a, const void* b) {
  const uint64_t x = static_cast<const BuildRow*>(a)->value,
                 y = static_cast<const BuildRow*>(b)->value;
  return x < y ? -1 : x > y;
}
bool not_after(const void* row, const void* probe) {
  return static_cast<const BuildRow*>(row)->value <= static_cast<const ProbeKey*>(probe)->time;
}

TEST(JoinTable, FindsAllMatchesInOrderOfRows) {
  Workers workers(1);
  RowBuffer buffer(sizeof(BuildRow), workers.states[0]->persistent);
  for (uint64_t i = 0; i < 1000; ++i) {
    auto* row = static_cast<BuildRow*>(sp_row_buffer_append(&buffer));
    sp_join_row_init(row, hash_word(i % 100));
    row->key = i % 100;
    row->value = i;
  }
  auto* null_row = static_cast<BuildRow*>(sp_row_buffer_append(&buffer));
  sp_join_row_init_null(null_row);
  const RowBuffer* buffers[] = {&buffer};
  JoinTable table;
  table.finish(buffers, workers.states[0]->persistent);
  const ProbeKey probe{42, 0};
  uint64_t expected = 42;
  for (void* row = sp_join_first(&table, hash_word(42), join_equal, &probe); row != nullptr;
       row = sp_join_next(row, join_equal, &probe)) {
    EXPECT_EQ(static_cast<BuildRow*>(row)->value, expected);
    expected += 100;
    sp_join_mark(row);
  }
  EXPECT_EQ(expected, 1042u);
  EXPECT_EQ(table.unmatched().size(), 991u);
  const ProbeKey absent{1000, 0};
  EXPECT_EQ(sp_join_first(&table, hash_word(1000), join_equal, &absent), nullptr);
  const JoinTable empty;
  EXPECT_EQ(sp_join_first(&empty, 7, join_equal, &absent), nullptr);
}

TEST(JoinTable, AsofFindsTheNearest) {
  Workers workers(1);
  RowBuffer buffer(sizeof(BuildRow), workers.states[0]->persistent);
  for (uint64_t i = 0; i < 100; ++i) {
    auto* row = static_cast<BuildRow*>(buffer.append());
    sp_join_row_init(row, hash_word(i % 2));
    row->key = i % 2;
    row->value = (i * 37) % 100;
  }
  const RowBuffer* buffers[] = {&buffer};
  JoinTable table;
  table.finish_asof(buffers, workers.states[0]->persistent, build_equal, by_value);
  const ProbeKey probe{0, 51};
  const auto* row = static_cast<const BuildRow*>(
      sp_join_asof(&table, hash_word(0), join_equal, &probe, not_after));
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->value, 50u);
}

struct SortRow {
  uint64_t key, number;
};
int by_key(const void* a, const void* b) {
  const uint64_t x = static_cast<const SortRow*>(a)->key, y = static_cast<const SortRow*>(b)->key;
  return x < y ? -1 : x > y;
}

TEST(Sort, IsStableInParallelAndAgreesWithTopN) {
  WorkerPool pool(4);
  Workers workers(2);
  RowBuffer buffer(sizeof(SortRow), workers.states[0]->persistent);
  TopN first(10, sizeof(SortRow), by_key, workers.states[0]->persistent);
  TopN second(10, sizeof(SortRow), by_key, workers.states[1]->persistent);
  std::mt19937_64 random(1);
  for (uint64_t i = 0; i < 200000; ++i) {
    const SortRow image{random() % 1000, i};
    *static_cast<SortRow*>(buffer.append()) = image;
    TopN& top = i < 100000 ? first : second;
    if (i % 100 == 0) top.set_morsel(i / 100);
    if (sp_top_n_wants(&top, &image)) *static_cast<SortRow*>(sp_top_n_append(&top, 0)) = image;
  }
  const RowBuffer* buffers[] = {&buffer};
  std::vector<void*> rows = RowBufferList(buffers).row_pointers();
  std::vector<void*> partial = rows;
  sort_rows(rows, by_key, pool);
  for (size_t i = 1; i < rows.size(); ++i) {
    const auto* a = static_cast<const SortRow*>(rows[i - 1]);
    const auto* b = static_cast<const SortRow*>(rows[i]);
    ASSERT_TRUE(a->key < b->key || (a->key == b->key && a->number < b->number));
  }
  partial_sort_rows(partial, by_key, 10);
  TopN* tops[] = {&first, &second};
  const auto top = top_n_rows(tops, 10);
  ASSERT_EQ(top.size(), 10u);
  for (size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(partial[i], rows[i]);
    EXPECT_EQ(static_cast<const SortRow*>(top[i])->number,
              static_cast<const SortRow*>(rows[i])->number);
  }
}

uint64_t half_of_key(const void* row) { return static_cast<const SortRow*>(row)->key / 2; }
uint64_t whole_key(const void* row) { return static_cast<const SortRow*>(row)->key; }

// As sort_rows, whatever the runs: none in order, all, few rows, more runs than a power of two.
TEST(PrefixSort, AgreesWithSortByComparison) {
  MemoryTracker memory;
  for (const unsigned workers : {1U, 2U, 3U, 4U}) {
    WorkerPool pool(workers);
    for (const size_t size : {size_t{0}, size_t{1}, size_t{100}, size_t{150000}}) {
      for (const uint64_t keys : {uint64_t{1}, uint64_t{1000}, UINT64_MAX}) {
        std::vector<SortRow> all;
        std::vector<void*> rows;
        for (uint64_t i = 0; i < size; ++i) all.push_back({hash_word(i) % keys, i});
        for (SortRow& row : all) rows.push_back(&row);
        std::vector<void*> by_halves = rows, expected = rows;
        sort_rows(expected, by_key, pool);
        Arena room(&memory);
        prefix_sort_rows(rows, whole_key, nullptr, pool, room);
        prefix_sort_rows(by_halves, half_of_key, by_key, pool, room);
        ASSERT_EQ(rows, expected) << workers << " workers, " << size << " rows";
        ASSERT_EQ(by_halves, expected) << workers << " workers, " << size << " rows";
        prefix_sort_rows(rows, whole_key, nullptr, pool, room);
        ASSERT_EQ(rows, expected);
      }
    }
  }
}

TEST(PrefixSort, LeavesRowsThatDoNotFitTheBudget) {
  WorkerPool pool(2);
  std::vector<SortRow> all;
  for (uint64_t i = 0; i < 100000; ++i) all.push_back({hash_word(i), i});
  std::vector<void*> rows;
  for (SortRow& row : all) rows.push_back(&row);
  const std::vector<void*> before = rows;
  MemoryTracker memory(1 << 20);
  Arena room(&memory);
  prefix_sort_rows(rows, whole_key, nullptr, pool, room);
  EXPECT_TRUE(room.over_budget());
  EXPECT_EQ(rows, before);
}

std::atomic<uint32_t> stop_after_some;
std::atomic<uint64_t> comparisons;
constexpr uint64_t kComparisons = 1000;
int by_key_until_stopped(const void* a, const void* b) {
  if (++comparisons == kComparisons) stop_after_some = 1;
  return by_key(a, b);
}

// One run, one worker: nobody looks but the loops themselves.
TEST(Sort, StopsWithinARun) {
  WorkerPool pool(1);
  Workers workers(1);
  std::vector<SortRow> all;
  std::vector<void*> rows;
  TopN top(100000, sizeof(SortRow), by_key_until_stopped, workers.states[0]->persistent);
  for (uint64_t i = 0; i < 100000; ++i) all.push_back({hash_word(i), i});
  for (SortRow& row : all) {
    rows.push_back(&row);
    *static_cast<SortRow*>(sp_top_n_append(&top, 0)) = row;
  }
  stop_after_some = 0;
  comparisons = 0;
  sort_rows(rows, by_key_until_stopped, pool, stop_after_some);
  EXPECT_EQ(comparisons, kComparisons);
  std::sort(rows.begin(), rows.end());
  for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i], &all[i]);  // each row once

  stop_after_some = 0;
  comparisons = 0;
  TopN* tops[] = {&top};
  (void)top_n_rows(tops, 50000, stop_after_some);
  EXPECT_EQ(comparisons, kComparisons);

  stop_after_some = 0;
  comparisons = 0;
  MemoryTracker memory;
  Arena room(&memory);
  const auto all_alike = [](const void*) { return uint64_t{0}; };
  prefix_sort_rows(rows, all_alike, by_key_until_stopped, pool, room, stop_after_some);
  EXPECT_EQ(comparisons, kComparisons);
  for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i], &all[i]);
}

TEST(JoinTable, StopsWhileItLinks) {
  Workers workers(1);
  RowBuffer buffer(sizeof(BuildRow), workers.states[0]->persistent);
  for (uint64_t i = 0; i < 100000; ++i) {
    auto* row = static_cast<BuildRow*>(buffer.append());
    sp_join_row_init(row, hash_word(i));
    row->key = i;
    row->value = i;
  }
  const RowBuffer* buffers[] = {&buffer};
  const std::atomic<uint32_t> stop{1};
  const auto found = [](const JoinTable& table) {
    uint64_t count = 0;
    for (uint64_t i = 0; i < 100000; ++i) {
      const ProbeKey probe{i, 0};
      count += sp_join_first(&table, hash_word(i), join_equal, &probe) != nullptr;
    }
    return count;
  };
  JoinTable table;
  table.finish(buffers, workers.states[0]->persistent, stop);
  EXPECT_LT(found(table), 2048u);
  JoinTable asof;
  asof.finish_asof(buffers, workers.states[0]->persistent, build_equal, by_value, stop);
  EXPECT_EQ(found(asof), 0u);
}

TEST(MorselDriver, StopsAtDeadlineLimitAndError) {
  WorkerPool pool(2);
  MorselList morsels;
  morsels.add(nullptr, 100, 7);
  EXPECT_EQ(morsels.size(), 15u);
  {
    Workers workers(2);
    workers.query.deadline_ns = 1;
    const auto result =
        run_pipeline(pool, morsels, workers.states, [](ExecState&, const Morsel&) {});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::kTimeoutExceeded);
  }
  {
    Workers workers(2);
    const auto result =
        run_pipeline(pool, morsels, workers.states, [](ExecState& exec, const Morsel& morsel) {
          if (morsel.ordinal == 3) exec.fail(ErrorCode::kIllegalDivision, "Division by zero", 5);
        });
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().code, ErrorCode::kIllegalDivision);
  }
  Workers workers(2);
  std::vector<uint64_t> seen;
  PipelineOptions options;
  options.serial = true;
  const auto result = run_pipeline(
      pool, morsels, workers.states,
      [&](ExecState&, const Morsel& morsel) { seen.push_back(morsel.ordinal); }, options);
  EXPECT_TRUE(result.ok());
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(seen.size(), 15u);
}

}  // namespace
}  // namespace sp
