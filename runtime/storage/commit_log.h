#pragma once
// CommitLog: one append-only log for all tables of a store, in segment files `log-<number>`.
// Format: docs/formats.md.
// A record is written before its rows are visible and made durable by a shared fdatasync (group
// commit: whoever syncs first syncs for all that wrote before). A failed fdatasync condemns its
// segment: nothing in it that was not durable before is ever reported durable, and writing goes on
// in a new segment.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/vfs.h"

namespace sp {

/// Thread-safe.
class CommitLog {
 public:
  CommitLog(Vfs& vfs, std::string directory, uint64_t segment_bytes)
      : vfs_(vfs),
        directory_(std::move(directory)),
        segment_bytes_(segment_bytes) {}

  /// Called with each whole record in order; an error means that the record makes no sense.
  using Visitor = std::function<Result<void>(uint64_t commit, std::string_view payload)>;
  /// Reads all segments. A torn end of the last one is cut off; damage elsewhere ends its segment
  /// and is told in `warnings`. Call once before append(); may be called again with another
  /// visitor.
  Result<void> replay(const Visitor& visitor, std::vector<std::string>& warnings);

  /// Makes replayed records as durable as they are visible: the last process may have died before
  /// its fdatasync.
  Result<void> make_replayed_durable();
  /// Writes a record whose payload comes in pieces; on error nothing of it remains. `commit`
  /// ascends.
  Result<void> append(uint64_t commit, const std::vector<std::string>& payload);
  /// Returns when every record up to `commit` is durable, or an error if it never will be.
  Result<void> sync(uint64_t commit);
  /// Makes what was written durable if anything was; for the periodic sync of commits that do not
  /// wait.
  Result<void> sync_written();
  /// True after a failed sync: rows acknowledged without waiting should be sealed into parts soon.
  bool take_failure();
  /// Removes segments that hold only records up to `commit`.
  void remove_through(uint64_t commit);
  uint64_t bytes() const;

 private:
  struct Segment {
    uint64_t number = 0;
    uint64_t last_commit = 0;
    uint64_t size = 0;
    std::shared_ptr<File> file;  // null: read-only, from before this process
    bool durable = false;
  };
  std::string path_of(uint64_t number) const;
  Result<void> start_segment();
  Result<void> replay_segment(const std::string& name, bool last, const Visitor& visitor,
                              std::vector<std::string>& warnings);
  Result<void> cut(const std::string& path, uint64_t size);
  Result<void> sync_failed(Error error);

  Vfs& vfs_;
  const std::string directory_;
  const uint64_t segment_bytes_;

  mutable std::mutex mutex_;       // segments and counters
  std::vector<Segment> segments_;  // oldest first; the last may be open for writing
  bool open_ = false;              // the last segment takes records
  bool directory_dirty_ = false;   // a segment was created since the last sync
  uint64_t next_number_ = 1;
  uint64_t written_commit_ = 0;
  uint64_t synced_commit_ = 0;
  bool failed_ = false;

  std::mutex
      sync_mutex_;  // one syncs, the others wait and find their work done; taken before mutex_
  struct Lost {
    uint64_t first, last;  // commits that a failed sync left undurable
  };
  std::vector<Lost> lost_;  // guarded by sync_mutex_
};

}  // namespace sp
