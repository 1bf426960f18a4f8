// sort_batch: ranks, packing, sorting.

#include "runtime/storage/sort_batch.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <string_view>

#include "runtime/storage/encoded_column.h"
#include "runtime/storage/key_rank.h"
#include "runtime/storage/partition_of.h"

namespace sp {

namespace {

// Numbers rows 0.. by any order: equal rows get equal ranks.
template <class Compare>
RankColumn dense_ranks(size_t rows, Compare&& compare) {
  std::vector<uint32_t> order(rows);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return compare(a, b) < 0; });
  RankColumn out;
  out.ranks.resize(rows);
  for (size_t i = 0; i < rows; ++i) {
    if (i > 0 && compare(order[i - 1], order[i]) != 0) ++out.largest;
    out.ranks[order[i]] = out.largest;
  }
  return out;
}

RankColumn rank_words(const ColumnBuilder& column, const ColumnShape& shape) {
  RankColumn out;
  out.ranks.resize(column.rows());
  uint64_t low = ~0ULL;
  for (size_t row = 0; row < out.ranks.size(); ++row) {
    uint64_t word = 0;
    std::memcpy(&word, column.slot(row), shape.width);
    out.ranks[row] = ordered_word(word, shape);
    low = std::min(low, out.ranks[row]);
  }
  for (uint64_t& rank : out.ranks) {
    rank -= low;
    out.largest = std::max(out.largest, rank);
  }
  return out;
}

// Strings that differ in at most 7 bytes after their common prefix rank by those bytes and their length.
RankColumn rank_strings(const ColumnBuilder& column) {
  const auto at = [&](size_t row) {
    return *static_cast<const StringRef*>(column.slot(row));  // slots of strings are aligned: 16 bytes each
  };
  const StringRef first = at(0);
  size_t shared = first.size, longest = first.size;
  for (size_t row = 1; row < column.rows(); ++row) {
    const StringRef text = at(row);
    const size_t limit = std::min<size_t>(shared, text.size);
    const char* bytes = text.begin();
    size_t same = 0;
    while (same < limit && bytes[same] == first.begin()[same]) ++same;
    shared = same;
    longest = std::max<size_t>(longest, text.size);
  }
  if (longest - shared > 7) {
    return dense_ranks(column.rows(), [&](uint32_t a, uint32_t b) { return compare(at(a), at(b)); });
  }
  RankColumn out;
  out.ranks.resize(column.rows());
  for (size_t row = 0; row < out.ranks.size(); ++row) {
    const StringRef text = at(row);
    uint64_t rest = 0;
    std::memcpy(&rest, text.begin() + shared, text.size - shared);
    out.ranks[row] = __builtin_bswap64(rest) | (text.size - shared);
    out.largest = std::max(out.largest, out.ranks[row]);
  }
  return out;
}

RankColumn rank_column(const ColumnBuilder& column) {
  const ColumnShape shape = column_shape(column.type());
  if (!shape.nullable && shape.kind == ColumnShape::Kind::kWord) return rank_words(column, shape);
  if (!shape.nullable && shape.kind == ColumnShape::Kind::kString) return rank_strings(column);
  const SlotOps& ops = slot_ops(column.type());
  return dense_ranks(column.rows(),
                     [&](uint32_t a, uint32_t b) { return ops.compare(column.slot(a), column.slot(b)); });
}

RankColumn rank_partitions(const std::vector<int64_t>& partitions) {
  RankColumn out;
  const int64_t low = *std::min_element(partitions.begin(), partitions.end());
  for (const int64_t partition : partitions) {
    out.ranks.push_back(static_cast<uint64_t>(partition) - static_cast<uint64_t>(low));
    out.largest = std::max(out.largest, out.ranks.back());
  }
  return out;
}

// Packs the ranks and the row number, sorts, and takes the row numbers out again.
template <class Word>
void sort_packed(const std::vector<RankColumn>& keys, uint32_t row_bits, std::vector<uint32_t>& rows) {
  std::vector<Word> words(rows.size());
  for (const RankColumn& key : keys) {
    const int bits = key.bits();
    for (size_t row = 0; row < words.size(); ++row) words[row] = (words[row] << bits) | key.ranks[row];
  }
  for (size_t row = 0; row < words.size(); ++row) words[row] = (words[row] << row_bits) | row;
  if (!std::is_sorted(words.begin(), words.end())) std::sort(words.begin(), words.end());
  const Word mask = (Word{1} << row_bits) - 1;
  for (size_t i = 0; i < words.size(); ++i) rows[i] = static_cast<uint32_t>(words[i] & mask);
}

void sort_rows(const std::vector<RankColumn>& keys, std::vector<uint32_t>& rows) {
  __extension__ using Wide = unsigned __int128;
  const auto row_bits = static_cast<uint32_t>(std::bit_width(rows.size()));
  uint32_t bits = row_bits;
  for (const RankColumn& key : keys) bits += static_cast<uint32_t>(key.bits());
  const bool shiftable = std::all_of(keys.begin(), keys.end(), [](const RankColumn& key) { return key.bits() < 64; });
  if (bits <= 64 && shiftable) return sort_packed<uint64_t>(keys, row_bits, rows);
  if (bits <= 128) return sort_packed<Wide>(keys, row_bits, rows);
  std::stable_sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) {
    for (const RankColumn& key : keys) {
      if (key.ranks[a] != key.ranks[b]) return key.ranks[a] < key.ranks[b];
    }
    return false;
  });
}

}  // namespace

BatchOrder sort_batch(const RowBatch& batch) {
  BatchOrder order;
  order.rows.resize(batch.rows());
  std::iota(order.rows.begin(), order.rows.end(), 0U);
  if (order.rows.empty()) return order;
  const std::vector<int64_t> partitions = partitions_of(batch);
  std::vector<RankColumn> keys;
  if (!partitions.empty()) keys.push_back(rank_partitions(partitions));
  for (const uint32_t column : batch.schema().sorting_key) keys.push_back(rank_column(batch.column(column)));
  std::erase_if(keys, [](const RankColumn& key) { return key.largest == 0; });
  if (!keys.empty()) sort_rows(keys, order.rows);

  const auto partition_at = [&](size_t i) { return partitions.empty() ? 0 : partitions[order.rows[i]]; };
  for (uint32_t i = 0; i < order.rows.size(); ++i) {
    if (i == 0 || partition_at(i) != order.runs.back().partition) order.runs.push_back({partition_at(i), i, i});
    order.runs.back().end = i + 1;
  }
  return order;
}

}  // namespace sp
