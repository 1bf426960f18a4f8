// ColumnSource over several parts: follows a merge order, one cursor a part. Dictionary codes are
// translated through a table per part that is filled as codes are met, so each distinct string of a
// part is hashed once.
// Entry: merge_source().

#include <cstring>

#include "runtime/storage/column_source.h"
#include "runtime/storage/merge_order.h"

namespace sp {

namespace {

// A position in one column of one part.
struct Cursor {
  const Part* part = nullptr;
  uint32_t column = 0;
  size_t segment = 0;
  uint32_t row = 0;
  uint32_t rows = 0;
  const ColumnView* view = nullptr;

  void enter(size_t index) {
    segment = index;
    row = 0;
    rows = part->segments()[index].rows;
    view = &part->segments()[index].columns[column];
  }
  void step() {
    if (++row < rows) return;
    if (segment + 1 < part->segments().size()) enter(segment + 1);
  }
  bool is_null() const { return view->nulls != nullptr && view->nulls[row] != 0; }
  uint64_t raw() const {
    uint64_t word;
    std::memcpy(&word, view->data + row * view->stride, sizeof(word));
    return (word & view->mask) + view->base;
  }
  StringRef text() const {
    if (view->encoding == Encoding::kDictionary) return view->dictionary[raw()];
    uint32_t ends[2];
    std::memcpy(ends, view->data + size_t{row} * 4, sizeof(ends));
    return StringRef(view->heap + ends[0], ends[1] - ends[0]);
  }
};

class MergeSource final : public ColumnSource {
 public:
  MergeSource(const std::vector<std::shared_ptr<const Part>>& parts, uint32_t column,
              const ColumnShape& shape, const std::vector<uint16_t>& order)
      : width_(shape.width),
        order_(order),
        cursors_(parts.size()),
        code_maps_(parts.size()) {
    for (size_t i = 0; i < parts.size(); ++i) {
      cursors_[i].part = parts[i].get();
      cursors_[i].column = column;
    }
    MergeSource::rewind();
  }

  void rewind() override {
    next_ = 0;
    for (Cursor& cursor : cursors_) {
      if (cursor.part->rows() > 0) cursor.enter(0);
    }
    for (auto& map : code_maps_) map.clear();
  }

  bool words(uint32_t count, uint64_t* out, uint8_t* nulls) override {
    return each(count, nulls, [&](const Cursor& cursor, uint32_t i) { out[i] = cursor.raw(); });
  }
  bool wides(uint32_t count, uint8_t* out, uint8_t* nulls) override {
    return each(count, nulls, [&](const Cursor& cursor, uint32_t i) {
      std::memcpy(out + size_t{i} * width_, cursor.view->data + cursor.row * cursor.view->stride,
                  width_);
    });
  }
  bool strings(uint32_t count, StringRef* out, uint8_t* nulls) override {
    return each(count, nulls, [&](const Cursor& cursor, uint32_t i) { out[i] = cursor.text(); });
  }

  bool codes(uint32_t count, DictionaryBuilder& dictionary, uint32_t* out,
             uint8_t* nulls) override {
    uint32_t last = 0;
    bool any_null = false;
    for (uint32_t i = 0; i < count; ++i) {
      const uint16_t part = next_part();
      Cursor& cursor = cursors_[part];
      nulls[i] = cursor.is_null() ? 1 : 0;
      if (nulls[i] != 0)
        any_null = true;
      else if (cursor.view->encoding == Encoding::kDictionary)
        last = translate(part, cursor, dictionary);
      else
        last = dictionary.code_of(cursor.text());
      out[i] = last;
      cursor.step();
    }
    return any_null;
  }

 private:
  template <class F>
  bool each(uint32_t count, uint8_t* nulls, F&& take) {
    uint8_t any = 0;
    for (uint32_t i = 0; i < count; ++i) {
      Cursor& cursor = cursors_[next_part()];
      take(cursor, i);
      nulls[i] = cursor.is_null() ? 1 : 0;
      any |= nulls[i];
      cursor.step();
    }
    return any != 0;
  }

  // The part of the next row that stays; steps over dropped ones.
  uint16_t next_part() {
    while ((order_[next_] & kDroppedRow) != 0) cursors_[order_[next_++] & ~kDroppedRow].step();
    return order_[next_++];
  }

  uint32_t translate(uint16_t part, const Cursor& cursor, DictionaryBuilder& dictionary) {
    std::vector<uint32_t>& map = code_maps_[part];
    if (map.empty()) map.assign(cursor.view->dictionary_size, kUnknown);
    const uint64_t code = cursor.raw();
    if (map[code] == kUnknown) map[code] = dictionary.code_of(cursor.view->dictionary[code]);
    return map[code];
  }

  static constexpr uint32_t kUnknown = ~0U;
  const uint32_t width_;
  const std::vector<uint16_t>& order_;
  size_t next_ = 0;
  std::vector<Cursor> cursors_;
  std::vector<std::vector<uint32_t>> code_maps_;
};

}  // namespace

std::unique_ptr<ColumnSource> merge_source(const std::vector<std::shared_ptr<const Part>>& parts,
                                           uint32_t column, const ColumnShape& shape,
                                           const std::vector<uint16_t>& order) {
  return std::make_unique<MergeSource>(parts, column, shape, order);
}

}  // namespace sp
