#pragma once
// ScanSource: what a morsel of a table scan points to: one segment's columns, and the tables of
// expressions already evaluated for every entry of a part's dictionaries. ABI of
// compiler/codegen/steps/scan. GroupCache: the shortcut from dictionary codes to a worker's group
// rows.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/exec/scan_filter.h"
#include "runtime/storage/column_view.h"

namespace sp {

struct ScanSource {
  const ColumnView* columns = nullptr;     // 0: by table column
  const uint8_t* const* tables = nullptr;  // 8: by ScanSpec::tables; null: evaluate per row
  uint64_t part_rows = 0;                  // 16: rows of the part that the query visits
  // In a task over a range of the leading key's ranks (see KeyRangeStage):
  uint64_t first_rank = 0;              // 24
  uint64_t rank_count = 0;              // 32
  uint64_t task = 0;                    // 40: 1 and up; 0: not in a task
  const ScanFilter* filters = nullptr;  // 48: conditions that rows of this segment may fail
  uint64_t filter_count = 0;            // 56
};
static_assert(sizeof(ScanSource) == 64);

/// One per worker and group-by. While the dictionaries stay the same (one part), `entries[code]` is
/// the group's row; with an integer among the keys, entries[(integer - low) * codes + code] is, for
/// integers in a window that follows the data.
struct GroupCache {
  uint64_t low = 0;     // 0: of the window
  uint64_t window = 0;  // 8: integers that it holds; 0: no cache
  uint64_t key = 0;
  uint64_t used = 0;
  uint64_t misses = 0;  // outside of the window since it was placed
  std::vector<void*> entries;
};
static_assert(offsetof(GroupCache, low) == 0 && offsetof(GroupCache, window) == 8);

}  // namespace sp

extern "C" {
/// The entries for `size` codes of the dictionaries that `key` names, or null if there are too many
/// to be worth it.
void** sp_group_cache(sp::GroupCache* cache, uint64_t key, uint64_t size,
                      uint64_t part_rows) noexcept;
/// The same with a window of integers for each of `codes` combinations of codes.
void** sp_group_cache_window(sp::GroupCache* cache, uint64_t key, uint64_t codes) noexcept;
/// Told each integer outside of the window: moves the window there once there were many.
void sp_group_cache_outside(sp::GroupCache* cache, uint64_t integer) noexcept;
/// Finds a key in a table shared by workers; null if absent.
const void* sp_exec_lookup(const void* table, uint64_t hash,
                           bool (*keys_equal)(const void*, const void*),
                           const void* probe) noexcept;
}
