// Higher-order functions: one generic loop that maps a lambda over arrays into scratch memory; the
// function's body then receives the array of results.

#include <llvm/IR/Constants.h>

#include "compiler/codegen/emitter.h"
#include "runtime/exec/jit_slots.h"

namespace sp::codegen {

namespace {
// Maps iterate over their (key, value) tuples.
Type element_type(Type array) {
  const Type base = array.base();
  return base.is(TypeKind::kMap) ? Type::tuple({base.inner()[0], base.inner()[1]}) : base.element();
}
}  // namespace

SqlValue Emitter::emit_lambda_call(const plan::Expression& e) {
  const plan::Expression& lambda = *e.args[0];
  if (e.name == "arrayFold") return emit_fold(e);
  const std::vector<plan::ExpressionPtr> arrays(e.args.begin() + 1, e.args.end());
  const Type element = lambda.args[0]->type;
  if (e.function.intrinsic == Intrinsic::kMapArray) return emit_map_array(lambda, arrays, e.type);
  Type mapped = Type::array(element.without_low_cardinality());
  if (!e.function.arguments.empty() && e.function.arguments[0].base().is(TypeKind::kArray)) {
    mapped = e.function.arguments[0];
  }
  std::vector<SqlValue> args = {emit_map_array(lambda, arrays, mapped)};
  for (const auto& array : arrays) args.push_back(emit(*array));
  return emit_body(e, args);
}

// The size that all arrays have; 0, and an error, if they differ.
llvm::Value* Emitter::emit_common_size(const std::vector<SqlValue>& sources, llvm::Value* null) {
  llvm::Value* size = gen.load(gen.i64(), sources[0].value, 8, "size");
  if (null != nullptr) size = gen.b.CreateSelect(null, gen.u64(0), size);
  for (size_t i = 1; i < sources.size(); ++i) {
    llvm::Value* other = gen.load(gen.i64(), sources[i].value, 8, "other.size");
    llvm::Value* differs = gen.b.CreateICmpNE(other, size);
    gen.if_(
        differs, [&] { gen.runtime_call(SP_SYMBOL(sp_exec_sizes_differ), {state()}); }, {},
        "sizes.differ");
    size = gen.b.CreateSelect(differs, gen.u64(0), size, "size");
  }
  return size;
}

// Makes parameter `column` of a lambda element `i` of the array.
void Emitter::define_element(plan::ColumnId column, const SqlValue& source, llvm::Value* data,
                             llvm::Value* i) {
  const Type type = element_type(source.type);
  llvm::Value* slot = gen.b.CreateInBoundsGEP(
      gen.i8(), data, gen.b.CreateMul(i, gen.u64(slot_layout(type).size)), "element");
  const bool stable = source.stable;
  define(column, {.load = [this, slot, type, stable] {
           return load_slot(gen, slot, type, "element", stable);
         }});
}

// acc = initial
// for (i = 0; i < size; ++i) acc = lambda(acc, arrays[0][i], ...)
SqlValue Emitter::emit_fold(const plan::Expression& e) {
  const plan::Expression& lambda = *e.args[0];
  std::vector<SqlValue> sources;
  for (size_t i = 1; i + 1 < e.args.size(); ++i) sources.push_back(emit(*e.args[i]));
  llvm::Value* const size = emit_common_size(sources, combined_nulls(sources));
  std::vector<llvm::Value*> source_data;
  for (const SqlValue& source : sources)
    source_data.push_back(gen.load(gen.ptr(), source.value, 0, "source.data"));
  llvm::Value* folded = gen.entry_alloca(slot_layout(e.type).size, 16, "folded");
  store_slot(gen, folded, retyped(emit(*e.args.back()), e.type), e.type);
  ++lambda_depth_;
  gen.for_range(
      gen.u64(0), size,
      [&](llvm::Value* i) {
        scoped([&] {
          define(lambda.lambda_columns[0], {.load = [this, folded, type = e.type] {
                   return load_slot(gen, folded, type, "acc", false);
                 }});
          for (size_t k = 1; k < lambda.lambda_columns.size(); ++k) {
            define_element(lambda.lambda_columns[k], sources[k - 1], source_data[k - 1], i);
          }
          store_slot(gen, folded, retyped(emit(*lambda.args[0]), e.type), e.type);
        });
      },
      "fold");
  --lambda_depth_;
  return load_slot(gen, folded, e.type, "folded", false);
}

// size = arrays[0].size (all equal, else an error)
// data = scratch(size * sizeof(element))
// for (i = 0; i < size; ++i) data[i] = lambda(arrays[0][i], arrays[1][i], ...)
SqlValue Emitter::emit_map_array(const plan::Expression& lambda,
                                 const std::vector<plan::ExpressionPtr>& arrays, Type result) {
  std::vector<SqlValue> sources;
  for (const auto& array : arrays) sources.push_back(emit(*array));
  llvm::Value* const null = combined_nulls(sources);
  const Type element = result.base().element();
  const SlotLayout layout = slot_layout(element);
  llvm::Value* const size = emit_common_size(sources, null);
  llvm::Value* array = gen.entry_alloca(16, 8, "mapped");
  gen.runtime_call(SP_SYMBOL(sp_exec_scratch),
                   {state(), gen.b.CreateMul(size, gen.u64(layout.size)), array});
  llvm::Value* data = gen.load(gen.ptr(), array, 0, "mapped.data");
  std::vector<llvm::Value*> source_data;
  for (const SqlValue& source : sources)
    source_data.push_back(gen.load(gen.ptr(), source.value, 0, "source.data"));
  ++lambda_depth_;
  gen.for_range(
      gen.u64(0), size,
      [&](llvm::Value* i) {
        scoped([&] {
          for (size_t k = 0; k < lambda.lambda_columns.size(); ++k) {
            define_element(lambda.lambda_columns[k], sources[k], source_data[k], i);
          }
          const SqlValue value = retyped(emit(*lambda.args[0]), element);
          llvm::Value* to = gen.b.CreateInBoundsGEP(gen.i8(), data,
                                                    gen.b.CreateMul(i, gen.u64(layout.size)), "to");
          store_slot(gen, to, value, element);
        });
      },
      "map");
  --lambda_depth_;
  gen.store(size, array, 8);
  return {result, array, null, false};
}

}  // namespace sp::codegen
