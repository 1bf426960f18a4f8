// One batch of rows after the other, and what they cost.

#include "compiler/engine/streamed_rows.h"

#include <algorithm>
#include <chrono>
#include <new>

namespace sp {

void take_statistics(Execution& execution, const CompiledQuery& query,
                     QueryStatistics& statistics) {
  statistics.tier = query.tier();
  statistics.rows_read = execution.state().rows_read;
  statistics.bytes_read = execution.state().bytes_read;
  statistics.segments = execution.segments().all;
  statistics.segments_by_range = execution.segments().by_range;
  statistics.segments_by_filter = execution.segments().by_filter;
  statistics.peak_memory_bytes =
      static_cast<uint64_t>(std::max<int64_t>(0, execution.peak_memory_bytes()));
}

Result<bool> StreamedRows::next() {
  const auto start = std::chrono::steady_clock::now();
  try {
    execution_->resume();
    auto more = [&] {
      const RunningQueries::Watched watched(running_, execution_->first_worker(), cancelled_);
      return execution_->next_rows(*table_);
    }();
    statistics_.elapsed_seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    take_statistics(*execution_, *query_, statistics_);
    return more;
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::kMemoryLimitExceeded,
                "Memory limit exceeded: the system has no more memory");
  }
}
}  // namespace sp
