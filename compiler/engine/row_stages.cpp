// Stages over rows that an earlier stage left in order: LIMIT and OFFSET, windows over partitions,
// and the value of a scalar subquery. Called by Execution::run_stages.

#include <bit>
#include <cmath>
#include <cstring>

#include "compiler/engine/execution.h"

namespace sp {

Result<void> Execution::run_stage(const codegen::LimitStage& stage) {
  using Amount = plan::Node::Amount;
  auto& rows = row_sets_[stage.row_set].rows;
  const uint64_t all = rows.size();
  // How many rows the value stands for.
  const auto rows_of = [&](uint32_t offset, Amount amount, uint64_t absent) -> uint64_t {
    const uint64_t value = count_at(offset, absent);
    if (offset == codegen::kNone || amount == Amount::kRows) return std::min(value, all);
    if (amount == Amount::kFromEnd) return std::min(uint64_t{0} - value, all);
    return std::min(
        static_cast<uint64_t>(std::ceil(static_cast<double>(all) * std::bit_cast<double>(value))),
        all);
  };
  uint64_t begin = 0, end = all;
  const uint64_t skip = rows_of(stage.skip_offset, stage.skip_amount, 0);
  if (stage.skip_amount == Amount::kFromEnd)
    end -= skip;
  else
    begin += skip;
  const uint64_t kept =
      std::min(rows_of(stage.limit_offset, stage.limit_amount, UINT64_MAX), end - begin);
  const auto compare = stage.ties_compare == codegen::kNone
                           ? nullptr
                           : reinterpret_cast<CompareRows>(function(stage.ties_compare));
  if (stage.limit_amount == Amount::kFromEnd) {
    const uint64_t first = begin;
    begin = end - kept;
    while (compare != nullptr && kept > 0 && begin > first &&
           compare(rows[begin - 1], rows[begin]) == 0)
      --begin;
  } else {
    const uint64_t last = end;
    end = begin + kept;
    while (compare != nullptr && kept > 0 && end < last && compare(rows[end - 1], rows[end]) == 0)
      ++end;
  }
  rows.erase(rows.begin() + static_cast<ptrdiff_t>(end), rows.end());
  rows.erase(rows.begin(), rows.begin() + static_cast<ptrdiff_t>(begin));
  return {};
}

// Calls the partition function for each run of rows of one partition.
void Execution::run_window(const codegen::WindowStage& stage, ExecState& exec, void** rows,
                           uint64_t begin, uint64_t end) {
  using PartitionCode = void (*)(ExecState*, void**, uint64_t, uint64_t);
  const auto same = reinterpret_cast<KeysEqual>(
      stage.same_partition == codegen::kNone ? nullptr : function(stage.same_partition));
  const auto code = reinterpret_cast<PartitionCode>(function(stage.function));
  while (begin < end) {
    uint64_t to = begin + 1;
    while (to < end && (same == nullptr || same(rows[to - 1], rows[to]))) ++to;
    code(&exec, rows, begin, to);
    begin = to;
  }
}

Result<void> Execution::run_stage(const codegen::WindowStage& stage) {
  auto& rows = row_sets_[stage.row_set].rows;
  const auto same = reinterpret_cast<KeysEqual>(
      stage.same_partition == codegen::kNone ? nullptr : function(stage.same_partition));
  // Tasks of whole partitions, about a morsel each.
  constexpr uint64_t kTaskRows = 32768;
  const uint64_t task_rows = settings_.morsel_rows != 0 ? settings_.morsel_rows : kTaskRows;
  MorselList tasks;
  uint64_t begin = 0;
  while (begin < rows.size()) {
    uint64_t end =
        same == nullptr ? rows.size() : std::min<uint64_t>(rows.size(), begin + task_rows);
    while (end < rows.size() && same(rows[end - 1], rows[end])) ++end;
    tasks.add(rows.data(), end - begin, end - begin, begin);
    begin = end;
  }
  return run_pipeline(pool_, tasks, worker_pointers_, [&](ExecState& exec, const Morsel& task) {
    run_window(stage, exec, rows.data(), task.begin, task.end);
  });
}

Result<void> Execution::run_stage(const codegen::ScalarStage& stage) {
  const auto& rows = row_sets_[stage.row_set].rows;
  uint8_t* const out = params() + stage.offset;
  if (rows.size() > 1) {
    return fail(ErrorCode::kIncorrectResultOfScalarSubquery,
                "Scalar subquery returned more than one row");
  }
  const SlotLayout layout = slot_layout(stage.type);
  std::memset(out, 0, layout.size);
  if (rows.empty()) {
    if (stage.type.can_be_null()) out[slot_layout(stage.type.base()).size] = 1;
    return {};
  }
  const auto* row = static_cast<const uint8_t*>(rows[0]);
  const auto copy = [&](Type to, Type from, uint32_t offset, uint8_t* slot) {
    std::memcpy(slot, row + offset, slot_layout(from.base()).size);
    const bool null = from.can_be_null() && row[offset + slot_layout(from.base()).size] != 0;
    if (to.can_be_null()) slot[slot_layout(to.base()).size] = null ? 1 : 0;
  };
  if (stage.columns.size() == 1) {
    copy(stage.type, stage.columns[0].type, stage.columns[0].offset, out);
    return {};
  }
  const std::vector<Type>& elements = stage.type.base().inner();
  const RowLayout tuple = row_layout(elements);
  for (size_t i = 0; i < stage.columns.size(); ++i) {
    copy(elements[i], stage.columns[i].type, stage.columns[i].offset, out + tuple.offsets[i]);
  }
  return {};
}

}  // namespace sp
