// The operating system's clocks.

#include "runtime/core/clock.h"

#include <ctime>

namespace sp {

namespace {

int64_t read_ns(clockid_t id) {
  timespec now{};
  ::clock_gettime(id, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

class SystemClock final : public Clock {
 public:
  int64_t wall_ns() override { return read_ns(CLOCK_REALTIME); }
  int64_t monotonic_ns() override { return read_ns(CLOCK_MONOTONIC); }
};

}  // namespace

Clock& system_clock() {
  static SystemClock clock;
  return clock;
}

}  // namespace sp
