// Fill: ORDER BY ... WITH FILL. The sorted rows are materialised; the engine walks them and asks a
// generated function for each row that is missing; it writes the key itself.
//   fill(state, row, previous): every column = INTERPOLATE's expression over `previous`, or its
//       default value

#include <llvm/IR/Constants.h>

#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/sorted_rows.h"

namespace sp::codegen {
namespace {

// void(state, row, previous)
uint32_t defaults_function(QueryCompiler& c, const plan::Node& node, const SortedRows& rows) {
  Gen& gen = c.gen;
  const Gen::Nested nested(gen);
  auto outer = c.e.fresh_scope();
  const std::string name = c.e.unique_name("fill");
  gen.begin_function(name, gen.b.getVoidTy(), {gen.ptr(), gen.ptr(), gen.ptr()},
                     {"state", "row", "previous"}, true);
  llvm::Value *row = gen.fn()->getArg(1), *previous = gen.fn()->getArg(2);
  // Before the first row everything has its default value.
  llvm::Value* nothing = gen.entry_alloca(rows.row_size, 8, "nothing");
  gen.zero(nothing, rows.row_size);
  for (const RowColumn& column : rows.columns) {
    if (default_is_zeros(column.type)) continue;
    store_slot(gen, gen.offset(nothing, column.offset),
               default_value(gen, column.type, column.type.can_be_null()), column.type);
  }
  previous = gen.b.CreateSelect(
      gen.b.CreateICmpNE(previous, llvm::ConstantPointerNull::get(gen.b.getPtrTy())), previous,
      nothing);
  c.define_row(rows.columns, previous);
  for (const RowColumn& column : rows.columns) {
    SqlValue value = default_value(gen, column.type, column.type.can_be_null());
    for (const auto& [target, expression] : node.interpolate) {
      if (target != column.id) continue;
      value = expression ? c.e.emit(*expression) : c.e.column(column.id);
      value.type = column.type;
    }
    store_stable(gen, c.e, gen.offset(row, column.offset), value, column.type);
  }
  gen.end_function();
  c.e.restore(std::move(outer));
  return c.e.add_function(name);
}

}  // namespace

void produce_fill(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  const SortedRows rows = sorted_layout(c, node.inputs[0]->output, node.sort_keys);
  FillStage stage;
  stage.row_set = materialise_sorted(c, rows, *node.inputs[0]);
  stage.row_size = rows.row_size;
  for (size_t i = 0; i < rows.order.size(); ++i) {
    const OrderKey& order = rows.order[i];
    FillStage::Key key;
    key.offset = order.offset;
    key.type = order.type;
    key.descending = order.descending;
    if (i < node.fills.size() && node.fills[i].enabled) {
      const plan::Node::Fill& fill = node.fills[i];
      key.enabled = true;
      key.from = c.count_offset(fill.from);
      key.to = c.count_offset(fill.to);
      key.step = c.count_offset(fill.step);
      key.staleness = c.count_offset(fill.staleness);
      key.unit = fill.step_unit;
      key.staleness_unit = fill.staleness_unit;
      if (slot_layout(order.type.base()).size > 8)
        c.unsupported("WITH FILL over " + order.type.name(), node.span);
    }
    stage.keys.push_back(key);
  }
  stage.fill_defaults = defaults_function(c, node, rows);
  c.add_stage(stage);
  c.produce_rows(stage.row_set, rows.columns, consumer, "filled rows");
}

}  // namespace sp::codegen
