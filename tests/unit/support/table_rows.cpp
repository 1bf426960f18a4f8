// Rows through ColumnViews.

#include "tests/unit/support/table_rows.h"

#include <cstring>

#include "runtime/storage/encoded_column.h"

namespace sp {

namespace {

uint64_t raw_word(const ColumnView& view, size_t row) {
  uint64_t word;
  std::memcpy(&word, view.data + row * view.stride, sizeof(word));
  return (word & view.mask) + view.base;
}

// Reads one value as a slot of the column's type.
void read_slot(const ColumnView& view, Type type, size_t row, uint8_t* slot, Arena& arena) {
  const ColumnShape shape = column_shape(type);
  std::memset(slot, 0, slot_layout(type).size);
  const bool null = view.nulls != nullptr && view.nulls[row] != 0;
  if (shape.nullable)
    slot[shape.width] = null ? 1 : 0;
  else
    SP_CHECK(!null);
  if (null) return;
  switch (view.encoding) {
    case Encoding::kFixed: {
      const uint64_t word = raw_word(view, row);
      std::memcpy(slot, &word, shape.width);
      return;
    }
    case Encoding::kWide: std::memcpy(slot, view.data + row * view.stride, shape.width); return;
    case Encoding::kDictionary: {
      const uint64_t code = raw_word(view, row);
      SP_CHECK(code < view.dictionary_size);
      std::memcpy(slot, &view.dictionary[code], sizeof(StringRef));
      return;
    }
    case Encoding::kString:
    case Encoding::kSerialized: {
      uint32_t ends[2];
      std::memcpy(ends, view.data + row * 4, sizeof(ends));
      if (view.encoding == Encoding::kString) {
        const StringRef text(view.heap + ends[0], ends[1] - ends[0]);
        std::memcpy(slot, &text, sizeof(text));
      } else {
        SP_CHECK(deserialize_slot(shape.value, view.heap + ends[0], ends[1] - ends[0], slot,
                                  arena) == ends[1] - ends[0]);
      }
      return;
    }
  }
}

}  // namespace

std::vector<std::string> rows_of(const Part& part, const TableSchema& schema, Error* error) {
  for (uint32_t column = 0; column < schema.columns.size(); ++column) {
    auto prepared = part.prepare(column);
    if (prepared.ok()) continue;
    if (error != nullptr) *error = prepared.error();
    return {};
  }
  std::vector<std::string> rows;
  Arena arena;
  alignas(8) uint8_t slot[512];
  for (const Segment& segment : part.segments()) {
    for (size_t row = 0; row < segment.rows; ++row) {
      std::string image;
      for (size_t column = 0; column < schema.columns.size(); ++column) {
        const Type type = schema.columns[column].type;
        read_slot(segment.columns[column], type, row, slot, arena);
        serialize_slot(type, slot, image);
      }
      rows.push_back(std::move(image));
    }
  }
  return rows;
}

std::vector<std::string> rows_of(const TableSnapshot& snapshot, Error* error) {
  std::vector<std::string> all;
  for (const auto& part : snapshot.parts) {
    for (std::string& row : rows_of(*part, *snapshot.schema, error)) all.push_back(std::move(row));
  }
  return all;
}

std::vector<std::string> rows_of(const RowBatch& batch) {
  std::vector<std::string> rows(batch.rows());
  for (size_t column = 0; column < batch.column_count(); ++column) {
    const ColumnBuilder& builder = batch.column(column);
    for (size_t row = 0; row < rows.size(); ++row)
      serialize_slot(builder.type(), builder.slot(row), rows[row]);
  }
  return rows;
}

std::string check_order(const TableSnapshot& snapshot) {
  Arena arena;
  for (const auto& part : snapshot.parts) {
    for (const uint32_t column : snapshot.schema->sorting_key) {
      if (!part->prepare(column).ok()) return "a key column cannot be read";
    }
    alignas(8) uint8_t slot[512];
    bool first = true;
    std::vector<std::vector<uint8_t>> previous;
    for (const Segment& segment : part->segments()) {
      for (size_t row = 0; row < segment.rows; ++row) {
        std::vector<std::vector<uint8_t>> key;
        int order = 0;
        for (size_t i = 0; i < snapshot.schema->sorting_key.size(); ++i) {
          const uint32_t column = snapshot.schema->sorting_key[i];
          const Type type = snapshot.schema->columns[column].type;
          read_slot(segment.columns[column], type, row, slot, arena);
          key.emplace_back(slot, slot + slot_layout(type).size);
          if (!first && order == 0)
            order = slot_ops(type).compare(previous[i].data(), key[i].data());
        }
        if (order > 0) return "rows are out of order in part " + std::to_string(part->id());
        previous = std::move(key);
        first = false;
      }
    }
  }
  return "";
}

}  // namespace sp
