// QueryCompiler: dispatch, pipeline functions, row sets. See query_compiler.h.

#include "compiler/codegen/query_compiler.h"

#include <utility>

#include "compiler/plan/tree.h"
#include "runtime/exec/morsel_driver.h"
#include "runtime/exec/row_buffer.h"
#include "runtime/exec/scan_source.h"

namespace sp::codegen {
namespace {

constexpr uint64_t kRowsBetweenStopChecks = kScanBlockRows;
static_assert(offsetof(Morsel, source) == 0 && offsetof(Morsel, begin) == 8 &&
              offsetof(Morsel, end) == 16);

}  // namespace

void QueryCompiler::unsupported(const std::string& what, Span span) {
  if (error) return;
  error = fail(ErrorCode::kNotImplemented, what + " is not supported",
               span.end > span.begin ? std::optional(span) : std::nullopt);
}

void QueryCompiler::produce(const plan::Node& node, const Consumer& consumer) {
  using Kind = plan::Node::Kind;
  switch (node.kind) {
    case Kind::kScan: return produce_scan(*this, node, consumer);
    case Kind::kOneRow:
    case Kind::kNumbers:
    case Kind::kValues: return produce_source(*this, node, consumer);
    case Kind::kFilter: return produce_filter(*this, node, consumer);
    case Kind::kProject: return produce_project(*this, node, consumer);
    case Kind::kAggregate: return produce_aggregate(*this, node, consumer);
    case Kind::kDistinct: return produce_distinct(*this, node, consumer);
    case Kind::kSort: return produce_sort(*this, node, consumer);
    case Kind::kLimit: return produce_limit(*this, node, consumer);
    case Kind::kJoin: return produce_join(*this, node, consumer);
    case Kind::kArrayJoin: return produce_array_join(*this, node, consumer);
    case Kind::kWindow: return produce_window(*this, node, consumer);
    case Kind::kUnion: return produce_union(*this, node, consumer);
    case Kind::kRecursive: return produce_recursive(*this, node, consumer);
    case Kind::kWorkingTable: return produce_working_table(*this, node, consumer);
    case Kind::kIntersect:
    case Kind::kExcept: return produce_set_operation(*this, node, consumer);
    case Kind::kTotals: return produce_totals(*this, node, consumer);
    case Kind::kFill: return produce_fill(*this, node, consumer);
  }
}

void QueryCompiler::compile(const plan::Plan& plan) {
  sets_done_.resize(plan.sets.size());
  subqueries_done_.resize(plan.subqueries.size());
  program.params_size = plan.parameters_size;
  prepare(*plan.root);
  uint32_t size = 0;
  auto columns = row_columns(plan.root->output, 0, size);
  for (const RowColumn& column : columns) program.result_layout.offsets.push_back(column.offset);
  program.result_layout.size = size;
  program.result_layout.align = 8;
  program.result_row_set = materialise(*plan.root, columns);
  if (plan.totals) program.totals_row_set = materialise(*plan.totals, columns);
}

// --- sets and subqueries ------------------------------------------------------------------------

void QueryCompiler::prepare(const plan::Expression& expression) {
  if (expression.kind == plan::Expression::Kind::kInSet && !sets_done_[expression.set]) {
    sets_done_[expression.set] = true;
    const plan::SetDefinition& set = e.plan.sets[expression.set];
    if (set.subplan) prepare(*set.subplan);
    if (set.array) prepare(*set.array);
    for (const auto& row : set.rows) {
      for (const auto& value : row) prepare(*value);
    }
    if (!is_inline_set(set)) e.set_objects[expression.set] = build_set(*this, set);
  }
  if (expression.kind == plan::Expression::Kind::kParameter) {
    const plan::Parameter& parameter = e.plan.parameters[expression.slot];
    if (parameter.source == plan::Parameter::Source::kSubquery &&
        !subqueries_done_[parameter.index]) {
      subqueries_done_[parameter.index] = true;
      const plan::Node& subquery = *e.plan.subqueries[parameter.index];
      prepare(subquery);
      std::vector<RowColumn> columns;
      uint32_t row_size = 0;
      const uint32_t rows = materialise(subquery, columns, 0, &row_size);
      add_stage(ScalarStage{rows, parameter.offset, columns, parameter.type});
    }
  }
  for (const auto& arg : expression.args) prepare(*arg);
}

void QueryCompiler::prepare(const plan::Node& node) {
  const auto all = [&](const std::vector<plan::ExpressionPtr>& list) {
    for (const auto& expression : list) {
      if (expression) prepare(*expression);
    }
  };
  all(node.expressions);
  all(node.keys);
  all(node.left_keys);
  all(node.right_keys);
  all(node.partition_by);
  all({node.predicate, node.limit, node.offset});
  for (const auto& row : node.rows) all(row);
  for (const auto& aggregate : node.aggregates) all(aggregate.args);
  for (const auto& key : node.sort_keys) all({key.expression});
  for (const auto& function : node.window_functions) {
    all(function.args);
    all({function.begin.offset, function.end.offset});
  }
  for (const auto& bound : node.bounds) all({bound.value});
  for (const auto& fill : node.fills) all({fill.from, fill.to, fill.step, fill.staleness});
  for (const auto& [column, expression] : node.interpolate) all({expression});
  for (const auto& input : node.inputs) prepare(*input);
}

// --- pipelines ----------------------------------------------------------------------------------

void QueryCompiler::add_stage(Stage stage) {
  if (const uint32_t constants = e.finish_constants(); constants != kNone) {
    program.stages.push_back(ConstantsStage{constants});
  }
  program.stages.push_back(std::move(stage));
}

// void pipeline(state, morsel):
//   setup;  loop { row }  leave: teardown
void QueryCompiler::pipeline(PipelineStage stage, const Consumer& consumer,
                             const std::function<void(const std::function<void()>&)>& loop) {
  const std::string name = e.unique_name("pipeline");
  auto outer = e.fresh_scope();
  const auto outer_source = std::exchange(source_kind, stage.source);
  gen.begin_function(name, gen.b.getVoidTy(), {gen.ptr(), gen.ptr()}, {"state", "morsel"}, true);
  llvm::BasicBlock* const leave = gen.block("leave");
  gen.set_leave(leave);
  e.block_columns = 0;
  consumer.setup();
  loop([&] { e.scoped(consumer.row); });
  if (gen.open()) gen.b.CreateBr(leave);
  leave->moveAfter(&gen.fn()->back());
  gen.b.SetInsertPoint(leave);
  consumer.teardown();
  gen.end_function();
  e.restore(std::move(outer));
  source_kind = outer_source;
  stage.function = e.add_function(name);
  stage.serial = stage.serial || consumer.serial;
  stage.ordered_locals = consumer.ordered_locals;
  stage.done_local = consumer.done_local;
  add_stage(std::move(stage));
}

llvm::Value* QueryCompiler::morsel_source() {
  return gen.invariant("source",
                       [&] { return gen.load(gen.ptr(), gen.fn()->getArg(1), 0, "source"); });
}

// for (block = begin; block < end; block += 1024) {
//   if (*state->stop) goto leave;
//   for (row = block; row < min(block + 1024, end); ++row) body(row)
// }
void QueryCompiler::row_loop(const std::function<void(llvm::Value*)>& body) {
  block_loop(
      [&](llvm::Value* first, llvm::Value* last) { gen.for_range(first, last, body, "row"); });
}

// for each block:
//   n = sp_scan_select(source, first, last, places);  columns' words of the n rows;
//   for (i = 0; i < n; ++i) body(first + places[i])
void QueryCompiler::scan_loop(bool filtered, const std::function<void(const ScanRow&)>& body) {
  auto& b = gen.b;
  llvm::Value* const null = llvm::ConstantPointerNull::get(b.getPtrTy());
  llvm::Value* const places =
      filtered ? gen.entry_alloca((kScanBlockRows + 8) * sizeof(uint16_t), 64, "places") : null;
  block_loop([&](llvm::Value* first, llvm::Value* last) {
    ScanRow row;
    row.begin = first;
    row.places = places;
    row.count = filtered ? gen.runtime_call(SP_SYMBOL(sp_scan_select),
                                            {morsel_source(), first, last, places}, "selected")
                         : b.CreateSub(last, first, "rows");
    gen.open_header();
    gen.for_range(
        gen.u64(0), row.count,
        [&](llvm::Value* i) {
          llvm::Value* place = i;
          if (filtered) {
            place =
                b.CreateAlignedLoad(b.getInt16Ty(), b.CreateInBoundsGEP(b.getInt16Ty(), places, i),
                                    llvm::Align(2), "place");
            place = b.CreateZExt(place, gen.i64());
          }
          row.index = i;
          row.row = b.CreateAdd(first, place, "row", true, true);
          row.nesting = gen.nesting();
          body(row);
        },
        "row");
    gen.close_header();
  });
}

void QueryCompiler::block_loop(const std::function<void(llvm::Value*, llvm::Value*)>& body) {
  auto& b = gen.b;
  llvm::Value* const morsel = gen.fn()->getArg(1);
  llvm::Value* const begin =
      gen.invariant("begin", [&] { return gen.load(gen.i64(), morsel, 8, "begin"); });
  llvm::Value* const end =
      gen.invariant("end", [&] { return gen.load(gen.i64(), morsel, 16, "end"); });
  llvm::Value* rounded = b.CreateAdd(b.CreateSub(end, begin), gen.u64(kRowsBetweenStopChecks - 1));
  llvm::Value* blocks = b.CreateUDiv(rounded, gen.u64(kRowsBetweenStopChecks), "blocks");
  gen.for_range(
      gen.u64(0), blocks,
      [&](llvm::Value* block) {
        gen.if_(b.CreateNot(e.going_on()), [&] { b.CreateBr(gen.leave()); }, {}, "stop");
        llvm::Value* first =
            b.CreateAdd(begin, b.CreateMul(block, gen.u64(kRowsBetweenStopChecks)), "first");
        llvm::Value* last = b.CreateAdd(first, gen.u64(kRowsBetweenStopChecks));
        last = b.CreateSelect(b.CreateICmpULT(last, end), last, end, "last");
        body(first, last);
      },
      "block");
}

// --- rows ---------------------------------------------------------------------------------------

std::vector<RowColumn> QueryCompiler::row_columns(const std::vector<plan::OutputColumn>& output,
                                                  uint32_t header, uint32_t& size) {
  std::vector<Type> types;
  for (const auto& column : output) types.push_back(column.type);
  const RowLayout layout = row_layout(types);
  std::vector<RowColumn> columns;
  for (size_t i = 0; i < output.size(); ++i) {
    columns.push_back({output[i].id, output[i].type, header + layout.offsets[i], output[i].name});
  }
  size = (header + layout.size + 7) / 8 * 8;
  return columns;
}

Consumer QueryCompiler::buffer_sink(const std::vector<RowColumn>& columns, uint32_t row_size,
                                    uint32_t& local) {
  local = e.add_local({.kind = LocalSpec::Kind::kRowBuffer, .row_size = row_size});
  Consumer sink;
  sink.ordered_locals = {local};
  sink.row = [this, columns, local] {
    std::vector<SqlValue> values;
    for (const RowColumn& column : columns) values.push_back(e.column(column.id));
    llvm::Value* row =
        gen.runtime_call(SP_SYMBOL(sp_row_buffer_append), {e.local(local)}, "out.row");
    for (size_t i = 0; i < columns.size(); ++i) {
      store_stable(gen, e, gen.offset(row, columns[i].offset), values[i], columns[i].type);
    }
  };
  return sink;
}

uint32_t QueryCompiler::materialise(const plan::Node& node, std::vector<RowColumn>& columns,
                                    uint32_t extra_size, uint32_t* row_size) {
  uint32_t size = 0;
  columns = row_columns(node.output, 0, size);
  size += (extra_size + 7) / 8 * 8;
  if (size == 0) size = 8;
  if (row_size != nullptr) *row_size = size;
  uint32_t local = kNone;
  produce(node, buffer_sink(columns, size, local));
  const uint32_t row_set = new_row_set();
  add_stage(GatherStage{local, row_set});
  return row_set;
}

void QueryCompiler::define_row(const std::vector<RowColumn>& columns, llvm::Value* row,
                               bool stable) {
  for (const RowColumn& column : columns) {
    e.define(column.id, {.load = [this, row, column, stable] {
               return load_slot(gen, gen.offset(row, column.offset), column.type, column.name,
                                stable);
             }});
  }
}

// for (i = begin; i < end; ++i) { row = rows[i]; ... }
void QueryCompiler::produce_row_pointers(uint32_t row_set,
                                         const std::function<void(llvm::Value*)>& define,
                                         const Consumer& consumer, const std::string& text,
                                         bool costly_rows) {
  PipelineStage stage;
  stage.source = PipelineStage::Source::kRows;
  stage.row_set = row_set;
  stage.costly_rows = costly_rows;
  stage.text = text;
  pipeline(stage, consumer, [&](const std::function<void()>& row_code) {
    row_loop([&](llvm::Value* index) {
      e.scoped([&] {
        llvm::Value* at = gen.b.CreateInBoundsGEP(gen.ptr(), morsel_source(), index);
        define(gen.load(gen.ptr(), at, 0, "row"));
        row_code();
      });
    });
  });
}

void QueryCompiler::produce_rows(uint32_t row_set, const std::vector<RowColumn>& columns,
                                 const Consumer& consumer, const std::string& text) {
  produce_row_pointers(
      row_set, [&](llvm::Value* row) { define_row(columns, row); }, consumer, text);
}

uint32_t QueryCompiler::count_offset(const plan::ExpressionPtr& expression) {
  return expression ? e.hoist(*expression) : kNone;
}

}  // namespace sp::codegen
