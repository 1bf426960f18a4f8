#pragma once
// Arena: bump allocation for values that die together: scratch of one morsel, or everything of one
// query.
// Not thread-safe: each worker has its own. Objects in an arena get no destructor call.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "runtime/core/memory_tracker.h"
#include "runtime/core/string_ref.h"

namespace sp {

class Arena {
 public:
  explicit Arena(MemoryTracker* tracker = nullptr) noexcept : tracker_(tracker) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { release(0); }

  /// Returns `size` bytes aligned to `align` (a power of two, at most 32). Never null.
  void* allocate(size_t size, size_t align = 8) noexcept {
    const uintptr_t at = (cursor_ + (align - 1)) & ~(static_cast<uintptr_t>(align) - 1);
    if (__builtin_expect(at + size <= end_, 1)) {
      cursor_ = at + size;
      return reinterpret_cast<void*>(at);
    }
    return allocate_slow(size, align);
  }
  template <class T>
  T* allocate_array(size_t count) noexcept {
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }
  /// Copies bytes and returns a StringRef to them (no copy for short strings).
  StringRef copy(std::string_view text) noexcept {
    if (text.size() <= StringRef::kInline) return StringRef(text);
    char* bytes = static_cast<char*>(allocate(text.size(), 1));
    std::memcpy(bytes, text.data(), text.size());
    return StringRef(bytes, text.size());
  }
  /// Forgets everything allocated, keeping the first chunk for reuse.
  void reset() noexcept;
  size_t allocated_bytes() const noexcept { return allocated_bytes_; }
  /// True once an allocation passed the tracker's limit.
  bool over_budget() const noexcept { return tracker_ != nullptr && tracker_->exceeded(); }
  MemoryTracker* tracker() const noexcept { return tracker_; }

 private:
  struct Chunk {
    char* bytes;
    size_t size;
  };
  void* allocate_slow(size_t size, size_t align) noexcept;
  void release(size_t keep_chunks) noexcept;

  uintptr_t cursor_ = 0;
  uintptr_t end_ = 0;
  size_t allocated_bytes_ = 0;
  MemoryTracker* tracker_;
  std::vector<Chunk> chunks_;
};

}  // namespace sp
