// Calls of function bodies: NULL propagation around them, arguments and results by the ABI that the
// Symbol states.

#include "compiler/codegen/emitter.h"

#include <bit>

namespace sp::codegen {

namespace {

// What cannot be Nullable (an Array) is computed of the default values where arguments are NULL:
// arg = null ? default : arg
std::vector<SqlValue> without_nulls(Gen& gen, std::vector<SqlValue> args) {
  for (SqlValue& arg : args) {
    if (arg.null == nullptr) continue;
    const Type type = arg.type.base();
    arg.value = gen.b.CreateSelect(arg.null, default_value(gen, type, false).value, arg.value,
                                   "or.default");
    arg.type = type;
    arg.null = nullptr;
  }
  return args;
}

}  // namespace

llvm::Value* Emitter::combined_nulls(const std::vector<SqlValue>& args) {
  llvm::Value* any = nullptr;
  for (const SqlValue& arg : args) {
    if (arg.null != nullptr)
      any = any == nullptr ? arg.null : gen.b.CreateOr(any, arg.null, "any.null");
  }
  return any;
}

SqlValue Emitter::emit_call(const plan::Expression& e) {
  if (!e.args.empty() && e.args[0]->kind == plan::Expression::Kind::kLambda)
    return emit_lambda_call(e);
  if (e.function.intrinsic != Intrinsic::kNone) return emit_intrinsic(e);
  std::vector<SqlValue> args;
  for (const auto& arg : e.args) args.push_back(emit(*arg));
  return emit_body(e, args);
}

// kPropagate:  null = a.null | b.null;  result = total ? body(a, b) : null ? default : body(a, b)
SqlValue Emitter::emit_body(const plan::Expression& e, const std::vector<SqlValue>& args) {
  const ResolvedFunction& f = e.function;
  if (f.nulls == NullPolicy::kSeesNulls) return call_body(e, args);
  llvm::Value* const null = combined_nulls(args);
  if (null == nullptr) return call_body(e, args);
  for (const SqlValue& arg : args) {
    if (arg.type.base().is(TypeKind::kNothing))
      return default_value(gen, Type::nullable(e.type), true);
  }
  if (!f.result.can_be_null()) return call_body(e, without_nulls(gen, args));
  const Type type = Type::nullable(f.result.without_low_cardinality());
  if (f.total) {
    SqlValue out = call_body(e, args);
    out.type = type;
    out.null = out.null == nullptr ? null : gen.b.CreateOr(null, out.null, "any.null");
    return out;
  }
  return lazily(
      gen.b.CreateNot(null), type, [&] { return call_body(e, args); },
      [&] { return default_value(gen, type, true); }, "unless.null");
}

// result = body([state,] [context,] args..., [out])
SqlValue Emitter::call_body(const plan::Expression& e, const std::vector<SqlValue>& args) {
  const ResolvedFunction& f = e.function;
  const bool sees_nulls = f.nulls == NullPolicy::kSeesNulls;
  std::vector<llvm::Value*> values;
  if (f.symbol.takes_state) values.push_back(state());
  if (f.symbol.takes_context) values.push_back(context_object(f.context));
  const auto type_of = [&](size_t i) {
    return i < f.arguments.size() ? f.arguments[i] : args[i].type;
  };
  if (f.packed) {
    std::vector<Type> types;
    for (size_t i = 0; i < args.size(); ++i)
      types.push_back(sees_nulls ? type_of(i) : type_of(i).base());
    const RowLayout layout = row_layout(types);
    llvm::Value* tuple = gen.entry_alloca(layout.size, layout.align, e.name + ".args");
    for (size_t i = 0; i < args.size(); ++i) {
      store_slot(gen, gen.offset(tuple, layout.offsets[i]),
                 retyped(args[i], types[i].with_null(args[i].null != nullptr)), types[i]);
    }
    values.push_back(tuple);
  } else {
    SP_CHECK(f.symbol.arguments.size() <= args.size());
    for (size_t i = 0; i < f.symbol.arguments.size(); ++i) {
      const Type type = type_of(i);
      if (f.symbol.arguments[i] == AbiType::kPointer) {
        const bool with_flag = sees_nulls && type.can_be_null();
        values.push_back(spill(gen, with_flag ? retyped(args[i], type) : args[i], with_flag, type));
      } else if (is_scalar(args[i].type)) {
        values.push_back(args[i].value);
      } else {
        values.push_back(gen.load(gen.abi_type(f.symbol.arguments[i]), args[i].value, 0, "wide"));
      }
    }
  }
  // A kPropagate body may yield NULL of its own (toIPv4OrNull): where its result can be NULL there
  // is room for the flag.
  const bool out_flag = f.result.can_be_null() && (sees_nulls || f.symbol.has_out);
  const Type result = out_flag ? f.result.without_low_cardinality() : f.result.base();
  llvm::Value* out = nullptr;
  if (f.symbol.has_out) {
    const SlotLayout layout = slot_layout(result);
    out = gen.entry_alloca(layout.size, layout.align, e.name + ".out");
    // A body that fails may leave its result as it was: what is copied from it must be a value.
    if (!f.total && has_pointers(result)) {
      gen.b.CreateMemSet(out, gen.b.getInt8(0), layout.size, llvm::MaybeAlign(layout.align));
    }
    if (out_flag && !sees_nulls) gen.store(gen.b.getInt8(0), out, slot_layout(result.base()).size);
    values.push_back(out);
  }
  if (!f.total && e.span.end > e.span.begin) {
    gen.store(gen.u64(std::bit_cast<uint64_t>(e.span)), local(kPlaceLocal), 0);
  }
  llvm::Value* returned = gen.runtime_call(f.symbol, values, e.name);
  if (out != nullptr) return load_slot(gen, out, result, e.name, !has_pointers(result));
  return {result, returned, nullptr, true};
}

}  // namespace sp::codegen
