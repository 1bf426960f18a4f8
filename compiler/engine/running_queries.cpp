// See running_queries.h.

#include "compiler/engine/running_queries.h"

#include <algorithm>
#include <chrono>

#include "runtime/exec/morsel_driver.h"

namespace sp {

RunningQueries::~RunningQueries() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

// Waking a thread costs more than many a query: it is done only after a pause.
void RunningQueries::add(Running running) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    running_.push_back(std::move(running));
    wake = asleep_;
    asleep_ = false;
  }
  if (wake) wake_.notify_one();
}

void RunningQueries::remove(ExecState* state) {
  const std::lock_guard lock(mutex_);
  running_.erase(std::find_if(running_.begin(), running_.end(),
                              [state](const Running& one) { return one.state == state; }));
}

void RunningQueries::watch() {
  constexpr auto kPause = std::chrono::milliseconds(10);
  constexpr int kPausesToSleep = 100;
  int empty = 0;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    for (const Running& one : running_) {
      if (check_limits(*one.state) || !one.cancelled || !one.cancelled()) continue;
      one.state->fail(ErrorCode::kQueryWasCancelled, "Query was cancelled");
    }
    empty = running_.empty() ? empty + 1 : 0;
    if (empty < kPausesToSleep) {
      wake_.wait_for(lock, kPause);
      continue;
    }
    asleep_ = true;
    wake_.wait(lock, [this] { return stopping_ || !asleep_; });
    empty = 0;
  }
}

}  // namespace sp
