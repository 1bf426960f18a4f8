// Native parts of scans and group lookups. See scan_source.h.

#include "runtime/exec/scan_source.h"

#include <algorithm>

#include "runtime/exec/aggregate_table.h"

extern "C" {

void** sp_group_cache(sp::GroupCache* cache, uint64_t key, uint64_t size,
                      uint64_t part_rows) noexcept {
  constexpr uint64_t kAlwaysWorth = 4096;
  if (size == 0 || size > std::max(kAlwaysWorth, part_rows)) return nullptr;
  if (cache->key != key || cache->used != size) {
    cache->key = key;
    cache->used = size;
    cache->entries.assign(size, nullptr);
  }
  return cache->entries.data();
}

void** sp_group_cache_window(sp::GroupCache* cache, uint64_t key, uint64_t codes) noexcept {
  constexpr uint64_t kMostEntries = 32768, kSmallestWindow = 64;
  if (codes == 0 || codes > kMostEntries / kSmallestWindow) {
    cache->window = 0;
    return nullptr;
  }
  const uint64_t window = kMostEntries / codes;
  if (cache->key != key || cache->used != codes) {
    cache->key = key;
    cache->used = codes;
    cache->entries.assign(window * codes, nullptr);
    // The window stays where it is, or is placed by the first integer.
    if (cache->window == 0) cache->misses = UINT64_MAX;
  }
  cache->window = window;
  return cache->entries.data();
}

void sp_group_cache_outside(sp::GroupCache* cache, uint64_t integer) noexcept {
  constexpr uint64_t kMissesToMove = 4096;
  if (cache->window == 0 || ++cache->misses % kMissesToMove != 0) return;
  cache->low = integer - cache->window / 2;
  std::fill(cache->entries.begin(), cache->entries.end(), nullptr);
}

const void* sp_exec_lookup(const void* table, uint64_t hash,
                           bool (*keys_equal)(const void*, const void*),
                           const void* probe) noexcept {
  return static_cast<const sp::AggregateTable*>(table)->lookup(hash, keys_equal, probe);
}
}
