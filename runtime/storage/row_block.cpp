// RowBlock: sizes, joining, and old blocks under new schemas.

#include "runtime/storage/row_block.h"

#include "runtime/storage/block_builder.h"
#include "runtime/storage/dictionary_builder.h"
#include "runtime/storage/schema_change.h"

namespace sp {

namespace {

using Form = BlockColumn::Form;

// Appends texts, their ends moved behind the heap so far.
void append_texts(const BlockColumn& from, BlockColumn& to) {
  const auto base = static_cast<uint32_t>(to.heap.size());
  const size_t first = to.ends.size();
  to.ends.resize(first + from.ends.size());
  for (size_t i = 0; i < from.ends.size(); ++i) to.ends[first + i] = base + from.ends[i];
  to.heap.insert(to.heap.end(), from.heap.begin(), from.heap.end());
}

void append_codes_as_texts(const BlockColumn& from, size_t rows, BlockColumn& to) {
  for (size_t row = 0; row < rows; ++row) {
    const std::string_view text = from.row_text(row);
    to.heap.insert(to.heap.end(), text.begin(), text.end());
    to.ends.push_back(static_cast<uint32_t>(to.heap.size()));
  }
}

// One dictionary for all blocks; each block's codes go through a table.
void join_codes(const std::vector<RowBlockPointer>& blocks, size_t index, size_t rows,
                BlockColumn& to) {
  DictionaryBuilder dictionary(false);
  std::vector<std::vector<uint32_t>> maps;
  for (const RowBlockPointer& block : blocks) {
    const BlockColumn& from = block->columns[index];
    std::vector<uint32_t>& map = maps.emplace_back();
    for (size_t i = 0; i < from.ends.size(); ++i)
      map.push_back(dictionary.code_of(StringRef(from.text(i))));
  }
  for (const StringRef& entry : dictionary.entries()) {
    to.heap.insert(to.heap.end(), entry.begin(), entry.begin() + entry.size);
    to.ends.push_back(static_cast<uint32_t>(to.heap.size()));
  }
  to.code_width = to.ends.size() <= 256 ? 1 : to.ends.size() <= 65536 ? 2 : 4;
  to.data.resize(rows * to.code_width + 8);
  uint8_t* at = to.data.data();
  for (size_t i = 0; i < blocks.size(); ++i) {
    const BlockColumn& from = blocks[i]->columns[index];
    for (size_t row = 0; row < blocks[i]->rows; ++row, at += to.code_width) {
      const uint32_t code = maps[i][from.code(row)];
      std::memcpy(at, &code, to.code_width);
    }
  }
}

void join_column(const std::vector<RowBlockPointer>& blocks, size_t index, size_t rows,
                 BlockColumn& to) {
  size_t coded = 0, heap = 0;
  bool nulls = false;
  for (const RowBlockPointer& block : blocks) {
    const BlockColumn& from = block->columns[index];
    coded += from.form == Form::kCodes ? 1 : 0;
    nulls |= !from.nulls.empty();
    heap += from.heap.size();
  }
  for (const RowBlockPointer& block : blocks) {
    if (!nulls) break;
    const std::vector<uint8_t>& flags = block->columns[index].nulls;
    to.nulls.insert(to.nulls.end(), flags.begin(), flags.end());
    if (flags.empty()) to.nulls.resize(to.nulls.size() + block->rows, 0);
  }
  to.form = blocks.front()->columns[index].form;
  if (to.form == Form::kSlots) {
    const uint32_t width = column_shape(blocks.front()->schema->columns[index].type).width;
    to.data.reserve(rows * width + 8);
    for (const RowBlockPointer& block : blocks) {
      const uint8_t* data = block->columns[index].data.data();
      to.data.insert(to.data.end(), data, data + block->rows * width);
    }
    to.data.resize(rows * width + 8);
    return;
  }
  if (coded == blocks.size()) return join_codes(blocks, index, rows, to);
  to.form = Form::kTexts;
  to.heap.reserve(heap);
  for (const RowBlockPointer& block : blocks) {
    const BlockColumn& from = block->columns[index];
    if (from.form == Form::kTexts)
      append_texts(from, to);
    else
      append_codes_as_texts(from, block->rows, to);
  }
}

}  // namespace

Result<RowBlockPointer> join_blocks(const std::vector<RowBlockPointer>& blocks,
                                    const EachColumn& each) {
  if (blocks.size() == 1) return blocks.front();
  auto out = std::make_shared<RowBlock>();
  out->schema = blocks.front()->schema;
  out->columns.resize(out->schema->columns.size());
  for (const RowBlockPointer& block : blocks) out->rows += block->rows;
  for (size_t i = 0; i < out->columns.size(); ++i) {
    uint64_t heap = 0;
    for (const RowBlockPointer& block : blocks) {
      const BlockColumn& column = block->columns[i];
      heap += column.heap.size();
    }
    if (heap > UINT32_MAX) {
      return fail(ErrorCode::kTooLargeStringSize,
                  "Strings of one request exceed 4 GiB in column " + out->schema->columns[i].name);
    }
  }
  each(out->columns.size(),
       [&](size_t column) { join_column(blocks, column, out->rows, out->columns[column]); });
  return RowBlockPointer(std::move(out));
}

size_t RowBlock::bytes() const {
  size_t total = sizeof(RowBlock) + columns.size() * sizeof(BlockColumn);
  for (const BlockColumn& column : columns) total += column.bytes();
  return total;
}

Result<RowBlockPointer> adapt_block(const RowBlockPointer& block,
                                    const std::shared_ptr<const TableSchema>& schema) {
  SP_TRY_VOID(check_schema_change(*block->schema, *schema));
  auto out = std::make_shared<RowBlock>();
  out->schema = schema;
  out->rows = block->rows;
  out->columns =
      block->columns;  // Nullable and LowCardinality around a type leave the values as they are
  for (size_t i = block->columns.size(); i < schema->columns.size(); ++i) {
    BlockColumnBuilder column(schema->columns[i].type);
    for (size_t row = 0; row < block->rows; ++row) column.append_default();
    out->columns.push_back(column.finish());
  }
  return RowBlockPointer(std::move(out));
}

}  // namespace sp
