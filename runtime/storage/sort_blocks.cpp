// sort_blocks: packing and radix sorting (LSD, eleven bits a pass; passes over bits that are all
// equal are skipped, so rows that arrive nearly in order cost little).

#include "runtime/storage/sort_blocks.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "runtime/storage/key_rank_blocks.h"
#include "runtime/storage/partition_of.h"

namespace sp {

namespace {

__extension__ using Wide = unsigned __int128;
constexpr int kDigitBits = 11;
constexpr size_t kFewRows = 2048;  // below: std::stable_sort

template <class Word>
struct Keyed {
  Word key;
  uint32_t row;
};

template <class Word>
void radix_sort(std::vector<Keyed<Word>>& items, int bits) {
  std::vector<Keyed<Word>> spare(items.size());
  std::array<uint32_t, 1 << kDigitBits> starts;
  constexpr uint32_t kMask = (1 << kDigitBits) - 1;
  for (int shift = 0; shift < bits; shift += kDigitBits) {
    starts.fill(0);
    for (const auto& item : items) ++starts[static_cast<uint32_t>(item.key >> shift) & kMask];
    if (starts[static_cast<uint32_t>(items.front().key >> shift) & kMask] == items.size()) continue;
    uint32_t sum = 0;
    for (uint32_t& start : starts) sum += std::exchange(start, sum);
    for (const auto& item : items)
      spare[starts[static_cast<uint32_t>(item.key >> shift) & kMask]++] = item;
    items.swap(spare);
  }
}

template <class Word>
std::vector<uint32_t> sort_packed(const std::vector<RankColumn>& keys, size_t rows, int bits) {
  std::vector<Keyed<Word>> items(rows);
  for (size_t row = 0; row < rows; ++row) items[row] = {0, static_cast<uint32_t>(row)};
  for (const RankColumn& key : keys) {
    const int shift = key.bits();
    for (size_t row = 0; row < rows; ++row) {
      const Word above = shift >= static_cast<int>(sizeof(Word) * 8)
                             ? Word{0}
                             : static_cast<Word>(items[row].key << shift);
      items[row].key = above | key.ranks[row];
    }
  }
  const auto less = [](const Keyed<Word>& a, const Keyed<Word>& b) { return a.key < b.key; };
  if (!std::is_sorted(items.begin(), items.end(), less)) {
    if (rows < kFewRows)
      std::stable_sort(items.begin(), items.end(), less);
    else
      radix_sort(items, bits);
  }
  std::vector<uint32_t> order(rows);
  for (size_t i = 0; i < rows; ++i) order[i] = items[i].row;
  return order;
}

std::vector<uint32_t> sort_rows(const std::vector<RankColumn>& keys, size_t rows) {
  int bits = 0;
  for (const RankColumn& key : keys) bits += key.bits();
  if (bits <= 64) return sort_packed<uint64_t>(keys, rows, bits);
  if (bits <= 128) return sort_packed<Wide>(keys, rows, bits);
  std::vector<uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    for (const RankColumn& key : keys) {
      if (key.ranks[a] != key.ranks[b]) return key.ranks[a] < key.ranks[b];
    }
    return false;
  });
  return order;
}

RankColumn rank_partitions(const std::vector<int64_t>& partitions) {
  RankColumn out;
  const int64_t low = *std::min_element(partitions.begin(), partitions.end());
  out.ranks.reserve(partitions.size());
  for (const int64_t partition : partitions) {
    out.ranks.push_back(static_cast<uint64_t>(partition) - static_cast<uint64_t>(low));
    out.largest = std::max(out.largest, out.ranks.back());
  }
  return out;
}

}  // namespace

BlockOrder sort_blocks(const std::vector<RowBlockPointer>& blocks) {
  BlockOrder order;
  std::vector<RowPlace> arrived;
  for (uint32_t block = 0; block < blocks.size(); ++block) {
    for (uint32_t row = 0; row < blocks[block]->rows; ++row) arrived.push_back({block, row});
  }
  if (arrived.empty()) return order;
  std::vector<int64_t> partitions;
  for (const RowBlockPointer& block : blocks) {
    const std::vector<int64_t> of_block = partitions_of(*block);
    partitions.insert(partitions.end(), of_block.begin(), of_block.end());
  }
  std::vector<RankColumn> keys;
  if (!partitions.empty()) keys.push_back(rank_partitions(partitions));
  for (const uint32_t column : blocks.front()->schema->sorting_key) {
    keys.push_back(rank_key(blocks, column));
    if (keys.back().largest == 0) keys.pop_back();
  }
  const std::vector<uint32_t> rows = sort_rows(keys, arrived.size());
  order.places.resize(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    order.places[i] = arrived[rows[i]];
    const int64_t partition = partitions.empty() ? 0 : partitions[rows[i]];
    if (i == 0 || partition != order.runs.back().partition) order.runs.push_back({partition, i, i});
    order.runs.back().end = i + 1;
  }
  return order;
}

}  // namespace sp
