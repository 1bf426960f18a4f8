#pragma once
// ReadingHints: what the pieces of events read so far have taught about those to come: how many
// bytes a row takes, and which columns of strings are better off without a dictionary. Between
// NdjsonReader and the blocks that its threads fill; wrong hints cost time only.

#include <atomic>
#include <cstdint>
#include <vector>

#include "runtime/formats/json_columns.h"

namespace sp {

/// Thread-safe.
class ReadingHints {
 public:
  explicit ReadingHints(size_t columns) : plain_(columns), text_bytes_(columns) {}
  /// Which columns, as numbers 0 and 1, the next block begins without a dictionary for.
  std::vector<uint8_t> plain_columns();
  /// Makes room for the rows of so much text.
  void expect(size_t text_bytes, RowSink& rows) const;
  /// Learns from the block that so much text has made.
  void learn(size_t text_bytes, const RowBlock& block);
  /// Learns which columns turned out to have strings that nearly all differ.
  void learn_plain(const std::vector<uint8_t>& plain);

 private:
  std::vector<std::atomic<uint32_t>> plain_;  // blocks until a dictionary is tried again
  // Of the piece read last, for each row: bytes of body, and of the texts of columns whose texts
  // differ. 0: unknown.
  std::atomic<uint32_t> row_bytes_{0};
  std::vector<std::atomic<uint32_t>> text_bytes_;
};

}  // namespace sp
