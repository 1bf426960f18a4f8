// Insertion, growth and merging of group tables.

#include "runtime/exec/aggregate_table.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>

#include "runtime/exec/morsel_driver.h"

namespace sp {
namespace {

constexpr uint64_t kFirstEntries = 256;

uint64_t hash_of(const void* row) { return *static_cast<const uint64_t*>(row); }

}  // namespace

AggregateTable::AggregateTable(uint32_t row_size, Arena& arena)
    : rows_(row_size, arena),
      arena_(&arena) {
  entries_ = arena.allocate_array<uint64_t>(kFirstEntries);
  std::memset(entries_, 0, kFirstEntries * sizeof(uint64_t));
  mask_ = kFirstEntries - 1;
  grow_at_ = kFirstEntries / 2;
}

void* AggregateTable::insert(uint64_t hash, uint64_t at) noexcept {
  char* row = static_cast<char*>(rows_.append());
  std::memset(row, 0, rows_.row_size());
  std::memcpy(row, &hash, sizeof(hash));
  entries_[at] = (hash >> 48 << 48) | reinterpret_cast<uint64_t>(row);
  if (++size_ > grow_at_) grow();
  return row;
}

void AggregateTable::place(char* row) noexcept {
  const uint64_t hash = hash_of(row);
  uint64_t at = hash & mask_;
  while (entries_[at] != 0) at = (at + 1) & mask_;
  entries_[at] = (hash >> 48 << 48) | reinterpret_cast<uint64_t>(row);
}

void AggregateTable::grow() noexcept {
  const uint64_t count = (mask_ + 1) * 4;
  entries_ = arena_->allocate_array<uint64_t>(count);
  std::memset(entries_, 0, count * sizeof(uint64_t));
  mask_ = count - 1;
  grow_at_ = count / 2;
  rows_.for_each([this](char* row) { place(row); });
  for (char* row : adopted_) place(row);
}

void AggregateTable::adopt(void* row) noexcept {
  adopted_.push_back(static_cast<char*>(row));
  place(static_cast<char*>(row));
  if (++size_ > grow_at_) grow();
}

void* AggregateTable::lookup(uint64_t hash, KeysEqual keys_equal,
                             const void* probe) const noexcept {
  for (uint64_t at = hash & mask_; entries_[at] != 0; at = (at + 1) & mask_) {
    if ((entries_[at] ^ hash) >> 48 != 0) continue;
    char* row = reinterpret_cast<char*>(entries_[at] & kPointerMask);
    if (hash_of(row) == hash && keys_equal(row, probe)) return row;
  }
  return nullptr;
}

namespace {

// Merges rows into `target`, which takes over rows of new keys as they are.
void absorb_rows(AggregateTable& target, const std::vector<char*>& rows, KeysEqual keys_equal,
                 MergeRows merge, ExecState& exec, std::vector<void*>& groups) {
  for (char* row : rows) {
    if (exec.query->stop.load(std::memory_order_relaxed) != 0) return;
    if (void* existing = target.lookup(hash_of(row), keys_equal, row)) {
      merge(exec, existing, row);
    } else {
      target.adopt(row);
      groups.push_back(row);
    }
  }
}

// Finds what goes together first, then merges: different groups by different threads.
std::vector<void*> merge_groups(std::span<AggregateTable* const> tables, KeysEqual keys_equal,
                                MergeRows merge, std::span<ExecState* const> workers,
                                WorkerPool& pool) {
  AggregateTable& target = *tables[0];
  std::vector<void*> groups;
  target.rows().for_each([&](char* row) { groups.push_back(row); });
  std::vector<std::pair<void*, const char*>> pairs;
  for (AggregateTable* table : tables.subspan(1)) {
    table->rows().for_each([&](char* row) {
      if (workers[0]->query->stop.load(std::memory_order_relaxed) != 0) return;
      if (void* existing = target.lookup(hash_of(row), keys_equal, row)) {
        pairs.emplace_back(existing, row);
      } else {
        target.adopt(row);
        groups.push_back(row);
      }
    });
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  MorselList tasks;
  for (size_t begin = 0; begin < pairs.size();) {
    size_t end = begin + 1;
    while (end < pairs.size() && pairs[end].first == pairs[begin].first) ++end;
    tasks.add(pairs.data(), end - begin, end - begin, begin);
    begin = end;
  }
  (void)run_pipeline(pool, tasks, workers, [&](ExecState& exec, const Morsel& task) {
    for (uint64_t i = task.begin; i < task.end; ++i) merge(exec, pairs[i].first, pairs[i].second);
  });
  return groups;
}

std::vector<char*> rows_of(const AggregateTable& table) {
  std::vector<char*> rows;
  rows.reserve(table.size());
  table.rows().for_each([&](char* row) { rows.push_back(row); });
  return rows;
}

constexpr unsigned kPartitions = 64;
using Partitioned = std::array<std::vector<char*>, kPartitions>;

// Bits 40..45: neither the tag (48 and up) nor, in tables that matter, the place.
unsigned partition_of(const char* row) {
  return static_cast<unsigned>(hash_of(row) >> 40) % kPartitions;
}

std::vector<void*> merge_partitions(std::span<AggregateTable* const> tables, KeysEqual keys_equal,
                                    MergeRows merge, std::span<ExecState* const> workers,
                                    WorkerPool& pool) {
  std::vector<Partitioned> parts(tables.size());
  std::atomic<size_t> next_table{0};
  const auto count = static_cast<unsigned>(std::min<size_t>(workers.size(), pool.size()));
  pool.run(count, [&](unsigned) {
    for (size_t i = next_table++; i < tables.size(); i = next_table++) {
      tables[i]->rows().for_each([&](char* row) { parts[i][partition_of(row)].push_back(row); });
    }
  });
  std::array<std::vector<void*>, kPartitions> groups;
  std::atomic<unsigned> next_partition{0};
  pool.run(count, [&](unsigned worker) {
    ExecState& exec = *workers[worker];
    for (unsigned p = next_partition++; p < kPartitions; p = next_partition++) {
      AggregateTable target(tables[0]->row_size(), exec.persistent);
      for (const Partitioned& part : parts)
        absorb_rows(target, part[p], keys_equal, merge, exec, groups[p]);
    }
  });
  std::vector<void*> all;
  for (const std::vector<void*>& part : groups) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

std::vector<void*> merge_aggregate_tables(std::span<AggregateTable* const> tables,
                                          KeysEqual keys_equal, MergeRows merge, bool heavy,
                                          std::span<ExecState* const> workers, WorkerPool& pool) {
  constexpr uint64_t kWorthParallel = 20000;
  std::vector<AggregateTable*> filled;
  uint64_t rows = 0;
  for (AggregateTable* table : tables) {
    if (table == nullptr || table->size() == 0) continue;
    filled.push_back(table);
    rows += table->size();
  }
  if (filled.empty()) return {};
  if (filled.size() > 1 && rows > kWorthParallel && workers.size() > 1) {
    return merge_partitions(filled, keys_equal, merge, workers, pool);
  }
  if (filled.size() > 1 && heavy) return merge_groups(filled, keys_equal, merge, workers, pool);
  std::vector<void*> groups;
  groups.reserve(rows);
  filled[0]->rows().for_each([&](char* row) { groups.push_back(row); });
  for (size_t i = 1; i < filled.size(); ++i) {
    absorb_rows(*filled[0], rows_of(*filled[i]), keys_equal, merge, *workers[0], groups);
  }
  return groups;
}

void* DenseAggregateTable::insert(uint64_t index) noexcept {
  if (index >= entries_.size())
    entries_.resize(std::max<uint64_t>(index + 1, entries_.size() * 2), nullptr);
  char* row = static_cast<char*>(rows_.append());
  std::memset(row, 0, rows_.row_size());
  std::memcpy(row, &index, sizeof(index));
  entries_[index] = row;
  ++size_;
  return row;
}

void DenseAggregateTable::absorb(const DenseAggregateTable& other, MergeRows merge,
                                 ExecState& exec) noexcept {
  other.rows_.for_each([&](char* row) {
    uint8_t inserted = 0;
    void* into = find(hash_of(row), &inserted);
    if (inserted != 0) {
      std::memcpy(into, row, rows_.row_size());
    } else {
      merge(exec, into, row);
    }
  });
}

}  // namespace sp
