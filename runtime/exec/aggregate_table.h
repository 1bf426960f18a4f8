#pragma once
// AggregateTable: hash table of groups. Open addressing with linear probing over 8-byte entries (16
// bits of the hash beside a 48-bit row pointer); rows are [hash u64][key slots][states] in a
// RowBuffer, so growing never moves a row.
//
// For generated code (one table per worker, the pointer in ExecState::locals):
//   1. Build a probe in an alloca with the layout of a row's beginning: hash at 0, key slots at
//       their offsets.
//   2. row = sp_aggregate_find(table, hash, keys_equal, probe, &inserted)
//      `keys_equal(const void* row, const void* probe)` is generated; it is called only when the
//          hashes are equal,
//      compares the key slots and inlines completely in tier 1 (the function is in the bitcode).
//   3. inserted: row bytes are all zero except the hash; copy the keys (strings: see
//       sp_persist_string) and call the
//      init of those states that have one. Then add to the states in both cases.
// After the pipeline: merge_aggregate_tables() with a generated `merge(exec, into_row, from_row)`
// that merges every state (and null flags). Because a probe looks like a row, the same keys_equal
// serves.
// A single group without keys needs no table; neither does a dense key: see DenseAggregateTable.

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "runtime/exec/exec_state.h"
#include "runtime/exec/row_buffer.h"

namespace sp {

class WorkerPool;

using KeysEqual = bool (*)(const void* row, const void* probe);
using MergeRows = void (*)(ExecState& exec, void* into_row, const void* from_row);

class AggregateTable {
 public:
  /// Rows take `row_size` bytes in all, hash included; memory comes from `arena` and is tracked by
  /// it.
  AggregateTable(uint32_t row_size, Arena& arena);

  /// Finds the row of a key or inserts one (see above).
  void* find(uint64_t hash, KeysEqual keys_equal, const void* probe, uint8_t* inserted) noexcept {
    const uint64_t tag = hash >> 48 << 48;
    for (uint64_t at = hash & mask_;; at = (at + 1) & mask_) {
      const uint64_t entry = entries_[at];
      if (entry == 0) {
        *inserted = 1;
        return insert(hash, at);
      }
      if ((entry ^ tag) >> 48 == 0) {
        char* row = reinterpret_cast<char*>(entry & kPointerMask);
        if (*reinterpret_cast<const uint64_t*>(row) == hash && keys_equal(row, probe)) {
          *inserted = 0;
          return row;
        }
      }
    }
  }
  /// Like find, but returns null instead of inserting.
  void* lookup(uint64_t hash, KeysEqual keys_equal, const void* probe) const noexcept;
  /// Appends a row without a hash, zeroed: never found by find(). For callers that keep their own
  /// index.
  void* append() noexcept {
    ++size_;
    return std::memset(rows_.append(), 0, rows_.row_size());
  }
  /// Adds an existing row (of another table with the same layout) without copying it; the key must
  /// be absent.
  void adopt(void* row) noexcept;

  uint64_t size() const noexcept { return size_; }
  uint32_t row_size() const noexcept { return rows_.row_size(); }
  /// Rows in order of insertion (adopted rows: not among them).
  const RowBuffer& rows() const noexcept { return rows_; }

 private:
  static constexpr uint64_t kPointerMask = (uint64_t{1} << 48) - 1;

  void* insert(uint64_t hash, uint64_t at) noexcept;
  void place(char* row) noexcept;
  void grow() noexcept;

  uint64_t* entries_ = nullptr;
  uint64_t mask_ = 0;
  uint64_t size_ = 0;
  uint64_t grow_at_ = 0;
  RowBuffer rows_;
  std::vector<char*> adopted_;
  Arena* arena_;
};

/// Merges the workers' tables by partitions of the hash, in parallel when it is worth it. Returns
/// all group rows: in order of first insertion when there was one table or little to merge. Tables
/// must not be used after it.
/// `workers` holds one ExecState per table at least. `heavy`: merging two rows is work enough for a
/// thread.
std::vector<void*> merge_aggregate_tables(std::span<AggregateTable* const> tables,
                                          KeysEqual keys_equal, MergeRows merge, bool heavy,
                                          std::span<ExecState* const> workers, WorkerPool& pool);

/// DenseAggregateTable: rows of groups whose key is a small integer (dictionary code, local key
/// number): an array of row pointers, grown to the largest index. Same row layout; the hash word
/// holds the index.
class DenseAggregateTable {
 public:
  DenseAggregateTable(uint32_t row_size, Arena& arena) : rows_(row_size, arena) {}

  /// Finds or inserts the row of `index`; inserted rows are zero bytes but for the index.
  void* find(uint64_t index, uint8_t* inserted) noexcept {
    if (__builtin_expect(index < entries_.size(), 1)) {
      if (void* row = entries_[index]) {
        *inserted = 0;
        return row;
      }
    }
    *inserted = 1;
    return insert(index);
  }
  uint64_t size() const noexcept { return size_; }
  const RowBuffer& rows() const noexcept { return rows_; }
  /// Merges `other`'s rows (same key numbering) into this table.
  void absorb(const DenseAggregateTable& other, MergeRows merge, ExecState& exec) noexcept;

 private:
  void* insert(uint64_t index) noexcept;

  std::vector<void*> entries_;
  uint64_t size_ = 0;
  RowBuffer rows_;
};

}  // namespace sp

extern "C" {
void* sp_aggregate_find(sp::AggregateTable* table, uint64_t hash, sp::KeysEqual keys_equal,
                        const void* probe, uint8_t* inserted) noexcept;
void* sp_aggregate_append(sp::AggregateTable* table) noexcept;
void* sp_dense_aggregate_find(sp::DenseAggregateTable* table, uint64_t index,
                              uint8_t* inserted) noexcept;
/// Mixes the hashes of key columns: h = sp_hash_start(); h = sp_hash_u64(h, v) ... Strings:
/// sp_hash_string.
uint64_t sp_hash_u64(uint64_t seed, uint64_t value) noexcept;
uint64_t sp_hash_string(uint64_t seed, const sp::StringRef& value) noexcept;
}
