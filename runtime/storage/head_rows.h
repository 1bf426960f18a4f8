#pragma once
// HeadRows: rows of one table that are in the log but in no part file yet: blocks as they arrived
// until somebody reads them, then encoded parts, one a partition. Sorting and encoding thus happen
// once, for many commits together, and not at all for rows that are sealed before anybody looks.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/storage/part_image.h"
#include "runtime/storage/row_block.h"

namespace sp {

/// Thread-safe.
class HeadRows {
 public:
  using PartPointer = std::shared_ptr<const EncodedPart>;
  HeadRows(std::vector<RowBlockPointer> blocks, uint64_t first_commit, uint64_t last_commit,
           int64_t born_ns);
  /// Rows that are encoded already.
  HeadRows(std::vector<PartPointer> parts, uint64_t first_commit, uint64_t last_commit,
           int64_t born_ns);
  /// Several heads of unread rows as one; `heads` must not be empty, and none of them encoded or
  /// claimed.
  static std::shared_ptr<HeadRows> join(const std::vector<std::shared_ptr<HeadRows>>& heads);

  uint64_t rows() const { return rows_; }
  uint64_t first_commit() const { return first_commit_; }
  uint64_t last_commit() const { return last_commit_; }
  int64_t born_ns() const { return born_ns_; }
  /// Memory that the rows took when they arrived.
  uint64_t bytes() const { return bytes_; }

  bool is_encoded() const { return encoded_.load(std::memory_order_acquire); }
  /// Somebody is about to encode or seal these rows: they are not joined with others any more.
  /// Guarded by the store's state_mutex_.
  bool claimed = false;
  /// The blocks, unless encoded.
  std::vector<RowBlockPointer> blocks() const;
  /// Encodes, once, and lets the blocks go. New parts take their ids from `next_part`.
  std::vector<PartPointer> parts(std::atomic<uint64_t>& next_part, uint32_t segment_rows);

 private:
  const uint64_t first_commit_, last_commit_;
  const int64_t born_ns_;
  uint64_t rows_ = 0, bytes_ = 0;
  std::atomic<bool> encoded_{false};
  mutable std::mutex mutex_;
  std::vector<RowBlockPointer> blocks_;
  std::vector<PartPointer> parts_;
};

}  // namespace sp
