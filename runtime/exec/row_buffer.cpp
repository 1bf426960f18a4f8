// Growth of row buffers and their concatenation.

#include "runtime/exec/row_buffer.h"

#include <algorithm>

namespace sp {

RowBuffer::RowBuffer(uint32_t row_size, Arena& arena)
    : row_size_(std::max<uint32_t>(8, (row_size + 7) / 8 * 8)),
      next_chunk_rows_(32),
      arena_(&arena) {}

void RowBuffer::close_chunk() noexcept {
  if (cursor_ == chunk_begin_) return;
  const uint64_t rows = static_cast<uint64_t>(cursor_ - chunk_begin_) / row_size_;
  closed_.push_back({chunk_begin_, rows, ordinal_});
  closed_rows_ += rows;
  chunk_begin_ = cursor_;
}

void RowBuffer::grow() noexcept {
  close_chunk();
  constexpr uint64_t kLargestChunk = 1 << 20;
  const uint64_t bytes = next_chunk_rows_ * row_size_;
  cursor_ = chunk_begin_ = static_cast<char*>(arena_->allocate(bytes, 8));
  end_ = cursor_ + bytes;
  if (bytes * 2 <= kLargestChunk) next_chunk_rows_ *= 2;
}

void RowBuffer::begin_morsel(uint64_t ordinal) noexcept {
  if (ordinal == ordinal_) return;
  close_chunk();
  ordinal_ = ordinal;
}

uint64_t RowBuffer::size() const noexcept {
  return closed_rows_ + static_cast<uint64_t>(cursor_ - chunk_begin_) / row_size_;
}

std::vector<RowBuffer::Chunk> RowBuffer::chunks() const {
  std::vector<Chunk> all = closed_;
  if (cursor_ != chunk_begin_) {
    all.push_back(
        {chunk_begin_, static_cast<uint64_t>(cursor_ - chunk_begin_) / row_size_, ordinal_});
  }
  return all;
}

RowBufferList::RowBufferList(std::span<const RowBuffer* const> buffers) {
  for (const RowBuffer* buffer : buffers) {
    row_size_ = buffer->row_size();
    rows_ += buffer->size();
    for (const RowBuffer::Chunk& chunk : buffer->chunks()) chunks_.push_back(chunk);
  }
  std::stable_sort(
      chunks_.begin(), chunks_.end(),
      [](const RowBuffer::Chunk& a, const RowBuffer::Chunk& b) { return a.ordinal < b.ordinal; });
}

std::vector<void*> RowBufferList::row_pointers() const {
  std::vector<void*> rows;
  rows.reserve(rows_);
  for (const RowBuffer::Chunk& chunk : chunks_) {
    char* row = chunk.begin;
    for (uint64_t i = 0; i < chunk.rows; ++i, row += row_size_) rows.push_back(row);
  }
  return rows;
}

}  // namespace sp
