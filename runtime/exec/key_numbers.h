#pragma once
// KeyNumbers: numbers the distinct values of a string column over all parts of a table, so that a
// value is a dense integer in every part. Each part maps its dictionary codes to numbers; the maps
// are made once per part and kept while the part lives. Turns distinct counts into bitmaps and
// per-key state into arrays.

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "runtime/core/arena.h"
#include "runtime/storage/table.h"

namespace sp {

class WorkerPool;

/// Numbers of one column. Grows as parts arrive; numbers never change.
class KeyNumbers {
 public:
  /// For each part of the snapshot its numbers by dictionary code, the number of NULL last; or
  /// empty if some part is not encoded by one dictionary. The pointers live as long as the returned
  /// object. Error: a damaged part.
  using Texts = std::vector<StringRef>;
  struct Maps {
    std::vector<std::shared_ptr<const std::vector<uint32_t>>>
        parts;                           ///< parallel to the snapshot's
    uint64_t size = 0;                   ///< numbers are below this
    std::shared_ptr<const Texts> texts;  ///< by number; not of ranks
  };
  Result<Maps> maps_of(const TableSnapshot& snapshot, uint32_t column);
  /// The same with ranks in the order of the values instead of numbers in the order of arrival: for
  /// parts that are sorted by the column. Empty also if a part's dictionary is not sorted. Kept
  /// until a new value arrives.
  Result<Maps> ranks_of(const TableSnapshot& snapshot, uint32_t column);

 private:
  struct Known {
    std::weak_ptr<const Part> part;
    std::shared_ptr<const std::vector<uint32_t>> numbers;
  };
  std::shared_ptr<const std::vector<uint32_t>> number_part(const StringRef* dictionary,
                                                           uint64_t size);
  Result<Maps> maps_locked(const TableSnapshot& snapshot, uint32_t column);
  uint32_t number_of(const StringRef& text, uint64_t hash);
  void grow();

  std::mutex mutex_;
  std::unordered_map<const Part*, Known> parts_;
  struct Entry {
    uint64_t hash = 0;
    uint32_t number = 0;  // + 1; 0: free
  };
  std::vector<Entry> entries_;
  Texts texts_;  // by number; bytes in arena_
  std::shared_ptr<const Texts> shared_texts_;
  Arena arena_;
  std::vector<uint32_t> rank_of_;  // by number, when it has texts_.size() entries
  std::unordered_map<const void*, std::shared_ptr<const std::vector<uint32_t>>>
      ranked_;  // by a part's numbers
};

/// All numberings of a process, by table and column. Thread-safe.
class KeyNumberCache {
 public:
  std::shared_ptr<KeyNumbers> find(uint64_t table_id, uint32_t column);

 private:
  std::mutex mutex_;
  std::unordered_map<uint64_t, std::shared_ptr<KeyNumbers>> columns_;
};

}  // namespace sp
