#pragma once
// BlockBuilder: fills a RowBlock, value by value. Between format readers (or a RowBatch) and the
// store. Strings are coded through a dictionary of the block as long as they repeat; a column whose
// strings nearly all differ turns plain.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "runtime/core/arena.h"
#include "runtime/core/hash.h"
#include "runtime/core/slot.h"
#include "runtime/storage/row_batch.h"
#include "runtime/storage/row_block.h"

namespace sp {

/// Not thread-safe.
class BlockColumnBuilder {
 public:
  /// `plain`: strings are known to differ, so that no dictionary is tried.
  explicit BlockColumnBuilder(Type type, bool plain = false);

  const ColumnShape& shape() const { return shape_; }
  size_t rows() const { return rows_; }
  /// Before the first row: about how many rows there will be, with how many bytes of text in all
  /// where strings differ.
  void expect(size_t rows, size_t text_bytes);
  /// Appends a value whose slot is `number`: T has the column's width.
  template <class T>
  void append_number(T number) {
    if (used_ + sizeof(T) > data_.size()) grow_data();
    std::memcpy(data_.data() + used_, &number, sizeof(T));
    used_ += sizeof(T);
    ++rows_;
  }
  /// Appends to a column of strings. Eight bytes past the end of `bytes` are readable.
  void append_text(const char* bytes, size_t size) {
    if (coded_)
      append_coded(bytes, size);
    else
      append_plain(bytes, size);
  }
  void append_null();
  /// Appends a slot of the column's type, flag and all.
  void append_slot(const void* slot);
  void append_default();
  /// Forgets all rows but the first `rows`.
  void truncate(size_t rows);
  /// True if the strings turned out to differ.
  bool turned_plain() const { return shape_.kind == ColumnShape::Kind::kString && !coded_; }
  /// True if more text would not fit: 4 GiB.
  bool overflowed() const { return overflowed_; }
  BlockColumn finish();

 private:
  struct Place {
    uint32_t tag = 0;
    uint32_t code = kEmpty;
  };
  static constexpr uint32_t kEmpty = ~0U;
  static constexpr size_t kFewestRows = 512;  // before a dictionary is judged

  static uint64_t load8(const char* at) {
    uint64_t word;
    std::memcpy(&word, at, sizeof(word));
    return word;
  }
  static uint64_t hash_text(const char* bytes, size_t size) {
    uint64_t hash = size;
    for (; size > 16; bytes += 16, size -= 16)
      hash = hash_fold(load8(bytes) ^ hash ^ 0xa0761d6478bd642fULL,
                       load8(bytes + 8) ^ 0xe7037ed1a0b428dbULL);
    const uint64_t first = size >= 8   ? load8(bytes)
                           : size == 0 ? 0
                                       : load8(bytes) << (64 - size * 8);
    const uint64_t last = size > 8 ? load8(bytes + size - 8) : 0;
    return hash_fold(first ^ hash ^ 0x8ebc6af09c88c6e3ULL, last ^ 0x589965cc75374cc3ULL);
  }

  void append_coded(const char* bytes, size_t size) {
    const uint64_t hash = hash_text(bytes, size);
    const auto tag = static_cast<uint32_t>(hash >> 32);
    for (size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Place place = places_[at];
      if (place.code == kEmpty) return append_new(bytes, size, at, tag);
      if (place.tag == tag && same_text(place.code, bytes, size)) return push_code(place.code);
    }
  }
  bool same_text(uint32_t code, const char* bytes, size_t size) const {
    const uint32_t begin = code == 0 ? 0 : ends_[code - 1];
    return ends_[code] - begin == size && same_bytes(heap_.data() + begin, bytes, size);
  }
  // Both have eight readable bytes past the end.
  static bool same_bytes(const char* a, const char* b, size_t size) {
    for (; size > 8; a += 8, b += 8, size -= 8) {
      if (load8(a) != load8(b)) return false;
    }
    return size == 0 || (load8(a) ^ load8(b)) << (64 - size * 8) == 0;
  }
  void push_code(uint32_t code) {
    if (used_ + sizeof(code) > data_.size()) grow_data();
    std::memcpy(data_.data() + used_, &code, sizeof(code));
    used_ += sizeof(code);
    ++rows_;
  }
  void append_plain(const char* bytes, size_t size) {
    if (heap_used_ + size + 16 > heap_.size()) grow_heap(size);
    char* to = heap_.data() + heap_used_;
    if (size <= 32) {  // copies in words: the buffer has room past the end
      std::memcpy(to, bytes, 8);
      for (size_t done = 8; done < size; done += 8) std::memcpy(to + done, bytes + done, 8);
    } else {
      std::memcpy(to, bytes, size);
    }
    heap_used_ += size;
    push_end();
    ++rows_;
  }
  void push_end() {
    if (ends_used_ == ends_.size()) grow(ends_, 64);
    ends_[ends_used_++] = static_cast<uint32_t>(heap_used_);
  }
  // Doubles the size, but not beyond what has been reserved.
  template <class T>
  static void grow(Buffer<T>& buffer, size_t least) {
    const size_t doubled = std::max(least, buffer.size() * 2);
    buffer.resize(buffer.size() < buffer.capacity() ? std::min(doubled, buffer.capacity())
                                                    : doubled);
  }
  void append_new(const char* bytes, size_t size, size_t at, uint32_t tag);
  void grow_data();
  void grow_heap(size_t size);
  void grow_places();
  void turn_plain();

  const Type type_;
  const ColumnShape shape_;
  bool coded_;
  bool overflowed_ = false;
  size_t rows_ = 0;
  size_t used_ = 0, heap_used_ = 0, ends_used_ = 0;
  size_t mask_ = 0;
  Buffer<uint8_t> data_;  // slots, or codes of 32 bits
  Buffer<uint32_t> ends_;
  Buffer<char> heap_;
  std::vector<uint8_t> nulls_;  // may be shorter than rows_: the rest is not NULL
  std::vector<Place> places_;
};

/// Not thread-safe; build() ends it.
class BlockBuilder {
 public:
  /// `plain`: 1 for columns of strings that are known to differ; may be empty.
  explicit BlockBuilder(std::shared_ptr<const TableSchema> schema,
                        const std::vector<uint8_t>& plain = {});
  BlockColumnBuilder& column(size_t index) { return columns_[index]; }
  size_t column_count() const { return columns_.size(); }
  const TableSchema& schema() const { return *schema_; }
  /// Error: TOO_LARGE_STRING_SIZE (131) when a column's strings exceed 4 GiB, LOGICAL_ERROR when
  /// columns differ in length.
  Result<RowBlockPointer> build();

 private:
  std::shared_ptr<const TableSchema> schema_;
  std::vector<BlockColumnBuilder> columns_;
};

/// Converts rows built as slots.
Result<RowBlockPointer> block_of(const RowBatch& batch);

}  // namespace sp
