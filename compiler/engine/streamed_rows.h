#pragma once
// StreamedRows: the rest of a query's rows, computed while the first are sent. Made by the engine
// when an execution streams; see docs/decisions/2026-11-23-streamed-results.md.

#include <functional>
#include <memory>

#include "compiler/engine/execution.h"
#include "compiler/engine/running_queries.h"

namespace sp {

/// What a run has cost so far.
void take_statistics(Execution& execution, const CompiledQuery& query, QueryStatistics& statistics);

/// The rest of a query's rows. Its time is what was spent on it, not on waiting for the client.
class StreamedRows final : public ResultStream {
 public:
  StreamedRows(std::shared_ptr<Execution> execution, std::shared_ptr<CompiledQuery> query,
               std::shared_ptr<ResultTable> table, RunningQueries& running,
               std::function<bool()> cancelled, const QueryStatistics& statistics)
      : execution_(std::move(execution)),
        query_(std::move(query)),
        table_(std::move(table)),
        running_(running),
        cancelled_(std::move(cancelled)),
        statistics_(statistics) {}

  Result<bool> next() override;
  QueryStatistics statistics() const override { return statistics_; }

 private:
  std::shared_ptr<Execution> execution_;
  std::shared_ptr<CompiledQuery> query_;
  std::shared_ptr<ResultTable> table_;
  RunningQueries& running_;
  const std::function<bool()> cancelled_;
  QueryStatistics statistics_;
};

}  // namespace sp
