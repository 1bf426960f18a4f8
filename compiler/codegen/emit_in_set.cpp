// IN: short constant lists are compared inline, everything else is looked up in a hash table of
// keys that an earlier stage built.

#include <llvm/IR/Constants.h>

#include "compiler/codegen/emitter.h"
#include "compiler/codegen/key_functions.h"
#include "runtime/exec/scan_source.h"

namespace sp::codegen {

bool is_inline_set(const plan::SetDefinition& set) {
  constexpr size_t kInlineRows = 4;
  return !set.subplan && !set.array && set.rows.size() <= kInlineRows && set.types.size() == 1;
}

SqlValue Emitter::emit_in_set(const plan::Expression& e) {
  const plan::SetDefinition& set = plan.sets[e.set];
  std::vector<SqlValue> args;
  if (e.args.size() == 1 && set.types.size() > 1) {  // a tuple against a set of tuples
    const SqlValue tuple = emit(*e.args[0]);
    const std::vector<Type>& elements = tuple.type.base().inner();
    const RowLayout layout = row_layout(elements);
    for (size_t i = 0; i < elements.size(); ++i) {
      args.push_back(load_slot(gen, gen.offset(tuple.value, layout.offsets[i]), elements[i],
                               "element", tuple.stable));
    }
  } else {
    for (const auto& arg : e.args) args.push_back(emit(*arg));
  }
  llvm::Value* const null = combined_nulls(args);
  for (size_t i = 0; i < args.size(); ++i)
    args[i] = retyped(args[i], set.types[i].with_null(args[i].null != nullptr));
  llvm::Value* found = nullptr;
  if (is_inline_set(set)) {
    found = gen.b.getFalse();
    for (const auto& row : set.rows) {
      found = gen.b.CreateOr(found, keys_equal(gen, *this, args[0], emit(*row[0])), "in");
    }
  } else {
    const KeyLayout layout = key_layout(set.types);
    llvm::Value* probe = gen.entry_alloca(layout.size, 8, "probe");
    store_probe(*this, layout, probe, args);
    llvm::Function* equal = keys_equal_function(*this, layout);
    llvm::Value* row = gen.runtime_call(
        SP_SYMBOL(sp_exec_lookup),
        {object(set_objects.at(e.set)), gen.load(gen.i64(), probe, 0, "hash"), equal, probe},
        "member");
    found = gen.b.CreateICmpNE(row, llvm::ConstantPointerNull::get(gen.b.getPtrTy()), "in");
  }
  // Without a NULL in sight the answer is plain; a NULL is never in a set.
  if (null != nullptr) found = gen.b.CreateAnd(found, gen.b.CreateNot(null));
  if (e.negated) found = gen.b.CreateNot(found);
  return from_condition(gen, found, e.type.can_be_null() ? null : nullptr, e.type);
}

}  // namespace sp::codegen
