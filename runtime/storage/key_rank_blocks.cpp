// Ranks: fixed-width values by their ordered words; strings by the bytes that differ, each position
// in as few bits as its values need; everything else by sorting all values.

#include "runtime/storage/key_rank_blocks.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <numeric>
#include <string_view>

#include "runtime/core/arena.h"
#include "runtime/core/slot.h"

namespace sp {

namespace {

using Form = BlockColumn::Form;

// Calls `visit(column, block rows)` for the key column of each block.
template <class F>
void each_column(const std::vector<RowBlockPointer>& blocks, uint32_t column, F&& visit) {
  for (const RowBlockPointer& block : blocks) visit(block->columns[column], block->rows);
}

// Numbers items 0.. by any order: equal items get equal ranks.
template <class Compare>
RankColumn dense_ranks(size_t count, Compare&& compare) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return compare(a, b) < 0; });
  RankColumn out;
  out.ranks.resize(count);
  for (size_t i = 0; i < count; ++i) {
    if (i > 0 && compare(order[i - 1], order[i]) != 0) ++out.largest;
    out.ranks[order[i]] = out.largest;
  }
  return out;
}

void rebase(RankColumn& column) {
  if (column.ranks.empty()) return;
  const uint64_t low = *std::min_element(column.ranks.begin(), column.ranks.end());
  for (uint64_t& rank : column.ranks) {
    rank -= low;
    column.largest = std::max(column.largest, rank);
  }
}

template <class T>
void append_words(const BlockColumn& column, size_t rows, const ColumnShape& shape,
                  std::vector<uint64_t>& out) {
  for (size_t row = 0; row < rows; ++row) {
    T value;
    std::memcpy(&value, column.data.data() + row * sizeof(T), sizeof(T));
    out.push_back(ordered_word(value, shape));
  }
}

RankColumn rank_words(const std::vector<RowBlockPointer>& blocks, uint32_t index,
                      const ColumnShape& shape) {
  RankColumn out;
  each_column(blocks, index, [&](const BlockColumn& column, size_t rows) {
    switch (shape.width) {
      case 1: return append_words<uint8_t>(column, rows, shape, out.ranks);
      case 2: return append_words<uint16_t>(column, rows, shape, out.ranks);
      case 4: return append_words<uint32_t>(column, rows, shape, out.ranks);
      default: return append_words<uint64_t>(column, rows, shape, out.ranks);
    }
  });
  rebase(out);
  return out;
}

// The bytes in which strings differ after their common prefix: each position's smallest byte and
// bits.
class TextPacking {
 public:
  void add(const BlockColumn& column) {
    for (size_t i = 0; i < column.ends.size(); ++i) add(column.text(i));
  }
  // False if texts need more than 64 bits.
  bool settle() {
    if (longest_ - shared_ > kPositions) return false;
    int bits = static_cast<int>(std::bit_width(longest_ - shortest_));
    length_bits_ = bits;
    for (size_t i = 0; i < longest_ - shared_; ++i) {
      low_[i] = shared_ + i >= shortest_ ? uint8_t{0} : lowest_[i];
      bits_[i] = static_cast<int>(std::bit_width(static_cast<unsigned>(highest_[i] - low_[i])));
      bits += bits_[i];
    }
    return bits <= 64;
  }
  uint64_t rank(std::string_view text) const {
    uint64_t rank = 0;
    for (size_t i = 0; i < longest_ - shared_; ++i) {
      const size_t at = shared_ + i;
      const auto byte = at < text.size() ? static_cast<uint8_t>(text[at]) : uint8_t{0};
      rank = (rank << bits_[i]) | static_cast<uint64_t>(byte - low_[i]);
    }
    return length_bits_ == 0 ? rank : (rank << length_bits_) | (text.size() - shortest_);
  }
  void set_first(std::string_view text) {
    first_ = text;
    shared_ = longest_ = shortest_ = text.size();
  }
  void measure(std::string_view text) {
    const size_t limit = std::min(shared_, text.size());
    size_t same = 0;
    while (same < limit && text[same] == first_[same]) ++same;
    shared_ = same;
    longest_ = std::max(longest_, text.size());
    shortest_ = std::min(shortest_, text.size());
  }
  void begin_bytes() {
    lowest_.fill(0xff);
    highest_.fill(0);
  }
  bool too_long() const { return longest_ - shared_ > kPositions; }

 private:
  static constexpr size_t kPositions = 24;
  void add(std::string_view text) {
    for (size_t at = shared_; at < text.size(); ++at) {
      const auto byte = static_cast<uint8_t>(text[at]);
      lowest_[at - shared_] = std::min(lowest_[at - shared_], byte);
      highest_[at - shared_] = std::max(highest_[at - shared_], byte);
    }
  }

  std::string_view first_;
  size_t shared_ = 0, longest_ = 0, shortest_ = 0;
  int length_bits_ = 0;
  std::array<uint8_t, kPositions> lowest_{}, highest_{}, low_{};
  std::array<int, kPositions> bits_{};
};

// Ranks of distinct texts, spread over the rows that hold them.
template <class RankOf>
RankColumn ranks_of_rows(const std::vector<RowBlockPointer>& blocks, uint32_t index,
                         RankOf&& rank_of) {
  RankColumn out;
  std::vector<uint64_t> entries;
  size_t first = 0;
  each_column(blocks, index, [&](const BlockColumn& column, size_t rows) {
    if (column.form == Form::kTexts) {
      for (size_t row = 0; row < rows; ++row) out.ranks.push_back(rank_of(column, row, first));
    } else {
      entries.clear();
      for (size_t i = 0; i < column.ends.size(); ++i) entries.push_back(rank_of(column, i, first));
      for (size_t row = 0; row < rows; ++row) out.ranks.push_back(entries[column.code(row)]);
    }
    first += column.ends.size();
  });
  for (const uint64_t rank : out.ranks) out.largest = std::max(out.largest, rank);
  return out;
}

RankColumn rank_texts(const std::vector<RowBlockPointer>& blocks, uint32_t index) {
  TextPacking packing;
  bool any = false;
  each_column(blocks, index, [&](const BlockColumn& column, size_t) {
    if (column.ends.empty()) return;
    if (!any) packing.set_first(column.text(0));
    any = true;
    for (size_t i = 0; i < column.ends.size(); ++i) packing.measure(column.text(i));
  });
  packing.begin_bytes();
  if (!packing.too_long()) {
    each_column(blocks, index, [&](const BlockColumn& column, size_t) { packing.add(column); });
    if (packing.settle()) {
      return ranks_of_rows(blocks, index, [&](const BlockColumn& column, size_t i, size_t) {
        return packing.rank(column.text(i));
      });
    }
  }
  std::vector<std::string_view> texts;
  each_column(blocks, index, [&](const BlockColumn& column, size_t) {
    for (size_t i = 0; i < column.ends.size(); ++i) texts.push_back(column.text(i));
  });
  const RankColumn ranks =
      dense_ranks(texts.size(), [&](uint32_t a, uint32_t b) { return texts[a].compare(texts[b]); });
  return ranks_of_rows(blocks, index, [&](const BlockColumn&, size_t i, size_t first) {
    return ranks.ranks[first + i];
  });
}

// Wide and composite values: all of them as slots.
RankColumn rank_slots(const std::vector<RowBlockPointer>& blocks, uint32_t index,
                      const ColumnShape& shape) {
  Arena arena;
  const SlotLayout layout = slot_layout(shape.value);
  const SlotOps& ops = slot_ops(shape.value);
  std::vector<void*> slots;
  each_column(blocks, index, [&](const BlockColumn& column, size_t rows) {
    for (size_t row = 0; row < rows; ++row) {
      void* slot = arena.allocate(layout.size, layout.align);
      if (column.form == Form::kSlots) {
        std::memcpy(slot, column.data.data() + row * shape.width, shape.width);
      } else if (column.is_null(row)) {
        default_slot(shape.value, slot, arena);
      } else {
        const std::string_view image = column.row_text(row);
        SP_CHECK(deserialize_slot(shape.value, image.data(), image.size(), slot, arena) ==
                 image.size());
      }
      slots.push_back(slot);
    }
  });
  return dense_ranks(slots.size(),
                     [&](uint32_t a, uint32_t b) { return ops.compare(slots[a], slots[b]); });
}

void rank_nulls_last(const std::vector<RowBlockPointer>& blocks, uint32_t index, RankColumn& out) {
  bool any = false;
  each_column(blocks, index,
              [&](const BlockColumn& column, size_t) { any |= !column.nulls.empty(); });
  if (!any) return;
  if (out.largest == ~0ULL) {  // no room above: number the ranks themselves
    const std::vector<uint64_t> words = std::move(out.ranks);
    out = dense_ranks(words.size(), [&](uint32_t a, uint32_t b) {
      return words[a] < words[b] ? -1 : words[a] > words[b] ? 1 : 0;
    });
  }
  ++out.largest;
  size_t at = 0;
  each_column(blocks, index, [&](const BlockColumn& column, size_t rows) {
    for (size_t row = 0; row < rows; ++row, ++at) {
      if (column.is_null(row)) out.ranks[at] = out.largest;
    }
  });
}

}  // namespace

RankColumn rank_key(const std::vector<RowBlockPointer>& blocks, uint32_t column) {
  const ColumnShape shape = column_shape(blocks.front()->schema->columns[column].type);
  RankColumn out = shape.kind == ColumnShape::Kind::kWord     ? rank_words(blocks, column, shape)
                   : shape.kind == ColumnShape::Kind::kString ? rank_texts(blocks, column)
                                                              : rank_slots(blocks, column, shape);
  if (shape.nullable) rank_nulls_last(blocks, column, out);
  return out;
}

}  // namespace sp
