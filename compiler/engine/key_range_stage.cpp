// KeyRangeStage: grouping and windows by the leading sorting-key column, one range of keys at a
// time. Every task visits its keys' rows in all parts, in the order of the partitions, so what it
// makes of them is final: no merge, no table larger than a cache.

#include <algorithm>
#include <cstring>
#include <optional>

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
    if (code_at(view, middle) < code)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

}  // namespace

void Execution::create_task_states() {
  for (size_t i = task_states_.size(); i < workers_.size(); ++i) {
    ExecState& state = *task_states_.emplace_back(std::make_unique<ExecState>(state_));
    state.params = workers_[i]->params;
    state.objects = workers_[i]->objects;
    state.locals = workers_[i]->locals;
    state.now_ns = workers_[i]->now_ns;
    state.worker = static_cast<uint32_t>(i);
  }
}

// No tasks: the parts do not allow it, or there is too little to do.
Result<std::vector<Execution::KeyRangeTask>> Execution::key_range_tasks(
    const codegen::KeyRangeStage& stage) {
  const codegen::ScanSpec& scan = program_.scans[stage.scan.scan];
  std::vector<KeyRangeTask> tasks;
  if (settings_.key_numbers == nullptr) return tasks;
  SP_TRY(const std::shared_ptr<const TableSnapshot> pinned, snapshot_of(*scan.node));
  const TableSnapshot& snapshot = *pinned;
  SP_TRY(std::vector<ScanPiece> pieces, scan_pieces(scan));
  uint64_t rows = 0;
  for (const ScanPiece& piece : pieces) rows += piece.end - piece.begin;

  // A few customers' rows: finding their groups costs less than room for every key of a range.
  constexpr uint64_t kFewRows = 512;
  KeyNumbers::Maps ranks;
  if (rows >= kFewRows || settings_.morsel_rows != 0 || snapshot.rows < kFewRows * 16) {
    SP_TRY(ranks, settings_.key_numbers->find(snapshot.schema->id, stage.column)
                      ->ranks_of(snapshot, stage.column));
  }
  if (ranks.parts.empty() || ranks.size == 0 ||
      (rows * 8 < ranks.size && settings_.morsel_rows == 0)) {
    known_pieces_.insert_or_assign(&scan, std::move(pieces));
    return tasks;
  }

  // About a morsel of rows for each task, and enough tasks for all workers.
  const uint64_t task_rows =
      settings_.morsel_rows != 0 ? std::max<uint64_t>(settings_.morsel_rows, 7) : 32768;
  const uint64_t wanted = std::max<uint64_t>(rows / task_rows, workers_.size() * 2);
  const uint64_t count = std::clamp<uint64_t>(wanted, 1, std::min<uint64_t>(ranks.size, 4096));
  tasks.resize(count);
  for (const ScanPiece& piece : pieces) {
    const ColumnView& view = piece.source->columns[stage.column];
    const std::vector<uint32_t>& map = *ranks.parts[piece.part];
    const uint64_t codes = map.size() - 1;  // the last stands for NULL
    uint64_t begin = piece.begin;
    // A segment has the keys of a few tasks: the first is that of its first row.
    const uint64_t rank = map[std::min(code_at(view, begin), codes)];
    for (uint64_t t = rank * count / ranks.size; t < count && begin < piece.end; ++t) {
      const uint64_t first = ranks.size * t / count, last = ranks.size * (t + 1) / count;
      uint64_t end = piece.end;
      if (t + 1 < count) {
        const auto code = static_cast<uint64_t>(
            std::lower_bound(map.begin(), map.begin() + static_cast<ptrdiff_t>(codes), last) -
            map.begin());
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

// Puts a task's rows in the order of their keys: by counting ranks, which keeps the parts' order,
// and sorts the rows of a key only where several parts of a partition, or more keys, left them out
// of order.
void Execution::order_task(const codegen::KeyRangeStage& stage, uint64_t rank_count,
                           std::vector<void*>& rows, std::vector<uint32_t>& begins) {
  const auto rank_of = [&](const void* row) {
    uint64_t rank;
    std::memcpy(&rank, static_cast<const char*>(row) + stage.rank_offset, sizeof(rank));
    return rank;
  };
  begins.assign(rank_count + 1, 0);
  for (const void* row : rows) ++begins[rank_of(row) + 1];
  for (uint64_t i = 0; i < rank_count; ++i) begins[i + 1] += begins[i];
  std::vector<uint32_t> next(begins.begin(), begins.end() - 1);
  std::vector<void*> ordered(rows.size());
  for (void* row : rows) ordered[next[rank_of(row)]++] = row;
  rows = std::move(ordered);
  if (stage.order == codegen::kNone) return;
  const auto compare = reinterpret_cast<CompareRows>(function(stage.order));
  const auto before = [compare](const void* a, const void* b) { return compare(a, b) < 0; };
  for (uint64_t i = 0; i < rank_count; ++i) {
    void **const begin = rows.data() + begins[i], **const end = rows.data() + begins[i + 1];
    if (!std::is_sorted(begin, end, before)) std::stable_sort(begin, end, before);
  }
}

// Rows, groups and their states live in memory of the task: it stays in the near caches and is used
// again by the next.
void Execution::run_key_range(const codegen::KeyRangeStage& stage, ExecState& exec,
                              const KeyRangeTask& task, uint64_t ordinal) {
  ExecState& own = *task_states_[exec.worker];
  const bool groups = stage.aggregate.local != codegen::kNone;
  const uint32_t local = groups ? stage.aggregate.local : stage.gather.local;
  void* const outer = exec.locals[local];
  std::optional<AggregateTable> table;
  std::optional<RowBuffer> buffer;
  if (groups)
    exec.locals[local] = &table.emplace(stage.aggregate.row_size, own.persistent);
  else
    exec.locals[local] = &buffer.emplace(stage.row_size, own.persistent);
  uint64_t rank_count = 0;
  for (const ScanPiece& piece : task.pieces) {
    rank_count = piece.source->rank_count;
    const Morsel morsel{piece.source, piece.begin, piece.end, ordinal};
    reinterpret_cast<PipelineCode>(function(stage.scan.function))(&own, &morsel);
  }
  std::vector<void*> rows;
  std::vector<uint32_t> begins;
  const auto collect = [&](char* row) { rows.push_back(row); };
  if (groups)
    table->rows().for_each(collect);
  else
    buffer->for_each(collect);
  if (stage.rank_offset != codegen::kNone) {
    order_task(stage, rank_count, rows, begins);
  } else if (stage.sort.compare != codegen::kNone) {
    const auto compare = reinterpret_cast<CompareRows>(function(stage.sort.compare));
    std::stable_sort(rows.begin(), rows.end(),
                     [compare](const void* a, const void* b) { return compare(a, b) < 0; });
  }
  if (stage.window.function != codegen::kNone) {
    using PartitionCode = void (*)(ExecState*, void**, uint64_t, uint64_t);
    const auto code = reinterpret_cast<PartitionCode>(function(stage.window.function));
    if (begins.empty() || !stage.whole_keys)
      run_window(stage.window, own, rows.data(), 0, rows.size());
    else {
      for (size_t i = 0; i + 1 < begins.size(); ++i) {
        if (begins[i] < begins[i + 1]) code(&own, rows.data(), begins[i], begins[i + 1]);
      }
    }
  }
  begin_morsel(stage.emit, exec, ordinal);
  const Morsel morsel{rows.data(), 0, rows.size(), ordinal};
  reinterpret_cast<PipelineCode>(function(stage.emit.function))(&exec, &morsel);
  note_memory();
  exec.locals[local] = outer;
  own.scratch.reset();
  own.persistent.reset();
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
  create_task_states();
  MorselList list;
  for (const KeyRangeTask& task : tasks) {
    list.add(&task, 1, 1);
    if (settings_.progress != nullptr) settings_.progress->rows_total += task.rows();
  }
  const uint64_t first_ordinal = next_ordinal_;
  next_ordinal_ += list.size();
  PipelineOptions options;
  options.serial = stage.emit.serial;
  options.cancelled = settings_.cancelled;
  return run_pipeline(
      pool_, list, worker_pointers_,
      [&](ExecState& exec, const Morsel& morsel) {
        const uint32_t done = stage.emit.done_local;
        if (done != codegen::kNone && *static_cast<const uint64_t*>(exec.locals[done]) != 0) return;
        if (cancelled_ && exec.worker == 0 && cancelled_()) {
          exec.fail(ErrorCode::kQueryWasCancelled, "Query was cancelled");
          return;
        }
        const auto& task = *static_cast<const KeyRangeTask*>(morsel.source);
        run_key_range(stage, exec, task, first_ordinal + morsel.ordinal);
        advance(task.rows());
      },
      options);
}

}  // namespace sp
