// merge_order: every key column of every part becomes an integer component (dictionary codes
// through a rank table, words by ordered_word, anything else by ranking all values), components are
// packed into one key a row, computed a block of rows at a time, and the parts are merged through a
// binary heap of their next keys.

#include "runtime/storage/merge_order.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "runtime/core/arena.h"
#include "runtime/storage/key_rank.h"

namespace sp {

namespace {

using Parts = std::vector<std::shared_ptr<const Part>>;
__extension__ using Wide = unsigned __int128;

uint64_t raw_word(const ColumnView& view, size_t row) {
  uint64_t word;
  std::memcpy(&word, view.data + row * view.stride, sizeof(word));
  return (word & view.mask) + view.base;
}

bool is_null(const ColumnView& view, size_t row) {
  return view.nulls != nullptr && view.nulls[row] != 0;
}

StringRef text_at(const ColumnView& view, size_t row) {
  if (view.encoding == Encoding::kDictionary) return view.dictionary[raw_word(view, row)];
  uint32_t ends[2];
  std::memcpy(ends, view.data + row * 4, sizeof(ends));
  return StringRef(view.heap + ends[0], ends[1] - ends[0]);
}

// One component of the key: a rank of each row of each part.
class KeyColumn {
 public:
  KeyColumn(const Parts& parts, uint32_t column, Type type)
      : column_(column),
        shape_(column_shape(type)) {
    if (shape_.kind == ColumnShape::Kind::kWord) {
      bits_ = static_cast<int>(shape_.width * 8);
    } else if (shape_.kind == ColumnShape::Kind::kString && all_dictionaries(parts)) {
      rank_dictionaries(parts);
    } else {
      rank_values(parts);
    }
    null_rank_ = 1ULL << (bits_ & 63);
  }
  // Nullable words of 64 bits need 65: their flag is a component of its own (see Components).
  int bits() const { return bits_ + (shape_.nullable && bits_ < 64 ? 1 : 0); }
  bool needs_null_flag() const { return shape_.nullable && bits_ == 64; }
  bool null_at(const Segment& segment, size_t row) const {
    return is_null(segment.columns[column_], row);
  }

  // `ordinal` is the row's number in its part.
  uint64_t rank(size_t part, const Segment& segment, size_t row, uint64_t ordinal) const {
    const ColumnView& view = segment.columns[column_];
    if (is_null(view, row)) return bits_ < 64 ? null_rank_ : 0;
    if (shape_.kind == ColumnShape::Kind::kWord) return ordered_word(raw_word(view, row), shape_);
    if (by_row_) return ranks_[part][ordinal];
    return ranks_[part][raw_word(view, row)];
  }

 private:
  bool all_dictionaries(const Parts& parts) const {
    for (const auto& part : parts) {
      for (const Segment& segment : part->segments()) {
        if (segment.columns[column_].encoding != Encoding::kDictionary) return false;
      }
    }
    return true;
  }

  // Gives every item of every part its place among the distinct items: ranks_[part][item].
  template <class Compare>
  void rank_items(const std::vector<size_t>& counts, Compare&& compare) {
    struct Item {
      uint32_t part, index;
    };
    std::vector<Item> items;
    ranks_.resize(counts.size());
    for (uint32_t part = 0; part < counts.size(); ++part) {
      ranks_[part].resize(counts[part]);
      const size_t begin = items.size();
      for (uint32_t i = 0; i < counts[part]; ++i) items.push_back({part, i});
      const auto less = [&](const Item& a, const Item& b) { return compare(a, b) < 0; };
      const auto middle = items.begin() + static_cast<ptrdiff_t>(begin);
      if (!std::is_sorted(middle, items.end(), less)) std::sort(middle, items.end(), less);
      starts_.push_back(begin);
    }
    merge_runs(items, 0, counts.size(),
               [&](const Item& a, const Item& b) { return compare(a, b) < 0; });
    uint32_t rank = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0 && compare(items[i - 1], items[i]) != 0) ++rank;
      ranks_[items[i].part][items[i].index] = rank;
    }
    bits_ = std::max(1, static_cast<int>(std::bit_width(uint64_t{rank})));
  }

  // Merges the sorted runs first..last by halves.
  template <class Item, class Less>
  void merge_runs(std::vector<Item>& items, size_t first, size_t last, Less&& less) {
    if (last - first < 2) return;
    const size_t middle = first + (last - first) / 2;
    merge_runs(items, first, middle, less);
    merge_runs(items, middle, last, less);
    const auto at = [&](size_t run) {
      return items.begin() +
             static_cast<ptrdiff_t>(run < starts_.size() ? starts_[run] : items.size());
    };
    std::inplace_merge(at(first), at(middle), at(last), less);
  }

  void rank_dictionaries(const Parts& parts) {
    std::vector<size_t> counts;
    std::vector<const StringRef*> dictionaries;
    for (const auto& part : parts) {
      const bool empty = part->segments().empty();
      counts.push_back(empty ? 0 : part->segments()[0].columns[column_].dictionary_size);
      dictionaries.push_back(empty ? nullptr : part->segments()[0].columns[column_].dictionary);
    }
    rank_items(counts, [&](const auto& a, const auto& b) {
      return compare(dictionaries[a.part][a.index], dictionaries[b.part][b.index]);
    });
  }

  // The general way: all values of all parts as slots.
  void rank_values(const Parts& parts) {
    by_row_ = true;
    Arena arena;
    const SlotLayout layout = slot_layout(shape_.value);
    const SlotOps& ops = slot_ops(shape_.value);
    std::vector<size_t> counts;
    std::vector<char*> slots;
    for (const auto& part : parts) {
      counts.push_back(part->rows());
      auto* at = static_cast<char*>(arena.allocate(part->rows() * layout.size + 1, layout.align));
      slots.push_back(at);
      for (const Segment& segment : part->segments()) {
        for (size_t row = 0; row < segment.rows; ++row, at += layout.size) {
          read_slot(segment.columns[column_], row, at, arena);
        }
      }
    }
    rank_items(counts, [&](const auto& a, const auto& b) {
      return ops.compare(slots[a.part] + size_t{a.index} * layout.size,
                         slots[b.part] + size_t{b.index} * layout.size);
    });
  }

  void read_slot(const ColumnView& view, size_t row, char* slot, Arena& arena) const {
    if (is_null(view, row)) {
      default_slot(shape_.value, slot, arena);
    } else if (shape_.kind == ColumnShape::Kind::kWide) {
      std::memcpy(slot, view.data + row * view.stride, shape_.width);
    } else {
      const StringRef text = text_at(view, row);
      if (shape_.kind == ColumnShape::Kind::kString)
        std::memcpy(slot, &text, sizeof(text));
      else
        SP_CHECK(deserialize_slot(shape_.value, text.begin(), text.size, slot, arena) == text.size);
    }
  }

  const uint32_t column_;
  const ColumnShape shape_;
  int bits_ = 0;
  uint64_t null_rank_ = 0;
  bool by_row_ = false;
  std::vector<std::vector<uint32_t>> ranks_;
  std::vector<size_t> starts_;
};

// A key of any number of components, for sorting keys too wide for 128 bits.
struct LongKey {
  std::vector<uint64_t> words;
  bool operator<(const LongKey& other) const { return words < other.words; }
};

template <class Key>
void append_component(Key& key, uint64_t value, int bits) {
  key = bits >= static_cast<int>(sizeof(Key) * 8) ? static_cast<Key>(value)
                                                  : static_cast<Key>((key << bits) | value);
}
void append_component(LongKey& key, uint64_t value, int) { key.words.push_back(value); }

// The next keys of one part, a block at a time.
template <class Key>
class KeyReader {
 public:
  KeyReader(const Part& part, size_t index, const std::vector<KeyColumn>& columns)
      : part_(part),
        index_(index),
        columns_(columns) {}

  bool next() {
    if (++at_ < keys_.size()) return true;
    return refill();
  }
  const Key& key() const { return keys_[at_]; }

 private:
  bool refill() {
    at_ = 0;
    keys_.clear();
    while (segment_ < part_.segments().size() && row_ >= part_.segments()[segment_].rows) {
      ++segment_;
      row_ = 0;
    }
    if (segment_ >= part_.segments().size()) return false;
    const Segment& segment = part_.segments()[segment_];
    const size_t count = std::min<size_t>(256, segment.rows - row_);
    keys_.resize(count);
    for (const KeyColumn& column : columns_) {
      for (size_t i = 0; i < count; ++i) {
        if (column.needs_null_flag())
          append_component(keys_[i], column.null_at(segment, row_ + i) ? 1 : 0, 1);
        append_component(keys_[i], column.rank(index_, segment, row_ + i, ordinal_ + i),
                         column.bits());
      }
    }
    row_ += count;
    ordinal_ += count;
    return true;
  }

  const Part& part_;
  const size_t index_;
  const std::vector<KeyColumn>& columns_;
  size_t segment_ = 0, row_ = 0, at_ = 0;
  uint64_t ordinal_ = 0;
  std::vector<Key> keys_;
};

// A heap of the parts' next keys; the top part goes on while its keys stay smallest.
template <class Key>
void merge(const Parts& parts, const std::vector<KeyColumn>& columns, std::vector<uint16_t>& out,
           std::vector<uint8_t>* new_key) {
  Key last{};
  std::vector<KeyReader<Key>> readers;
  std::vector<uint16_t> heap;
  readers.reserve(parts.size());
  for (size_t i = 0; i < parts.size(); ++i) {
    readers.emplace_back(*parts[i], static_cast<uint16_t>(i), columns);
    if (readers.back().next()) heap.push_back(static_cast<uint16_t>(i));
  }
  const auto after = [&](uint16_t a, uint16_t b) {
    if (readers[a].key() < readers[b].key()) return false;
    return readers[b].key() < readers[a].key() || a > b;
  };
  std::make_heap(heap.begin(), heap.end(), after);
  while (!heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), after);
    const uint16_t part = heap.back();
    heap.pop_back();
    bool more = true;
    do {
      out.push_back(part);
      if (new_key != nullptr) {
        const Key& key = readers[part].key();
        new_key->push_back(new_key->empty() || last < key || key < last ? 1 : 0);
        last = key;
      }
      more = readers[part].next();
    } while (more && (heap.empty() || after(heap.front(), part)));
    if (!more) continue;
    heap.push_back(part);
    std::push_heap(heap.begin(), heap.end(), after);
  }
}

}  // namespace

std::vector<uint16_t> merge_order(const Parts& parts, const TableSchema& schema,
                                  std::vector<uint8_t>* new_key) {
  SP_CHECK(parts.size() <= kMaxMergeParts);
  std::vector<uint16_t> out;
  out.reserve(std::accumulate(parts.begin(), parts.end(), uint64_t{0},
                              [](uint64_t rows, const auto& part) { return rows + part->rows(); }));
  if (schema.sorting_key.empty() || (parts.size() == 1 && new_key == nullptr)) {
    for (size_t i = 0; i < parts.size(); ++i)
      out.insert(out.end(), parts[i]->rows(), static_cast<uint16_t>(i));
    if (new_key != nullptr) {  // without a key all rows are equal, as in ClickHouse
      new_key->assign(out.size(), 0);
      if (!out.empty()) new_key->front() = 1;
    }
    return out;
  }
  std::vector<KeyColumn> columns;
  int bits = 0;
  for (const uint32_t column : schema.sorting_key) {
    columns.emplace_back(parts, column, schema.columns[column].type);
    bits += columns.back().bits() + (columns.back().needs_null_flag() ? 1 : 0);
  }
  if (bits <= 64)
    merge<uint64_t>(parts, columns, out, new_key);
  else if (bits <= 128)
    merge<Wide>(parts, columns, out, new_key);
  else
    merge<LongKey>(parts, columns, out, new_key);
  return out;
}

}  // namespace sp
