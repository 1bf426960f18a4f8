// RowBatch and ColumnBuilder: see the header.

#include "runtime/storage/row_batch.h"

namespace sp {

ColumnBuilder::ColumnBuilder(Type type, Arena& arena)
    : type_(type),
      layout_(slot_layout(type)),
      arena_(&arena) {}

void ColumnBuilder::append(const void* slot) {
  const auto* bytes = static_cast<const uint8_t*>(slot);
  bytes_.insert(bytes_.end(), bytes, bytes + layout_.size);
  ++rows_;
}

void ColumnBuilder::append_default() {
  const size_t at = bytes_.size();
  bytes_.resize(at + layout_.size);
  default_slot(type_, bytes_.data() + at, *arena_);
  ++rows_;
}

void ColumnBuilder::pop() {
  SP_CHECK(rows_ > 0);
  bytes_.erase(bytes_.end() - layout_.size, bytes_.end());
  --rows_;
}

RowBatch::RowBatch(std::shared_ptr<const TableSchema> schema)
    : schema_(std::move(schema)),
      arena_(std::make_unique<Arena>()) {
  columns_.reserve(schema_->columns.size());
  for (const TableColumn& column : schema_->columns) columns_.emplace_back(column.type, *arena_);
}

}  // namespace sp
