#pragma once
// The cache in front of a table of groups: where all keys are dictionary codes, and perhaps one
// integer, the groups seen before are found by an index instead of a hash. Used by GROUP BY
// (aggregate.cpp); the cache itself is GroupCache in runtime/exec/aggregate_table.h.

#include <optional>

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

struct CachePlace {
  llvm::Value* place = nullptr;    ///< of the group's row, or a dummy that holds null
  llvm::Value* inside = nullptr;   ///< i1, with an integer: it is in the cache's window
  llvm::Value* integer = nullptr;  ///< i64
};

/// Emits where the group of the current row stands in the cache, a local. `ranked`: the only key is
/// the table's leading sorting-key column, whose ranks are the index within tasks. nullopt, and
/// nothing is emitted, if the keys are not of that kind.
std::optional<CachePlace> cache_place(QueryCompiler& c,
                                      const std::vector<plan::ExpressionPtr>& keys, uint32_t cache,
                                      bool ranked);

}  // namespace sp::codegen
