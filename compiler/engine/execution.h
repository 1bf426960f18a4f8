#pragma once
// Execution: one run of a compiled query: its workers' states, the objects and locals that its
// program names, and the stages one after the other. The result keeps it alive: rows and strings
// stand in its arenas.

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "compiler/engine/compiled_query.h"
#include "compiler/engine/engine.h"
#include "compiler/engine/scan_range.h"
#include "runtime/exec/aggregate_table.h"
#include "runtime/exec/exec_state.h"
#include "runtime/exec/join_table.h"
#include "runtime/exec/key_numbers.h"
#include "runtime/exec/morsel_driver.h"
#include "runtime/exec/result_table.h"
#include "runtime/exec/row_buffer.h"
#include "runtime/exec/scan_source.h"
#include "runtime/exec/sort.h"
#include "runtime/exec/text_hashes.h"
#include "runtime/storage/final_snapshot.h"
#include "runtime/storage/table.h"

namespace sp {

/// What one run needs besides the compiled query.
struct ExecutionSettings {
  uint64_t morsel_rows = 0;  ///< 0: default
  int64_t memory_limit_bytes = INT64_MAX;
  MemoryTracker* process_memory = nullptr;
  int64_t deadline_ns = INT64_MAX;
  int64_t now_ns = 0;
  std::function<bool()> cancelled;
  QueryProgress* progress = nullptr;
  KeyNumberCache* key_numbers = nullptr;
  FinalSnapshots* finals = nullptr;  ///< of tables read with FINAL
  TextHashes* text_hashes = nullptr;
  std::vector<double>* stage_ms = nullptr;  ///< filled with how long each stage ran, if given
};

class Execution : public std::enable_shared_from_this<Execution> {
 public:
  Execution(std::shared_ptr<CompiledQuery> query, const ExecutionSettings& settings,
            WorkerPool& pool);
  ~Execution();

  /// The parameters' row, to be filled before run(); strings may be copied into arena().
  uint8_t* params() { return reinterpret_cast<uint8_t*>(params_.data()); }
  Arena& arena() { return workers_[0]->persistent; }
  void add_snapshot(std::shared_ptr<const TableSnapshot> snapshot);
  /// Of its snapshot.
  uint64_t table_rows(const std::string& table) const;

  /// Runs all stages. Errors: the query's first. `may_stream`: the last pipeline may be left to
  /// next_rows(), and those after it, if there are many rows to go through and nothing follows but
  /// gathering them; streaming() tells.
  Result<std::shared_ptr<ResultTable>> run(bool may_stream = false);
  bool streaming() const { return streaming_; }
  /// Moves the deadline by the time since the last rows. Before next_rows(), while nobody watches
  /// the query.
  void resume();
  /// Runs some more morsels of the last pipeline; their rows replace those of the table. False at
  /// the end.
  Result<bool> next_rows(ResultTable& table);

  const QueryState& state() const { return state_; }
  const SegmentCounts& segments() const { return segments_; }
  /// The most bytes held at the end of any morsel, or now.
  int64_t peak_memory_bytes() const {
    return std::max(peak_memory_bytes_.load(), state_.memory.used_bytes());
  }
  /// Through which anyone may stop the query.
  ExecState& first_worker() { return *workers_[0]; }

 private:
  struct RowSet {
    std::vector<void*> rows;
    RowBufferList list;
  };

  Result<void> run_stages(size_t begin, size_t end);
  Result<void> run_recursion(const codegen::RecursionStage& stage, size_t body);
  Result<void> run_stage(const codegen::RecursionStage&) { return {}; }  // run_stages sees to it
  Result<void> run_stage(const codegen::PipelineStage& stage);
  Result<void> run_morsels(const codegen::PipelineStage& stage, const MorselList& morsels,
                           std::span<ExecState* const> workers);
  const codegen::PipelineStage* streamable(const codegen::Stage& stage) const;
  Result<bool> begin_streaming();
  bool streamed_out() const;
  bool stream_ended() const;
  Result<void> run_into(ResultTable& table, const std::function<Result<void>()>& run);
  Result<void> run_wave();
  Result<void> run_stage(const codegen::ConstantsStage& stage);
  Result<void> run_stage(const codegen::GatherStage& stage);
  Result<void> run_stage(const codegen::SortStage& stage);
  Result<void> run_stage(const codegen::TopNStage& stage);
  Result<void> run_stage(const codegen::AggregateStage& stage);
  Result<void> run_stage(const codegen::KeylessStage& stage);
  /// Merges the groups into the row of totals, if there is one.
  void add_totals(const codegen::TotalsSpec& spec, std::span<void* const> groups, uint32_t merge);
  Result<void> run_stage(const codegen::JoinStage& stage);
  Result<void> run_stage(const codegen::UnmatchedStage& stage);
  Result<void> run_stage(const codegen::LimitStage& stage);
  Result<void> run_stage(const codegen::WindowStage& stage);
  Result<void> run_stage(const codegen::ScalarStage& stage);
  Result<void> run_stage(const codegen::FillStage& stage);
  Result<void> run_stage(const codegen::KeyRangeStage& stage);

  /// Rows [begin, end) of one segment that a scan visits.
  struct ScanPiece {
    const ScanSource* source = nullptr;
    uint64_t begin = 0, end = 0;
    size_t part = 0;         // index in the snapshot
    uint64_t first_row = 0;  // of the segment in its part
  };
  Result<std::shared_ptr<const TableSnapshot>> snapshot_of(const plan::Node& scan);
  Result<std::vector<ScanPiece>> scan_pieces(const codegen::ScanSpec& scan);
  /// The same, or what was found before and not taken yet.
  Result<std::vector<ScanPiece>> take_pieces(const codegen::ScanSpec& scan);
  Result<std::vector<KeyNumbers::Maps>> number_maps(const codegen::ScanSpec& scan,
                                                    const TableSnapshot& snapshot, bool few);
  void set_filters(const codegen::ScanSpec& scan, const Segment& segment, ScanSource& source);
  Result<KeyNumbers::Maps> numbers_for_table(const TableSnapshot& snapshot, uint32_t column);
  struct KeyRangeTask {
    std::vector<ScanPiece> pieces;
    uint64_t rows() const {
      uint64_t sum = 0;
      for (const ScanPiece& piece : pieces) sum += piece.end - piece.begin;
      return sum;
    }
  };
  Result<std::vector<KeyRangeTask>> key_range_tasks(const codegen::KeyRangeStage& stage);
  void create_task_states();
  void order_task(const codegen::KeyRangeStage& stage, uint64_t rank_count,
                  std::vector<void*>& rows, std::vector<uint32_t>& begins);
  void run_key_range(const codegen::KeyRangeStage& stage, ExecState& exec, const KeyRangeTask& task,
                     uint64_t ordinal);
  void begin_morsel(const codegen::PipelineStage& stage, ExecState& exec, uint64_t ordinal);
  void create_late_locals(const codegen::PipelineStage& stage);
  void run_window(const codegen::WindowStage& stage, ExecState& exec, void** rows, uint64_t begin,
                  uint64_t end);

  Result<MorselList> morsels_of(const codegen::PipelineStage& stage);
  Result<MorselList> scan_morsels(const codegen::ScanSpec& scan);
  void create_locals();
  void create_local(const codegen::LocalSpec& spec, uint32_t index);
  void* function(uint32_t index) const { return query_->functions()[index]; }
  uint64_t count_at(uint32_t offset, uint64_t absent) const;
  // LIMIT and OFFSET of a top-n together.
  uint64_t top_n_rows_kept(const codegen::LocalSpec& spec) const;
  template <class T>
  std::vector<T*> locals_of(uint32_t index) const;
  Result<void> outcome() const;
  // Counts rows read and memory held by the morsel that just ran. Thread-safe.
  void advance(uint64_t rows);
  bool is_costly(const codegen::PipelineStage& stage) const;
  void note_memory();
  std::shared_ptr<ResultTable> result();
  std::optional<uint64_t> rows_before_limit() const;

  std::shared_ptr<CompiledQuery> query_;
  const codegen::Program& program_;
  ExecutionSettings settings_;
  WorkerPool& pool_;
  QueryState state_;
  std::vector<std::unique_ptr<ExecState>> workers_;
  std::vector<ExecState*> worker_pointers_;
  std::vector<std::unique_ptr<ExecState>>
      task_states_;  // by worker: memory of its current key range
  std::vector<uint64_t> params_;
  std::vector<void*> objects_;
  std::vector<std::vector<void*>> locals_;       // by worker
  std::vector<std::function<void()>> cleanups_;  // destroys locals and objects
  std::vector<RowSet> row_sets_;
  std::unordered_map<std::string, std::shared_ptr<const TableSnapshot>> snapshots_;
  std::vector<std::shared_ptr<const TableSnapshot>> finals_;  // of scans with FINAL
  uint64_t next_ordinal_ = 0;
  std::atomic<int64_t> peak_memory_bytes_{0};
  std::function<bool()> cancelled_;

  // Of a streamed result: its present stage and, if that is a pipeline that streams, what is left
  // of it; and the workers' memory of the rows on their way.
  bool streaming_ = false;
  size_t stream_stage_ = 0;
  const codegen::PipelineStage* streamed_ = nullptr;
  MorselList stream_morsels_;
  uint64_t next_stream_morsel_ = 0;
  std::vector<std::unique_ptr<ExecState>> stream_states_;
  int64_t paused_ns_ = 0;

  // Of scans: sources that morsels point to, and the dictionary tables they refer to.
  std::deque<ScanSource> sources_;
  std::deque<std::vector<const uint8_t*>> tables_;
  std::deque<std::vector<ScanFilter>> filters_;
  std::unordered_map<const codegen::ScanSpec*, std::vector<ScanPiece>> known_pieces_;
  std::vector<KeyNumbers::Maps> number_maps_;
  SegmentCounts segments_;
};

}  // namespace sp
