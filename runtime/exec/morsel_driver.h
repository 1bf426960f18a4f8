#pragma once
// MorselDriver: runs a compiled pipeline over its source, cut into morsels that workers claim from
// an atomic counter (Leis et al., SIGMOD 2014). WorkerPool is the process-wide set of threads,
// owned by the engine.
//
//   MorselList morsels; for each segment: morsels.add(segment_object, rows, options.morsel_rows);
//   run_pipeline(pool, morsels, exec_states, [&](ExecState& exec, const Morsel& m) {
//       function(&exec, &m); }, options)
// A pipeline whose function pointer is swapped mid-query (tier 0 to tier 1) reads its atomic inside
// the lambda.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "runtime/exec/exec_state.h"

namespace sp {

/// Threads that run tasks of all queries. Thread-safe.
class WorkerPool {
 public:
  /// `threads` = 0: one per hardware thread. The calling thread of run() also works, so `threads -
  /// 1` are started.
  explicit WorkerPool(unsigned threads = 0);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  unsigned size() const noexcept { return size_; }
  /// Calls task(0) on this thread and task(1..workers-1) on pool threads that are free; returns
  /// when all calls have returned. Tasks that no thread picked up are run by the caller: no
  /// deadlock when all threads are busy.
  void run(unsigned workers, const std::function<void(unsigned)>& task);

 private:
  struct Job;
  void work();

  unsigned size_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job*> jobs_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

/// One piece of work: rows [begin, end) of `source` (a segment, a chunk of rows, a table).
struct Morsel {
  const void* source = nullptr;
  uint64_t begin = 0;
  uint64_t end = 0;
  uint64_t ordinal = 0;  ///< position in the list: restores order in ordered sinks
};

/// Cuts sources into morsels lazily: a list of ranges, however long they are.
class MorselList {
 public:
  static constexpr uint64_t kDefaultRows = 65536;
  /// Cuts `rows` rows of `source` into morsels of at most `morsel_rows`.
  void add(const void* source, uint64_t rows, uint64_t morsel_rows = kDefaultRows,
           uint64_t first_row = 0);
  /// How many morsels there are.
  uint64_t size() const noexcept { return size_; }
  uint64_t rows() const noexcept { return rows_; }
  /// Computes the morsel with this ordinal; O(log ranges).
  Morsel at(uint64_t ordinal) const noexcept;

 private:
  struct Range {
    const void* source;
    uint64_t first_row, rows, step, first_ordinal;
  };
  std::vector<Range> ranges_;
  uint64_t size_ = 0, rows_ = 0;
};

struct PipelineOptions {
  /// One worker, morsels strictly in order (streaming aggregation, LIMIT without ORDER BY, windows
  /// over sorted input).
  bool serial = false;
  unsigned max_workers = 0;  ///< 0: as many as there are exec states
  /// Asked before each morsel: true once this worker needs no more rows (LIMIT reached).
  std::function<bool(const ExecState&)> finished;
  /// Told after each morsel how many rows it had.
  std::function<void(uint64_t)> advanced;
  /// Asked before each morsel of the first worker: true fails the query with QUERY_WAS_CANCELLED
  /// (394).
  std::function<bool()> cancelled;
};

using PipelineFunction = std::function<void(ExecState&, const Morsel&)>;

/// Runs `function` over all morsels. Worker i uses *workers[i] (its `worker` field is set to i);
/// scratch is reset after each morsel. Ends early when the query's stop flag is set. Deadline and
/// memory limit are checked before each morsel: TIMEOUT_EXCEEDED (159), MEMORY_LIMIT_EXCEEDED (241,
/// also when the system has no more). Returns the query's first error.
Result<void> run_pipeline(WorkerPool& pool, const MorselList& morsels,
                          std::span<ExecState* const> workers, const PipelineFunction& function,
                          const PipelineOptions& options = {});

/// Fails the query if its deadline or memory limit has passed; returns true if it must stop.
bool check_limits(ExecState& exec) noexcept;

}  // namespace sp
