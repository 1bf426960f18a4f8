// Execution: objects, locals, pipelines, and the stages that gather, sort and merge. See
// execution.h. Scans are in scan_morsels.cpp, LIMIT, windows and scalar subqueries in
// row_stages.cpp, WITH FILL in fill_stage.cpp.

#include "compiler/engine/execution.h"

#include <algorithm>
#include <cstring>

#include "runtime/core/clock.h"

namespace sp {
namespace {

using PipelineCode = void (*)(ExecState*, const Morsel*);
using ConstantsCode = void (*)(ExecState*);
using InitializeCode = void (*)(ExecState*, void*);

uint64_t morsel_rows_for(uint64_t rows, uint64_t wanted, unsigned workers) {
  if (wanted != 0) return wanted;
  constexpr uint64_t kSmallest = 4096;
  const uint64_t share = rows / (uint64_t{workers} * 4 + 1);
  return std::clamp(share, kSmallest, MorselList::kDefaultRows);
}

}  // namespace

Execution::Execution(std::shared_ptr<CompiledQuery> query, const ExecutionSettings& settings,
                     WorkerPool& pool)
    : query_(std::move(query)),
      program_(query_->program()),
      settings_(settings),
      pool_(pool),
      state_(settings.memory_limit_bytes, settings.process_memory) {
  state_.deadline_ns = settings.deadline_ns;
  // Asking whether the client is still there is a system call: not more often than every few
  // milliseconds.
  if (settings.cancelled) {
    constexpr int64_t kPollNs = 5000000;
    cancelled_ = [asked = settings.cancelled,
                  next = system_clock().monotonic_ns() + kPollNs]() mutable {
      const int64_t now = system_clock().monotonic_ns();
      if (now < next) return false;
      next = now + kPollNs;
      return asked();
    };
  }
  params_.resize(program_.params_size / 8 + 2);
  objects_.resize(program_.objects.size() + 1);
  row_sets_.resize(program_.row_sets);
  for (unsigned i = 0; i < pool_.size(); ++i) {
    workers_.push_back(std::make_unique<ExecState>(state_));
    ExecState& worker = *workers_.back();
    worker.params = params();
    worker.objects = objects_.data();
    worker.now_ns = settings.now_ns;
    worker.worker = i;
    worker_pointers_.push_back(&worker);
    locals_.emplace_back(program_.locals.size() + 1);
  }
  for (unsigned i = 0; i < pool_.size(); ++i) workers_[i]->locals = locals_[i].data();
}

Execution::~Execution() {
  for (auto cleanup = cleanups_.rbegin(); cleanup != cleanups_.rend(); ++cleanup) (*cleanup)();
}

void Execution::add_snapshot(std::shared_ptr<const TableSnapshot> snapshot) {
  std::string name = snapshot->schema->name;
  snapshots_.insert_or_assign(std::move(name), std::move(snapshot));
}

uint64_t Execution::table_rows(const std::string& table) const {
  const auto found = snapshots_.find(table);
  return found == snapshots_.end() ? 0 : found->second->rows;
}

Result<void> Execution::outcome() const {
  if (state_.failed.load()) return state_.error;
  return {};
}

uint64_t Execution::count_at(uint32_t offset, uint64_t absent) const {
  if (offset == codegen::kNone) return absent;
  uint64_t value = 0;
  std::memcpy(&value, reinterpret_cast<const uint8_t*>(params_.data()) + offset, sizeof(value));
  return value;
}

template <class T>
std::vector<T*> Execution::locals_of(uint32_t index) const {
  std::vector<T*> out;
  for (const auto& locals : locals_) out.push_back(static_cast<T*>(locals[index]));
  return out;
}

// --- objects and locals -------------------------------------------------------------------------

void Execution::create_local(const codegen::LocalSpec& spec, uint32_t index) {
  using Kind = codegen::LocalSpec::Kind;
  const uint64_t limit = count_at(spec.limit_offset, UINT64_MAX),
                 skip = count_at(spec.skip_offset, 0);
  for (size_t i = 0; i < workers_.size(); ++i) {
    ExecState& worker = *workers_[i];
    void*& place = locals_[i][index];
    const auto own = [&]<class T>(T* object) {
      place = object;
      cleanups_.emplace_back([object] { delete object; });
    };
    switch (spec.kind) {
      case Kind::kRowBuffer: own(new RowBuffer(spec.row_size, worker.persistent)); break;
      case Kind::kAggregateTable: own(new AggregateTable(spec.row_size, worker.persistent)); break;
      case Kind::kGroupCache: own(new GroupCache()); break;
      case Kind::kOwnState: {
        auto* const state = new ExecState(state_);
        state->params = worker.params;
        state->objects = worker.objects;
        state->locals = worker.locals;
        state->now_ns = worker.now_ns;
        state->worker = worker.worker;
        own(state);
        break;
      }
      case Kind::kTopN: {
        const uint64_t count = limit + skip < limit ? UINT64_MAX : limit + skip;
        own(new TopN(count, spec.row_size, reinterpret_cast<CompareRows>(function(spec.function)),
                     worker.persistent));
        break;
      }
      case Kind::kBytes:
        place = worker.persistent.allocate(spec.row_size, 16);
        std::memset(place, 0, spec.row_size);
        if (spec.function != codegen::kNone)
          reinterpret_cast<InitializeCode>(function(spec.function))(&worker, place);
        break;
    }
  }
}

// A top-n waits for its pipeline: its limit may be the result of an earlier stage.
void Execution::create_locals() {
  for (uint32_t i = 0; i < program_.objects.size(); ++i) {
    const codegen::ObjectSpec& spec = program_.objects[i];
    if (spec.kind == codegen::ObjectSpec::Kind::kPointer)
      objects_[i] = const_cast<void*>(spec.pointer);
  }
  for (uint32_t i = 0; i < program_.locals.size(); ++i) {
    if (program_.locals[i].kind != codegen::LocalSpec::Kind::kTopN)
      create_local(program_.locals[i], i);
  }
}

// --- run ----------------------------------------------------------------------------------------

Result<std::shared_ptr<ResultTable>> Execution::run(bool may_stream) {
  create_locals();
  if (may_stream) {
    SP_TRY(const bool begun, begin_streaming());
    if (!begun) {
      SP_TRY_VOID(outcome());
      return result();
    }
    SP_TRY_VOID(outcome());
    auto table = result();
    if (table->rows == 0) SP_TRY_VOID(next_rows(*table));
    streaming_ = !stream_ended();
    return table;
  }
  SP_TRY_VOID(run_stages(0, program_.stages.size()));
  SP_TRY_VOID(outcome());
  return result();
}

Result<void> Execution::run_stages(size_t begin, size_t end) {
  if (settings_.stage_ms != nullptr) settings_.stage_ms->resize(program_.stages.size());
  for (size_t i = begin; i < end; ++i) {
    const codegen::Stage& stage = program_.stages[i];
    if (const auto* recursion = std::get_if<codegen::RecursionStage>(&stage)) {
      SP_TRY_VOID(run_recursion(*recursion, i + 1));
      i += recursion->body;
      continue;
    }
    const int64_t start = settings_.stage_ms == nullptr ? 0 : system_clock().monotonic_ns();
    SP_TRY_VOID(std::visit([&](const auto& s) { return run_stage(s); }, stage));
    if (settings_.stage_ms != nullptr)
      (*settings_.stage_ms)[i] += static_cast<double>(system_clock().monotonic_ns() - start) / 1e6;
    if (check_limits(*workers_[0])) break;
  }
  return {};
}

Result<void> Execution::run_recursion(const codegen::RecursionStage& stage, size_t body) {
  // Constants of the body may also be read after it: they are computed even if no round is run.
  for (size_t i = body; i < body + stage.body; ++i) {
    if (const auto* constants = std::get_if<codegen::ConstantsStage>(&program_.stages[i]))
      SP_TRY_VOID(run_stage(*constants));
  }
  auto& result = row_sets_[stage.result].rows;
  result.clear();
  std::vector<void*> working = row_sets_[stage.working].rows;
  for (uint64_t round = 0; !working.empty(); ++round) {
    result.insert(result.end(), working.begin(), working.end());
    if (round >= stage.most_rounds) {
      return fail(
          ErrorCode::kTooDeepRecursion,
          "Maximum recursive CTE evaluation depth (" + std::to_string(stage.most_rounds) +
              ") exceeded, during evaluation of " + stage.name,
          std::nullopt,
          "does the recursion end? If so, raise the setting max_recursive_cte_evaluation_depth");
    }
    row_sets_[stage.working].rows = std::move(working);
    for (uint32_t local = stage.first_local; local < stage.end_local; ++local) {
      if (program_.locals[local].kind == codegen::LocalSpec::Kind::kTopN) {
        for (auto& locals : locals_) locals[local] = nullptr;
      } else {
        create_local(program_.locals[local], local);
      }
    }
    SP_TRY_VOID(run_stages(body, body + stage.body));
    SP_TRY_VOID(outcome());
    working = row_sets_[stage.produced].rows;
  }
  return {};
}

// What reached the outermost LIMIT. The top-n below it saw all rows; a plain LIMIT ends its source
// early and counts what came before that: hence ClickHouse's "at least".
std::optional<uint64_t> Execution::rows_before_limit() const {
  using Kind = plan::Node::Kind;
  const plan::Node* node = query_->plan().root.get();
  const auto skip_projections = [&] {
    while (node->kind == Kind::kProject) node = node->inputs[0].get();
  };
  skip_projections();
  if (node->kind != Kind::kLimit || node->with_ties || !node->keys.empty() ||
      node->limit_amount != plan::Node::Amount::kRows ||
      node->offset_amount != plan::Node::Amount::kRows) {
    return std::nullopt;
  }
  node = node->inputs[0].get();
  skip_projections();
  const bool has_top_n = node->kind == Kind::kSort && node->limit;
  uint64_t rows = 0;
  for (auto stage = program_.stages.rbegin(); stage != program_.stages.rend(); ++stage) {
    const auto* top = std::get_if<codegen::TopNStage>(&*stage);
    const auto* pipeline = std::get_if<codegen::PipelineStage>(&*stage);
    if (has_top_n ? top == nullptr : pipeline == nullptr || pipeline->done_local == codegen::kNone)
      continue;
    const uint32_t local = has_top_n ? top->local : pipeline->done_local;
    for (const auto& locals : locals_) {
      if (locals[local] == nullptr) continue;
      if (has_top_n)
        rows += static_cast<const TopN*>(locals[local])->offered();
      else
        rows += static_cast<const uint64_t*>(locals[local])[1];  // done, seen: see steps/limit.cpp
    }
    break;
  }
  return rows;
}

std::shared_ptr<ResultTable> Execution::result() {
  auto table = std::make_shared<ResultTable>();
  const plan::Plan& plan = query_->plan();
  table->names = plan.column_names;
  table->types = plan.column_types;
  table->layout = program_.result_layout;
  for (const auto& chunk : row_sets_[program_.result_row_set].list.chunks()) {
    table->chunks.push_back({reinterpret_cast<const uint8_t*>(chunk.begin), chunk.rows});
    table->rows += chunk.rows;
  }
  if (program_.totals_row_set != codegen::kNone) {
    // ARRAY JOIN makes any number of rows of one: the first is shown.
    const auto& rows = row_sets_[program_.totals_row_set].rows;
    if (!rows.empty()) table->totals = static_cast<const uint8_t*>(rows[0]);
  }
  table->rows_before_limit = rows_before_limit();
  table->keep_alive.push_back(shared_from_this());
  return table;
}

Result<MorselList> Execution::morsels_of(const codegen::PipelineStage& stage) {
  using Source = codegen::PipelineStage::Source;
  const auto workers = static_cast<unsigned>(workers_.size());
  MorselList list;
  switch (stage.source) {
    case Source::kScan: return scan_morsels(program_.scans[stage.scan]);
    case Source::kRows: {
      const auto& rows = row_sets_[stage.row_set].rows;
      list.add(rows.data(), rows.size(),
               morsel_rows_for(rows.size(), settings_.morsel_rows, workers));
      break;
    }
    case Source::kNumbers: {
      const uint64_t rows = count_at(stage.count_offset, 0);
      list.add(nullptr, rows, morsel_rows_for(rows, settings_.morsel_rows, workers));
      break;
    }
    case Source::kOnce: list.add(nullptr, 1, 1); break;
  }
  return list;
}

void Execution::advance(uint64_t rows) {
  state_.rows_read += rows;
  if (settings_.progress != nullptr) settings_.progress->rows_read += rows;
}

void Execution::note_memory() {
  const int64_t held = state_.memory.used_bytes();
  int64_t most = peak_memory_bytes_.load(std::memory_order_relaxed);
  while (held > most &&
         !peak_memory_bytes_.compare_exchange_weak(most, held, std::memory_order_relaxed)) {}
}

void Execution::create_late_locals(const codegen::PipelineStage& stage) {
  for (const uint32_t local : stage.ordered_locals) {
    if (locals_[0][local] == nullptr) create_local(program_.locals[local], local);
  }
}

void Execution::begin_morsel(const codegen::PipelineStage& stage, ExecState& exec,
                             uint64_t ordinal) {
  for (const uint32_t local : stage.ordered_locals) {
    if (program_.locals[local].kind == codegen::LocalSpec::Kind::kTopN) {
      static_cast<TopN*>(exec.locals[local])->set_morsel(ordinal);
    } else {
      static_cast<RowBuffer*>(exec.locals[local])->begin_morsel(ordinal);
    }
  }
}

Result<void> Execution::run_stage(const codegen::PipelineStage& stage) {
  create_late_locals(stage);
  SP_TRY(const MorselList morsels, morsels_of(stage));
  return run_morsels(stage, morsels, worker_pointers_);
}

Result<void> Execution::run_morsels(const codegen::PipelineStage& stage, const MorselList& morsels,
                                    std::span<ExecState* const> workers) {
  const uint64_t first_ordinal = next_ordinal_;
  next_ordinal_ += morsels.size();
  const PipelineFunction run = [&](ExecState& exec, const Morsel& given) {
    Morsel morsel = given;
    morsel.ordinal += first_ordinal;
    begin_morsel(stage, exec, morsel.ordinal);
    reinterpret_cast<PipelineCode>(function(stage.function))(&exec, &morsel);
    note_memory();
  };
  PipelineOptions options;
  options.serial = stage.serial;
  options.cancelled = cancelled_;
  // Waking a thread takes as long as some thousand rows.
  constexpr uint64_t kRowsWorthThread = 8192;
  if (settings_.morsel_rows == 0 && morsels.rows() < kRowsWorthThread) options.max_workers = 1;
  if (stage.done_local != codegen::kNone) {
    options.finished = [&](const ExecState& exec) {
      return *static_cast<const uint64_t*>(exec.locals[stage.done_local]) != 0;
    };
  }
  if (stage.source == codegen::PipelineStage::Source::kScan ||
      stage.source == codegen::PipelineStage::Source::kNumbers) {
    if (settings_.progress != nullptr) settings_.progress->rows_total += morsels.rows();
    options.advanced = [&](uint64_t rows) { advance(rows); };
  }
  return run_pipeline(pool_, morsels, workers, run, options);
}

Result<void> Execution::run_stage(const codegen::ConstantsStage& stage) {
  reinterpret_cast<ConstantsCode>(function(stage.function))(workers_[0].get());
  return outcome();
}

Result<void> Execution::run_stage(const codegen::GatherStage& stage) {
  std::vector<const RowBuffer*> buffers;
  for (RowBuffer* buffer : locals_of<RowBuffer>(stage.local)) buffers.push_back(buffer);
  RowSet& set = row_sets_[stage.row_set];
  set.list = RowBufferList(buffers);
  if (stage.row_set != program_.result_row_set) set.rows = set.list.row_pointers();
  return {};
}

Result<void> Execution::run_stage(const codegen::SortStage& stage) {
  sort_rows(row_sets_[stage.row_set].rows, reinterpret_cast<CompareRows>(function(stage.compare)),
            pool_, state_.stop);
  return outcome();
}

Result<void> Execution::run_stage(const codegen::TopNStage& stage) {
  const auto tops = locals_of<TopN>(stage.local);
  const codegen::LocalSpec& spec = program_.locals[stage.local];
  const uint64_t limit = count_at(spec.limit_offset, UINT64_MAX),
                 skip = count_at(spec.skip_offset, 0);
  row_sets_[stage.row_set].rows =
      top_n_rows(tops, limit + skip < limit ? UINT64_MAX : limit + skip, state_.stop);
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
  std::vector<const RowBuffer*> buffers;
  for (RowBuffer* buffer : locals_of<RowBuffer>(stage.local)) buffers.push_back(buffer);
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
