// Which schema changes are done in place.

#include "runtime/storage/schema_change.h"

#include "runtime/storage/encoded_column.h"

namespace sp {

namespace {

bool widens(Type from, Type to) {
  const ColumnShape a = column_shape(from), b = column_shape(to);
  return a.value == b.value && (b.nullable || !a.nullable);
}

Error incompatible(const TableSchema& table, const std::string& what) {
  return fail(ErrorCode::kIncompatibleColumns,
              "Table " + table.name + " cannot be changed in place: " + what, std::nullopt,
              "only new columns at the end and Nullable around a type are possible; "
              "otherwise create a new data source and copy the rows");
}

}  // namespace

bool same_schema(const TableSchema& a, const TableSchema& b) {
  if (a.columns.size() != b.columns.size()) return false;
  for (size_t i = 0; i < a.columns.size(); ++i) {
    if (a.columns[i].name != b.columns[i].name || !(a.columns[i].type == b.columns[i].type))
      return false;
  }
  return a.sorting_key == b.sorting_key && a.partition == b.partition &&
         a.partition_column == b.partition_column && a.partition_timezone == b.partition_timezone &&
         a.engine == b.engine && a.version_column == b.version_column &&
         a.whole_sorting_key == b.whole_sorting_key && a.sampling_key == b.sampling_key &&
         a.deleted_column == b.deleted_column && a.sign_column == b.sign_column &&
         a.summed_columns == b.summed_columns;
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
  if (present.sorting_key != wanted.sorting_key)
    return incompatible(present, "the sorting key differs");
  if (present.partition != wanted.partition ||
      present.partition_timezone != wanted.partition_timezone ||
      (present.partition != TableSchema::Partition::kNone &&
       present.partition_column != wanted.partition_column)) {
    return incompatible(present, "the partition key differs");
  }
  if (present.engine != wanted.engine || present.version_column != wanted.version_column) {
    return incompatible(present, "the engine differs");
  }
  return {};
}

}  // namespace sp
