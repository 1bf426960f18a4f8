// Conditions of working by key ranges. See key_range.h.

#include "compiler/codegen/steps/key_range.h"

#include "runtime/exec/scan_source.h"

namespace sp::codegen {
namespace {

using Kind = plan::Node::Kind;

// The table column that a column of the stream is, if it comes from the scan unchanged.
uint32_t scan_column(const plan::Node& node, plan::ColumnId id) {
  if (node.kind == Kind::kScan) {
    for (size_t i = 0; i < node.output.size(); ++i) {
      if (node.output[i].id == id) return node.scan_columns[i];
    }
    return kNone;
  }
  if (node.kind != Kind::kProject)
    return node.inputs.empty() ? kNone : scan_column(*node.inputs[0], id);
  for (size_t i = 0; i < node.output.size(); ++i) {
    if (node.output[i].id != id) continue;
    const plan::Expression& expression = *node.expressions[i];
    return expression.kind == plan::Expression::Kind::kColumn
               ? scan_column(*node.inputs[0], expression.column)
               : kNone;
  }
  return kNone;
}

}  // namespace

bool reads_one_scan(const plan::Node& node) {
  switch (node.kind) {
    case Kind::kScan: return true;
    case Kind::kFilter:
    case Kind::kProject:
    case Kind::kArrayJoin: return reads_one_scan(*node.inputs[0]);
    case Kind::kJoin:
      return (node.join == sql::JoinKind::kInner || node.join == sql::JoinKind::kLeft) &&
             reads_one_scan(*node.inputs[0]);
    default: return false;
  }
}

uint32_t leading_key_of(const plan::Node& input, const std::vector<plan::ExpressionPtr>& keys) {
  if (!reads_one_scan(input)) return kNone;
  const plan::Node* scan = &input;
  while (scan->kind != Kind::kScan) scan = scan->inputs[0].get();
  const TableSchema& schema = *scan->table;
  if (schema.sorting_key.empty()) return kNone;
  for (const auto& key : keys) {
    if (key->kind != plan::Expression::Kind::kColumn || key->type.can_be_null()) continue;
    if (!key->type.base().is(TypeKind::kString)) continue;
    if (scan_column(input, key->column) == schema.sorting_key[0]) return schema.sorting_key[0];
  }
  return kNone;
}

llvm::Value* task_of(QueryCompiler& c) {
  return c.gen.invariant("task", [&] {
    return c.gen.load(c.gen.i64(), c.morsel_source(), offsetof(ScanSource, task), "task");
  });
}

llvm::Value* in_task(QueryCompiler& c) {
  llvm::Value* task = task_of(c);
  return c.gen.invariant("in.task",
                         [&] { return c.gen.b.CreateICmpNE(task, c.gen.u64(0), "in.task"); });
}

// task ? ranks[code] - first_rank : code
llvm::Value* rank_of(QueryCompiler& c, const ColumnSource& source) {
  Gen& gen = c.gen;
  auto& b = gen.b;
  llvm::Value* ranks = source.ranks();
  llvm::Value* code = source.code();
  llvm::Value* inside = in_task(c);
  llvm::Value* list =
      gen.invariant("ranks?", [&] { return b.CreateSelect(inside, ranks, gen.zeros()); });
  llvm::Value* step =
      gen.invariant("ranks.step", [&] { return b.CreateSelect(inside, gen.u64(4), gen.u64(0)); });
  llvm::Value* first = gen.invariant("first.rank", [&] {
    return gen.load(gen.i64(), c.morsel_source(), offsetof(ScanSource, first_rank), "first.rank");
  });
  llvm::Value* at = b.CreateInBoundsGEP(gen.i8(), list, b.CreateMul(code, step));
  llvm::Value* rank = b.CreateZExt(gen.load(gen.i32(), at, 0, "rank"), gen.i64());
  return b.CreateSelect(inside, b.CreateSub(rank, first), code, "group.index");
}

PipelineStage take_pipeline(QueryCompiler& c) {
  auto* last = std::get_if<PipelineStage>(&c.program.stages.back());
  SP_CHECK(last != nullptr);
  PipelineStage stage = std::move(*last);
  c.program.stages.pop_back();
  return stage;
}

}  // namespace sp::codegen
