// Execution: objects and locals, the order of stages, and the result. See execution.h. The stages:
// pipelines in pipeline_stage.cpp (their scans in scan_morsels.cpp), what gathers, sorts and merges
// in merge_stages.cpp, LIMIT, windows and scalar subqueries in row_stages.cpp, WITH FILL in
// fill_stage.cpp.

#include "compiler/engine/execution.h"

#include <algorithm>
#include <cstring>

#include "runtime/core/clock.h"

namespace sp {
namespace {

using ConstantsCode = void (*)(ExecState*);
using InitializeCode = void (*)(ExecState*, void*);

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

uint64_t Execution::top_n_rows_kept(const codegen::LocalSpec& spec) const {
  const uint64_t limit = count_at(spec.limit_offset, UINT64_MAX);
  const uint64_t sum = limit + count_at(spec.skip_offset, 0);
  return sum < limit ? UINT64_MAX : sum;
}

void Execution::create_local(const codegen::LocalSpec& spec, uint32_t index) {
  using Kind = codegen::LocalSpec::Kind;
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
      case Kind::kTopN:
        own(new TopN(top_n_rows_kept(spec), spec.row_size,
                     reinterpret_cast<CompareRows>(function(spec.function)), worker.persistent));
        break;
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

Result<void> Execution::run_stage(const codegen::ConstantsStage& stage) {
  reinterpret_cast<ConstantsCode>(function(stage.function))(workers_[0].get());
  return outcome();
}

}  // namespace sp
