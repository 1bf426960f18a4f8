#pragma once
// BodyMemory: the memory of one large request body, kept for the next one: fresh memory of many
// megabytes costs about as much as receiving into it.

#include <cstddef>
#include <mutex>
#include <string>
#include <utility>

namespace sp {

/// Thread-safe.
class BodyMemory {
 public:
  /// A body of so many bytes; what they are is unknown.
  std::string take(size_t size) {
    std::string body;
    {
      const std::lock_guard lock(mutex_);
      if (spare_.capacity() >= size) body = std::exchange(spare_, std::string());
    }
    constexpr size_t kRounded = 1 << 20;  // requests of one sender differ a little in size
    if (size >= kLeast) body.reserve((size + kRounded - 1) / kRounded * kRounded);
    body.resize(size);
    return body;
  }
  void give_back(std::string body) {
    if (body.size() < kLeast || body.capacity() > kMost) return;
    const std::lock_guard lock(mutex_);
    if (body.capacity() > spare_.capacity()) spare_.swap(body);
  }

 private:
  static constexpr size_t kLeast = 1 << 20, kMost = 32 << 20;
  std::mutex mutex_;
  std::string spare_;
};

}  // namespace sp
