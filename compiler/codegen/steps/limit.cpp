// Limit: LIMIT/OFFSET counts rows as they pass and ends the pipeline; LIMIT BY counts per key; WITH
// TIES cuts the materialised rows by comparing sort keys, and so do negative and fractional limits
// by counting them.
//   if (seen++ >= offset) row;  if (seen == offset + limit) { done = 1; goto leave; }

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/key_table.h"
#include "compiler/codegen/steps/sorted_rows.h"

namespace sp::codegen {
namespace {

llvm::Value* count_of(QueryCompiler& c, const plan::ExpressionPtr& expression, uint64_t absent) {
  if (!expression) return c.gen.u64(absent);
  const SqlValue value = c.e.emit(*expression);
  return c.gen.b.CreateIntCast(value.value, c.gen.i64(), is_signed(value.type), "count");
}

void produce_plain(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  Gen& gen = c.gen;
  const uint32_t local =
      c.e.add_local({.kind = LocalSpec::Kind::kBytes, .row_size = 16});  // done, seen
  Consumer counted = consumer;
  counted.serial = true;
  if (counted.done_local == kNone) counted.done_local = local;
  counted.row = [&c, &gen, &node, local, consumer] {
    auto& b = gen.b;
    llvm::Value* state = c.e.local(local);
    llvm::Value* skip = count_of(c, node.offset, 0);
    llvm::Value* limit = count_of(c, node.limit, UINT64_MAX);
    llvm::Value* sum = b.CreateAdd(skip, limit);
    llvm::Value* last =
        b.CreateSelect(b.CreateICmpULT(sum, skip), gen.u64(UINT64_MAX), sum, "last");
    const auto finish = [&] {
      gen.store(gen.u64(1), state, 0);
      b.CreateBr(gen.leave());
    };
    llvm::Value* before = gen.load(gen.i64(), state, 8, "seen");
    gen.if_(b.CreateICmpUGE(before, last), finish, {}, "none.left");
    llvm::Value* seen = b.CreateAdd(before, gen.u64(1), "seen");
    gen.store(seen, state, 8);
    c.e.branch(b.CreateICmpUGE(before, skip), consumer.row, {}, "within.limit");
    gen.if_(b.CreateICmpUGE(seen, last), finish, {}, "limit.reached");
  };
  c.produce(*node.inputs[0], counted);
}

// row = find_or_insert(keys); n = row.count++; if (n >= offset && n < offset + limit) row
void produce_by(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  std::vector<Type> types;
  for (const auto& key : node.keys) types.push_back(key->type.without_low_cardinality());
  const KeyLayout layout = key_layout(types);
  const uint32_t local =
      c.e.add_local({.kind = LocalSpec::Kind::kAggregateTable, .row_size = layout.size + 8});
  // A streamed result gives the memory of its rows back; the keys stay.
  const uint32_t keeper = c.e.add_local({.kind = LocalSpec::Kind::kOwnState});
  llvm::Function* const equal = keys_equal_function(c.e, layout);
  c.program.has_hash_step = true;
  Consumer counted = consumer;
  counted.serial = true;
  counted.row = [&c, &node, layout, local, keeper, equal, consumer] {
    Gen& gen = c.gen;
    std::vector<SqlValue> keys;
    for (const auto& key : node.keys) keys.push_back(c.e.emit(*key));
    llvm::Value* row =
        find_or_insert(c, layout, local, equal, keys, [](llvm::Value*) {}, c.e.local(keeper));
    llvm::Value* seen = gen.load(gen.i64(), row, layout.size, "seen");
    gen.store(gen.b.CreateAdd(seen, gen.u64(1)), row, layout.size);
    llvm::Value* skip = count_of(c, node.offset, 0);
    llvm::Value* limit = count_of(c, node.limit, UINT64_MAX);
    llvm::Value* inside =
        gen.b.CreateAnd(gen.b.CreateICmpUGE(seen, skip),
                        gen.b.CreateICmpULT(gen.b.CreateSub(seen, skip), limit), "inside");
    c.e.branch(inside, consumer.row, {}, "within.limit");
  };
  c.produce(*node.inputs[0], counted);
}

// Limits that need to see all rows first: WITH TIES, from the end, parts of all.
void produce_cut(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  const SortedRows rows = sorted_layout(c, node.output, node.sort_keys);
  LimitStage stage;
  stage.row_set = materialise_sorted(c, rows, *node.inputs[0]);
  stage.limit_offset = c.count_offset(node.limit);
  stage.skip_offset = c.count_offset(node.offset);
  if (node.with_ties) stage.ties_compare = compare_function(c.e, rows.order);
  stage.limit_amount = node.limit_amount;
  stage.skip_amount = node.offset_amount;
  c.add_stage(stage);
  c.produce_rows(stage.row_set, rows.columns, consumer, "limit");
}

}  // namespace

void produce_limit(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  if (!node.keys.empty()) return produce_by(c, node, consumer);
  const bool from_front = node.limit_amount == plan::Node::Amount::kRows &&
                          node.offset_amount == plan::Node::Amount::kRows;
  if (node.with_ties || !from_front) return produce_cut(c, node, consumer);
  produce_plain(c, node, consumer);
}

}  // namespace sp::codegen
