#pragma once
// DistinctSet: the state of count(DISTINCT text) and uniqExact(text) when generated code runs it. Values of a
// dictionary-encoded column come as table-wide numbers (see storage's key numbers): a few stand inside, more in a hash
// set, many in a bitmap. Otherwise values come as strings and 128-bit hashes are kept, as in uniqExact. One query uses one
// of the two forms for one column. Zero bytes are an empty set.

#include <cstdint>

#include "runtime/core/string_ref.h"
#include "runtime/exec/exec_state.h"

namespace sp {

struct DistinctSet {
  static constexpr uint32_t kInside = 6;
  static constexpr uint64_t kBitmapFrom = 1024;   ///< numbers in the hash set before it becomes a bitmap

  uint64_t count;           ///< of numbers
  union {
    uint32_t inside[kInside];
    struct {
      uint64_t* slots;      ///< hash set of numbers + 1, or the bitmap
      uint64_t capacity;    ///< slots, or the bitmap's bits
      uint64_t is_bitmap;
    } table;
  };
  uint64_t wide[3];         ///< a WideSet: strings without numbers

  /// Returns whether the number was new.
  bool in_bitmap() const noexcept { return count > kInside && table.is_bitmap != 0; }
  void add(ExecState& exec, uint32_t number) noexcept;
};
static_assert(sizeof(DistinctSet) == 56);

}  // namespace sp

extern "C" {
/// `universe`: one more than the largest number of the column.
void sp_distinct_add_number(sp::ExecState& exec, sp::DistinctSet* set, uint32_t number) noexcept;
void sp_distinct_add_string(sp::ExecState& exec, sp::DistinctSet* set, const sp::StringRef& value) noexcept;
void sp_distinct_merge(sp::ExecState& exec, sp::DistinctSet* into, const sp::DistinctSet* from) noexcept;
uint64_t sp_distinct_finish(const sp::DistinctSet* set) noexcept;
}
