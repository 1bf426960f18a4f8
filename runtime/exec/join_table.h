#pragma once
// JoinTable: the build side of a hash join. Built in two phases: workers append rows to their own
// RowBuffer, then finish() links all rows of one hash bucket into chains, in the order of the rows.
// Chained directory with 16 filter bits per entry, after HyPer (Leis et al., SIGMOD 2014).
//
// For generated code. Build (one RowBuffer per worker in ExecState::locals, row_size = kHeader +
// payload):
//   row = sp_row_buffer_append(buffer); sp_join_row_init(row, hash);
//   store keys and payload at offsets >= kHeader.
// Between the pipelines: table.finish(buffers) (or finish_asof).
// Probe (the table in ExecState::objects):
//   for (row = sp_join_first(table, hash, keys_equal, probe); row;
//        row = sp_join_next(row, keys_equal, probe)) ...
//   keys_equal(row, probe) is generated and is called only when the full hashes are equal.
//   RIGHT/FULL: sp_join_mark(row) on a match; afterwards unmatched() gives the rows to pad.
//   SEMI/ANTI/ANY LEFT: sp_join_first only. ANY INNER, SEMI/ANTI RIGHT: sp_join_claim(row) is 1 for
//       the first claimer.
//   ASOF: row = sp_join_asof(table, hash, keys_equal, probe, satisfies).
// NULL keys: never inserted with INNER/LEFT semantics; for RIGHT/FULL they are inserted with
// sp_join_row_init_null.

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/exec/aggregate_table.h"
#include "runtime/exec/row_buffer.h"
#include "runtime/exec/sort.h"

namespace sp {

struct JoinRow {
  JoinRow* next;
  uint64_t hash;
  uint64_t matched;  ///< 0 or 1; accessed atomically
  bool linked;       ///< false: a row with a NULL key, never found
};

class JoinTable {
 public:
  /// Bytes before the payload of each row.
  static constexpr uint32_t kHeader = 32;

  JoinTable() = default;

  /// Links all rows. Single-threaded; call once. The buffers must outlive the table. Leaves early
  /// once `stop` is set.
  void finish(std::span<const RowBuffer* const> buffers, Arena& arena,
              const std::atomic<uint32_t>& stop = kNeverStops);
  /// Links rows for ASOF: one group per key, its rows sorted stably by `compare` so that, for any
  /// probe, the rows that satisfy the inequality come first and the best match last among them: for
  /// left.t >= right.t ascending right.t, for left.t <= right.t descending.
  void finish_asof(std::span<const RowBuffer* const> buffers, Arena& arena, KeysEqual keys_equal,
                   int (*compare)(const void* a, const void* b),
                   const std::atomic<uint32_t>& stop = kNeverStops);

  JoinRow* first_in_bucket(uint64_t hash) const noexcept {
    const uint64_t entry = directory_[hash & mask_];
    return (entry & filter_bit(hash)) != 0 ? reinterpret_cast<JoinRow*>(entry & kPointerMask)
                                           : nullptr;
  }
  uint64_t size() const noexcept { return rows_.size(); }
  const RowBufferList& rows() const noexcept { return rows_; }
  /// Rows that no probe marked, in order; call after the probe pipeline.
  std::vector<void*> unmatched() const;

  /// Rows of one key, for ASOF.
  struct AsofGroup {
    uint64_t count;
    const JoinRow* const* sorted;
  };
  /// In an ASOF table only the first row of a key is chained; its group is here.
  const AsofGroup& asof_group(const JoinRow* row) const noexcept {
    return *reinterpret_cast<const AsofGroup*>(row->matched);
  }

 private:
  static constexpr uint64_t kPointerMask = (uint64_t{1} << 48) - 1;
  static uint64_t filter_bit(uint64_t hash) noexcept { return uint64_t{1} << (48 + (hash >> 60)); }
  void allocate_directory(uint64_t rows, Arena& arena);
  void link(JoinRow* row) noexcept;

  static constexpr uint64_t kEmptyDirectory[1] = {0};
  const uint64_t* directory_ = kEmptyDirectory;
  uint64_t* writable_ = nullptr;
  uint64_t mask_ = 0;
  RowBufferList rows_;
};

}  // namespace sp

extern "C" {
void sp_join_row_init(void* row, uint64_t hash) noexcept;
void sp_join_row_init_null(void* row) noexcept;
void* sp_join_first(const sp::JoinTable* table, uint64_t hash, sp::KeysEqual keys_equal,
                    const void* probe) noexcept;
void* sp_join_next(const void* row, sp::KeysEqual keys_equal, const void* probe) noexcept;
void sp_join_mark(void* row) noexcept;
uint8_t sp_join_claim(void* row) noexcept;
/// The best match of an ASOF join: `satisfies(row, probe)` is the inequality. Null if no row
/// satisfies it.
void* sp_join_asof(const sp::JoinTable* table, uint64_t hash, sp::KeysEqual keys_equal,
                   const void* probe,
                   bool (*satisfies)(const void* row, const void* probe)) noexcept;
}
