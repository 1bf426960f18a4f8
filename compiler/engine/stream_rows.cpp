// Streamed results: where nothing follows the last pipeline but the gathering of its rows, it is
// run a few morsels at a time, each time the rows before them have been written. A result then
// takes the memory of those morsels, whatever its size.

#include "compiler/engine/execution.h"
#include "runtime/core/clock.h"

namespace sp {
namespace {

// Fewer rows to go through are done in one go.
constexpr uint64_t kRowsWorthStreaming = 200000;
constexpr uint64_t kMorselsOfWorker = 2;

}  // namespace

// Runs all stages, or all but the last two. False: nothing is left, the result is whole.
Result<bool> Execution::begin_streaming() {
  const auto& stages = program_.stages;
  const size_t count = stages.size();
  const auto* gather = count < 2 ? nullptr : std::get_if<codegen::GatherStage>(&stages[count - 1]);
  const auto* pipeline =
      count < 2 ? nullptr : std::get_if<codegen::PipelineStage>(&stages[count - 2]);
  const bool recursive = std::any_of(stages.begin(), stages.end(), [](const codegen::Stage& stage) {
    return std::holds_alternative<codegen::RecursionStage>(stage);
  });
  if (gather == nullptr || pipeline == nullptr || recursive ||
      gather->row_set != program_.result_row_set || program_.totals_row_set != codegen::kNone ||
      pipeline->done_local != codegen::kNone || settings_.stage_ms != nullptr ||
      pipeline->ordered_locals != std::vector<uint32_t>{gather->local}) {
    SP_TRY_VOID(run_stages(0, count));
    return false;
  }
  SP_TRY_VOID(run_stages(0, count - 2));
  SP_TRY_VOID(outcome());
  create_late_locals(*pipeline);
  SP_TRY(MorselList morsels, morsels_of(*pipeline));
  // UNION ALL and outer joins fill one buffer by several pipelines.
  const auto buffers = locals_of<RowBuffer>(gather->local);
  const bool filled = std::any_of(buffers.begin(), buffers.end(),
                                  [](const RowBuffer* buffer) { return buffer->size() > 0; });
  if (filled || morsels.rows() < kRowsWorthStreaming || morsels.size() <= workers_.size()) {
    SP_TRY_VOID(run_morsels(*pipeline, morsels, worker_pointers_));
    SP_TRY_VOID(run_stage(*gather));
    return false;
  }
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

void Execution::resume() {
  if (paused_ns_ == 0 || state_.deadline_ns == INT64_MAX) return;
  state_.deadline_ns += system_clock().monotonic_ns() - paused_ns_;
}

Result<bool> Execution::next_rows(ResultTable& table) {
  const uint32_t local = streamed_->ordered_locals[0];
  table.chunks.clear();
  table.rows = 0;
  std::vector<ExecState*> states;
  for (const auto& state : stream_states_) states.push_back(state.get());
  while (table.rows == 0 && next_stream_morsel_ < stream_morsels_.size()) {
    std::vector<std::unique_ptr<RowBuffer>> buffers;
    std::vector<const RowBuffer*> filled;
    for (size_t i = 0; i < states.size(); ++i) {
      states[i]->persistent.reset();
      buffers.push_back(
          std::make_unique<RowBuffer>(program_.locals[local].row_size, states[i]->persistent));
      filled.push_back(buffers.back().get());
      locals_[i][local] = buffers.back().get();
    }
    MorselList wave;
    for (uint64_t i = 0;
         i < states.size() * kMorselsOfWorker && next_stream_morsel_ < stream_morsels_.size();
         ++i) {
      const Morsel morsel = stream_morsels_.at(next_stream_morsel_++);
      wave.add(morsel.source, morsel.end - morsel.begin, morsel.end - morsel.begin, morsel.begin);
    }
    SP_TRY_VOID(run_morsels(*streamed_, wave, states));
    SP_TRY_VOID(outcome());
    const RowBufferList list(filled);
    for (const auto& chunk : list.chunks()) {
      table.chunks.push_back({reinterpret_cast<const uint8_t*>(chunk.begin), chunk.rows});
      table.rows += chunk.rows;
    }
  }
  paused_ns_ = system_clock().monotonic_ns();
  return table.rows > 0;
}

}  // namespace sp
