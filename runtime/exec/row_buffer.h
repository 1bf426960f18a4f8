#pragma once
// RowBuffer: rows of one fixed size, appended one after the other, never moved. One worker's output
// of a pipeline breaker (sort, join build, materialised subquery); also the storage of
// AggregateTable and JoinTable.
//
// For generated code (one buffer per worker, the pointer in ExecState::locals):
//   void* row = sp_row_buffer_append(buffer);      // uninitialised, 8-byte aligned; store slots at
//       RowLayout offsets
// Strings stored in a row must outlive it: copy those that point into ExecState::scratch with
// sp_persist_string(exec, &slot) before storing. A consumer reads chunks(): rows() consecutive rows
// of row_size() bytes at `begin`; RowBufferList below makes one indexable sequence of all workers'
// buffers.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "runtime/core/arena.h"

namespace sp {

struct ExecState;

class RowBuffer {
 public:
  /// Consecutive rows. `ordinal` is the morsel's number at the time when its first row was
  /// appended.
  struct Chunk {
    char* begin;
    uint64_t rows;
    uint64_t ordinal;
  };

  /// `row_size` is rounded up to a multiple of 8. `arena` (usually ExecState::persistent) must
  /// outlive the rows.
  RowBuffer(uint32_t row_size, Arena& arena);

  /// Returns memory for one more row.
  void* append() noexcept {
    if (__builtin_expect(cursor_ == end_, 0)) grow();
    char* row = cursor_;
    cursor_ += row_size_;
    return row;
  }
  /// Starts a new chunk for the rows of morsel `ordinal`, so that RowBufferList can restore the
  /// morsels' order.
  void begin_morsel(uint64_t ordinal) noexcept;

  uint32_t row_size() const noexcept { return row_size_; }
  uint64_t size() const noexcept;
  /// The chunks filled so far, in order of appending; empty ones left out.
  std::vector<Chunk> chunks() const;
  /// Calls `visit(char* row)` for every row in order of appending.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Chunk& chunk : chunks()) {
      char* row = chunk.begin;
      for (uint64_t i = 0; i < chunk.rows; ++i, row += row_size_) visit(row);
    }
  }

 private:
  void grow() noexcept;
  void close_chunk() noexcept;

  char* cursor_ = nullptr;
  char* end_ = nullptr;
  uint32_t row_size_;
  uint64_t closed_rows_ = 0;
  uint64_t next_chunk_rows_;
  uint64_t ordinal_ = 0;
  char* chunk_begin_ = nullptr;
  std::vector<Chunk> closed_;
  Arena* arena_;
};

/// All rows of several workers' buffers as one sequence: in the order of their morsels if
/// begin_morsel was used, else buffer by buffer. Built after the filling pipeline ended; read-only
/// and thread-safe from then on.
class RowBufferList {
 public:
  RowBufferList() = default;
  explicit RowBufferList(std::span<const RowBuffer* const> buffers);

  uint64_t size() const noexcept { return rows_; }
  uint32_t row_size() const noexcept { return row_size_; }
  const std::vector<RowBuffer::Chunk>& chunks() const noexcept { return chunks_; }
  /// Pointers to all rows, in order: what sorts and windows work on.
  std::vector<void*> row_pointers() const;

 private:
  std::vector<RowBuffer::Chunk> chunks_;
  uint64_t rows_ = 0;
  uint32_t row_size_ = 0;
};

}  // namespace sp

extern "C" {
void* sp_row_buffer_append(sp::RowBuffer* buffer) noexcept;
/// Makes a string in a slot outlive the morsel: long ones are copied into ExecState::persistent.
void sp_persist_string(sp::ExecState& exec, sp::StringRef* slot) noexcept;
}
