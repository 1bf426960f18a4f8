#pragma once
// PartImage: the encoded columns of one part, in memory or in a mapped file, and EncodedPart: that
// image as a Part of a table, under the table's present schema (columns added since the part was
// written appear with default values).
// Between encode_column / part_file and queries.

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "runtime/core/arena.h"
#include "runtime/core/vfs.h"
#include "runtime/storage/encoded_column.h"
#include "runtime/storage/table.h"

namespace sp {

/// What a part knows about itself, besides its columns' bytes. Written to a part file's footer.
struct PartDirectory {
  std::vector<TableColumn> columns;    ///< as of when it was written
  std::vector<EncodedColumn> encoded;  ///< parallel
  uint64_t rows = 0;
  uint32_t segment_rows = 0;  ///< rows of every segment but the last
  int64_t partition = 0;
  uint64_t first_commit = 0;  ///< commit numbers that its rows came from, inclusive
  uint64_t last_commit = 0;
};

/// Thread-safe. Owns the bytes that the views of its parts point to.
class PartImage {
 public:
  /// A part in memory: one chunk a column.
  PartImage(PartDirectory directory, std::vector<std::vector<uint8_t>> chunks);
  /// A part in a file.
  PartImage(PartDirectory directory, std::unique_ptr<Mapping> mapping, std::string path, Vfs& vfs);
  ~PartImage();
  PartImage(const PartImage&) = delete;
  PartImage& operator=(const PartImage&) = delete;

  const PartDirectory& directory() const { return directory_; }
  uint64_t bytes_on_disk() const { return mapping_ ? mapping_->size() : 0; }
  const std::string& path() const { return path_; }
  /// The file is removed when the last reader lets go.
  void remove_when_unused() { remove_file_ = true; }

  /// Verifies the checksum of a column's chunk and builds its dictionary, once. Error:
  /// CHECKSUM_DOESNT_MATCH.
  Result<void> prepare(size_t column);
  /// False if no row of the segment has the text, by its hash_bytes(). Reads the column's filters
  /// only.
  bool may_have_text(size_t column, size_t segment, uint64_t hash) const;
  /// View of one column of one segment; `dictionary` is set only after prepare().
  ColumnView view(size_t column, size_t segment) const;

 private:
  struct Lazy {
    std::once_flag once;
    std::optional<Error> error;
    std::vector<StringRef> dictionary;
    std::vector<char> heap;  // of a dictionary that was packed
    // Of segments that were packed: offsets and heap of strings, or values.
    struct Unpacked {
      std::vector<uint8_t> data;
      size_t heap = 0;  // where the strings' bytes begin
    };
    std::vector<Unpacked> segments;
    std::once_flag filters_once;
    bool filters_good = false;
    std::vector<uint64_t> filter_offsets;  // by segment, from the filters' begin
  };
  const uint8_t* chunk(size_t column) const {
    return mapping_ ? mapping_->data() + directory_.encoded[column].offset : chunks_[column].data();
  }
  std::optional<Error> load(size_t column);
  bool load_plain_dictionary(size_t column);
  bool load_packed_dictionary(size_t column);
  bool load_pattern_dictionary(size_t column);
  bool unpack_segments(size_t column);
  uint64_t rows_of_segment(size_t segment) const;

  const PartDirectory directory_;
  const std::vector<std::vector<uint8_t>> chunks_;
  const std::unique_ptr<Mapping> mapping_;
  const std::string path_;
  Vfs* const vfs_ = nullptr;
  std::atomic<bool> remove_file_{false};
  std::unique_ptr<Lazy[]> lazy_;
};

/// Thread-safe.
class EncodedPart final : public Part {
 public:
  /// Commit numbers are those of the rows' commits; 0, 0: as the image says.
  EncodedPart(uint64_t id, std::shared_ptr<PartImage> image, const TableSchema& schema,
              uint64_t first_commit = 0, uint64_t last_commit = 0);
  Result<void> prepare(uint32_t column) const override;
  uint64_t column_bytes(uint32_t column) const override;
  bool may_have_text(uint32_t column, size_t segment, uint64_t hash) const override;
  uint64_t filter_bytes(uint32_t column) const override;

  PartImage& image() const { return *image_; }
  const std::shared_ptr<PartImage>& image_ptr() const { return image_; }
  uint64_t first_commit() const { return first_commit_; }
  uint64_t last_commit() const { return last_commit_; }

 private:
  void add_stored(uint32_t column, size_t source);
  void add_default(uint32_t column, Type type);

  const std::shared_ptr<PartImage> image_;
  const uint64_t first_commit_, last_commit_;
  std::vector<int> sources_;  // image column of each column; -1: default values
  std::unique_ptr<std::once_flag[]> once_;
  std::unique_ptr<std::atomic<bool>[]> ready_;  // by column: nothing is left to prepare
  // Buffers behind default columns.
  Arena defaults_;
  std::vector<std::vector<uint8_t>> default_buffers_;
};

}  // namespace sp
