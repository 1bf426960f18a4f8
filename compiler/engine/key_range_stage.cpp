// KeyRangeStage: grouping and windows by the leading sorting-key column, one range of keys at a time. Every task visits
// its keys' rows in all parts, in the order of the partitions, so what it makes of them is final: no merge, no table
// larger than a cache.

#include <algorithm>
#include <cstring>

#include "compiler/engine/execution.h"

namespace sp {
namespace {

using PipelineCode = void (*)(ExecState*, const Morsel*);

uint64_t code_at(const ColumnView& view, uint64_t row) {
  uint64_t raw = 0;
  std::memcpy(&raw, view.data + row * view.stride, sizeof(raw));
  return (raw & view.mask) + view.base;
}

// First row of the segment whose dictionary code is not below `code`.
uint64_t first_row_of(const ColumnView& view, uint64_t rows, uint64_t code) {
  uint64_t low = 0, high = rows;
  while (low < high) {
    const uint64_t middle = (low + high) / 2;
    if (code_at(view, middle) < code) low = middle + 1;
    else high = middle;
  }
  return low;
}

}  // namespace

// No tasks: the parts do not allow it, or there is too little to do.
Result<std::vector<Execution::KeyRangeTask>> Execution::key_range_tasks(const codegen::KeyRangeStage& stage) {
  const codegen::ScanSpec& scan = program_.scans[stage.scan.scan];
  const auto found = snapshots_.find(scan.node->table->name);
  std::vector<KeyRangeTask> tasks;
  if (found == snapshots_.end() || settings_.key_numbers == nullptr) return tasks;
  const TableSnapshot& snapshot = *found->second;
  SP_TRY(const KeyNumbers::Maps ranks, settings_.key_numbers->find(snapshot.schema->id, stage.column)->ranks_of(snapshot, stage.column));
  if (ranks.parts.empty() || ranks.size == 0) return tasks;
  SP_TRY(const std::vector<ScanPiece> pieces, scan_pieces(scan));
  uint64_t rows = 0;
  for (const ScanPiece& piece : pieces) rows += piece.end - piece.begin;

  // A few customers' rows: finding their groups costs less than room for every key of a range.
  if (rows * 8 < ranks.size && settings_.morsel_rows == 0) return tasks;

  // About a morsel of rows for each task, and enough tasks for all workers.
  const uint64_t task_rows = settings_.morsel_rows != 0 ? std::max<uint64_t>(settings_.morsel_rows, 7) : 32768;
  const uint64_t wanted = std::max<uint64_t>(rows / task_rows, workers_.size() * 2);
  const uint64_t count = std::clamp<uint64_t>(wanted, 1, std::min<uint64_t>(ranks.size, 4096));
  tasks.resize(count);
  for (const ScanPiece& piece : pieces) {
    const ColumnView& view = piece.source->columns[stage.column];
    const std::vector<uint32_t>& map = *ranks.parts[piece.part];
    const uint64_t codes = map.size() - 1;   // the last stands for NULL
    uint64_t begin = piece.begin;
    for (uint64_t t = 0; t < count && begin < piece.end; ++t) {
      const uint64_t first = ranks.size * t / count, last = ranks.size * (t + 1) / count;
      uint64_t end = piece.end;
      if (t + 1 < count) {
        const auto code = static_cast<uint64_t>(
            std::lower_bound(map.begin(), map.begin() + static_cast<ptrdiff_t>(codes), last) - map.begin());
        end = std::clamp(first_row_of(view, piece.end, code), begin, piece.end);
      }
      if (begin == end) continue;
      ScanSource source = *piece.source;
      source.first_rank = first;
      source.rank_count = last - first;
      source.task = t + 1;
      sources_.push_back(source);
      tasks[t].pieces.push_back({&sources_.back(), begin, end, piece.part, piece.first_row});
      begin = end;
    }
  }
  return tasks;
}

void Execution::run_key_range(const codegen::KeyRangeStage& stage, ExecState& exec, const KeyRangeTask& task, uint64_t ordinal) {
  const auto own = [&](uint32_t local, auto* object) {
    exec.locals[local] = object;
    const std::lock_guard lock(cleanups_mutex_);
    cleanups_.emplace_back([object] { delete object; });
  };
  const bool groups = stage.aggregate.local != codegen::kNone;
  if (groups) own(stage.aggregate.local, new AggregateTable(stage.aggregate.row_size, exec.persistent));
  else own(stage.gather.local, new RowBuffer(stage.row_size, exec.persistent));
  for (const ScanPiece& piece : task.pieces) {
    const Morsel morsel{piece.source, piece.begin, piece.end, ordinal};
    reinterpret_cast<PipelineCode>(function(stage.scan.function))(&exec, &morsel);
  }
  std::vector<void*> rows;
  const auto collect = [&](char* row) { rows.push_back(row); };
  if (groups) static_cast<AggregateTable*>(exec.locals[stage.aggregate.local])->rows().for_each(collect);
  else static_cast<RowBuffer*>(exec.locals[stage.gather.local])->for_each(collect);
  if (stage.sort.compare != codegen::kNone) {
    const auto compare = reinterpret_cast<CompareRows>(function(stage.sort.compare));
    std::stable_sort(rows.begin(), rows.end(), [compare](const void* a, const void* b) { return compare(a, b) < 0; });
  }
  if (stage.window.function != codegen::kNone) run_window(stage.window, exec, rows.data(), 0, rows.size());
  begin_morsel(stage.emit, exec, ordinal);
  const Morsel morsel{rows.data(), 0, rows.size(), ordinal};
  reinterpret_cast<PipelineCode>(function(stage.emit.function))(&exec, &morsel);
}

Result<void> Execution::run_stage(const codegen::KeyRangeStage& stage) {
  SP_TRY(const std::vector<KeyRangeTask> tasks, key_range_tasks(stage));
  if (tasks.empty()) {
    SP_TRY_VOID(run_stage(stage.scan));
    if (stage.aggregate.local != codegen::kNone) SP_TRY_VOID(run_stage(stage.aggregate));
    if (stage.gather.local != codegen::kNone) SP_TRY_VOID(run_stage(stage.gather));
    if (stage.sort.compare != codegen::kNone) SP_TRY_VOID(run_stage(stage.sort));
    if (stage.window.function != codegen::kNone) SP_TRY_VOID(run_stage(stage.window));
    return run_stage(stage.emit);
  }
  create_late_locals(stage.emit);
  MorselList list;
  for (const KeyRangeTask& task : tasks) list.add(&task, 1, 1);
  const uint64_t first_ordinal = next_ordinal_;
  next_ordinal_ += list.size();
  PipelineOptions options;
  options.serial = stage.emit.serial;
  return run_pipeline(pool_, list, worker_pointers_, [&](ExecState& exec, const Morsel& morsel) {
    const uint32_t done = stage.emit.done_local;
    if (done != codegen::kNone && *static_cast<const uint64_t*>(exec.locals[done]) != 0) return;
    if (settings_.cancelled && exec.worker == 0 && settings_.cancelled()) {
      exec.fail(ErrorCode::kQueryWasCancelled, "Query was cancelled");
      return;
    }
    run_key_range(stage, exec, *static_cast<const KeyRangeTask*>(morsel.source), first_ordinal + morsel.ordinal);
  }, options);
}

}  // namespace sp
