// Streamed results: pipelines whose rows are only gathered are run a few morsels at a time, each
// time the rows before them have been written: the last one, or each branch of UNION ALL in its
// turn. A result then takes the memory of those morsels, whatever its size.

#include "compiler/engine/execution.h"
#include "runtime/core/clock.h"

namespace sp {
namespace {

// Fewer rows to go through are done in one go.
constexpr uint64_t kRowsWorthStreaming = 200000;
constexpr uint64_t kMorselsOfWorker = 2;

}  // namespace

// The stage as a pipeline that fills the buffers that are gathered last, and nothing else.
const codegen::PipelineStage* Execution::streamable(const codegen::Stage& stage) const {
  const auto* pipeline = std::get_if<codegen::PipelineStage>(&stage);
  const uint32_t local = std::get<codegen::GatherStage>(program_.stages.back()).local;
  const bool streams =
      pipeline != nullptr && pipeline->ordered_locals == std::vector<uint32_t>{local};
  return streams ? pipeline : nullptr;
}

// Runs all stages, or those before the first pipeline that is worth streaming. False: nothing is
// left, the result is whole.
Result<bool> Execution::begin_streaming() {
  const auto& stages = program_.stages;
  const auto* gather = stages.empty() ? nullptr : std::get_if<codegen::GatherStage>(&stages.back());
  const bool recursive = std::any_of(stages.begin(), stages.end(), [](const codegen::Stage& stage) {
    return std::holds_alternative<codegen::RecursionStage>(stage);
  });
  if (gather == nullptr || recursive || gather->row_set != program_.result_row_set ||
      program_.totals_row_set != codegen::kNone || settings_.stage_ms != nullptr) {
    SP_TRY_VOID(run_stages(0, stages.size()));
    return false;
  }
  for (size_t i = 0; i + 1 < stages.size(); ++i) {
    const codegen::PipelineStage* pipeline = streamable(stages[i]);
    if (pipeline == nullptr) {
      SP_TRY_VOID(run_stages(i, i + 1));
      SP_TRY_VOID(outcome());
      continue;
    }
    create_late_locals(*pipeline);
    SP_TRY(MorselList morsels, morsels_of(*pipeline));
    if (morsels.rows() < kRowsWorthStreaming || morsels.size() <= workers_.size()) {
      SP_TRY_VOID(run_morsels(*pipeline, morsels, worker_pointers_));
      SP_TRY_VOID(outcome());
      continue;
    }
    SP_TRY_VOID(run_stage(*gather));  // what smaller ones before it have left
    streaming_ = true;
    stream_stage_ = i;
    streamed_ = pipeline;
    stream_morsels_ = std::move(morsels);
    for (const auto& worker : workers_) {
      ExecState& state = *stream_states_.emplace_back(std::make_unique<ExecState>(state_));
      state.params = worker->params;
      state.objects = worker->objects;
      state.locals = worker->locals;
      state.now_ns = worker->now_ns;
      state.worker = worker->worker;
    }
    return true;
  }
  SP_TRY_VOID(run_stage(*gather));
  return false;
}

// Whether the pipeline that is being streamed has no more to give: LIMIT reached, or all seen.
bool Execution::streamed_out() const {
  const auto reached = [&](const std::vector<void*>& locals) {
    return *static_cast<const uint64_t*>(locals[streamed_->done_local]) != 0;
  };
  return next_stream_morsel_ >= stream_morsels_.size() ||
         (streamed_->done_local != codegen::kNone &&
          std::any_of(locals_.begin(), locals_.end(), reached));
}

bool Execution::stream_ended() const {
  return stream_stage_ + 2 >= program_.stages.size() && (streamed_ == nullptr || streamed_out());
}

void Execution::resume() {
  if (paused_ns_ == 0 || state_.deadline_ns == INT64_MAX) return;
  state_.deadline_ns += system_clock().monotonic_ns() - paused_ns_;
}

// Runs `run`, which fills the gathered buffers: new ones, whose rows become the table's.
Result<void> Execution::run_into(ResultTable& table, const std::function<Result<void>()>& run) {
  const uint32_t local = std::get<codegen::GatherStage>(program_.stages.back()).local;
  std::vector<std::unique_ptr<RowBuffer>> buffers;
  std::vector<const RowBuffer*> filled;
  for (size_t i = 0; i < stream_states_.size(); ++i) {
    Arena& memory = stream_states_[i]->persistent;
    memory.reset();
    buffers.push_back(std::make_unique<RowBuffer>(program_.locals[local].row_size, memory));
    filled.push_back(buffers.back().get());
    locals_[i][local] = buffers.back().get();
  }
  SP_TRY_VOID(run());
  SP_TRY_VOID(outcome());
  const RowBufferList list(filled);
  for (const auto& chunk : list.chunks()) {
    table.chunks.push_back({reinterpret_cast<const uint8_t*>(chunk.begin), chunk.rows});
    table.rows += chunk.rows;
  }
  return {};
}

Result<void> Execution::run_wave() {
  std::vector<ExecState*> states;
  for (const auto& state : stream_states_) states.push_back(state.get());
  MorselList wave;
  for (uint64_t i = 0;
       i < states.size() * kMorselsOfWorker && next_stream_morsel_ < stream_morsels_.size(); ++i) {
    const Morsel morsel = stream_morsels_.at(next_stream_morsel_++);
    wave.add(morsel.source, morsel.end - morsel.begin, morsel.end - morsel.begin, morsel.begin);
  }
  return run_morsels(*streamed_, wave, states);
}

Result<bool> Execution::next_rows(ResultTable& table) {
  table.chunks.clear();
  table.rows = 0;
  while (table.rows == 0 && !stream_ended()) {
    if (streamed_ != nullptr && !streamed_out()) {
      SP_TRY_VOID(run_into(table, [&] { return run_wave(); }));
      continue;
    }
    // The next branch of UNION ALL, or what an outer join has not matched.
    const codegen::Stage& stage = program_.stages[++stream_stage_];
    streamed_ = streamable(stage);
    if (streamed_ == nullptr) {
      SP_TRY_VOID(run_into(table, [&] { return run_stages(stream_stage_, stream_stage_ + 1); }));
      continue;
    }
    create_late_locals(*streamed_);
    SP_TRY(stream_morsels_, morsels_of(*streamed_));
    next_stream_morsel_ = 0;
  }
  table.rows_before_limit = rows_before_limit();
  paused_ns_ = system_clock().monotonic_ns();
  return table.rows > 0;
}

}  // namespace sp
