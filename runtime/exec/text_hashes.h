#pragma once
// TextHashes: the hashes that `uniq` takes of strings, once per entry of a part's dictionary, kept
// while the part lives.
// Generated code then reads a hash by code instead of hashing the text of every row.

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "runtime/storage/table.h"

namespace sp {

class WorkerPool;

/// All tables of a process, by part and column. Thread-safe.
class TextHashes {
 public:
  using Table = std::shared_ptr<const std::vector<uint32_t>>;
  /// For each part of the snapshot the hashes by dictionary code (one more, unused, for NULL); null
  /// for parts where the column has no dictionary. The tables live as long as the result. Error: a
  /// damaged part.
  Result<std::vector<Table>> of(const TableSnapshot& snapshot, uint32_t column, WorkerPool& pool);

 private:
  struct Known {
    std::weak_ptr<const Part> part;
    Table table;
  };
  std::mutex mutex_;
  std::unordered_map<uint32_t, std::unordered_map<const Part*, Known>>
      columns_;  // by column: parts of all tables
};

}  // namespace sp
