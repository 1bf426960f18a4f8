#pragma once
// FinalSnapshots: tables as FINAL shows them: all parts merged into one by the engine's rule, in
// memory, and kept for the next query over the same parts. Between snapshots and scans.

#include <list>
#include <memory>
#include <mutex>

#include "runtime/core/error.h"
#include "runtime/storage/table.h"

namespace sp {

/// Thread-safe.
class FinalSnapshots {
 public:
  /// Returns `snapshot` itself if its engine has no rule. Errors: of reading parts, of aggregates
  /// that cannot be merged.
  Result<std::shared_ptr<const TableSnapshot>> of(
      const std::shared_ptr<const TableSnapshot>& snapshot);

 private:
  static Result<std::shared_ptr<const TableSnapshot>> make(const TableSnapshot& snapshot);
  struct Known {
    std::weak_ptr<const TableSnapshot> from;
    std::shared_ptr<const TableSnapshot> made;
  };
  std::mutex mutex_;
  std::list<Known> known_;  // the last used first
};

}  // namespace sp
