// The slow path of Arena: chunks that double in size from 16 KiB to 4 MiB, larger requests on their
// own. Chunks of 2 MiB and more stand on huge pages where the system gives them: hash tables would
// miss the TLB at every access. Some of the largest stay with the process when their query ends:
// the next one finds them mapped.

#include "runtime/core/arena.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "runtime/core/check.h"

namespace sp {
namespace {

constexpr size_t kFirst = 16 << 10, kLargest = 4 << 20, kHugePage = 2 << 20;

// Chunks of kLargest bytes that nobody uses.
class SpareChunks {
 public:
  char* take() {
    const std::lock_guard lock(mutex_);
    if (chunks_.empty()) return nullptr;
    char* bytes = chunks_.back();
    chunks_.pop_back();
    return bytes;
  }
  bool keep(char* bytes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)bytes;
    return false;  // freed memory must stay freed to be noticed
#else
    const std::lock_guard lock(mutex_);
    if (chunks_.size() >= most_) return false;
    chunks_.push_back(bytes);
    return true;
#endif
  }

 private:
  // A 64th of the machine's memory, and not less than 192 MiB.
  static size_t most() {
    const auto pages = static_cast<size_t>(::sysconf(_SC_PHYS_PAGES));
    const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
    return std::max<size_t>(48, pages / (kLargest / page) / 64);
  }
  const size_t most_ = most();
  std::mutex mutex_;
  std::vector<char*> chunks_;
};
// Never destroyed: arenas of static objects may outlive it.
SpareChunks& spare_chunks() {
  static auto* const chunks = new SpareChunks;
  return *chunks;
}

// Chunks of kFirst bytes that a thread keeps: nearly every query takes some, and the allocator has
// no quick list for their size.
class FirstChunks {
 public:
  ~FirstChunks() {
    while (count_ > 0) std::free(chunks_[--count_]);
    closed_ = true;
  }
  char* take() { return count_ == 0 ? nullptr : chunks_[--count_]; }
  bool keep(char* bytes) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    (void)bytes;
    return false;  // freed memory must stay freed to be noticed
#else
    if (closed_ || count_ == chunks_.size()) return false;
    chunks_[count_++] = bytes;
    return true;
#endif
  }

 private:
  std::array<char*, 8> chunks_;
  size_t count_ = 0;
  bool closed_ = false;  // the thread is ending
};
thread_local FirstChunks first_chunks;

char* new_chunk(size_t& size) {
  if (size == kFirst) {
    if (char* spare = first_chunks.take()) return spare;
  }
  if (size < kHugePage) return static_cast<char*>(std::malloc(size));
  size = (size + kHugePage - 1) / kHugePage * kHugePage;
  if (size == kLargest) {
    if (char* spare = spare_chunks().take()) return spare;
  }
  auto* bytes = static_cast<char*>(std::aligned_alloc(kHugePage, size));
  if (bytes != nullptr) (void)::madvise(bytes, size, MADV_HUGEPAGE);
  return bytes;
}

}  // namespace

void* Arena::allocate_slow(size_t size, size_t align) noexcept {
  const size_t doubled = chunks_.empty() ? kFirst : std::min(kLargest, chunks_.back().size * 2);
  size_t wanted = std::max(doubled, size + align);
  char* bytes = new_chunk(wanted);
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
    if (chunk.size == kFirst && first_chunks.keep(chunk.bytes)) continue;
    if (chunk.size == kLargest && spare_chunks().keep(chunk.bytes)) continue;
    std::free(chunk.bytes);
  }
}

void Arena::reset() noexcept {
  if (chunks_.empty()) return;
  const auto largest =
      std::max_element(chunks_.begin(), chunks_.end(),
                       [](const Chunk& a, const Chunk& b) { return a.size < b.size; });
  std::swap(chunks_.front(), *largest);
  release(1);
  cursor_ = reinterpret_cast<uintptr_t>(chunks_[0].bytes);
  end_ = cursor_ + chunks_[0].size;
}

}  // namespace sp
