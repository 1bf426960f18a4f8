#pragma once
// NumberSet: the state of uniqExact(text) (and count(DISTINCT text)) in generated code. Values of a
// dictionary-encoded column come as table-wide numbers (see key_numbers.h): a few stand inside,
// more in a hash set, many in a bitmap, of which only those pages exist that have a bit.
// Otherwise they come as strings, of which 128-bit hashes are kept. One query uses one of the two
// forms for a column.
// Zero bytes are an empty set.

#include <cstdint>

#include "runtime/core/string_ref.h"
#include "runtime/exec/exec_state.h"

namespace sp {

struct NumberSet {
  static constexpr uint32_t kInside = 6;
  static constexpr uint64_t kBitmapFrom =
      2048;  ///< numbers in the hash set before it becomes a bitmap

  uint64_t count;  ///< of numbers
  union {
    uint64_t* slots;   ///< hash set of numbers + 1 ...
    uint64_t** pages;  ///< ... or the bitmap's pages, null where no bit is set
  };
  uint64_t capacity;  ///< slots (a power of two), or pages
  uint32_t is_bitmap;
  uint32_t inside[kInside + 1];  ///< while slots is null
  uint64_t wide[3];              ///< a FlatSet of hashes

  static constexpr uint32_t kPageBits = 15;  // numbers in a page, as a power of two
  static constexpr uint32_t kPageWords = 1U << (kPageBits - 6);

  /// Adds to the bitmap if there is one and it has the page: the fast path, inlined into queries.
  bool add_to_bitmap(uint32_t number) noexcept {
    if (is_bitmap == 0 || (number >> kPageBits) >= capacity) return false;
    uint64_t* const page = pages[number >> kPageBits];
    if (page == nullptr) return false;
    uint64_t& word = page[(number >> 6) % kPageWords];
    const uint64_t bit = uint64_t{1} << (number & 63);
    count += (word & bit) == 0 ? 1 : 0;
    word |= bit;
    return true;
  }
};
static_assert(sizeof(NumberSet) == 80);

/// The general case of adding a number.
void add_number_slow(ExecState& exec, NumberSet& set, uint32_t number) noexcept;

}  // namespace sp

extern "C" {
/// Adds and returns 1 if the number was not yet there: a filter before costly repeated additions.
uint8_t sp_number_set_add_new(sp::ExecState& exec, sp::NumberSet* set, uint32_t number) noexcept;
void sp_number_set_add(sp::ExecState& exec, sp::NumberSet* set, uint32_t number) noexcept;
void sp_number_set_add_text(sp::ExecState& exec, sp::NumberSet* set,
                            const sp::StringRef& value) noexcept;
void sp_number_set_merge(sp::ExecState& exec, sp::NumberSet* into,
                         const sp::NumberSet* from) noexcept;
uint64_t sp_number_set_finish(const sp::NumberSet* set) noexcept;
}
