#pragma once
// Sorting of rows by a generated comparator, and the bounded buffer of ORDER BY ... LIMIT n.
//
// Full sort: workers append to RowBuffers; then
//   std::vector<void*> rows = RowBufferList(buffers).row_pointers();  sort_rows(rows, compare,
//       pool);
// Top n: one TopN per worker in ExecState::locals; generated code has the first key's number
// (prefix_sort.h), or 0, and builds the row's image in an alloca:
//   ++top->gate.offered;
//   if (number <= top->gate.most && sp_top_n_wants(top, image)) {
//     row = sp_top_n_append(top, number); copy image to row, persisting strings }
// then top_n_rows(tops, ...) gives the first n rows of all workers in order.
// All of them look at `stop` while they compare: once it is set they end early, in no order.
// Both are stable: ties stay in the order of the input (TopN across workers: in order of set_morsel
// ordinals).

#include <atomic>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/arena.h"

namespace sp {

class WorkerPool;

/// Three-way comparator over rows: negative, zero or positive. Generated.
using CompareRows = int (*)(const void* a, const void* b);
/// The stop flag of work that nobody stops.
inline constexpr std::atomic<uint32_t> kNeverStops{0};

/// Sorts stably: in parallel runs merged pairwise when there are many rows.
void sort_rows(std::vector<void*>& rows, CompareRows compare, WorkerPool& pool,
               const std::atomic<uint32_t>& stop = kNeverStops);
/// Moves the first `count` rows in order to the front, stably, and cuts the rest.
void partial_sort_rows(std::vector<void*>& rows, CompareRows compare, uint64_t count);

/// What generated code reads and counts itself; a TopN begins with it.
struct TopNGate {
  uint64_t offered = 0;        ///< rows that came by: what ORDER BY would yield without LIMIT
  uint64_t most = UINT64_MAX;  ///< rows whose first key has a larger number are not wanted
};

/// Keeps the first `limit` rows seen so far; memory stays within twice the limit (plus a small
/// constant).
class TopN {
 public:
  TopN(uint64_t limit, uint32_t row_size, CompareRows compare, Arena& arena);

  /// Whether a row with this image may be among the first `limit`.
  bool wants(const void* image) noexcept {
    return threshold_ == nullptr || compare_(image, threshold_) < 0;
  }
  uint64_t offered() const noexcept { return gate_.offered; }
  /// Returns memory for a row that is wanted; the caller fills it before the next call. `number`:
  /// of the row's first key, smaller for rows that come first; or 0 for all rows.
  void* append(uint64_t number) noexcept;
  /// Names the morsel that the next rows come from: ties are ordered by (ordinal, order of
  /// appending).
  void set_morsel(uint64_t ordinal) noexcept { sequence_ = ordinal << 32; }

  CompareRows compare() const noexcept { return compare_; }

 private:
  friend std::vector<void*> top_n_rows(std::span<TopN* const> tops, uint64_t limit,
                                       const std::atomic<uint32_t>& stop);
  friend std::vector<void*> top_n_candidates(std::span<TopN* const> tops);
  void prune() noexcept;

  TopNGate gate_;  // first: generated code finds it there
  uint64_t limit_;
  uint64_t capacity_;
  uint32_t row_size_;
  CompareRows compare_;
  Arena* arena_;
  uint64_t sequence_ = 0;
  const void* threshold_ = nullptr;
  std::vector<char*> rows_;  // each: [sequence u64][number u64][row]
  std::vector<char*> free_;
};

/// The first `limit` rows of all workers, in order.
std::vector<void*> top_n_rows(std::span<TopN* const> tops, uint64_t limit,
                              const std::atomic<uint32_t>& stop = kNeverStops);
/// What all workers kept, the first `limit` rows among them, in no order.
std::vector<void*> top_n_candidates(std::span<TopN* const> tops);
/// The place of such a row in the input: ties are ordered by it.
uint64_t top_n_arrival(const void* row);

}  // namespace sp

extern "C" {
uint8_t sp_top_n_wants(sp::TopN* top, const void* image) noexcept;
void* sp_top_n_append(sp::TopN* top, uint64_t number) noexcept;
}
