// The thread pool and the loop over morsels.

#include "runtime/exec/morsel_driver.h"

#include <algorithm>
#include <new>

#include "runtime/core/clock.h"

namespace sp {

struct WorkerPool::Job {
  const std::function<void(unsigned)>* task;
  unsigned next;  // the first index that nobody took
  unsigned total;
  unsigned running;
  std::condition_variable done;
};

WorkerPool::WorkerPool(unsigned threads)
    : size_(threads != 0 ? threads : std::max(1u, std::thread::hardware_concurrency())) {
  for (unsigned i = 1; i < size_; ++i) threads_.emplace_back([this] { work(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (jobs_.empty()) return;
    Job* job = jobs_.front();
    const unsigned index = job->next++;
    if (job->next == job->total) jobs_.erase(jobs_.begin());
    ++job->running;
    lock.unlock();
    (*job->task)(index);
    lock.lock();
    if (--job->running == 0) job->done.notify_all();
  }
}

void WorkerPool::run(unsigned workers, const std::function<void(unsigned)>& task) {
  if (workers == 0) return;
  if (workers == 1 || threads_.empty()) {
    for (unsigned i = 0; i < workers; ++i) task(i);
    return;
  }
  Job job{&task, 1, workers, 0, {}};
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(&job);
  }
  wake_.notify_all();
  task(0);
  std::unique_lock lock(mutex_);
  while (job.next < job.total) {
    const unsigned index = job.next++;
    if (job.next == job.total) std::erase(jobs_, &job);
    lock.unlock();
    task(index);
    lock.lock();
  }
  job.done.wait(lock, [&] { return job.running == 0; });
}

void MorselList::add(const void* source, uint64_t rows, uint64_t morsel_rows, uint64_t first_row) {
  if (rows == 0) return;
  const uint64_t step = std::max<uint64_t>(1, morsel_rows);
  ranges_.push_back({source, first_row, rows, step, size_});
  size_ += (rows - 1) / step + 1;
  rows_ += rows;
}

Morsel MorselList::at(uint64_t ordinal) const noexcept {
  const auto after = std::upper_bound(
      ranges_.begin(), ranges_.end(), ordinal,
      [](uint64_t wanted, const Range& range) { return wanted < range.first_ordinal; });
  const Range& range = *(after - 1);
  const uint64_t begin = (ordinal - range.first_ordinal) * range.step;
  const uint64_t rows = std::min(range.step, range.rows - begin);
  return {range.source, range.first_row + begin, range.first_row + begin + rows, ordinal};
}

bool check_limits(ExecState& exec) noexcept {
  QueryState& query = *exec.query;
  if (query.stop.load(std::memory_order_relaxed) != 0) return true;
  if (query.deadline_ns != INT64_MAX) {
    if (system_clock().monotonic_ns() > query.deadline_ns) {
      exec.fail(ErrorCode::kTimeoutExceeded,
                "Timeout exceeded: the query ran longer than its deadline");
      return true;
    }
  }
  if (query.memory.exceeded()) {
    exec.fail(ErrorCode::kMemoryLimitExceeded, "Memory limit exceeded: the query uses " +
                                                   std::to_string(query.memory.used_bytes()) +
                                                   " bytes");
    return true;
  }
  return false;
}

Result<void> run_pipeline(WorkerPool& pool, const MorselList& morsels,
                          std::span<ExecState* const> workers, const PipelineFunction& function,
                          const PipelineOptions& options) {
  SP_CHECK(!workers.empty());
  QueryState& query = *workers[0]->query;
  size_t count = std::min({workers.size(), static_cast<size_t>(pool.size()),
                           static_cast<size_t>(std::clamp<uint64_t>(morsels.size(), 1, 1024))});
  if (options.max_workers != 0) count = std::min<size_t>(count, options.max_workers);
  if (options.serial) count = 1;
  std::atomic<uint64_t> next{0};
  pool.run(static_cast<unsigned>(count), [&](unsigned index) {
    ExecState& exec = *workers[index];
    exec.worker = index;
    for (uint64_t i = next++; i < morsels.size(); i = next++) {
      if (check_limits(exec) || (options.finished && options.finished(exec))) return;
      if (index == 0 && options.cancelled && options.cancelled()) {
        return exec.fail(ErrorCode::kQueryWasCancelled, "Query was cancelled");
      }
      const Morsel morsel = morsels.at(i);
      try {
        function(exec, morsel);
      } catch (const std::bad_alloc&) {
        return exec.fail(ErrorCode::kMemoryLimitExceeded,
                         "Memory limit exceeded: the system has no more memory");
      }
      exec.scratch.reset();
      if (options.advanced) options.advanced(morsel.end - morsel.begin);
    }
  });
  // The last morsel may have passed the limit.
  if (!query.failed.load()) (void)check_limits(*workers[0]);
  if (query.failed.load()) return query.error;
  if (query.stop.load() != 0 && query.memory.exceeded()) {
    return fail(ErrorCode::kMemoryLimitExceeded, "Memory limit exceeded");
  }
  return {};
}

}  // namespace sp
