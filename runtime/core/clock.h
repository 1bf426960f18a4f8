#pragma once
// Clock: all time comes from here, so that tests decide what time it is.

#include <atomic>
#include <cstdint>

namespace sp {

/// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t wall_ns() = 0;       ///< nanoseconds since 1970-01-01 UTC
  virtual int64_t monotonic_ns() = 0;  ///< never goes back; arbitrary start
};

/// The operating system's clocks; one object for the process.
Clock& system_clock();

/// Stands still until told.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(int64_t wall_ns = 0) : wall_ns_(wall_ns) {}
  int64_t wall_ns() override { return wall_ns_.load() + passed_ns_.load(); }
  int64_t monotonic_ns() override { return passed_ns_.load(); }
  void advance_ns(int64_t by_ns) { passed_ns_ += by_ns; }

 private:
  const std::atomic<int64_t> wall_ns_;
  std::atomic<int64_t> passed_ns_{0};
};

}  // namespace sp
