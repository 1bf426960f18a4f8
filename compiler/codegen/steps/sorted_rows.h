#pragma once
// Rows materialised for sorting: the columns of a node and the slots of those sort keys that are not columns.

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

struct SortedRows {
  std::vector<RowColumn> columns;
  std::vector<std::pair<const plan::Expression*, OrderKey>> extra;   ///< keys stored beside the columns
  std::vector<OrderKey> order;                                       ///< all keys, in order
  uint32_t row_size = 0;
};

/// Lays out the columns, then the keys.
SortedRows sorted_layout(QueryCompiler& c, const std::vector<plan::OutputColumn>& output,
                         const std::vector<plan::SortKey>& keys);
/// Materialises `input` in this layout, unsorted, in the input's order; its row set.
uint32_t materialise_sorted(QueryCompiler& c, const SortedRows& rows, const plan::Node& input);

}  // namespace sp::codegen
