// Vfs over the operating system: pread, pwrite, fdatasync, mmap, flock. Interrupted calls are
// repeated; a failed fdatasync never is.

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "runtime/core/vfs.h"

namespace sp {

namespace {

Error system_error(ErrorCode code, const std::string& action, const std::string& path, int number) {
  const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
  return fail(full ? ErrorCode::kNoSpaceLeft : code,
              action + " failed: " + std::strerror(number) + ": " + path, std::nullopt,
              full ? "free disk space, then try again: nothing was stored" : "");
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  const int fd_;
};

class PosixFile final : public File {
 public:
  PosixFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}

  Result<size_t> read_at(uint64_t offset, void* bytes, size_t size) override {
    size_t done = 0;
    while (done < size) {
      const ssize_t got = ::pread(fd_.get(), static_cast<char*>(bytes) + done, size - done,
                                  static_cast<off_t>(offset + done));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0)
        return system_error(ErrorCode::kCannotReadFromFileDescriptor, "Reading", path_, errno);
      if (got == 0) break;
      done += static_cast<size_t>(got);
    }
    return done;
  }
  Result<void> write_at(uint64_t offset, std::string_view bytes) override {
    size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t put = ::pwrite(fd_.get(), bytes.data() + done, bytes.size() - done,
                                   static_cast<off_t>(offset + done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0)
        return system_error(ErrorCode::kCannotWriteToFileDescriptor, "Writing", path_, errno);
      done += static_cast<size_t>(put);
    }
    return {};
  }
  Result<void> sync_data() override {
    if (::fdatasync(fd_.get()) == 0) return {};
    return system_error(ErrorCode::kCannotWriteToFileDescriptor, "Syncing", path_, errno);
  }
  Result<void> truncate(uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) == 0) return {};
    return system_error(ErrorCode::kCannotWriteToFileDescriptor, "Truncating", path_, errno);
  }
  Result<uint64_t> size() override {
    struct stat info{};
    if (::fstat(fd_.get(), &info) == 0) return static_cast<uint64_t>(info.st_size);
    return system_error(ErrorCode::kCannotReadFromFileDescriptor, "Inspecting", path_, errno);
  }

 private:
  const Descriptor fd_;
  const std::string path_;
};

class PosixMapping final : public Mapping {
 public:
  PosixMapping(const uint8_t* data, uint64_t size) {
    data_ = data;
    size_ = size;
  }
  ~PosixMapping() override {
    if (size_ > 0) ::munmap(const_cast<uint8_t*>(data_), size_);
  }
};

class PosixLock final : public FileLock {
 public:
  explicit PosixLock(int fd) : fd_(fd) {}

 private:
  const Descriptor fd_;  // closing it releases the lock
};

class PosixVfs final : public Vfs {
 public:
  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override {
    const int flags = mode == OpenMode::kRead        ? O_RDONLY
                      : mode == OpenMode::kReadWrite ? O_RDWR
                                                     : O_RDWR | O_CREAT | O_TRUNC;
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (fd < 0) return system_error(ErrorCode::kCannotOpenFile, "Opening", path, errno);
    return std::unique_ptr<File>(std::make_unique<PosixFile>(fd, path));
  }

  Result<std::unique_ptr<Mapping>> map(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat info{};
    if (fd.get() < 0 || ::fstat(fd.get(), &info) != 0) {
      return system_error(ErrorCode::kCannotOpenFile, "Opening", path, errno);
    }
    const auto size = static_cast<uint64_t>(info.st_size);
    if (size == 0) return std::unique_ptr<Mapping>(std::make_unique<PosixMapping>(nullptr, 0));
    void* data = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, fd.get(), 0);
    if (data == MAP_FAILED) return system_error(ErrorCode::kCannotOpenFile, "Mapping", path, errno);
    return std::unique_ptr<Mapping>(
        std::make_unique<PosixMapping>(static_cast<const uint8_t*>(data), size));
  }

  Result<bool> exists(const std::string& path) override {
    if (::access(path.c_str(), F_OK) == 0) return true;
    if (errno == ENOENT || errno == ENOTDIR) return false;
    return system_error(ErrorCode::kCannotOpenFile, "Inspecting", path, errno);
  }

  Result<void> rename(const std::string& from, const std::string& to) override {
    if (std::rename(from.c_str(), to.c_str()) == 0) return {};
    return system_error(ErrorCode::kCannotWriteToFileDescriptor, "Renaming", from, errno);
  }

  Result<void> remove(const std::string& path) override {
    if (::unlink(path.c_str()) == 0) return {};
    return system_error(ErrorCode::kCannotWriteToFileDescriptor, "Removing", path, errno);
  }

  Result<void> sync_directory(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) return system_error(ErrorCode::kCannotOpenFile, "Opening", path, errno);
    if (::fsync(fd.get()) == 0) return {};
    return system_error(ErrorCode::kCannotWriteToFileDescriptor, "Syncing", path, errno);
  }

  Result<void> make_directory(const std::string& path) override {
    for (size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
      const std::string prefix = path.substr(0, slash);
      if (!prefix.empty() && ::mkdir(prefix.c_str(), 0755) != 0 && errno != EEXIST) {
        return system_error(ErrorCode::kCannotOpenFile, "Creating directory", prefix, errno);
      }
      if (slash == std::string::npos) return {};
    }
  }

  Result<std::vector<std::string>> list(const std::string& path) override {
    DIR* directory = ::opendir(path.c_str());
    if (directory == nullptr)
      return system_error(ErrorCode::kCannotOpenFile, "Listing", path, errno);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(directory)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(directory);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return system_error(ErrorCode::kCannotOpenFile, "Opening", path, errno);
    auto held = std::make_unique<PosixLock>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return std::unique_ptr<FileLock>(std::move(held));
    if (errno != EWOULDBLOCK)
      return system_error(ErrorCode::kCannotOpenFile, "Locking", path, errno);
    return fail(ErrorCode::kCannotOpenFile, "Data directory is in use by another process: " + path,
                std::nullopt, "stop the other process, or choose another data directory");
  }
};

}  // namespace

Vfs& posix_vfs() {
  static PosixVfs vfs;
  return vfs;
}

}  // namespace sp
