// Building of join tables.

#include "runtime/exec/join_table.h"

#include <algorithm>
#include <cstring>

namespace sp {

namespace {

constexpr uint64_t kRowsBetweenLooks = 1024;  // at the stop flag

}  // namespace

void JoinTable::allocate_directory(uint64_t rows, Arena& arena) {
  uint64_t size = 64;
  while (size < rows * 2) size *= 2;
  writable_ = arena.allocate_array<uint64_t>(size);
  std::memset(writable_, 0, size * sizeof(uint64_t));
  directory_ = writable_;
  mask_ = size - 1;
}

void JoinTable::link(JoinRow* row) noexcept {
  uint64_t& entry = writable_[row->hash & mask_];
  row->next = reinterpret_cast<JoinRow*>(entry & kPointerMask);
  entry = (entry & ~kPointerMask) | filter_bit(row->hash) | reinterpret_cast<uint64_t>(row);
}

void JoinTable::finish(std::span<const RowBuffer* const> buffers, Arena& arena,
                       const std::atomic<uint32_t>& stop) {
  rows_ = RowBufferList(buffers);
  if (rows_.size() == 0) return;
  allocate_directory(rows_.size(), arena);
  // Backwards, pushing to the front: chains end up in the order of the rows.
  const auto& chunks = rows_.chunks();
  for (auto chunk = chunks.rbegin(); chunk != chunks.rend(); ++chunk) {
    for (uint64_t i = chunk->rows; i > 0; --i) {
      if (i % kRowsBetweenLooks == 0 && stop.load(std::memory_order_relaxed) != 0) return;
      auto* row = reinterpret_cast<JoinRow*>(chunk->begin + (i - 1) * rows_.row_size());
      if (row->linked) link(row);
    }
  }
}

void JoinTable::finish_asof(std::span<const RowBuffer* const> buffers, Arena& arena,
                            KeysEqual keys_equal, int (*compare)(const void* a, const void* b),
                            const std::atomic<uint32_t>& stop) {
  rows_ = RowBufferList(buffers);
  if (rows_.size() == 0) return;
  allocate_directory(rows_.size(), arena);
  std::vector<JoinRow*> leaders;
  std::vector<std::vector<JoinRow*>>
      groups;  // by the leader's number, kept in `matched` while building
  for (void* pointer : rows_.row_pointers()) {
    auto* row = static_cast<JoinRow*>(pointer);
    if (!row->linked) continue;
    if (stop.load(std::memory_order_relaxed) != 0) break;
    JoinRow* leader = first_in_bucket(row->hash);
    while (leader != nullptr && !(leader->hash == row->hash && keys_equal(leader, row)))
      leader = leader->next;
    if (leader == nullptr) {
      leader = row;
      link(row);
      row->matched = groups.size();
      leaders.push_back(row);
      groups.emplace_back();
    }
    groups[leader->matched].push_back(row);
  }
  for (size_t i = 0; i < groups.size(); ++i) {
    std::stable_sort(groups[i].begin(), groups[i].end(), [&](const JoinRow* a, const JoinRow* b) {
      return stop.load(std::memory_order_relaxed) == 0 && compare(a, b) < 0;
    });
    auto* sorted = arena.allocate_array<const JoinRow*>(groups[i].size());
    std::copy(groups[i].begin(), groups[i].end(), sorted);
    auto* group = arena.allocate_array<AsofGroup>(1);
    *group = {groups[i].size(), sorted};
    leaders[i]->matched = reinterpret_cast<uint64_t>(group);
  }
}

std::vector<void*> JoinTable::unmatched() const {
  std::vector<void*> rows;
  for (void* row : rows_.row_pointers()) {
    if (static_cast<const JoinRow*>(row)->matched == 0) rows.push_back(row);
  }
  return rows;
}

}  // namespace sp
