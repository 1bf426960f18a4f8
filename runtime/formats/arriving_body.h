#pragma once
// ArrivingBody: a body of known size that is still being received while its beginning is read.
// Between the network, which adds bytes in order, and NdjsonReader, which waits for those that it
// comes to; but not for long: a reader is a thread, and a slow sender must not hold it.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace sp {

/// Thread-safe. The bytes themselves stand elsewhere and do not move.
class ArrivingBody {
 public:
  using Clock = std::chrono::steady_clock;
  /// `patience`: how long readers may wait in all.
  ArrivingBody(size_t size, Clock::duration patience) : size_(size), patience_(patience) {}
  /// Some more bytes are there.
  void add(size_t bytes) {
    {
      const std::lock_guard lock(mutex_);
      arrived_ += bytes;
    }
    more_.notify_all();
  }
  /// The sender left.
  void break_off() {
    {
      const std::lock_guard lock(mutex_);
      broken_ = true;
    }
    more_.notify_all();
  }
  /// Waits until the first `bytes` bytes are there (of all, if there are fewer). False: they will
  /// never be, or not soon; too_slow() tells.
  bool wait_for(size_t bytes) {
    std::unique_lock lock(mutex_);
    const size_t wanted = bytes < size_ ? bytes : size_;
    if (arrived_ >= wanted) return true;
    if (broken_ || too_slow_) return false;
    const auto begin = Clock::now();
    more_.wait_until(lock, begin + patience_, [&] { return broken_ || arrived_ >= wanted; });
    patience_ -= Clock::now() - begin;
    if (arrived_ >= wanted) return true;
    too_slow_ = !broken_;
    return false;
  }
  bool wait_for_all() { return wait_for(size_); }
  size_t arrived() const {
    const std::lock_guard lock(mutex_);
    return arrived_;
  }
  /// A reader gave up: it is to begin again when all of the body is there.
  bool too_slow() const {
    const std::lock_guard lock(mutex_);
    return too_slow_;
  }

 private:
  const size_t size_;
  mutable std::mutex mutex_;
  std::condition_variable more_;
  Clock::duration patience_;
  size_t arrived_ = 0;
  bool broken_ = false, too_slow_ = false;
};

}  // namespace sp
