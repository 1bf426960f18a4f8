// Hash tables of keys. See key_table.h.
//   probe = {hash, keys};  row = find(table, hash, keys_equal, probe, &inserted);
//   if (inserted) copy keys

#include "compiler/codegen/steps/key_table.h"

#include <llvm/IR/Constants.h>

#include "runtime/exec/aggregate_table.h"
#include "runtime/exec/scan_source.h"

namespace sp::codegen {
namespace {

// Values are copied into the memory of another state than the function's.
class KeptObjects : public ObjectSource {
 public:
  KeptObjects(Emitter& emitter, llvm::Value* state) : emitter_(emitter), state_(state) {}
  llvm::Value* slot_operations(Type type) override { return emitter_.slot_operations(type); }
  llvm::Value* state() override { return state_; }
  bool hash_zero() const override { return emitter_.hash_zero(); }

 private:
  Emitter& emitter_;
  llvm::Value* state_;
};

}  // namespace

llvm::Value* find_or_insert(QueryCompiler& c, const KeyLayout& layout, uint32_t local,
                            llvm::Function* keys_equal, const std::vector<SqlValue>& keys,
                            const std::function<void(llvm::Value*)>& insert, llvm::Value* keeper) {
  Gen& gen = c.gen;
  KeptObjects kept(c.e, keeper == nullptr ? c.e.state() : keeper);
  llvm::Value* probe = gen.entry_alloca(layout.size, 8, "probe");
  llvm::Value* inserted = gen.entry_alloca(1, 8, "inserted");
  store_probe(c.e, layout, probe, keys);
  llvm::Value* hash = gen.load(gen.i64(), probe, layout.header - 8, "hash");
  llvm::Value* row = gen.runtime_call(
      SP_SYMBOL(sp_aggregate_find), {c.e.local(local), hash, keys_equal, probe, inserted}, "group");
  llvm::Value* is_new =
      gen.b.CreateICmpNE(gen.load(gen.i8(), inserted, 0, "inserted"), gen.b.getInt8(0));
  c.e.branch(
      is_new,
      [&] {
        for (size_t i = 0; i < keys.size(); ++i) {
          store_stable(gen, kept, gen.offset(row, layout.offsets[i]), keys[i], layout.types[i]);
        }
        insert(row);
      },
      {}, "new.group");
  return row;
}

uint32_t empty_merge(QueryCompiler& c) {
  const Gen::Nested nested(c.gen);
  const std::string name = c.e.unique_name("merge");
  c.gen.begin_function(name, c.gen.b.getVoidTy(), {c.gen.ptr(), c.gen.ptr(), c.gen.ptr()},
                       {"state", "into", "from"}, true);
  c.gen.end_function();
  return c.e.add_function(name);
}

uint32_t build_key_table(QueryCompiler& c, const KeyLayout& layout,
                         const std::function<void(const Consumer&)>& produce,
                         const std::function<std::vector<SqlValue>()>& keys, bool with_nulls) {
  const uint32_t local =
      c.e.add_local({.kind = LocalSpec::Kind::kAggregateTable, .row_size = layout.size});
  llvm::Function* const equal = keys_equal_function(c.e, layout);
  Consumer sink;
  sink.row = [&c, layout, local, equal, keys, with_nulls] {
    std::vector<SqlValue> values = keys();
    llvm::Value* null = nullptr;
    for (SqlValue& value : values) {
      if (with_nulls || value.null == nullptr) continue;
      null = null == nullptr ? value.null : c.gen.b.CreateOr(null, value.null, "any.null");
      value.null = nullptr;
      value.type = value.type.base();
    }
    const auto insert = [&] {
      find_or_insert(c, layout, local, equal, values, [](llvm::Value*) {});
    };
    if (null == nullptr)
      insert();
    else
      c.e.branch(c.gen.b.CreateNot(null), insert, {}, "has.values");
  };
  produce(sink);
  AggregateStage stage;
  stage.local = local;
  stage.row_set = c.new_row_set();
  stage.keys_equal = c.e.add_function(equal->getName().str());
  stage.merge = empty_merge(c);
  stage.object =
      c.e.add_object({.kind = ObjectSpec::Kind::kKeyTable, .pointer = nullptr, .owner = nullptr});
  stage.row_size = layout.size;
  c.program.has_hash_step = true;
  c.add_stage(stage);
  return stage.object;
}

llvm::Value* lookup_key(QueryCompiler& c, const KeyLayout& layout, uint32_t object,
                        const std::vector<SqlValue>& keys) {
  Gen& gen = c.gen;
  llvm::Value* probe = gen.entry_alloca(layout.size, 8, "probe");
  store_probe(c.e, layout, probe, keys);
  llvm::Value* row =
      gen.runtime_call(SP_SYMBOL(sp_exec_lookup),
                       {c.e.object(object), gen.load(gen.i64(), probe, layout.header - 8, "hash"),
                        keys_equal_function(c.e, layout), probe},
                       "found");
  return gen.b.CreateICmpNE(row, llvm::ConstantPointerNull::get(gen.b.getPtrTy()), "is.member");
}

// The right side of IN. NULLs are never members: rows with one are left out.
uint32_t build_set(QueryCompiler& c, const plan::SetDefinition& set) {
  const KeyLayout layout = key_layout(set.types);
  if (set.subplan) {
    const plan::Node& plan = *set.subplan;
    const auto keys = [&c, &plan, layout] {
      std::vector<SqlValue> values;
      for (size_t i = 0; i < layout.types.size(); ++i) {
        values.push_back(c.e.column(plan.output[i].id));
        values.back().type = layout.types[i];
      }
      return values;
    };
    return build_key_table(
        c, layout, [&](const Consumer& sink) { c.produce(plan, sink); }, keys, false);
  }
  // Constants: one pipeline that runs once; an array parameter is unrolled by a loop in it.
  std::vector<SqlValue> current;
  const auto constants = [&](const Consumer& sink) {
    Consumer all = sink;
    all.row = [&c, &set, &current, sink, layout] {
      for (const auto& row : set.rows) {
        c.e.scoped([&] {
          current.clear();
          for (size_t i = 0; i < row.size(); ++i) {
            current.push_back(c.e.emit(*row[i]));
            current.back().type = layout.types[i];
          }
          sink.row();
        });
      }
      if (!set.array) return;
      const SqlValue array = c.e.emit(*set.array);
      const Type element = array.type.base().element();
      llvm::Value* data = c.gen.load(c.gen.ptr(), array.value, 0, "data");
      llvm::Value* size = c.gen.load(c.gen.i64(), array.value, 8, "size");
      c.gen.for_range(
          c.gen.u64(0), size,
          [&](llvm::Value* i) {
            c.e.scoped([&] {
              llvm::Value* at = c.gen.b.CreateMul(i, c.gen.u64(slot_layout(element).size));
              current = {load_slot(c.gen, c.gen.b.CreateInBoundsGEP(c.gen.i8(), data, at), element,
                                   "element", false)};
              current[0].type = layout.types[0];
              sink.row();
            });
          },
          "element");
    };
    PipelineStage stage;
    stage.source = PipelineStage::Source::kOnce;
    stage.text = "set";
    c.pipeline(stage, all, [&](const std::function<void()>& row) { row(); });
  };
  return build_key_table(c, layout, constants, [&] { return current; }, false);
}

}  // namespace sp::codegen
