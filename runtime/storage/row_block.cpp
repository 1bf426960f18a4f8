// RowBlock: sizes, and old blocks under new schemas.

#include "runtime/storage/row_block.h"

#include "runtime/storage/block_builder.h"
#include "runtime/storage/schema_change.h"

namespace sp {

size_t RowBlock::bytes() const {
  size_t total = sizeof(RowBlock) + columns.size() * sizeof(BlockColumn);
  for (const BlockColumn& column : columns) total += column.bytes();
  return total;
}

Result<RowBlockPointer> adapt_block(const RowBlockPointer& block, const std::shared_ptr<const TableSchema>& schema) {
  SP_TRY_VOID(check_schema_change(*block->schema, *schema));
  auto out = std::make_shared<RowBlock>();
  out->schema = schema;
  out->rows = block->rows;
  out->columns = block->columns;  // Nullable and LowCardinality around a type leave the values as they are
  for (size_t i = block->columns.size(); i < schema->columns.size(); ++i) {
    BlockColumnBuilder column(schema->columns[i].type);
    for (size_t row = 0; row < block->rows; ++row) column.append_default();
    out->columns.push_back(column.finish());
  }
  return RowBlockPointer(std::move(out));
}

}  // namespace sp
