// Writing and opening part files.

#include "runtime/storage/part_file.h"

#include <xxhash.h>

#include <cstring>

#include "runtime/core/crash_point.h"
#include "runtime/core/hash.h"
#include "runtime/storage/part_directory.h"

namespace sp {

SP_CRASH_POINT(part_before_footer, "part.before_footer");
SP_CRASH_POINT(part_before_sync, "part.before_sync");
SP_CRASH_POINT(part_before_rename, "part.before_rename");
SP_CRASH_POINT(part_after_rename, "part.after_rename");

namespace {

// Collects a megabyte at a time; hashes what passes. Keeps the first error.
class FileSink final : public ByteSink {
 public:
  explicit FileSink(File& file) : file_(file), hash_(XXH3_createState()) {
    XXH3_64bits_reset(hash_);
  }
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;
  ~FileSink() override { XXH3_freeState(hash_); }

  void append(const void* bytes, size_t size) override {
    buffer_.append(static_cast<const char*>(bytes), size);
    position_ += size;
    if (buffer_.size() >= kBufferBytes) flush();
  }
  // Aligns the file position and starts counting and hashing anew.
  void begin_chunk() {
    buffer_.append((kPartAlignment - file_position() % kPartAlignment) % kPartAlignment, '\0');
    flush();
    position_ = 0;
    XXH3_64bits_reset(hash_);
  }
  uint64_t file_position() const { return written_ + buffer_.size(); }
  uint64_t checksum() {
    flush();
    return XXH3_64bits_digest(hash_);
  }
  Result<void> flush_all() {
    flush();
    if (error_) return *error_;
    return {};
  }

 private:
  static constexpr size_t kBufferBytes = 1 << 20;
  void flush() {
    XXH3_64bits_update(hash_, buffer_.data(), buffer_.size());
    if (!error_ && !buffer_.empty()) {
      if (auto written = file_.write_at(written_, buffer_); !written.ok()) error_ = written.error();
    }
    written_ += buffer_.size();
    buffer_.clear();
  }
  File& file_;
  XXH3_state_t* const hash_;
  std::string buffer_;
  uint64_t written_ = 0;
  std::optional<Error> error_;
};

class Writer final : public PartFileWriter {
 public:
  Writer(Vfs& vfs, std::string directory, const std::string& name, std::unique_ptr<File> file)
      : vfs_(vfs),
        directory_path_(std::move(directory)),
        path_(directory_path_ + "/" + name),
        file_(std::move(file)),
        sink_(*file_) {
    sink_.append(kPartMagic, sizeof(kPartMagic));
  }
  ~Writer() override {
    if (!finished_) (void)vfs_.remove(path_ + ".tmp");
  }
  void begin_chunk() override {
    sink_.begin_chunk();
    chunk_offset_ = sink_.file_position();
  }
  ByteSink& sink() override { return sink_; }
  void end_chunk(EncodedColumn& column) override {
    column.offset = chunk_offset_;
    column.size = sink_.position();
    column.checksum = sink_.checksum();
  }
  Result<void> finish(PartDirectory& directory) override {
    for (EncodedColumn& column : directory.encoded) write_filters(column.filters);
    part_before_footer.pass();
    const std::string footer = serialize_directory(directory);
    const uint64_t trailer[3] = {sink_.file_position(), footer.size(),
                                 hash_bytes(footer.data(), footer.size())};
    sink_.append(footer.data(), footer.size());
    sink_.append(trailer, sizeof(trailer));
    sink_.append(kPartMagic, sizeof(kPartMagic));
    SP_TRY_VOID(sink_.flush_all());
    part_before_sync.pass();
    SP_TRY_VOID(file_->sync_data());
    part_before_rename.pass();
    SP_TRY_VOID(vfs_.rename(path_ + ".tmp", path_));
    finished_ = true;
    part_after_rename.pass();
    auto synced = vfs_.sync_directory(directory_path_);
    if (!synced.ok()) (void)vfs_.remove(path_);
    return synced;
  }

 private:
  Vfs& vfs_;
  const std::string directory_path_;
  const std::string path_;
  const std::unique_ptr<File> file_;
  FileSink sink_;
  uint64_t chunk_offset_ = 0;
  bool finished_ = false;

  void write_filters(EncodedFilters& filters) {
    if (filters.bytes.empty()) return;
    begin_chunk();
    filters.offset = chunk_offset_;
    filters.size = filters.bytes.size();
    sink_.append(filters.bytes.data(), filters.bytes.size());
    filters.checksum = sink_.checksum();
    filters.bytes = {};
  }
};

}  // namespace

Result<std::unique_ptr<PartFileWriter>> PartFileWriter::create(Vfs& vfs,
                                                               const std::string& directory,
                                                               const std::string& name) {
  SP_TRY(std::unique_ptr<File> file, vfs.open(directory + "/" + name + ".tmp", OpenMode::kCreate));
  return std::unique_ptr<PartFileWriter>(
      std::make_unique<Writer>(vfs, directory, name, std::move(file)));
}

Result<std::shared_ptr<PartImage>> open_part_file(Vfs& vfs, const std::string& path) {
  const auto damaged = [&](const char* what) {
    return fail(ErrorCode::kChecksumDoesntMatch,
                std::string("Part file is damaged: ") + what + ": " + path);
  };
  SP_TRY(std::unique_ptr<Mapping> mapping, vfs.map(path));
  const uint64_t size = mapping->size();
  if (size < sizeof(kPartMagic) + kPartTrailerBytes) return damaged("too short");
  const uint8_t* end = mapping->data() + size;
  uint64_t trailer[3];
  std::memcpy(trailer, end - kPartTrailerBytes, sizeof(trailer));
  const auto is_of = [&](const char* magic) {
    return std::memcmp(mapping->data(), magic, sizeof(kPartMagic)) == 0 &&
           std::memcmp(end - sizeof(kPartMagic), magic, sizeof(kPartMagic)) == 0;
  };
  if (!is_of(kPartMagic) && !is_of(kSecondPartMagic) && !is_of(kFirstPartMagic))
    return damaged("not a part file of this version");
  const PartVersion version = is_of(kPartMagic)         ? PartVersion::kFiltered
                              : is_of(kSecondPartMagic) ? PartVersion::kPacked
                                                        : PartVersion::kFirst;
  const auto [offset, length, checksum] = trailer;
  if (offset > size || length > size || offset + length + kPartTrailerBytes != size)
    return damaged("wrong size");
  const char* footer = reinterpret_cast<const char*>(mapping->data() + offset);
  if (hash_bytes(footer, length) != checksum) return damaged("wrong checksum of its footer");
  SP_TRY(PartDirectory directory, deserialize_directory({footer, length}, offset, version));
  return std::make_shared<PartImage>(std::move(directory), std::move(mapping), path, vfs);
}

}  // namespace sp
