// Pipelines: the morsels of their source, and the compiled code run over them by the workers.
// Called by Execution::run_stages; a streamed result calls run_morsels by waves (stream_rows.cpp).

#include <algorithm>

#include "compiler/engine/execution.h"

namespace sp {

namespace {

using PipelineCode = void (*)(ExecState*, const Morsel*);

// Waking a thread takes as long as some thousand rows.
constexpr uint64_t kRowsWorthThread = 8192;

uint64_t morsel_rows_for(uint64_t rows, uint64_t wanted, unsigned workers, bool costly = false) {
  if (wanted != 0) return wanted;
  const uint64_t smallest = costly ? 1 : 4096;
  const uint64_t share = rows / (uint64_t{workers} * 4 + 1);
  return std::clamp(share, smallest, MorselList::kDefaultRows);
}

}  // namespace

Result<MorselList> Execution::morsels_of(const codegen::PipelineStage& stage) {
  using Source = codegen::PipelineStage::Source;
  const auto workers = static_cast<unsigned>(workers_.size());
  MorselList list;
  switch (stage.source) {
    case Source::kScan: return scan_morsels(program_.scans[stage.scan]);
    case Source::kRows: {
      const auto& rows = row_sets_[stage.row_set].rows;
      list.add(rows.data(), rows.size(),
               morsel_rows_for(rows.size(), settings_.morsel_rows, workers, is_costly(stage)));
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

// States of a few megabytes in all are finished before another thread is awake.
bool Execution::is_costly(const codegen::PipelineStage& stage) const {
  constexpr int64_t kBytesWorthThread = 4 << 20;
  return stage.costly_rows && state_.memory.used_bytes() > kBytesWorthThread;
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
  if (settings_.morsel_rows == 0 && morsels.rows() < kRowsWorthThread && !is_costly(stage))
    options.max_workers = 1;
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

}  // namespace sp
