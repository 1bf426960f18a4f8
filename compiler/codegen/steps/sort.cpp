// Sort: rows with their key slots are materialised, then sorted through a generated comparator.
// With a limit each worker keeps only its best rows.
//   row = append(buffer); copy columns and keys           ++offered; if (number(first key) <= most)
//   {
//                                                           image = {keys}
//                                                           if (wants(top, image)) append row }

#include "runtime/exec/sort.h"

#include <algorithm>

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/key_range.h"
#include "compiler/codegen/steps/sorted_rows.h"
#include "runtime/exec/row_buffer.h"

namespace sp::codegen {

SortedRows sorted_layout(QueryCompiler&, const std::vector<plan::OutputColumn>& output,
                         const std::vector<plan::SortKey>& keys) {
  SortedRows rows;
  uint32_t size = 0;
  rows.columns = QueryCompiler::row_columns(output, 0, size);
  for (const auto& key : keys) {
    OrderKey order{key.expression->type.without_low_cardinality(), kNone, key.descending,
                   key.nulls_first};
    for (const RowColumn& column : rows.columns) {
      const bool stored = key.expression->kind == plan::Expression::Kind::kColumn &&
                          key.expression->column == column.id;
      if (stored) {
        order.offset = column.offset;
        order.type = column.type;
      }
    }
    if (order.offset == kNone) {
      const SlotLayout layout = slot_layout(order.type);
      order.offset = (size + layout.align - 1) / layout.align * layout.align;
      size = order.offset + layout.size;
      rows.extra.emplace_back(key.expression.get(), order);
    }
    rows.order.push_back(order);
  }
  rows.row_size = std::max(8u, (size + 7) / 8 * 8);
  return rows;
}

uint32_t materialise_sorted(QueryCompiler& c, const SortedRows& rows, const plan::Node& input) {
  const uint32_t local =
      c.e.add_local({.kind = LocalSpec::Kind::kRowBuffer, .row_size = rows.row_size});
  Consumer sink;
  sink.ordered_locals = {local};
  sink.row = [&c, &rows, local] {
    std::vector<SqlValue> values, keys;
    for (const RowColumn& column : rows.columns) values.push_back(c.e.column(column.id));
    for (const auto& [expression, order] : rows.extra) keys.push_back(c.e.emit(*expression));
    rows.own->clear();
    for (const SqlValue& value : values) rows.own->push_back(!value.stable);
    llvm::Value* rank = nullptr;
    if (const ColumnSource* source = c.e.scan_source(rows.ranked); source != nullptr)
      rank = rank_of(c, *source);
    llvm::Value* row =
        c.gen.runtime_call(SP_SYMBOL(sp_row_buffer_append), {c.e.local(local)}, "row");
    if (rank != nullptr) c.gen.store(rank, row, rows.rank_offset);
    for (size_t i = 0; i < values.size(); ++i) {
      store_stable(c.gen, c.e, c.gen.offset(row, rows.columns[i].offset), values[i],
                   rows.columns[i].type);
    }
    for (size_t i = 0; i < keys.size(); ++i) {
      store_stable(c.gen, c.e, c.gen.offset(row, rows.extra[i].second.offset), keys[i],
                   rows.extra[i].second.type);
    }
  };
  c.produce(input, sink);
  const uint32_t row_set = c.new_row_set();
  c.add_stage(GatherStage{local, row_set});
  return row_set;
}

namespace {

// Appends the row to the best ones if it is among them.
void keep_wanted(QueryCompiler& c, const SortedRows& rows, uint32_t local, llvm::Value* number) {
  Gen& gen = c.gen;
  llvm::Value* image = gen.entry_alloca(rows.row_size, 8, "image");
  std::vector<SqlValue> keys;
  for (const auto& [expression, order] : rows.extra) {
    keys.push_back(c.e.emit(*expression));
    store_slot(gen, gen.offset(image, order.offset), keys.back(), order.type);
  }
  for (const RowColumn& column : rows.columns) {
    const bool is_key = std::any_of(rows.order.begin(), rows.order.end(), [&](const OrderKey& key) {
      return key.offset == column.offset;
    });
    if (is_key)
      store_slot(gen, gen.offset(image, column.offset), c.e.column(column.id), column.type);
  }
  llvm::Value* wants =
      gen.runtime_call(SP_SYMBOL(sp_top_n_wants), {c.e.local(local), image}, "wants");
  const auto keep = [&] {
    std::vector<SqlValue> values;
    for (const RowColumn& column : rows.columns) values.push_back(c.e.column(column.id));
    llvm::Value* row =
        gen.runtime_call(SP_SYMBOL(sp_top_n_append), {c.e.local(local), number}, "row");
    for (size_t i = 0; i < values.size(); ++i) {
      store_stable(gen, c.e, gen.offset(row, rows.columns[i].offset), values[i],
                   rows.columns[i].type);
    }
    for (size_t i = 0; i < keys.size(); ++i) {
      store_stable(gen, c.e, gen.offset(row, rows.extra[i].second.offset), keys[i],
                   rows.extra[i].second.type);
    }
  };
  c.e.branch(gen.b.CreateICmpNE(wants, gen.b.getInt8(0)), keep, {}, "keep");
}

uint32_t produce_top(QueryCompiler& c, const plan::Node& node, const SortedRows& rows,
                     uint32_t compare) {
  LocalSpec spec{.kind = LocalSpec::Kind::kTopN, .row_size = rows.row_size, .function = compare};
  spec.limit_offset = c.count_offset(node.limit);
  spec.skip_offset = c.count_offset(node.offset);
  const uint32_t local = c.e.add_local(spec);
  Consumer sink;
  sink.ordered_locals = {local};
  sink.row = [&c, &node, &rows, local] {
    Gen& gen = c.gen;
    llvm::Value* top = c.e.local(local);
    llvm::Value* offered = gen.load(gen.i64(), top, offsetof(TopNGate, offered), "offered");
    gen.store(gen.b.CreateAdd(offered, gen.u64(1)), top, offsetof(TopNGate, offered));
    const plan::Expression& first = *node.sort_keys[0].expression;
    llvm::Value* number = prefix_of_key(gen, c.e.emit(first), rows.order[0]);
    if (number == nullptr) return keep_wanted(c, rows, local, gen.u64(0));
    llvm::Value* most = gen.load(gen.i64(), top, offsetof(TopNGate, most), "most");
    c.e.branch(
        gen.b.CreateICmpULE(number, most), [&] { keep_wanted(c, rows, local, number); }, {},
        "near");
  };
  c.produce(*node.inputs[0], sink);
  const uint32_t row_set = c.new_row_set();
  TopNStage stage{local, row_set};
  stage.prefix = prefix_function(c.e, rows.order, &stage.prefix_is_whole);
  c.add_stage(stage);
  return row_set;
}

}  // namespace

void produce_sort(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  const SortedRows rows = sorted_layout(c, node.output, node.sort_keys);
  const uint32_t compare = compare_function(c.e, rows.order);
  uint32_t row_set = kNone;
  if (node.limit) {
    row_set = produce_top(c, node, rows, compare);
  } else {
    row_set = materialise_sorted(c, rows, *node.inputs[0]);
    SortStage stage{row_set, compare};
    stage.prefix = prefix_function(c.e, rows.order, &stage.prefix_is_whole);
    c.add_stage(stage);
  }
  c.produce_rows(row_set, rows.columns, consumer, "sorted rows");
}

}  // namespace sp::codegen
