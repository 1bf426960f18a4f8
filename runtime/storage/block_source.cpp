// ColumnSource over blocks: gathers rows through the order of sort_blocks. Codes of a block are
// translated through a table that is filled as they are met, so each distinct string of a block is
// hashed once.
// Entry: block_source().

#include <cstring>

#include "runtime/storage/column_source.h"

namespace sp {

namespace {

class BlockSource final : public ColumnSource {
 public:
  BlockSource(const std::vector<RowBlockPointer>& blocks, uint32_t column, const RowPlace* places)
      : shape_(column_shape(blocks.front()->schema->columns[column].type)),
        places_(places) {
    for (const RowBlockPointer& block : blocks) {
      columns_.push_back(&block->columns[column]);
      any_null_ |= !block->columns[column].nulls.empty();
    }
    code_maps_.resize(blocks.size());
  }

  void rewind() override {
    next_ = 0;
    for (auto& map : code_maps_) map.clear();
  }

  bool words(uint32_t count, uint64_t* out, uint8_t* nulls) override {
    switch (shape_.width) {
      case 1: shape_.is_signed ? gather<int8_t>(count, out) : gather<uint8_t>(count, out); break;
      case 2: shape_.is_signed ? gather<int16_t>(count, out) : gather<uint16_t>(count, out); break;
      case 4: shape_.is_signed ? gather<int32_t>(count, out) : gather<uint32_t>(count, out); break;
      default: gather<uint64_t>(count, out); break;
    }
    return advance(count, nulls);
  }

  bool wides(uint32_t count, uint8_t* out, uint8_t* nulls) override {
    for (uint32_t i = 0; i < count; ++i) {
      const RowPlace place = places_[next_ + i];
      std::memcpy(out + size_t{i} * shape_.width,
                  columns_[place.block]->data.data() + size_t{place.row} * shape_.width,
                  shape_.width);
    }
    return advance(count, nulls);
  }

  bool strings(uint32_t count, StringRef* out, uint8_t* nulls) override {
    for (uint32_t i = 0; i < count; ++i) {
      fetch_text(next_ + i, next_ + count);
      const RowPlace place = places_[next_ + i];
      out[i] = StringRef(columns_[place.block]->row_text(place.row));
    }
    return advance(count, nulls);
  }

  bool codes(uint32_t count, DictionaryBuilder& dictionary, uint32_t* out,
             uint8_t* nulls) override {
    const size_t begin = next_;
    const bool any_null = advance(count, nulls);
    uint32_t last = 0;
    StringRef last_text;
    bool have_last = false;
    for (uint32_t i = 0; i < count; ++i) {
      fetch_text(begin + i, begin + count);
      if (nulls[i] == 0) {
        const RowPlace place = places_[begin + i];
        const BlockColumn& column = *columns_[place.block];
        if (column.form == BlockColumn::Form::kCodes) {
          last = translate(place, column, dictionary);
          have_last = false;
        } else {
          const StringRef text(column.text(place.row));
          if (!have_last || !(text == last_text)) last = dictionary.code_of(text);
          last_text = text;
          have_last = true;
        }
      }
      out[i] = last;
    }
    return any_null;
  }

 private:
  static constexpr uint32_t kUnknown = ~0U;
  // Sorted rows come from all over their blocks: what is read soon is asked for some rows before,
  // first where a text stands, then the text.
  static constexpr size_t kAhead = 24, kSoon = 12;

  void fetch_text(size_t at, size_t end) const {
    if (at + kAhead < end) {
      const RowPlace place = places_[at + kAhead];
      const BlockColumn& column = *columns_[place.block];
      const bool coded = column.form == BlockColumn::Form::kCodes;
      __builtin_prefetch(coded ? static_cast<const void*>(column.data.data() +
                                                          size_t{place.row} * column.code_width)
                               : column.ends.data() + place.row);
    }
    if (at + kSoon < end) {
      const RowPlace place = places_[at + kSoon];
      const BlockColumn& column = *columns_[place.block];
      if (column.form == BlockColumn::Form::kTexts) {
        __builtin_prefetch(column.text(place.row).data());
      } else if (const auto& map = code_maps_[place.block]; !map.empty()) {
        __builtin_prefetch(map.data() + column.code(place.row));
      }
    }
  }

  uint32_t translate(RowPlace place, const BlockColumn& column, DictionaryBuilder& dictionary) {
    std::vector<uint32_t>& map = code_maps_[place.block];
    if (map.empty()) map.assign(column.ends.size(), kUnknown);
    uint32_t& code = map[column.code(place.row)];
    if (code == kUnknown) code = dictionary.code_of(StringRef(column.row_text(place.row)));
    return code;
  }

  template <class T>
  void gather(uint32_t count, uint64_t* out) const {
    for (uint32_t i = 0; i < count; ++i) {
      if (i + kAhead < count) {
        const RowPlace ahead = places_[next_ + i + kAhead];
        __builtin_prefetch(columns_[ahead.block]->data.data() + size_t{ahead.row} * sizeof(T));
      }
      const RowPlace place = places_[next_ + i];
      T value;
      std::memcpy(&value, columns_[place.block]->data.data() + size_t{place.row} * sizeof(T),
                  sizeof(T));
      out[i] = static_cast<uint64_t>(static_cast<int64_t>(value));
    }
  }

  // Fills the null flags of the next rows and steps over them.
  bool advance(uint32_t count, uint8_t* nulls) {
    uint8_t any = 0;
    if (!any_null_) {
      std::memset(nulls, 0, count);
    } else {
      for (uint32_t i = 0; i < count; ++i) {
        const RowPlace place = places_[next_ + i];
        nulls[i] = columns_[place.block]->is_null(place.row) ? 1 : 0;
        any |= nulls[i];
      }
    }
    next_ += count;
    return any != 0;
  }

  const ColumnShape shape_;
  const RowPlace* const places_;
  std::vector<const BlockColumn*> columns_;
  bool any_null_ = false;
  size_t next_ = 0;
  std::vector<std::vector<uint32_t>> code_maps_;
};

}  // namespace

std::unique_ptr<ColumnSource> block_source(const std::vector<RowBlockPointer>& blocks,
                                           uint32_t column, const RowPlace* places) {
  return std::make_unique<BlockSource>(blocks, column, places);
}

}  // namespace sp
