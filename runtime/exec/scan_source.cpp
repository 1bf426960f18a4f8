// Native parts of scans and group lookups. See scan_source.h.

#include "runtime/exec/scan_source.h"

#include <algorithm>

#include "runtime/exec/aggregate_table.h"

extern "C" {

void** sp_group_cache(sp::GroupCache* cache, uint64_t key, uint64_t size, uint64_t part_rows) noexcept {
  constexpr uint64_t kAlwaysWorth = 4096;
  if (size == 0 || size > std::max(kAlwaysWorth, part_rows)) return nullptr;
  if (cache->key != key || cache->used != size) {
    cache->key = key;
    cache->used = size;
    cache->entries.assign(size, nullptr);
  }
  return cache->entries.data();
}

const void* sp_exec_lookup(const void* table, uint64_t hash, bool (*keys_equal)(const void*, const void*),
                           const void* probe) noexcept {
  return static_cast<const sp::AggregateTable*>(table)->lookup(hash, keys_equal, probe);
}

}
