#pragma once
// generateRandom('name Type, ...'[, seed[, longest text[, longest array]]]): endless rows of random
// values, as a query that the binder binds in its place.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/storage/table.h"

namespace sp::binding {

struct RandomRows {
  std::optional<uint64_t> seed;  ///< equal seeds give equal rows; without one each run gives others
  uint64_t longest_text = 10, longest_array = 10;
};

/// Writes the query. Error: NOT_IMPLEMENTED for types whose values cannot be made.
Result<std::string> random_rows_query(const std::vector<TableColumn>& columns,
                                      const RandomRows& rows, Span span);

}  // namespace sp::binding
