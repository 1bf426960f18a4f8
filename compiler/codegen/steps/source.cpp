// Sources without a table: one row, numbers(), VALUES.
//   once: row          numbers: for (i = begin; i < end; ++i) { number = from + i * step; row }

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {
namespace {

void once(QueryCompiler& c, const Consumer& consumer, const std::string& text) {
  PipelineStage stage;
  stage.source = PipelineStage::Source::kOnce;
  stage.text = text;
  c.pipeline(stage, consumer, [&](const std::function<void()>& row) { row(); });
}

void produce_numbers(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  PipelineStage stage;
  stage.source = PipelineStage::Source::kNumbers;
  stage.count_offset = c.count_offset(node.expressions[1]);
  stage.text = "numbers";
  c.pipeline(stage, consumer, [&](const std::function<void()>& row) {
    c.row_loop([&](llvm::Value* i) {
      c.e.scoped([&] {
        llvm::Value* step = node.expressions.size() > 2 && node.expressions[2]
                                ? c.e.emit(node.expressions[2]).value
                                : c.gen.u64(1);
        llvm::Value* from = c.e.emit(node.expressions[0]).value;
        llvm::Value* number = c.gen.b.CreateAdd(from, c.gen.b.CreateMul(i, step), "number");
        c.e.define_value(node.output[0].id, {node.output[0].type, number, nullptr, true});
        row();
      });
    });
  });
}

// Rows of constants are stored one by one, then read like any other rows.
void produce_values(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  uint32_t size = 0, local = kNone;
  const auto columns = QueryCompiler::row_columns(node.output, 0, size);
  const Consumer sink = c.buffer_sink(columns, size, local);
  Consumer all = sink;
  all.row = [&c, &node, sink] {
    for (const auto& row : node.rows) {
      c.e.scoped([&] {
        for (size_t i = 0; i < row.size(); ++i)
          c.e.define(node.output[i].id, {.expression = row[i]});
        sink.row();
      });
    }
  };
  once(c, all, "values");
  const uint32_t rows = c.new_row_set();
  c.add_stage(GatherStage{local, rows});
  c.produce_rows(rows, columns, consumer, "values");
}

}  // namespace

void produce_source(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  switch (node.kind) {
    case plan::Node::Kind::kNumbers: return produce_numbers(c, node, consumer);
    case plan::Node::Kind::kValues: return produce_values(c, node, consumer);
    default: break;
  }
  Consumer one = consumer;
  one.row = [&c, &node, consumer] {  // ClickHouse's `dummy` column
    for (const auto& column : node.output)
      c.e.define_value(column.id, default_value(c.gen, column.type));
    consumer.row();
  };
  once(c, one, "one row");
}

}  // namespace sp::codegen
