#pragma once
// MemoryTracker: counts the bytes that one query holds against its budget. Thread-safe.

#include <atomic>
#include <cstdint>

namespace sp {

class MemoryTracker {
 public:
  explicit MemoryTracker(int64_t limit_bytes = INT64_MAX, MemoryTracker* parent = nullptr)
      : limit_bytes_(limit_bytes),
        parent_(parent) {}

  /// Adds to the count; returns false once the limit (or a parent's) is passed. The bytes stay
  /// counted either way: the caller allocates, and the query stops at its next check.
  bool charge(int64_t size_bytes) noexcept {
    const int64_t now = used_bytes_.fetch_add(size_bytes, std::memory_order_relaxed) + size_bytes;
    const bool fits = now <= limit_bytes_;
    return (parent_ == nullptr || parent_->charge(size_bytes)) && fits;
  }
  void release(int64_t size_bytes) noexcept {
    used_bytes_.fetch_sub(size_bytes, std::memory_order_relaxed);
    if (parent_ != nullptr) parent_->release(size_bytes);
  }
  int64_t used_bytes() const noexcept { return used_bytes_.load(std::memory_order_relaxed); }
  int64_t limit_bytes() const noexcept { return limit_bytes_; }
  bool exceeded() const noexcept {
    return used_bytes() > limit_bytes_ || (parent_ != nullptr && parent_->exceeded());
  }

 private:
  std::atomic<int64_t> used_bytes_{0};
  const int64_t limit_bytes_;
  MemoryTracker* const parent_;
};

}  // namespace sp
