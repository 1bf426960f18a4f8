#pragma once
// RunningQueries: looks every few milliseconds whether a running query has passed its deadline or
// its memory limit, or lost its client, and raises its stop flag. Workers look themselves before
// each morsel; this is for what takes long within one: joins of everything with everything, wide
// window frames, sorts, fills. Generated and native loops poll the flag.

#include <condition_variable>
#include <functional>
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
    /// `cancelled`: whether nobody waits for the answer any more; may be empty. Called by the
    /// watching thread.
    Watched(RunningQueries& queries, ExecState& state, std::function<bool()> cancelled)
        : queries_(queries),
          state_(state) {
      queries_.add({&state_, std::move(cancelled)});
    }
    ~Watched() { queries_.remove(&state_); }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

   private:
    RunningQueries& queries_;
    ExecState& state_;
  };

 private:
  struct Running {
    ExecState* state = nullptr;
    std::function<bool()> cancelled;
  };
  void add(Running running);
  void remove(ExecState* state);
  void watch();

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Running> running_;
  bool asleep_ = false;  // until somebody wakes it: nothing ran for a while
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sp
