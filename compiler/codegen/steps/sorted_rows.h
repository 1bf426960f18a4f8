#pragma once
// Rows materialised for sorting: the columns of a node and the slots of those sort keys that are
// not columns.

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

struct SortedRows {
  std::vector<RowColumn> columns;
  std::vector<std::pair<const plan::Expression*, OrderKey>>
      extra;                    ///< keys stored beside the columns
  std::vector<OrderKey> order;  ///< all keys, in order
  uint32_t row_size = 0;
  /// Set: the rank of this expression, the leading key of the table, is stored at rank_offset (u64;
  /// see KeyRangeStage).
  const plan::Expression* ranked = nullptr;
  uint32_t rank_offset = kNone;
  /// By column, once materialised: its bytes were copied into the rows' memory.
  std::shared_ptr<std::vector<bool>> own = std::make_shared<std::vector<bool>>();
};

/// Lays out the columns, then the keys.
SortedRows sorted_layout(QueryCompiler& c, const std::vector<plan::OutputColumn>& output,
                         const std::vector<plan::SortKey>& keys);
/// Materialises `input` in this layout, unsorted, in the input's order; its row set.
uint32_t materialise_sorted(QueryCompiler& c, const SortedRows& rows, const plan::Node& input);

}  // namespace sp::codegen
