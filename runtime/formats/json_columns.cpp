// RowSink: values that are missing.

#include "runtime/formats/json_columns.h"

namespace sp {

PathNode& PathNode::child(const std::string& name) {
  for (PathNode& node : children) {
    if (node.key == name) return node;
  }
  children.push_back({name, {}, {}});
  return children.back();
}

bool RowSink::append_absent(size_t index) {
  const JsonColumn& column = columns_.columns[index];
  if (column.has_default) {
    block_.column(index).append_slot(default_value_(index, scratch_));
    return true;
  }
  if (!column.type.can_be_null() && column.path && !column.optional) return false;
  block_.column(index).append_default();
  return true;
}

void RowSink::truncate(size_t rows) {
  for (size_t i = 0; i < column_count(); ++i) block_.column(i).truncate(rows);
}

}  // namespace sp
