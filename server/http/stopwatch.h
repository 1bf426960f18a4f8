#pragma once
// Stopwatch: what a request costs the thread that answers it.

#include <time.h>

namespace sp {

/// How long an answer kept its thread: processor time, as waiting for a processor is no fault of
/// the request's; but a long wait counts, whatever it was for.
class Stopwatch {
 public:
  double ms() const {
    constexpr double kLongWaitMs = 50;
    const double wall = now(CLOCK_MONOTONIC) - wall_;
    return wall > kLongWaitMs ? wall : now(CLOCK_THREAD_CPUTIME_ID) - own_;
  }

 private:
  static double now(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  }
  double wall_ = now(CLOCK_MONOTONIC), own_ = now(CLOCK_THREAD_CPUTIME_ID);
};

}  // namespace sp
