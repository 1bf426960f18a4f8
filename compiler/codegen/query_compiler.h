#pragma once
// QueryCompiler: walks the plan and writes its pipelines. Each operator is a step:
// produce_x(compiler, node, consumer) emits (or lets its input emit) loops in whose bodies the
// consumer's row code stands (Neumann, VLDB 2011). A consumer has three continuations: setup before
// the loop, row in it, teardown after it. Breakers end a pipeline with a sink and start the next
// one over the rows they made.

#include <memory>

#include "compiler/codegen/emitter.h"

namespace sp::codegen {

/// What happens to each row. May be emitted several times, in different functions (UNION ALL, outer
/// joins).
struct Consumer {
  std::function<void()> setup = [] {};
  std::function<void()> row;
  std::function<void()> teardown = [] {};
  /// The pipeline must run in one worker, in order.
  bool serial = false;
  /// Row buffers and top-ns that are told each morsel's number.
  std::vector<uint32_t> ordered_locals;
  uint32_t done_local = kNone;
};

class QueryCompiler {
 public:
  QueryCompiler(Emitter& emitter) : e(emitter), gen(emitter.gen), program(emitter.program) {}

  Emitter& e;
  Gen& gen;
  Program& program;
  /// WITH TOTALS: the row set of an aggregation's totals and how to define its columns, by number.
  struct Totals {
    uint32_t row_set = kNone;
    std::function<void(llvm::Value*)> define;
  };
  std::unordered_map<uint32_t, Totals> totals;
  /// First construct that cannot be compiled; code generation goes on to its end and the module is
  /// dropped.
  std::optional<Error> error;

  /// Emits everything below `node` and hands its rows to `consumer`.
  void produce(const plan::Node& node, const Consumer& consumer);
  /// The whole plan: sets and subqueries first, then the root into the result row set.
  void compile(const plan::Plan& plan);

  /// Builds the sets and scalar subqueries that the expressions of `node` and its inputs use,
  /// unless done before.
  void prepare(const plan::Node& node);
  void prepare(const plan::Expression& expression);

  // --- pipelines --------------------------------------------------------------------------------
  /// Where the rows of the pipeline being written come from.
  PipelineStage::Source source_kind = PipelineStage::Source::kOnce;
  /// Writes one pipeline function: `loop` emits the source's loop, calling row(...) of the consumer
  /// in it.
  void pipeline(PipelineStage stage, const Consumer& consumer,
                const std::function<void(const std::function<void()>&)>& loop);
  /// Rows [begin, end) of the morsel, with a check of `stop` every 1024: row code gets the row's
  /// number.
  void row_loop(const std::function<void(llvm::Value*)>& body);
  /// A row of a scan: its number in the segment, its place among those of its block that pass the
  /// scan's filters, and what the header of the loop knows of them: rows begin + places[0 ..
  /// count), or all `count` from `begin` on without places.
  struct ScanRow {
    llvm::Value *row = nullptr, *index = nullptr, *begin = nullptr, *count = nullptr,
                *places = nullptr;
    uint32_t nesting = 0;  ///< of the row's code
  };
  /// As row_loop, with a header for each block, over the rows that pass the scan's filters.
  void scan_loop(bool filtered, const std::function<void(const ScanRow&)>& body);
  llvm::Value* morsel_source();
  void add_stage(Stage stage);
  uint32_t new_row_set() { return program.row_sets++; }

  // --- rows -------------------------------------------------------------------------------------
  /// Places for the output of `node`, from `header` bytes on; `size` becomes the row's size.
  static std::vector<RowColumn> row_columns(const std::vector<plan::OutputColumn>& output,
                                            uint32_t header, uint32_t& size);
  /// A sink that appends rows of these columns to per-worker buffers; `local` is their number.
  Consumer buffer_sink(const std::vector<RowColumn>& columns, uint32_t row_size, uint32_t& local);
  /// Materialises `node` into a new row set, in the input's order.
  uint32_t materialise(const plan::Node& node, std::vector<RowColumn>& columns,
                       uint32_t extra_size = 0, uint32_t* row_size = nullptr);
  /// A pipeline over a row set: columns are loaded from each row on first use.
  void produce_rows(uint32_t row_set, const std::vector<RowColumn>& columns,
                    const Consumer& consumer, const std::string& text);
  /// As produce_rows; `define` defines the columns from the row pointer. `costly_rows`: one of them
  /// may be work enough for a thread.
  void produce_row_pointers(uint32_t row_set, const std::function<void(llvm::Value*)>& define,
                            const Consumer& consumer, const std::string& text,
                            bool costly_rows = false);
  void define_row(const std::vector<RowColumn>& columns, llvm::Value* row, bool stable = true);

  /// A constant expression's slot in params, as UInt64; kNone for null expressions.
  uint32_t count_offset(const plan::ExpressionPtr& expression);

  void unsupported(const std::string& what, Span span = {});

  /// Row sets of the recursions being compiled: what their working tables read.
  std::unordered_map<uint32_t, uint32_t> working_tables;

 private:
  /// for each block of 1024 rows: body(first, last)
  void block_loop(const std::function<void(llvm::Value*, llvm::Value*)>& body);

  std::vector<bool> sets_done_, subqueries_done_;
};

// One operator a file, in steps/.
void produce_scan(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
/// A scan with a filter right above it: the predicate's simple conditions are tested by whole
/// blocks.
void produce_filtered_scan(QueryCompiler& c, const plan::Node& node,
                           const plan::ExpressionPtr& predicate, const Consumer& consumer);
void produce_source(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_filter(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_project(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_aggregate(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_distinct(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_sort(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_limit(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_join(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_array_join(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_window(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_union(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_set_operation(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_fill(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_recursive(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_working_table(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
void produce_totals(QueryCompiler& c, const plan::Node& node, const Consumer& consumer);
/// Builds the key table of a set; returns its object.
uint32_t build_set(QueryCompiler& c, const plan::SetDefinition& set);

}  // namespace sp::codegen
