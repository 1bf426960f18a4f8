// Distinct: each worker's table keeps the first row of every key (with the columns that are not
// keys beside it); the tables are merged and the rows go on.
//   row = find_or_insert(keys); new: copy the other columns

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/key_table.h"

namespace sp::codegen {

void produce_distinct(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  const bool on_keys = !node.keys.empty();
  std::vector<Type> types;
  if (on_keys) {
    for (const auto& key : node.keys) types.push_back(key->type.without_low_cardinality());
  } else {
    for (const auto& column : node.output) types.push_back(column.type);
  }
  const KeyLayout layout = key_layout(types);
  uint32_t row_size = layout.size;
  std::vector<RowColumn> columns;
  if (on_keys) {
    columns = QueryCompiler::row_columns(node.output, layout.size, row_size);
  } else {
    for (size_t i = 0; i < node.output.size(); ++i) {
      columns.push_back({node.output[i].id, types[i], layout.offsets[i], node.output[i].name});
    }
  }
  const uint32_t local =
      c.e.add_local({.kind = LocalSpec::Kind::kAggregateTable, .row_size = row_size});
  llvm::Function* const equal = keys_equal_function(c.e, layout);
  c.program.has_hash_step = true;
  Consumer sink;
  sink.serial = on_keys;  // which row is kept is the first one's right
  sink.row = [&c, &node, layout, columns, local, equal, on_keys] {
    std::vector<SqlValue> keys;
    if (on_keys) {
      for (const auto& key : node.keys) keys.push_back(c.e.emit(*key));
    } else {
      for (const RowColumn& column : columns) keys.push_back(c.e.column(column.id));
    }
    find_or_insert(c, layout, local, equal, keys, [&](llvm::Value* row) {
      if (!on_keys) return;
      for (const RowColumn& column : columns) {
        store_stable(c.gen, c.e, c.gen.offset(row, column.offset), c.e.column(column.id),
                     column.type);
      }
    });
  };
  c.produce(*node.inputs[0], sink);
  AggregateStage stage;
  stage.local = local;
  stage.row_set = c.new_row_set();
  stage.keys_equal = c.e.add_function(equal->getName().str());
  stage.merge = empty_merge(c);
  stage.row_size = row_size;
  c.add_stage(stage);
  c.produce_rows(stage.row_set, columns, consumer, "distinct");
}

}  // namespace sp::codegen
