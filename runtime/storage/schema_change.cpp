// Which schema changes are done in place, and old batches under new schemas.

#include "runtime/storage/schema_change.h"

#include <cstring>

#include "runtime/storage/encoded_column.h"

namespace sp {

namespace {

bool widens(Type from, Type to) {
  const ColumnShape a = column_shape(from), b = column_shape(to);
  return a.value == b.value && (b.nullable || !a.nullable);
}

Error incompatible(const TableSchema& table, const std::string& what) {
  return fail(ErrorCode::kIncompatibleColumns, "Table " + table.name + " cannot be changed in place: " + what,
              std::nullopt, "only new columns at the end and Nullable around a type are possible; "
              "otherwise create a new data source and copy the rows");
}

}  // namespace

bool same_schema(const TableSchema& a, const TableSchema& b) {
  if (a.columns.size() != b.columns.size()) return false;
  for (size_t i = 0; i < a.columns.size(); ++i) {
    if (a.columns[i].name != b.columns[i].name || !(a.columns[i].type == b.columns[i].type)) return false;
  }
  return a.sorting_key == b.sorting_key && a.partition == b.partition && a.partition_column == b.partition_column &&
         a.partition_timezone == b.partition_timezone && a.engine == b.engine && a.version_column == b.version_column;
}

Result<void> check_schema_change(const TableSchema& present, const TableSchema& wanted) {
  for (size_t i = 0; i < present.columns.size(); ++i) {
    const TableColumn& old = present.columns[i];
    if (i >= wanted.columns.size() || wanted.columns[i].name != old.name) {
      return incompatible(present, "column " + old.name + " is missing or has moved");
    }
    if (!widens(old.type, wanted.columns[i].type)) {
      return incompatible(present, "column " + old.name + " is " + old.type.name() + ", not " +
                                       wanted.columns[i].type.name());
    }
  }
  if (present.sorting_key != wanted.sorting_key) return incompatible(present, "the sorting key differs");
  if (present.partition != wanted.partition || present.partition_timezone != wanted.partition_timezone ||
      (present.partition != TableSchema::Partition::kNone && present.partition_column != wanted.partition_column)) {
    return incompatible(present, "the partition key differs");
  }
  if (present.engine != wanted.engine || present.version_column != wanted.version_column) {
    return incompatible(present, "the engine differs");
  }
  return {};
}

Result<RowBatch> adapt_batch(const RowBatch& batch, const std::shared_ptr<const TableSchema>& schema) {
  SP_TRY_VOID(check_schema_change(batch.schema(), *schema));
  RowBatch out(schema);
  for (size_t i = 0; i < schema->columns.size(); ++i) {
    ColumnBuilder& to = out.column(i);
    to.reserve(batch.rows());
    if (i >= batch.column_count()) {
      for (size_t row = 0; row < batch.rows(); ++row) to.append_default();
      continue;
    }
    const ColumnBuilder& from = batch.column(i);
    const ColumnShape shape = column_shape(from.type());
    const SlotOps& ops = slot_ops(shape.value);
    std::vector<uint8_t> slot(to.layout().size);
    for (size_t row = 0; row < batch.rows(); ++row) {
      const auto* source = static_cast<const uint8_t*>(from.slot(row));
      const bool null = shape.nullable && source[shape.width] != 0;
      std::fill(slot.begin(), slot.end(), uint8_t{0});
      if (!null) ops.copy(slot.data(), source, out.arena());
      if (to.layout().size > shape.width && column_shape(to.type()).nullable) slot[shape.width] = null ? 1 : 0;
      to.append(slot.data());
    }
  }
  return out;
}

}  // namespace sp
