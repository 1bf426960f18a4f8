#pragma once
// Tables of distinct keys: the right sides of IN, INTERSECT and EXCEPT, and DISTINCT's memory.

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

/// Builds a table from the rows that `produce` hands to the sink it is given; `keys` emits a row's
/// keys. Rows with a NULL key are left out unless `with_nulls`. Returns the object of the finished
/// table.
uint32_t build_key_table(QueryCompiler& c, const KeyLayout& layout,
                         const std::function<void(const Consumer&)>& produce,
                         const std::function<std::vector<SqlValue>()>& keys,
                         bool with_nulls = true);
/// i1: the key is in the table.
llvm::Value* lookup_key(QueryCompiler& c, const KeyLayout& layout, uint32_t object,
                        const std::vector<SqlValue>& keys);
/// Finds or inserts the row of a key in a worker's table; `insert` emits what happens to a new row.
/// Keys are copied into memory of `keeper` (an ExecState), if given, else of the function's state.
llvm::Value* find_or_insert(QueryCompiler& c, const KeyLayout& layout, uint32_t local,
                            llvm::Function* keys_equal, const std::vector<SqlValue>& keys,
                            const std::function<void(llvm::Value*)>& insert,
                            llvm::Value* keeper = nullptr);
/// A function void(state, into, from) that does nothing: for tables without states.
uint32_t empty_merge(QueryCompiler& c);

}  // namespace sp::codegen
