// The simulated disk. One mutex; every public call is one countable step.

#include "tests/unit/support/simulated_vfs.h"

#include <algorithm>
#include <cstring>

namespace sp {

namespace {

constexpr uint64_t kSector = 512;

std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

class SimulatedMapping final : public Mapping {
 public:
  explicit SimulatedMapping(std::string bytes) : bytes_(std::move(bytes)) {
    data_ = reinterpret_cast<const uint8_t*>(bytes_.data());
    size_ = bytes_.size();
  }

 private:
  const std::string bytes_;
};

}  // namespace

class SimulatedFile final : public File {
 public:
  SimulatedFile(SimulatedVfs& vfs, SimulatedVfs::InodePointer inode)
      : vfs_(vfs),
        inode_(std::move(inode)) {}

  Result<size_t> read_at(uint64_t offset, void* bytes, size_t size) override {
    const std::lock_guard lock(vfs_.mutex_);
    SP_TRY_VOID(vfs_.step());
    if (offset >= inode_->bytes.size()) return size_t{0};
    const size_t got = std::min<size_t>(size, inode_->bytes.size() - offset);
    std::memcpy(bytes, inode_->bytes.data() + offset, got);
    return got;
  }
  Result<void> write_at(uint64_t offset, std::string_view bytes) override {
    const std::lock_guard lock(vfs_.mutex_);
    auto allowed = vfs_.step();
    size_t size = bytes.size();
    if (!allowed.ok()) size = vfs_.off_ ? 0 : size / 2;  // a torn write
    const uint64_t end = offset + size;
    const uint64_t growth = end > inode_->bytes.size() ? end - inode_->bytes.size() : 0;
    const uint64_t used = vfs_.used_locked();
    const bool full = used + growth > vfs_.capacity_;
    if (full) size -= std::min<uint64_t>(size, used + growth - vfs_.capacity_);
    if (size > 0) {
      if (offset + size > inode_->bytes.size()) inode_->bytes.resize(offset + size, '\0');
      std::memcpy(inode_->bytes.data() + offset, bytes.data(), size);
      for (uint64_t s = offset / kSector; s * kSector < offset + size; ++s) inode_->lost.erase(s);
    }
    if (!allowed.ok()) return allowed;
    if (full) return fail(ErrorCode::kNoSpaceLeft, "Simulated disk is full");
    return {};
  }
  Result<void> sync_data() override {
    const std::lock_guard lock(vfs_.mutex_);
    auto allowed = vfs_.step();
    std::string& durable = inode_->durable;
    const std::string& bytes = inode_->bytes;
    if (!allowed.ok()) {
      for (uint64_t s = 0; s * kSector < bytes.size(); ++s) {
        if (!same_sector(s)) inode_->lost.insert(s);
      }
      return allowed;
    }
    const std::string before = durable;
    durable = bytes;
    for (const uint64_t s : inode_->lost) {
      for (uint64_t i = s * kSector; i < std::min<uint64_t>(durable.size(), (s + 1) * kSector);
           ++i) {
        durable[i] = i < before.size() ? before[i] : '\0';
      }
    }
    return {};
  }
  Result<void> truncate(uint64_t size) override {
    const std::lock_guard lock(vfs_.mutex_);
    SP_TRY_VOID(vfs_.step());
    inode_->bytes.resize(size, '\0');
    return {};
  }
  Result<uint64_t> size() override {
    const std::lock_guard lock(vfs_.mutex_);
    SP_TRY_VOID(vfs_.step());
    return uint64_t{inode_->bytes.size()};
  }

 private:
  bool same_sector(uint64_t s) const {
    const std::string_view a(inode_->bytes), b(inode_->durable);
    const uint64_t at = s * kSector;
    return at <= b.size() && a.substr(at, kSector) == b.substr(at, kSector);
  }
  SimulatedVfs& vfs_;
  const SimulatedVfs::InodePointer inode_;
};

class SimulatedLock final : public FileLock {
 public:
  SimulatedLock(SimulatedVfs& vfs, std::string path) : vfs_(vfs), path_(std::move(path)) {}
  ~SimulatedLock() override {
    const std::lock_guard lock(vfs_.mutex_);
    vfs_.locks_.erase(path_);
  }

 private:
  SimulatedVfs& vfs_;
  const std::string path_;
};

void SimulatedVfs::fail_call(uint64_t call, bool persistent, ErrorCode code) {
  const std::lock_guard lock(mutex_);
  fail_at_ = calls_ + call;
  persistent_ = persistent;
  code_ = code;
}

void SimulatedVfs::stop_failing() {
  const std::lock_guard lock(mutex_);
  fail_at_ = 0;
}

uint64_t SimulatedVfs::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void SimulatedVfs::set_capacity(uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  capacity_ = bytes;
}

uint64_t SimulatedVfs::used_locked() const {
  uint64_t total = 0;
  for (const auto& [path, inode] : entries_) total += inode->bytes.size();
  return total;
}

uint64_t SimulatedVfs::used() const {
  const std::lock_guard lock(mutex_);
  return used_locked();
}

void SimulatedVfs::power_off() {
  const std::lock_guard lock(mutex_);
  off_ = true;
}

void SimulatedVfs::power_on(Rng& rng) {
  const std::lock_guard lock(mutex_);
  off_ = false;
  fail_at_ = 0;
  // Directories: a prefix of the changes that were not synced.
  const uint64_t kept = rng.below(changes_.size() + 1);
  for (uint64_t i = 0; i < kept; ++i) {
    for (const auto& [path, inode] : changes_[i].entries) {
      if (inode == nullptr)
        durable_entries_.erase(path);
      else
        durable_entries_[path] = inode;
    }
  }
  changes_.clear();
  entries_ = durable_entries_;
  // Files: each unsynced sector is there or not; the size is the old or the new one.
  for (auto& [path, inode] : entries_) {
    std::string survived = rng.below(2) == 0 ? inode->durable : inode->bytes;
    for (uint64_t s = 0; s * kSector < survived.size(); ++s) {
      const std::string& from =
          rng.below(2) == 0 && inode->lost.count(s) == 0 ? inode->bytes : inode->durable;
      for (uint64_t i = s * kSector; i < std::min<uint64_t>(survived.size(), (s + 1) * kSector);
           ++i) {
        survived[i] = i < from.size() ? from[i] : '\0';
      }
    }
    inode->bytes = inode->durable = survived;
    inode->lost.clear();
  }
}

std::string& SimulatedVfs::content(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return entries_.at(path)->bytes;
}

std::vector<std::string> SimulatedVfs::files() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [path, inode] : entries_) out.push_back(path);
  return out;
}

Result<void> SimulatedVfs::step() {
  ++calls_;
  if (off_) return fail(ErrorCode::kCannotWriteToFileDescriptor, "Simulated power is off");
  if (fail_at_ != 0 && (calls_ == fail_at_ || (persistent_ && calls_ > fail_at_))) {
    return fail(code_, "Simulated I/O error");
  }
  return {};
}

void SimulatedVfs::change(const std::string& path,
                          std::vector<std::pair<std::string, InodePointer>> entries) {
  for (const auto& [name, inode] : entries) {
    if (inode == nullptr)
      entries_.erase(name);
    else
      entries_[name] = inode;
  }
  changes_.push_back({directory_of(path), std::move(entries)});
}

Result<std::unique_ptr<File>> SimulatedVfs::open(const std::string& path, OpenMode mode) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  const auto found = entries_.find(path);
  if (mode != OpenMode::kCreate) {
    if (found == entries_.end())
      return fail(ErrorCode::kCannotOpenFile, "No such simulated file: " + path);
    return std::unique_ptr<File>(std::make_unique<SimulatedFile>(*this, found->second));
  }
  if (found != entries_.end()) {
    found->second->bytes.clear();
  } else {
    change(path, {{path, std::make_shared<Inode>()}});
  }
  return std::unique_ptr<File>(std::make_unique<SimulatedFile>(*this, entries_[path]));
}

Result<std::unique_ptr<Mapping>> SimulatedVfs::map(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  const auto found = entries_.find(path);
  if (found == entries_.end())
    return fail(ErrorCode::kCannotOpenFile, "No such simulated file: " + path);
  return std::unique_ptr<Mapping>(std::make_unique<SimulatedMapping>(found->second->bytes));
}

Result<bool> SimulatedVfs::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  return entries_.count(path) != 0;
}

Result<void> SimulatedVfs::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  const auto found = entries_.find(from);
  if (found == entries_.end())
    return fail(ErrorCode::kCannotOpenFile, "No such simulated file: " + from);
  change(to, {{from, nullptr}, {to, found->second}});
  return {};
}

Result<void> SimulatedVfs::remove(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  if (entries_.count(path) == 0)
    return fail(ErrorCode::kCannotOpenFile, "No such simulated file: " + path);
  change(path, {{path, nullptr}});
  return {};
}

Result<void> SimulatedVfs::sync_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  for (const Change& change : changes_) {
    if (change.directory != path) continue;
    for (const auto& [name, inode] : change.entries) {
      if (inode == nullptr)
        durable_entries_.erase(name);
      else
        durable_entries_[name] = inode;
    }
  }
  std::erase_if(changes_, [&](const Change& change) { return change.directory == path; });
  return {};
}

Result<void> SimulatedVfs::make_directory(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  directories_.insert(path);
  return {};
}

Result<std::vector<std::string>> SimulatedVfs::list(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  std::vector<std::string> names;
  for (const auto& [name, inode] : entries_) {
    if (directory_of(name) == path) names.push_back(name.substr(path.size() + 1));
  }
  return names;
}

Result<std::unique_ptr<FileLock>> SimulatedVfs::lock(const std::string& path) {
  const std::lock_guard lock(mutex_);
  SP_TRY_VOID(step());
  if (!locks_.insert(path).second)
    return fail(ErrorCode::kCannotOpenFile, "Simulated lock is taken: " + path);
  return std::unique_ptr<FileLock>(std::make_unique<SimulatedLock>(*this, path));
}

}  // namespace sp
