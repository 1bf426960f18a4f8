// ArrayJoin: one row for each element of the arrays, which have equal sizes; LEFT keeps rows with
// empty arrays.
//   for (i = 0; i < max(size, left ? 1 : 0); ++i) { element = i < size ? data[i] : default; row }

#include <llvm/IR/Constants.h>

#include "compiler/codegen/query_compiler.h"
#include "runtime/exec/jit_slots.h"

namespace sp::codegen {
namespace {

struct Source {
  SqlValue array;
  llvm::Value* data = nullptr;
  Type element;
};

Type element_of(Type array) {
  const Type base = array.base();
  return base.is(TypeKind::kMap) ? Type::tuple({base.inner()[0], base.inner()[1]}) : base.element();
}

void unroll(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  Gen& gen = c.gen;
  auto& b = gen.b;
  std::vector<Source> sources;
  llvm::Value* size = nullptr;
  for (const auto& expression : node.expressions) {
    Source source{c.e.emit(*expression), nullptr, element_of(expression->type)};
    source.data = gen.load(gen.ptr(), source.array.value, 0, "data");
    llvm::Value* own = gen.load(gen.i64(), source.array.value, 8, "size");
    if (size == nullptr) {
      size = own;
    } else {
      llvm::Value* differs = b.CreateICmpNE(own, size);
      gen.if_(
          differs, [&] { gen.runtime_call(SP_SYMBOL(sp_exec_sizes_differ), {c.e.state()}); }, {},
          "sizes.differ");
      size = b.CreateSelect(differs, gen.u64(0), size, "size");
    }
    sources.push_back(source);
  }
  llvm::Value* empty = b.CreateICmpEQ(size, gen.u64(0), "empty");
  llvm::Value* rounds = node.left_array_join ? b.CreateSelect(empty, gen.u64(1), size) : size;
  gen.for_range(
      gen.u64(0), rounds,
      [&](llvm::Value* i) {
        c.e.scoped([&] {
          for (size_t k = 0; k < sources.size(); ++k) {
            const Source& source = sources[k];
            llvm::Value* at = b.CreateInBoundsGEP(
                gen.i8(), source.data, b.CreateMul(i, gen.u64(slot_layout(source.element).size)));
            if (node.left_array_join) {
              llvm::Value* none = gen.entry_alloca(slot_layout(source.element).size, 8, "none");
              store_slot(gen, none,
                         default_value(gen, source.element, source.element.can_be_null()),
                         source.element);
              at = b.CreateSelect(empty, none, at);
            }
            const Type type = node.array_outputs[k].type;
            const std::string name = node.array_outputs[k].name;
            c.e.define(node.array_outputs[k].id, {.load = [&c, at, element = source.element, type,
                                                           name, stable = source.array.stable] {
                         SqlValue value = load_slot(c.gen, at, element, name, stable);
                         value.type = type;
                         return value;
                       }});
          }
          consumer.row();
        });
      },
      "element");
}

}  // namespace

void produce_array_join(QueryCompiler& c, const plan::Node& node, const Consumer& consumer) {
  Consumer unrolled = consumer;
  unrolled.row = [&c, &node, consumer] { unroll(c, node, consumer); };
  c.produce(*node.inputs[0], unrolled);
}

}  // namespace sp::codegen
