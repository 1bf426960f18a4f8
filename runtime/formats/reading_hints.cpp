// Averages of the last piece, and countdowns for dictionaries.

#include "runtime/formats/reading_hints.h"

#include <algorithm>

namespace sp {

std::vector<uint8_t> ReadingHints::plain_columns() {
  std::vector<uint8_t> out(plain_.size());
  for (size_t i = 0; i < out.size(); ++i) {
    uint32_t left = plain_[i].load(std::memory_order_relaxed);
    out[i] = left > 0;
    if (left > 0) plain_[i].compare_exchange_strong(left, left - 1, std::memory_order_relaxed);
  }
  return out;
}

void ReadingHints::expect(size_t text_bytes, RowSink& rows) const {
  const size_t row_bytes = row_bytes_.load(std::memory_order_relaxed);
  if (row_bytes == 0) return;
  const auto with_room = [](size_t size) { return size + size / 16; };
  const size_t count = with_room(text_bytes / row_bytes);
  for (size_t i = 0; i < text_bytes_.size(); ++i)
    rows.column(i).expect(count, count * text_bytes_[i].load(std::memory_order_relaxed));
}

void ReadingHints::learn(size_t text_bytes, const RowBlock& block) {
  constexpr size_t kFewRows = 1000;  // of which no average is taken
  if (block.rows < kFewRows) return;
  row_bytes_.store(static_cast<uint32_t>(std::max<size_t>(1, text_bytes / block.rows)),
                   std::memory_order_relaxed);
  for (size_t i = 0; i < text_bytes_.size(); ++i) {
    const BlockColumn& column = block.columns[i];
    if (column.form == BlockColumn::Form::kTexts)
      text_bytes_[i].store(static_cast<uint32_t>(column.heap.size() / block.rows + 1),
                           std::memory_order_relaxed);
  }
}

void ReadingHints::learn_plain(const std::vector<uint8_t>& plain) {
  constexpr uint32_t kPlainBlocks = 64;  // blocks until dictionaries are tried again
  for (size_t i = 0; i < plain_.size(); ++i) {
    if (plain[i] != 0 && plain_[i].load(std::memory_order_relaxed) == 0)
      plain_[i].store(kPlainBlocks, std::memory_order_relaxed);
  }
}

}  // namespace sp
