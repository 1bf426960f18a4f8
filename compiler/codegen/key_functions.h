#pragma once
// Rows that begin with a hash and key slots (groups, join rows, sets), and the generated functions
// over rows that the runtime's hash tables and sorts call: equality of keys, order.

#include <vector>

#include "compiler/codegen/emitter.h"

namespace sp::codegen {

/// Keys in a row: the hash at `header` - 8, slots from `header` on.
struct KeyLayout {
  std::vector<Type> types;
  std::vector<uint32_t> offsets;
  uint32_t size = 8;  ///< with header and keys, a multiple of 8
  uint32_t header = 8;
};
KeyLayout key_layout(const std::vector<Type>& types, uint32_t header = 8);

/// Writes hash and keys of a probe in the layout of a row's beginning.
void store_probe(Emitter& emitter, const KeyLayout& layout, llvm::Value* probe,
                 const std::vector<SqlValue>& keys);
/// i1(row, probe): all keys equal.
llvm::Function* keys_equal_function(Emitter& emitter, const KeyLayout& layout);

/// One key of an order over rows.
struct OrderKey {
  Type type;
  uint32_t offset = 0;
  bool descending = false;
  bool nulls_first = false;
};
/// i32(a, b) over rows; its number in Program::functions.
uint32_t compare_function(Emitter& emitter, const std::vector<OrderKey>& keys,
                          llvm::Function** function = nullptr);
/// u64(row): as many of the first keys as fit, as a number that is smaller for rows that come first
/// (runtime/exec/prefix_sort.h); its number in Program::functions, kNone if there is no such
/// number. `whole`: rows of equal numbers are equal in all keys.
uint32_t prefix_function(Emitter& emitter, const std::vector<OrderKey>& keys, bool* whole);
/// That number of one key, here; null if there is none.
llvm::Value* prefix_of_key(Gen& gen, const SqlValue& value, const OrderKey& key);
/// i1(a, b) over rows: keys at these places are equal in their order (0 and -0 are); external, its
/// number in Program::functions.
uint32_t same_function(Emitter& emitter, const std::vector<OrderKey>& keys);
/// i1(a, b) over rows: keys at these places are equal, bit by bit.
llvm::Function* same_rows(Emitter& emitter, const std::vector<OrderKey>& keys, bool external);

}  // namespace sp::codegen
