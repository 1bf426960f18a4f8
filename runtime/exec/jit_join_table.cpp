// Entry points of JoinTable for generated code; also compiled to bitcode.

#include "runtime/exec/join_table.h"

using sp::JoinRow;

namespace {

JoinRow* next_match(JoinRow* row, uint64_t hash, sp::KeysEqual keys_equal,
                    const void* probe) noexcept {
  while (row != nullptr && !(row->hash == hash && keys_equal(row, probe))) row = row->next;
  return row;
}

}  // namespace

extern "C" void sp_join_row_init(void* row, uint64_t hash) noexcept {
  *static_cast<JoinRow*>(row) = JoinRow{nullptr, hash, 0, true};
}

extern "C" void sp_join_row_init_null(void* row) noexcept {
  *static_cast<JoinRow*>(row) = JoinRow{nullptr, 0, 0, false};
}

extern "C" void* sp_join_first(const sp::JoinTable* table, uint64_t hash, sp::KeysEqual keys_equal,
                               const void* probe) noexcept {
  return next_match(table->first_in_bucket(hash), hash, keys_equal, probe);
}

extern "C" void* sp_join_next(const void* row, sp::KeysEqual keys_equal,
                              const void* probe) noexcept {
  const auto* current = static_cast<const JoinRow*>(row);
  return next_match(current->next, current->hash, keys_equal, probe);
}

extern "C" void sp_join_mark(void* row) noexcept {
  auto* join_row = static_cast<JoinRow*>(row);
  if (__atomic_load_n(&join_row->matched, __ATOMIC_RELAXED) == 0) {
    __atomic_store_n(&join_row->matched, uint64_t{1}, __ATOMIC_RELAXED);
  }
}

extern "C" uint8_t sp_join_claim(void* row) noexcept {
  return __atomic_exchange_n(&static_cast<JoinRow*>(row)->matched, uint64_t{1}, __ATOMIC_RELAXED) ==
                 0
             ? 1
             : 0;
}

extern "C" void* sp_join_asof(const sp::JoinTable* table, uint64_t hash, sp::KeysEqual keys_equal,
                              const void* probe,
                              bool (*satisfies)(const void* row, const void* probe)) noexcept {
  const JoinRow* leader = next_match(table->first_in_bucket(hash), hash, keys_equal, probe);
  if (leader == nullptr) return nullptr;
  const sp::JoinTable::AsofGroup& group = table->asof_group(leader);
  uint64_t low = 0, high = group.count;  // rows before `low` satisfy, rows from `high` on do not
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    if (satisfies(group.sorted[middle], probe))
      low = middle + 1;
    else
      high = middle;
  }
  return low == 0 ? nullptr : const_cast<JoinRow*>(group.sorted[low - 1]);
}
