#pragma once
// RunningQueries: looks every few milliseconds whether a running query has passed its deadline or its memory limit, and
// raises its stop flag. Workers look themselves before each morsel; this is for what takes long within one: joins of
// everything with everything, wide window frames. Generated loops poll the flag.

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/exec/exec_state.h"

namespace sp {

/// Thread-safe.
class RunningQueries {
 public:
  RunningQueries() : thread_([this] { watch(); }) {}
  ~RunningQueries();

  /// Watches a query while this object lives.
  class Watched {
   public:
    Watched(RunningQueries& queries, ExecState& state) : queries_(queries), state_(state) { queries_.add(&state_); }
    ~Watched() { queries_.remove(&state_); }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

   private:
    RunningQueries& queries_;
    ExecState& state_;
  };

 private:
  void add(ExecState* state);
  void remove(ExecState* state);
  void watch();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<ExecState*> running_;
  bool asleep_ = false;      // until somebody wakes it: nothing ran for a while
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sp
