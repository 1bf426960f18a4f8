// Stages that make one set of rows of what the workers have: gathered, sorted, the first n, groups
// merged, the table of a join. Called by Execution::run_stages.

#include <algorithm>
#include <cstring>

#include "compiler/engine/execution.h"
#include "runtime/exec/prefix_sort.h"

namespace sp {

namespace {

using InitializeCode = void (*)(ExecState*, void*);

// Limits from here on are worth the radix sort, which takes room for all rows twice.
constexpr uint64_t kManyRows = 8192;

}  // namespace

template <class T>
std::vector<T*> Execution::locals_of(uint32_t index) const {
  std::vector<T*> out;
  for (const auto& locals : locals_) out.push_back(static_cast<T*>(locals[index]));
  return out;
}

Result<void> Execution::run_stage(const codegen::GatherStage& stage) {
  const auto buffers = locals_of<const RowBuffer>(stage.local);
  RowSet& set = row_sets_[stage.row_set];
  set.list = RowBufferList(buffers);
  if (stage.row_set != program_.result_row_set) set.rows = set.list.row_pointers();
  return {};
}

Result<void> Execution::run_stage(const codegen::SortStage& stage) {
  std::vector<void*>& rows = row_sets_[stage.row_set].rows;
  const auto compare = reinterpret_cast<CompareRows>(function(stage.compare));
  if (stage.prefix == codegen::kNone) {
    sort_rows(rows, compare, pool_, state_.stop);
    return outcome();
  }
  Arena room(&state_.memory);
  prefix_sort_rows(rows, reinterpret_cast<SortPrefix>(function(stage.prefix)),
                   stage.prefix_is_whole ? nullptr : compare, pool_, room, state_.stop);
  note_memory();
  check_limits(*workers_[0]);
  return outcome();
}

Result<void> Execution::run_stage(const codegen::TopNStage& stage) {
  const auto tops = locals_of<TopN>(stage.local);
  const uint64_t limit = top_n_rows_kept(program_.locals[stage.local]);
  std::vector<void*>& rows = row_sets_[stage.row_set].rows;
  if (limit < kManyRows || stage.prefix == codegen::kNone) {
    rows = top_n_rows(tops, limit, state_.stop);
    return outcome();
  }
  rows = top_n_candidates(tops);
  Arena room(&state_.memory);
  const auto sort = [&](SortPrefix prefix, CompareRows compare) {
    prefix_sort_rows(rows, prefix, compare, pool_, room, state_.stop);
  };
  sort(top_n_arrival, nullptr);
  sort(reinterpret_cast<SortPrefix>(function(stage.prefix)),
       stage.prefix_is_whole
           ? nullptr
           : reinterpret_cast<CompareRows>(function(program_.locals[stage.local].function)));
  rows.resize(std::min<size_t>(rows.size(), limit));
  note_memory();
  check_limits(*workers_[0]);
  return outcome();
}

Result<void> Execution::run_stage(const codegen::AggregateStage& stage) {
  const auto tables = locals_of<AggregateTable>(stage.local);
  const auto equal = reinterpret_cast<KeysEqual>(function(stage.keys_equal));
  auto& rows = row_sets_[stage.row_set].rows;
  rows = merge_aggregate_tables(tables, equal, reinterpret_cast<MergeRows>(function(stage.merge)),
                                stage.heavy, worker_pointers_, pool_);
  const size_t empty_groups = rows.empty() ? stage.empty_sets.size() : 0;
  for (size_t i = 0; i < empty_groups; ++i) {
    auto* row = static_cast<uint8_t*>(workers_[0]->persistent.allocate(stage.row_size, 16));
    std::memset(row, 0, stage.row_size);
    reinterpret_cast<InitializeCode>(function(stage.empty_row))(workers_[0].get(), row);
    const uint64_t number = stage.empty_sets[i];
    std::memcpy(row + stage.set_offset, &number, sizeof(number));
    rows.push_back(row);
  }
  add_totals(stage.totals, rows, stage.merge);
  if (stage.object != codegen::kNone) {
    auto* table = new AggregateTable(stage.row_size, workers_[0]->persistent);
    cleanups_.emplace_back([table] { delete table; });
    for (void* row : rows) {
      if (state_.stop.load(std::memory_order_relaxed) != 0) break;
      table->adopt(row);
    }
    objects_[stage.object] = table;
  }
  return outcome();
}

void Execution::add_totals(const codegen::TotalsSpec& spec, std::span<void* const> groups,
                           uint32_t merge) {
  if (spec.row_set == codegen::kNone) return;
  void* totals = workers_[0]->persistent.allocate(spec.row_size, 16);
  std::memset(totals, 0, spec.row_size);
  reinterpret_cast<InitializeCode>(function(spec.init))(workers_[0].get(), totals);
  using Joins = uint8_t (*)(ExecState*, const void*);
  const auto joins = spec.condition == codegen::kNone
                         ? nullptr
                         : reinterpret_cast<Joins>(function(spec.condition));
  for (const void* row : groups) {
    if (state_.stop.load(std::memory_order_relaxed) != 0) break;
    if (joins != nullptr && joins(workers_[0].get(), row) == 0) continue;
    reinterpret_cast<MergeRows>(function(merge))(*workers_[0], totals, row);
  }
  row_sets_[spec.row_set].rows = {totals};
}

Result<void> Execution::run_stage(const codegen::KeylessStage& stage) {
  const auto rows = locals_of<void>(stage.local);
  const auto merge = reinterpret_cast<MergeRows>(function(stage.merge));
  for (size_t i = 1; i < rows.size(); ++i) merge(*workers_[0], rows[0], rows[i]);
  row_sets_[stage.row_set].rows = {rows[0]};
  add_totals(stage.totals, row_sets_[stage.row_set].rows, stage.merge);
  return outcome();
}

Result<void> Execution::run_stage(const codegen::JoinStage& stage) {
  auto* table = new JoinTable();
  cleanups_.emplace_back([table] { delete table; });
  objects_[stage.object] = table;
  const auto buffers = locals_of<const RowBuffer>(stage.local);
  if (stage.asof_compare == codegen::kNone) {
    table->finish(buffers, workers_[0]->persistent, state_.stop);
  } else {
    table->finish_asof(buffers, workers_[0]->persistent,
                       reinterpret_cast<KeysEqual>(function(stage.keys_equal)),
                       reinterpret_cast<CompareRows>(function(stage.asof_compare)), state_.stop);
  }
  return outcome();
}

Result<void> Execution::run_stage(const codegen::UnmatchedStage& stage) {
  row_sets_[stage.row_set].rows = static_cast<JoinTable*>(objects_[stage.object])->unmatched();
  return {};
}

}  // namespace sp
