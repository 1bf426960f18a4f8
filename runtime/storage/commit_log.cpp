// CommitLog: appending, group fdatasync, replay.
// Segment: magic, number; record: checksum u64, length u32, commit u64, payload. The checksum is
// XXH3-64 of length, commit and payload, seeded with the segment's number, so that neither zeros
// nor another segment's bytes pass.

#include "runtime/storage/commit_log.h"

#include <xxhash.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "runtime/core/crash_point.h"

namespace sp {

SP_CRASH_POINT(log_before_write, "log.before_write");
SP_CRASH_POINT(log_after_write, "log.after_write");
SP_CRASH_POINT(log_before_sync, "log.before_sync");
SP_CRASH_POINT(log_after_sync, "log.after_sync");
SP_CRASH_POINT(log_new_segment, "log.new_segment");
SP_CRASH_POINT(log_before_remove, "log.before_remove");

namespace {

constexpr char kMagic[8] = {'S', 'P', 'L', 'O', 'G', '0', '0', '2'};
constexpr size_t kHeaderBytes = 16;
constexpr size_t kRecordHeaderBytes = 20;
constexpr uint64_t kLargestRecord = UINT32_MAX;

using Checksum = std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)>;

// What stands before the payload of a record.
std::string header_of(uint64_t segment, uint64_t commit, uint32_t length,
                      const std::vector<std::string>& payload) {
  std::string out(kRecordHeaderBytes, '\0');
  std::memcpy(out.data() + 8, &length, 4);
  std::memcpy(out.data() + 12, &commit, 8);
  const Checksum state(XXH3_createState(), &XXH3_freeState);
  SP_CHECK(state != nullptr);
  XXH3_64bits_reset_withSeed(state.get(), segment);
  XXH3_64bits_update(state.get(), out.data() + 8, out.size() - 8);
  for (const std::string& piece : payload)
    XXH3_64bits_update(state.get(), piece.data(), piece.size());
  const uint64_t checksum = XXH3_64bits_digest(state.get());
  std::memcpy(out.data(), &checksum, 8);
  return out;
}

// Small pieces are written together, large ones from where they are.
Result<void> write_pieces(File& file, uint64_t at, std::string small,
                          const std::vector<std::string>& pieces) {
  constexpr size_t kLarge = 64 << 10;
  for (const std::string& piece : pieces) {
    if (small.size() + piece.size() < kLarge) {
      small += piece;
      continue;
    }
    SP_TRY_VOID(file.write_at(at, small));
    at += small.size();
    small.clear();
    SP_TRY_VOID(file.write_at(at, piece));
    at += piece.size();
  }
  return small.empty() ? Result<void>() : file.write_at(at, small);
}

struct Frame {
  uint64_t commit = 0;
  std::string_view payload;
};

// Reads the record at `at`; false if there is no whole, undamaged one.
bool read_frame(uint64_t segment, std::string_view bytes, size_t at, Frame& out) {
  if (bytes.size() - at < kRecordHeaderBytes) return false;
  uint64_t checksum;
  uint32_t length;
  std::memcpy(&checksum, bytes.data() + at, 8);
  std::memcpy(&length, bytes.data() + at + 8, 4);
  std::memcpy(&out.commit, bytes.data() + at + 12, 8);
  if (length > bytes.size() - at - kRecordHeaderBytes) return false;
  out.payload = bytes.substr(at + kRecordHeaderBytes, length);
  return XXH3_64bits_withSeed(bytes.data() + at + 8, 12 + length, segment) == checksum;
}

uint64_t number_of(const std::string& name) {
  if (name.rfind("log-", 0) != 0 || name.size() != 14) return 0;
  return std::strtoull(name.c_str() + 4, nullptr, 10);
}

}  // namespace

std::string CommitLog::path_of(uint64_t number) const {
  std::string digits = std::to_string(number);
  digits.insert(0, 10 - std::min<size_t>(10, digits.size()), '0');
  return directory_ + "/log-" + digits;
}

Result<void> CommitLog::cut(const std::string& path, uint64_t size) {
  SP_TRY(const std::unique_ptr<File> file, vfs_.open(path, OpenMode::kReadWrite));
  SP_TRY_VOID(file->truncate(size));
  return file->sync_data();
}

Result<void> CommitLog::replay(const Visitor& visitor, std::vector<std::string>& warnings) {
  SP_TRY(std::vector<std::string> names, vfs_.list(directory_));
  std::erase_if(names, [](const std::string& name) { return number_of(name) == 0; });
  segments_.clear();
  for (size_t i = 0; i < names.size(); ++i) {
    SP_TRY_VOID(replay_segment(names[i], i + 1 == names.size(), visitor, warnings));
    next_number_ = number_of(names[i]) + 1;
  }
  synced_commit_ = written_commit_;
  return {};
}

Result<void> CommitLog::replay_segment(const std::string& name, bool last, const Visitor& visitor,
                                       std::vector<std::string>& warnings) {
  const std::string path = directory_ + "/" + name;
  const uint64_t number = number_of(name);
  SP_TRY(const std::string bytes, vfs_.read_all(path));
  if (bytes.size() >= 8 && std::memcmp(bytes.data(), kMagic, 5) == 0 &&
      std::memcmp(bytes.data(), kMagic, 8) != 0) {
    return fail(
        ErrorCode::kIncorrectData,
        "Commit log is of another version: " + path + ": " + bytes.substr(0, 8), std::nullopt,
        "start the version of Sandpiper that wrote it and stop it in order: this empties the log");
  }
  uint64_t stored_number = 0;
  if (bytes.size() >= kHeaderBytes) std::memcpy(&stored_number, bytes.data() + 8, 8);
  const bool header = bytes.size() >= kHeaderBytes && std::memcmp(bytes.data(), kMagic, 8) == 0 &&
                      stored_number == number;
  size_t at = header ? kHeaderBytes : 0;
  uint64_t last_commit = written_commit_;
  Frame record;
  while (header && at < bytes.size() && read_frame(number, bytes, at, record)) {
    SP_TRY_VOID(visitor(record.commit, record.payload));
    last_commit = record.commit;
    at += kRecordHeaderBytes + record.payload.size();
  }
  if (at < bytes.size()) {
    if (!last) {
      warnings.push_back("Damaged record in " + path + " at byte " + std::to_string(at) +
                         ": the rest of this file, " + std::to_string(bytes.size() - at) +
                         " bytes, is lost");
    } else {
      SP_TRY_VOID(cut(path, at));  // the write that was under way when the process stopped
    }
  }
  written_commit_ = std::max(written_commit_, last_commit);
  segments_.push_back({number, last_commit, at, nullptr, true});
  return {};
}

Result<void> CommitLog::make_replayed_durable() {
  for (const Segment& segment : segments_) {
    SP_TRY(const std::unique_ptr<File> file,
           vfs_.open(path_of(segment.number), OpenMode::kReadWrite));
    SP_TRY_VOID(file->sync_data());
  }
  return {};
}

Result<void> CommitLog::start_segment() {
  log_new_segment.pass();
  const uint64_t number = next_number_;
  SP_TRY(std::shared_ptr<File> file, vfs_.open(path_of(number), OpenMode::kCreate));
  std::string header(kMagic, sizeof(kMagic));
  header.append(reinterpret_cast<const char*>(&number), sizeof(number));
  if (auto written = file->write_at(0, header); !written.ok()) {
    (void)vfs_.remove(path_of(number));
    return written;
  }
  ++next_number_;
  segments_.push_back({number, written_commit_, kHeaderBytes, std::move(file), false});
  open_ = true;
  directory_dirty_ = true;
  return {};
}

Result<void> CommitLog::append(uint64_t commit, const std::vector<std::string>& payload) {
  uint64_t size = 0;
  for (const std::string& piece : payload) size += piece.size();
  if (size > kLargestRecord - kRecordHeaderBytes) {
    return fail(ErrorCode::kTooLargeSizeCompressed,
                "Commit is too large: " + std::to_string(size) + " bytes", std::nullopt,
                "send it in several requests of at most 1 GB");
  }
  const std::lock_guard lock(mutex_);
  if (open_ && segments_.back().size >= segment_bytes_) open_ = false;
  if (!open_) SP_TRY_VOID(start_segment());
  Segment& segment = segments_.back();
  std::string header = header_of(segment.number, commit, static_cast<uint32_t>(size), payload);
  log_before_write.pass();
  if (auto written = write_pieces(*segment.file, segment.size, std::move(header), payload);
      !written.ok()) {
    // Nothing may follow a torn record in its segment.
    if (!segment.file->truncate(segment.size).ok()) open_ = false;
    return written;
  }
  log_after_write.pass();
  segment.size += kRecordHeaderBytes + size;
  segment.last_commit = written_commit_ = commit;
  segment.durable = false;
  return {};
}

Result<void> CommitLog::sync_written() {
  uint64_t commit;
  {
    const std::lock_guard lock(mutex_);
    if (written_commit_ <= synced_commit_) return {};
    commit = written_commit_;
  }
  return sync(commit);
}

Result<void> CommitLog::sync(uint64_t commit) {
  const std::lock_guard one_at_a_time(sync_mutex_);
  for (const Lost& lost : lost_) {
    if (commit >= lost.first && commit <= lost.last) {
      return fail(ErrorCode::kCannotWriteToFileDescriptor,
                  "Syncing the commit log failed: the commit is not stored");
    }
  }
  std::vector<std::shared_ptr<File>> files;
  uint64_t target = 0;
  bool directory = false;
  {
    const std::lock_guard lock(mutex_);
    if (commit <= synced_commit_) return {};
    target = written_commit_;
    directory = directory_dirty_;
    for (const Segment& segment : segments_) {
      if (!segment.durable && segment.file) files.push_back(segment.file);
    }
  }
  log_before_sync.pass();
  for (const auto& file : files) {
    if (auto synced = file->sync_data(); !synced.ok()) return sync_failed(synced.error());
  }
  if (directory) {
    if (auto synced = vfs_.sync_directory(directory_); !synced.ok())
      return sync_failed(synced.error());
  }
  log_after_sync.pass();
  const std::lock_guard lock(mutex_);
  synced_commit_ = std::max(synced_commit_, target);
  if (directory) directory_dirty_ = false;
  for (Segment& segment : segments_) {
    if (segment.last_commit <= target) segment.durable = true;
  }
  return {};
}

// What was written since the last good sync is undurable for good; later records go elsewhere.
Result<void> CommitLog::sync_failed(Error error) {
  const std::lock_guard lock(mutex_);
  lost_.push_back({synced_commit_ + 1, written_commit_});
  synced_commit_ = written_commit_;
  for (Segment& segment : segments_) segment.durable = true;  // never to be synced again
  open_ = false;
  failed_ = true;
  return error;
}

bool CommitLog::take_failure() {
  const std::lock_guard lock(mutex_);
  return std::exchange(failed_, false);
}

void CommitLog::remove_through(uint64_t commit) {
  std::vector<std::string> paths;
  {
    const std::lock_guard lock(mutex_);
    while (!segments_.empty() && segments_.front().last_commit <= commit) {
      if (segments_.size() == 1) open_ = false;
      paths.push_back(path_of(segments_.front().number));
      segments_.erase(segments_.begin());
    }
  }
  if (paths.empty()) return;
  log_before_remove.pass();
  // A file that stays is read again at the next open and found to be applied already.
  for (const std::string& path : paths) (void)vfs_.remove(path);
}

uint64_t CommitLog::bytes() const {
  const std::lock_guard lock(mutex_);
  uint64_t total = 0;
  for (const Segment& segment : segments_) total += segment.size;
  return total;
}

}  // namespace sp
