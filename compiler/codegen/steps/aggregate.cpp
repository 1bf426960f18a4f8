// Aggregate: one table of groups per worker, merged at the end; without keys one row of states per worker.
//   group = cache != null ? cache[codes] : null                  // keys that depend on dictionary codes only
//   if (group == null) { group = find(table, hash(keys), keys); new: copy keys, init states }
//   for each aggregate: if (condition && no NULL argument) { add(state, arguments); added = 1 }
// Then, for each merged group: key columns are its slots, results are finish(state).

#include <llvm/IR/Constants.h>

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/aggregate_states.h"
#include "compiler/codegen/steps/key_table.h"
#include "runtime/exec/scan_source.h"

namespace sp::codegen {
namespace {

// Group rows: [hash][keys][states][flags].
struct Grouping {
  const plan::Node* node = nullptr;
  KeyLayout keys;
  AggregateStates states;
  uint32_t row_size = 0;
  uint32_t table = kNone;    // local
  uint32_t cache = kNone;    // local
  llvm::Function* equal = nullptr;
  uint32_t init = kNone, merge = kNone;
};

llvm::Value* find_group(QueryCompiler& c, const Grouping& g, const std::vector<SqlValue>& keys) {
  return find_or_insert(c, g.keys, g.table, g.equal, keys, [&](llvm::Value* row) { g.states.init(c, row); });
}

std::vector<SqlValue> emit_keys(QueryCompiler& c, const Grouping& g) {
  std::vector<SqlValue> keys;
  for (const auto& key : g.node->keys) keys.push_back(c.e.emit(*key));
  return keys;
}

// Where the group's row stands for the current codes: a place in the worker's cache, or a dummy that is always null.
llvm::Value* cache_place(QueryCompiler& c, const Grouping& g, const std::vector<plan::ColumnId>& columns) {
  Gen& gen = c.gen;
  auto& b = gen.b;
  llvm::Value* const null = llvm::ConstantPointerNull::get(b.getPtrTy());
  llvm::Value* index = gen.u64(0);
  for (const plan::ColumnId id : columns) {
    const ColumnSource& source = *c.e.source_of(id);
    llvm::Value* size = source.dictionary_size();
    index = b.CreateAdd(b.CreateMul(index, b.CreateAdd(size, gen.u64(1))), source.code(), "group.code");
  }
  llvm::Value* entries = gen.invariant("cache." + std::to_string(g.cache), [&] {
    llvm::Value *size = gen.u64(1), *key = gen.u64(0), *coded = b.getTrue();
    for (const plan::ColumnId id : columns) {
      const ColumnSource& source = *c.e.source_of(id);
      llvm::Value* dictionary = source.dictionary();
      coded = b.CreateAnd(coded, b.CreateICmpNE(dictionary, null));
      size = b.CreateMul(size, b.CreateAdd(source.dictionary_size(), gen.u64(1)));
      key = b.CreateAdd(b.CreateMul(key, gen.u64(0x9e3779b97f4a7c15ULL)), b.CreatePtrToInt(dictionary, gen.i64()));
    }
    size = b.CreateSelect(coded, size, gen.u64(0), "codes");
    llvm::Value* rows = gen.load(gen.i64(), c.morsel_source(), offsetof(ScanSource, part_rows), "part.rows");
    return gen.runtime_call(SP_SYMBOL(sp_group_cache), {c.e.local(g.cache), key, size, rows}, "group.cache");
  });
  llvm::Value* dummy = gen.entry_alloca(8, 8, "no.cache");
  gen.store(null, dummy, 0);
  llvm::Value* place = b.CreateInBoundsGEP(gen.ptr(), entries, index);
  return b.CreateSelect(b.CreateICmpNE(entries, null), place, dummy, "group.place");
}

llvm::Value* group_of_row(QueryCompiler& c, const Grouping& g) {
  Gen& gen = c.gen;
  auto& b = gen.b;
  const auto columns = c.e.dictionary_sources(g.node->keys);
  if (!columns) return find_group(c, g, emit_keys(c, g));
  llvm::Value* place = cache_place(c, g, *columns);
  llvm::Value* cached = gen.load(gen.ptr(), place, 0, "cached");
  llvm::BasicBlock* const before = b.GetInsertBlock();
  llvm::Value* found = nullptr;
  llvm::BasicBlock* missed = nullptr;
  c.e.branch(b.CreateICmpEQ(cached, llvm::ConstantPointerNull::get(b.getPtrTy())), [&] {
    found = find_group(c, g, emit_keys(c, g));
    gen.store(found, place, 0);
    missed = b.GetInsertBlock();
  }, {}, "miss");
  llvm::PHINode* group = b.CreatePHI(gen.ptr(), 2, "group");
  group->addIncoming(cached, before);
  group->addIncoming(found, missed);
  return group;
}

// GROUPING SETS, ROLLUP, CUBE: the row joins one group of every set; keys outside the set have their default value.
void update_sets(QueryCompiler& c, const Grouping& g, const std::vector<std::vector<uint32_t>>& sets) {
  const std::vector<SqlValue> values = emit_keys(c, g);
  for (size_t s = 0; s < sets.size(); ++s) {
    std::vector<SqlValue> keys;
    for (uint32_t i = 0; i < values.size(); ++i) {
      bool inside = false;
      for (const uint32_t index : sets[s]) inside = inside || index == i;
      keys.push_back(inside ? values[i] : default_value(c.gen, values[i].type, values[i].type.can_be_null()));
    }
    keys.push_back({Type::of(TypeKind::kUInt64), c.gen.u64(s), nullptr, true});
    g.states.update(c, find_group(c, g, keys));
  }
}

std::vector<std::vector<uint32_t>> grouping_sets(const plan::Node& node) {
  const auto count = static_cast<uint32_t>(node.keys.size());
  std::vector<std::vector<uint32_t>> sets;
  switch (node.grouping) {
    case plan::Node::Grouping::kPlain: break;
    case plan::Node::Grouping::kSets: sets = node.grouping_sets; break;
    case plan::Node::Grouping::kRollup:
      for (uint32_t kept = count + 1; kept-- > 0;) {
        sets.emplace_back();
        for (uint32_t i = 0; i < kept; ++i) sets.back().push_back(i);
      }
      break;
    case plan::Node::Grouping::kCube:
      for (uint32_t mask = (1u << count); mask-- > 0;) {
        sets.emplace_back();
        for (uint32_t i = 0; i < count; ++i) {
          if ((mask >> (count - 1 - i) & 1) != 0) sets.back().push_back(i);
        }
      }
      break;
  }
  return sets;
}

void define_groups(QueryCompiler& c, const Grouping& g, llvm::Value* row) {
  const plan::Node& node = *g.node;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Type type = node.output[i].type;
    llvm::Value* slot = c.gen.offset(row, g.keys.offsets[i]);
    c.e.define(node.output[i].id, {.load = [&c, slot, type, name = node.output[i].name] {
      return load_slot(c.gen, slot, type, name, true);
    }});
  }
  g.states.define(c, row);
}

// All rows come from one scan, whose columns keep their meaning on the way.
bool reads_one_scan(const plan::Node& node) {
  using Kind = plan::Node::Kind;
  switch (node.kind) {
    case Kind::kScan: return true;
    case Kind::kFilter: case Kind::kProject: case Kind::kArrayJoin: return reads_one_scan(*node.inputs[0]);
    case Kind::kJoin:
      return (node.join == sql::JoinKind::kInner || node.join == sql::JoinKind::kLeft) && reads_one_scan(*node.inputs[0]);
    default: return false;
  }
}

void produce_keyless(QueryCompiler& c, Grouping& g, const Consumer& consumer) {
  const plan::Node& node = *g.node;
  const uint32_t init = g.states.init_function(c);
  const uint32_t local = c.e.add_local({.kind = LocalSpec::Kind::kBytes, .row_size = g.row_size, .function = init});
  const uint32_t merge = g.states.merge_function(c);
  auto registers = std::make_shared<RegisterStates>();
  Consumer sink;
  sink.serial = g.states.order_matters();
  sink.setup = [&c, &g, registers] { registers->setup(c, g.states); };
  sink.row = [&c, &g, local, registers] { g.states.update(c, c.e.local(local), registers.get()); };
  sink.teardown = [&c, &g, local, registers] { registers->teardown(c, g.states, c.e.local(local)); };
  c.produce(*node.inputs[0], sink);
  const uint32_t rows = c.new_row_set();
  c.add_stage(KeylessStage{local, rows, merge});
  c.produce_row_pointers(rows, [&](llvm::Value* row) { define_groups(c, g, row); }, consumer, "aggregate");
}

}  // namespace

void produce_aggregate(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  Grouping g;
  g.node = &node;
  std::vector<Type> types;
  for (const auto& key : node.keys) types.push_back(key->type.without_low_cardinality());
  const auto sets = grouping_sets(node);
  if (!sets.empty()) types.push_back(Type::of(TypeKind::kUInt64));
  g.keys = key_layout(types);
  g.states = AggregateStates(node.aggregates, g.keys.size, reads_one_scan(*node.inputs[0]));
  g.row_size = g.states.row_size();
  if (node.with_totals) c.unsupported("WITH TOTALS", node.span);
  if (node.keys.empty() && sets.empty()) return produce_keyless(c, g, consumer);
  g.table = c.e.add_local({.kind = LocalSpec::Kind::kAggregateTable, .row_size = g.row_size});
  g.cache = c.e.add_local({.kind = LocalSpec::Kind::kGroupCache});
  g.equal = keys_equal_function(c.e, g.keys);
  Consumer sink;
  sink.serial = g.states.order_matters();
  if (sets.empty()) sink.row = [&c, &g] { g.states.update(c, group_of_row(c, g)); };
  else sink.row = [&c, &g, &sets] { update_sets(c, g, sets); };
  c.program.has_hash_step = true;
  c.produce(*node.inputs[0], sink);
  AggregateStage stage;
  stage.local = g.table;
  stage.row_set = c.new_row_set();
  stage.keys_equal = c.e.add_function(g.equal->getName().str());
  stage.merge = g.states.merge_function(c);
  stage.row_size = g.row_size;
  c.add_stage(stage);
  c.produce_row_pointers(stage.row_set, [&](llvm::Value* row) { define_groups(c, g, row); }, consumer, "groups");
}

}  // namespace sp::codegen
