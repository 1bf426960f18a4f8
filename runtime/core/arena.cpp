// The slow path of Arena: chunks that double in size from 16 KiB to 4 MiB, larger requests on their own.

#include "runtime/core/arena.h"

#include <algorithm>

#include "runtime/core/check.h"

namespace sp {

void* Arena::allocate_slow(size_t size, size_t align) noexcept {
  constexpr size_t kFirst = 16 << 10, kLargest = 4 << 20;
  const size_t doubled = chunks_.empty() ? kFirst : std::min(kLargest, chunks_.back().size * 2);
  const size_t wanted = std::max(doubled, size + align);
  char* bytes = static_cast<char*>(std::malloc(wanted));
  SP_CHECK(bytes != nullptr);
  if (tracker_ != nullptr) tracker_->charge(static_cast<int64_t>(wanted));
  chunks_.push_back({bytes, wanted});
  allocated_bytes_ += wanted;
  const auto begin = reinterpret_cast<uintptr_t>(bytes);
  const uintptr_t at = (begin + (align - 1)) & ~(static_cast<uintptr_t>(align) - 1);
  cursor_ = at + size;
  end_ = begin + wanted;
  return reinterpret_cast<void*>(at);
}

void Arena::release(size_t keep_chunks) noexcept {
  while (chunks_.size() > keep_chunks) {
    const Chunk chunk = chunks_.back();
    chunks_.pop_back();
    allocated_bytes_ -= chunk.size;
    if (tracker_ != nullptr) tracker_->release(static_cast<int64_t>(chunk.size));
    std::free(chunk.bytes);
  }
}

void Arena::reset() noexcept {
  if (chunks_.empty()) return;
  const auto largest = std::max_element(chunks_.begin(), chunks_.end(), [](const Chunk& a, const Chunk& b) { return a.size < b.size; });
  std::swap(chunks_.front(), *largest);
  release(1);
  cursor_ = reinterpret_cast<uintptr_t>(chunks_[0].bytes);
  end_ = cursor_ + chunks_[0].size;
}

}  // namespace sp
