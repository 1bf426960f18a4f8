#pragma once
// ResultTable: the rows that a query yields, as slots in row layout, in chunks as the workers
// filled them. Between the morsel driver, which fills it, and the result writers, which print it.
// Owns whatever its rows point into.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/core/slot.h"

namespace sp {

struct ResultTable {
  std::vector<std::string> names;
  std::vector<Type> types;
  RowLayout layout;  ///< = row_layout(types); each row takes layout.size bytes
  /// Runs of rows, first byte and number of rows; read in this order.
  struct Chunk {
    const uint8_t* data;
    size_t rows;
  };
  std::vector<Chunk> chunks;
  uint64_t rows = 0;  ///< sum over chunks
  /// Rows that there would be without LIMIT; set for queries with a LIMIT.
  std::optional<uint64_t> rows_before_limit;
  const uint8_t* totals = nullptr;  ///< one more row, of WITH TOTALS; null if there is none
  /// Arenas and buffers that rows and strings live in.
  std::vector<std::shared_ptr<void>> keep_alive;

  /// Bytes of row `index` of a chunk.
  const uint8_t* row(const Chunk& chunk, size_t index) const {
    return chunk.data + index * layout.size;
  }
};

}  // namespace sp
