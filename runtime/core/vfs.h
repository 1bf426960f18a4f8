#pragma once
// Vfs: every access to files goes through here, so that tests can run the storage engine on a
// simulated disk (full, failing, losing what was not synced). Production uses posix_vfs(). Errors:
// NOT_ENOUGH_SPACE (243) when the disk or quota is full, CANNOT_OPEN_FILE (76),
// CANNOT_READ_FROM_FILE_DESCRIPTOR (74), CANNOT_WRITE_TO_FILE_DESCRIPTOR (75).

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp {

/// An open file. Reads and writes at different offsets may run in parallel.
class File {
 public:
  virtual ~File() = default;
  /// Reads up to `size` bytes; fewer only at the end of the file.
  virtual Result<size_t> read_at(uint64_t offset, void* bytes, size_t size) = 0;
  /// Writes all bytes or fails; after a failure the range holds anything.
  virtual Result<void> write_at(uint64_t offset, std::string_view bytes) = 0;
  /// Makes content and size durable (fdatasync). After a failure nothing unsynced may be assumed
  /// durable, ever.
  virtual Result<void> sync_data() = 0;
  virtual Result<void> truncate(uint64_t size) = 0;
  virtual Result<uint64_t> size() = 0;
};

/// A file's bytes in memory, read-only; valid as long as this object, also when the file is removed
/// meanwhile.
class Mapping {
 public:
  virtual ~Mapping() = default;
  const uint8_t* data() const { return data_; }
  uint64_t size() const { return size_; }

 protected:
  const uint8_t* data_ = nullptr;
  uint64_t size_ = 0;
};

/// An exclusive lock, released by its destructor (and by the system when the process dies).
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class OpenMode : uint8_t {
  kRead,       ///< must exist
  kReadWrite,  ///< must exist
  kCreate,     ///< created, or emptied
};

/// Thread-safe. Outlives every object that it returned.
class Vfs {
 public:
  virtual ~Vfs() = default;
  virtual Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) = 0;
  virtual Result<std::unique_ptr<Mapping>> map(const std::string& path) = 0;
  virtual Result<bool> exists(const std::string& path) = 0;
  /// Replaces `to` atomically; durable after sync_directory().
  virtual Result<void> rename(const std::string& from, const std::string& to) = 0;
  virtual Result<void> remove(const std::string& path) = 0;
  /// Makes creations, renames and removals in a directory durable.
  virtual Result<void> sync_directory(const std::string& path) = 0;
  /// Creates a directory and its missing parents; existing ones are fine.
  virtual Result<void> make_directory(const std::string& path) = 0;
  /// Returns the names of a directory's entries, sorted, without "." and "..".
  virtual Result<std::vector<std::string>> list(const std::string& path) = 0;
  /// Takes the lock without waiting; error if another holder exists.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;

  /// Reads a whole file.
  Result<std::string> read_all(const std::string& path);
  /// Writes a file so that `path` holds either its old content or all of the new: temporary name,
  /// sync, rename, sync of `directory`.
  Result<void> write_atomically(const std::string& directory, const std::string& path,
                                std::string_view bytes);
};

/// The operating system's files; one object for the process.
Vfs& posix_vfs();

}  // namespace sp
