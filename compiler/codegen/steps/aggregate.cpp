// Aggregate: one table of groups per worker, merged at the end; without keys one row of states per
// worker.
//   group = cache != null ? cache[codes] : null                  // see group_cache.h
//   if (group == null) { group = find(table, hash(keys), keys); new: copy keys, init states }
//   for each aggregate: if (condition && no NULL argument) { add(state, arguments); added = 1 }
// Then, for each merged group: key columns are its slots, results are finish(state).

#include <llvm/IR/Constants.h>

#include <algorithm>
#include <span>

#include "compiler/codegen/key_functions.h"
#include "compiler/codegen/query_compiler.h"
#include "compiler/codegen/steps/aggregate_states.h"
#include "compiler/codegen/steps/group_cache.h"
#include "compiler/codegen/steps/key_range.h"
#include "compiler/codegen/steps/key_table.h"
#include "compiler/plan/tree.h"
#include "runtime/exec/aggregate_table.h"
#include "runtime/exec/scan_source.h"

namespace sp::codegen {
namespace {

// Group rows: [hash][keys][states][flags].
struct Grouping {
  const plan::Node* node = nullptr;
  KeyLayout keys;
  AggregateStates states;
  uint32_t row_size = 0;
  uint32_t table = kNone;  // local
  uint32_t cache = kNone;  // local
  llvm::Function* equal = nullptr;
  bool ranked = false;    // the only key is the table's leading sorting-key column
  bool in_tasks = false;  // groups live as long as a task: see KeyRangeStage
  bool numbered = false;  // the last key is the number of the grouping set
  std::shared_ptr<std::vector<bool>> own_keys =
      std::make_shared<std::vector<bool>>();  // copied into the groups' memory
};

llvm::Value* find_group(QueryCompiler& c, const Grouping& g, const std::vector<SqlValue>& keys) {
  // In a task the cache knows every group of its range: what it misses is new.
  if (g.ranked) {
    Gen& gen = c.gen;
    llvm::Value *appended = nullptr, *found = nullptr;
    llvm::BasicBlock *new_block = nullptr, *find_block = nullptr;
    c.e.branch(
        in_task(c),
        [&] {
          appended =
              gen.runtime_call(SP_SYMBOL(sp_aggregate_append), {c.e.local(g.table)}, "new.group");
          for (size_t i = 0; i < keys.size(); ++i) {
            store_stable(gen, c.e, gen.offset(appended, g.keys.offsets[i]), keys[i],
                         g.keys.types[i]);
          }
          g.states.init(c, appended);
          new_block = gen.b.GetInsertBlock();
        },
        [&] {
          found = find_or_insert(c, g.keys, g.table, g.equal, keys,
                                 [&](llvm::Value* row) { g.states.init(c, row); });
          find_block = gen.b.GetInsertBlock();
        },
        "in.task");
    llvm::PHINode* group = gen.b.CreatePHI(gen.ptr(), 2, "group");
    group->addIncoming(appended, new_block);
    group->addIncoming(found, find_block);
    return group;
  }
  return find_or_insert(c, g.keys, g.table, g.equal, keys,
                        [&](llvm::Value* row) { g.states.init(c, row); });
}

SqlValue set_number(QueryCompiler& c, size_t set) {
  return {Type::of(TypeKind::kUInt64), c.gen.u64(set), nullptr, true};
}

std::vector<SqlValue> emit_keys(QueryCompiler& c, const Grouping& g) {
  std::vector<SqlValue> keys;
  g.own_keys->clear();
  for (const auto& key : g.node->keys) {
    keys.push_back(c.e.emit(*key));
    g.own_keys->push_back(!keys.back().stable);
  }
  if (g.numbered) keys.push_back(set_number(c, 0));
  return keys;
}

llvm::Value* group_of_row(QueryCompiler& c, const Grouping& g) {
  Gen& gen = c.gen;
  auto& b = gen.b;
  const auto cache = cache_place(c, g.node->keys, g.cache, g.ranked);
  if (!cache) return find_group(c, g, emit_keys(c, g));
  llvm::Value* cached = gen.load(gen.ptr(), cache->place, 0, "cached");
  llvm::BasicBlock* const before = b.GetInsertBlock();
  llvm::Value* found = nullptr;
  llvm::BasicBlock* missed = nullptr;
  c.e.branch(
      b.CreateICmpEQ(cached, llvm::ConstantPointerNull::get(b.getPtrTy())),
      [&] {
        found = find_group(c, g, emit_keys(c, g));
        gen.store(found, cache->place, 0);
        if (cache->inside != nullptr) {
          gen.if_(
              b.CreateNot(cache->inside),
              [&] {
                gen.runtime_call(SP_SYMBOL(sp_group_cache_outside),
                                 {c.e.local(g.cache), cache->integer});
              },
              {}, "outside");
        }
        missed = b.GetInsertBlock();
      },
      {}, "miss");
  llvm::PHINode* group = b.CreatePHI(gen.ptr(), 2, "group");
  group->addIncoming(cached, before);
  group->addIncoming(found, missed);
  return group;
}

using GroupingSets = std::vector<std::vector<uint32_t>>;

bool holds(const std::vector<uint32_t>& set, size_t key) {
  return std::find(set.begin(), set.end(), key) != set.end();
}

// GROUPING SETS, ROLLUP, CUBE: a row joins one group of every set; keys outside the set have their
// default value.
void join_sets(QueryCompiler& c, const Grouping& g, const GroupingSets& sets,
               std::span<const SqlValue> values, const std::function<void(llvm::Value*)>& join) {
  for (size_t s = 0; s < sets.size(); ++s) {
    std::vector<SqlValue> keys;
    for (size_t i = 0; i < values.size(); ++i) {
      keys.push_back(holds(sets[s], i)
                         ? values[i]
                         : default_value(c.gen, values[i].type, values[i].type.can_be_null()));
    }
    keys.push_back(set_number(c, s));
    join(find_group(c, g, keys));
  }
}

// Whether groups of all keys come first, which then join those of every set: there are far fewer of
// them than rows. One of the sets holds all keys, as in ROLLUP and CUBE.
bool finest_first(const Grouping& g, const GroupingSets& sets) {
  if (g.states.order_matters()) return false;
  return std::any_of(sets.begin(), sets.end(), [&](const std::vector<uint32_t>& set) {
    for (size_t i = 0; i < g.node->keys.size(); ++i) {
      if (!holds(set, i)) return false;
    }
    return true;
  });
}

void define_groups(QueryCompiler& c, const Grouping& g, llvm::Value* row) {
  const plan::Node& node = *g.node;
  for (size_t i = 0; i < node.keys.size(); ++i) {
    const Type type = node.output[i].type;
    llvm::Value* slot = c.gen.offset(row, g.keys.offsets[i]);
    const bool stable = !g.in_tasks || !has_pointers(type) || !g.own_keys->at(i);
    c.e.define(node.output[i].id, {.load = [&c, slot, type, stable, name = node.output[i].name] {
                 return load_slot(c.gen, slot, type, name, stable);
               }});
  }
  if (node.set_output) {
    llvm::Value* slot = c.gen.offset(row, g.keys.offsets.back());
    c.e.define(*node.set_output, {.load = [&c, slot] {
      return load_slot(c.gen, slot, Type::of(TypeKind::kUInt64), "grouping.set", true);
    }});
  }
  g.states.define(c, row);
}

// u8(state, row): the group joins the totals: it passes HAVING, and is of the first of several
// grouping sets, each of which holds all rows.
uint32_t totals_condition(QueryCompiler& c, const Grouping& g, bool several_sets) {
  const plan::ExpressionPtr& having = g.node->totals_condition;
  if (!having && !several_sets) return kNone;
  Gen& gen = c.gen;
  const Gen::Nested nested(gen);
  auto outer = c.e.fresh_scope();
  const std::string name = c.e.unique_name("joins.totals");
  gen.begin_function(name, gen.i8(), {gen.ptr(), gen.ptr()}, {"state", "row"}, true);
  llvm::Value* row = gen.fn()->getArg(1);
  llvm::Value* joins = gen.b.getTrue();
  if (several_sets)
    joins = gen.b.CreateICmpEQ(gen.load(gen.i64(), row, g.keys.offsets.back(), "set"), gen.u64(0));
  if (having) {
    define_groups(c, g, row);
    joins = gen.b.CreateAnd(joins, c.e.condition(*having));
  }
  gen.end_function(gen.b.CreateZExt(joins, gen.i8()));
  c.e.restore(std::move(outer));
  return c.e.add_function(name);
}

// void(state, row): a group of no rows, its keys at their default values.
uint32_t empty_group(QueryCompiler& c, const Grouping& g) {
  Gen& gen = c.gen;
  const Gen::Nested nested(gen);
  auto outer = c.e.fresh_scope();
  const std::string name = c.e.unique_name("empty.group");
  gen.begin_function(name, gen.b.getVoidTy(), {gen.ptr(), gen.ptr()}, {"state", "row"}, true);
  llvm::Value* row = gen.fn()->getArg(1);
  for (size_t i = 0; i < g.keys.types.size(); ++i) {
    const Type type = g.keys.types[i];
    store_slot(gen, gen.offset(row, g.keys.offsets[i]),
               default_value(gen, type, type.can_be_null()), type);
  }
  g.states.init(c, row);
  gen.end_function();
  c.e.restore(std::move(outer));
  return c.e.add_function(name);
}

// WITH TOTALS that reach the result.
TotalsSpec add_totals(QueryCompiler& c, const Grouping& g, bool several_sets) {
  if (!g.node->totals) return {};
  TotalsSpec totals;
  totals.row_set = c.new_row_set();
  totals.init = empty_group(c, g);
  totals.condition = totals_condition(c, g, several_sets);
  totals.row_size = g.row_size;
  c.totals[*g.node->totals] = {totals.row_set,
                               [&c, kept = std::make_shared<Grouping>(g)](llvm::Value* row) {
                                 define_groups(c, *kept, row);
                               }};
  return totals;
}

AggregateStage merge_groups(QueryCompiler& c, const Grouping& g) {
  AggregateStage stage;
  stage.local = g.table;
  stage.row_set = c.new_row_set();
  stage.keys_equal = c.e.add_function(g.equal->getName().str());
  stage.merge = g.states.merge_function(c);
  stage.row_size = g.row_size;
  stage.heavy = g.states.grow();
  return stage;
}

// Groups of all keys, whose states are merged into the groups of every set: in a table that `g` is
// of from then on.
void produce_from_finest(QueryCompiler& c, Grouping& g, const GroupingSets& sets) {
  Consumer first;
  first.row = [&c, &g] { g.states.update(c, group_of_row(c, g)); };
  c.produce(*g.node->inputs[0], first);
  const AggregateStage finest = merge_groups(c, g);
  c.add_stage(finest);
  g.table = c.e.add_local({.kind = LocalSpec::Kind::kAggregateTable, .row_size = g.row_size});
  llvm::Value* row = nullptr;
  Consumer second;
  second.row = [&] {
    std::vector<SqlValue> values;
    for (size_t i = 0; i < g.node->keys.size(); ++i) {
      values.push_back(
          load_slot(c.gen, c.gen.offset(row, g.keys.offsets[i]), g.keys.types[i], "key", true));
    }
    join_sets(c, g, sets, values, [&](llvm::Value* group) { g.states.merge_rows(c, group, row); });
  };
  c.produce_row_pointers(
      finest.row_set, [&](llvm::Value* group) { row = group; }, second, "finest groups",
      finest.heavy);
}

void produce_keyless(QueryCompiler& c, Grouping& g, const Consumer& consumer) {
  const plan::Node& node = *g.node;
  const uint32_t init = g.states.init_function(c);
  const uint32_t local =
      c.e.add_local({.kind = LocalSpec::Kind::kBytes, .row_size = g.row_size, .function = init});
  const uint32_t merge = g.states.merge_function(c);
  auto registers = std::make_shared<RegisterStates>();
  Consumer sink;
  sink.serial = g.states.order_matters();
  sink.setup = [&c, &g, registers] { registers->setup(c, g.states); };
  sink.row = [&c, &g, local, registers] { g.states.update(c, c.e.local(local), registers.get()); };
  sink.teardown = [&c, &g, local, registers] {
    registers->teardown(c, g.states, c.e.local(local));
  };
  c.produce(*node.inputs[0], sink);
  const uint32_t rows = c.new_row_set();
  c.add_stage(KeylessStage{local, rows, merge, add_totals(c, g, false)});
  c.produce_row_pointers(
      rows, [&](llvm::Value* row) { define_groups(c, g, row); }, consumer, "aggregate");
}

}  // namespace

void produce_aggregate(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  const plan::Node& input = *node.inputs[0];
  Grouping g;
  g.node = &node;
  std::vector<Type> types;
  for (const auto& key : node.keys) types.push_back(key->type.without_low_cardinality());
  const auto sets = plan::grouping_sets(node);
  if (!sets.empty()) types.push_back(Type::of(TypeKind::kUInt64));
  g.keys = key_layout(types);
  g.states = AggregateStates(node.aggregates, g.keys.size, reads_one_scan(input));
  g.row_size = g.states.row_size();
  if (node.keys.empty() && sets.empty()) return produce_keyless(c, g, consumer);
  const uint32_t leading = sets.empty() && !node.totals && c.e.options.use_order
                               ? leading_key_of(input, node.keys)
                               : kNone;
  g.ranked = leading != kNone && node.keys.size() == 1;
  g.in_tasks = leading != kNone;
  g.table = c.e.add_local({.kind = LocalSpec::Kind::kAggregateTable, .row_size = g.row_size});
  g.cache = c.e.add_local({.kind = LocalSpec::Kind::kGroupCache});
  g.equal = keys_equal_function(c.e, g.keys);
  g.numbered = !sets.empty();
  c.program.has_hash_step = true;
  if (g.numbered && finest_first(g, sets)) {
    produce_from_finest(c, g, sets);
  } else {
    Consumer sink;
    sink.serial = g.states.order_matters();
    if (g.numbered) {
      sink.row = [&c, &g, &sets] {
        std::vector<SqlValue> keys = emit_keys(c, g);
        keys.pop_back();
        join_sets(c, g, sets, keys, [&](llvm::Value* group) { g.states.update(c, group); });
      };
    } else {
      sink.row = [&c, &g] { g.states.update(c, group_of_row(c, g)); };
    }
    c.produce(input, sink);
  }
  KeyRangeStage range;
  if (leading != kNone) range.scan = take_pipeline(c);
  AggregateStage stage = merge_groups(c, g);
  for (uint32_t s = 0; node.grouping == plan::Node::Grouping::kSets && s < sets.size(); ++s) {
    if (sets[s].empty()) stage.empty_sets.push_back(s);
  }
  if (!stage.empty_sets.empty()) {
    stage.empty_row = empty_group(c, g);
    stage.set_offset = g.keys.offsets.back();
  }
  stage.totals = add_totals(c, g, !sets.empty());
  if (leading == kNone) c.add_stage(stage);
  c.produce_row_pointers(
      stage.row_set, [&](llvm::Value* row) { define_groups(c, g, row); }, consumer, "groups",
      stage.heavy);
  if (leading == kNone) return;
  range.column = leading;
  range.aggregate = stage;
  range.emit = take_pipeline(c);
  c.add_stage(range);
}

void produce_totals(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  const auto& totals = c.totals.at(*node.totals);
  c.produce_row_pointers(totals.row_set, totals.define, consumer, "totals");
}

}  // namespace sp::codegen
