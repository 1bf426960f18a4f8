#pragma once
// SimulatedVfs: a disk in memory that fills up, fails and loses power on command. What was not
// synced when the power went may be there in part: any 512-byte sector of a file, any prefix of a
// directory's changes.

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "runtime/core/rng.h"
#include "runtime/core/vfs.h"

namespace sp {

class SimulatedVfs final : public Vfs {
 public:
  /// Fails the `call`-th call from now on (1 = the next), or every call from there on.
  void fail_call(uint64_t call, bool persistent,
                 ErrorCode code = ErrorCode::kCannotWriteToFileDescriptor);
  void stop_failing();
  uint64_t calls() const;
  /// Total bytes that files may hold; writes beyond it store a part and fail with NOT_ENOUGH_SPACE.
  void set_capacity(uint64_t bytes);
  uint64_t used() const;
  /// From now on every call fails: nothing more reaches the disk.
  void power_off();
  /// Decides what survived and works again.
  void power_on(Rng& rng);

  /// Direct access for corrupting files.
  std::string& content(const std::string& path);
  std::vector<std::string> files() const;

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<std::unique_ptr<Mapping>> map(const std::string& path) override;
  Result<bool> exists(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> remove(const std::string& path) override;
  Result<void> sync_directory(const std::string& path) override;
  Result<void> make_directory(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

 private:
  friend class SimulatedFile;
  friend class SimulatedLock;
  struct Inode {
    std::string bytes;        // as processes see it
    std::string durable;      // as the platter has it
    std::set<uint64_t> lost;  // sectors that a failed sync dropped: later syncs do not write them
  };
  using InodePointer = std::shared_ptr<Inode>;
  struct Change {  // of a directory, not yet synced
    std::string directory;
    std::vector<std::pair<std::string, InodePointer>> entries;  // null: removed
  };
  Result<void> step();  // counts a call; fails if it is time
  void change(const std::string& path, std::vector<std::pair<std::string, InodePointer>> entries);
  uint64_t used_locked() const;

  mutable std::mutex mutex_;
  std::map<std::string, InodePointer> entries_, durable_entries_;
  std::vector<Change> changes_;
  std::set<std::string> directories_, locks_;
  uint64_t calls_ = 0, fail_at_ = 0;
  bool persistent_ = false, off_ = false;
  ErrorCode code_ = ErrorCode::kCannotWriteToFileDescriptor;
  uint64_t capacity_ = UINT64_MAX;
};

}  // namespace sp
