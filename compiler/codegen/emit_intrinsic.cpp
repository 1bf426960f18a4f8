// Inline operations: arithmetic, comparison, three-valued logic, lazy conditionals, tuples and
// arrays.

#include <llvm/IR/Constants.h>
#include <llvm/IR/Intrinsics.h>

#include "compiler/codegen/emitter.h"
#include "runtime/exec/jit_slots.h"

namespace sp::codegen {

namespace {

bool is_wide_integer(Type type) { return type.base().is_integer() && !is_scalar(type); }

// Integers of 128 and 256 bits lie in memory between operations; an operation loads its operands
// and stores its result.
SqlValue in_register(Gen& gen, SqlValue value) {
  if (!is_wide_integer(value.type)) return value;
  const SlotLayout layout = slot_layout(value.type.base());
  value.value = gen.b.CreateAlignedLoad(gen.b.getIntNTy(static_cast<unsigned>(layout.size * 8)),
                                        value.value, llvm::Align(1), "wide");
  return value;
}

SqlValue in_memory(Gen& gen, SqlValue value) {
  if (!is_wide_integer(value.type)) return value;
  const SlotLayout layout = slot_layout(value.type.base());
  llvm::Value* slot = gen.entry_alloca(layout.size, layout.align, "wide");
  gen.b.CreateAlignedStore(value.value, slot, llvm::Align(1));
  value.value = slot;
  value.stable = false;
  return value;
}

SqlValue numeric_cast(Gen& gen, const SqlValue& from, Type to) {
  auto& b = gen.b;
  llvm::Type* const target =
      is_wide_integer(to) ? b.getIntNTy(static_cast<unsigned>(slot_layout(to.base()).size * 8))
                          : value_type(gen, to);
  llvm::Type* const source = from.value->getType();
  SqlValue out{to, from.value, from.null, true};
  const Type base = to.base();
  if (base.is(TypeKind::kBool)) {
    llvm::Value* zero = llvm::Constant::getNullValue(source);
    llvm::Value* truth = source->isFloatingPointTy() ? b.CreateFCmpUNE(from.value, zero)
                                                     : b.CreateICmpNE(from.value, zero);
    out.value = b.CreateZExt(truth, target);
  } else if (source->isFloatingPointTy() && target->isFloatingPointTy()) {
    out.value = b.CreateFPCast(from.value, target);
  } else if (source->isFloatingPointTy()) {
    // As x86 does it: through Int64; UInt64 above 2^63 directly.
    llvm::Value* wide =
        b.CreateIntrinsic(llvm::Intrinsic::fptosi_sat, {gen.i64(), source}, {from.value});
    if (base.is(TypeKind::kUInt64)) {
      llvm::Value* positive =
          b.CreateIntrinsic(llvm::Intrinsic::fptoui_sat, {gen.i64(), source}, {from.value});
      wide = b.CreateSelect(
          b.CreateFCmpOGE(from.value, llvm::ConstantFP::get(source, 9223372036854775808.0)),
          positive, wide);
    }
    out.value = b.CreateTrunc(wide, target);
  } else if (target->isFloatingPointTy()) {
    out.value = is_signed(from.type) ? b.CreateSIToFP(from.value, target)
                                     : b.CreateUIToFP(from.value, target);
  } else {
    out.value = b.CreateIntCast(from.value, target, is_signed(from.type));
  }
  return out;
}

}  // namespace

SqlValue Emitter::emit_numeric(const plan::Expression& e, const std::vector<SqlValue>& operands) {
  auto& b = gen.b;
  std::vector<SqlValue> args;
  for (const SqlValue& operand : operands) args.push_back(in_register(gen, operand));
  const bool is_float = args[0].value->getType()->isFloatingPointTy();
  const bool sign = is_signed(args[0].type);
  llvm::Value* const x = args[0].value;
  llvm::Value* const y = args.size() > 1 ? args[1].value : nullptr;
  SqlValue out{e.type, nullptr, combined_nulls(args), true};
  const auto compared = [&](llvm::CmpInst::Predicate f, llvm::CmpInst::Predicate s,
                            llvm::CmpInst::Predicate u) {
    out.value = b.CreateZExt(
        is_float ? b.CreateFCmp(f, x, y, e.name) : b.CreateICmp(sign ? s : u, x, y, e.name),
        gen.i8());
  };
  using P = llvm::CmpInst;
  switch (e.function.intrinsic) {
    case Intrinsic::kAdd:
      out.value = is_float ? b.CreateFAdd(x, y, e.name) : b.CreateAdd(x, y, e.name);
      break;
    case Intrinsic::kSubtract:
      out.value = is_float ? b.CreateFSub(x, y, e.name) : b.CreateSub(x, y, e.name);
      break;
    case Intrinsic::kMultiply:
      out.value = is_float ? b.CreateFMul(x, y, e.name) : b.CreateMul(x, y, e.name);
      break;
    case Intrinsic::kDivideFloat: out.value = b.CreateFDiv(x, y, e.name); break;
    case Intrinsic::kNegate:
      out.value = is_float ? b.CreateFNeg(x, e.name) : b.CreateNeg(x, e.name);
      break;
    case Intrinsic::kBitAnd: out.value = b.CreateAnd(x, y, e.name); break;
    case Intrinsic::kBitOr: out.value = b.CreateOr(x, y, e.name); break;
    case Intrinsic::kBitXor: out.value = b.CreateXor(x, y, e.name); break;
    case Intrinsic::kBitNot: out.value = b.CreateNot(x, e.name); break;
    case Intrinsic::kShiftLeft:
    case Intrinsic::kShiftRight: {
      llvm::Value* count = b.CreateIntCast(y, x->getType(), false);
      llvm::Value* width = llvm::ConstantInt::get(x->getType(), x->getType()->getIntegerBitWidth());
      llvm::Value* safe = b.CreateSelect(b.CreateICmpULT(count, width), count,
                                         llvm::Constant::getNullValue(x->getType()));
      llvm::Value* shifted = e.function.intrinsic == Intrinsic::kShiftLeft ? b.CreateShl(x, safe)
                             : sign                                        ? b.CreateAShr(x, safe)
                                                                           : b.CreateLShr(x, safe);
      out.value = b.CreateSelect(b.CreateICmpULT(count, width), shifted,
                                 llvm::Constant::getNullValue(x->getType()), e.name);
      break;
    }
    case Intrinsic::kEquals: compared(P::FCMP_OEQ, P::ICMP_EQ, P::ICMP_EQ); break;
    case Intrinsic::kNotEquals: compared(P::FCMP_UNE, P::ICMP_NE, P::ICMP_NE); break;
    case Intrinsic::kLess: compared(P::FCMP_OLT, P::ICMP_SLT, P::ICMP_ULT); break;
    case Intrinsic::kLessOrEquals: compared(P::FCMP_OLE, P::ICMP_SLE, P::ICMP_ULE); break;
    case Intrinsic::kGreater: compared(P::FCMP_OGT, P::ICMP_SGT, P::ICMP_UGT); break;
    case Intrinsic::kGreaterOrEquals: compared(P::FCMP_OGE, P::ICMP_SGE, P::ICMP_UGE); break;
    case Intrinsic::kStringEquals:
      out.value = b.CreateZExt(strings_equal(gen, x, y), gen.i8());
      break;
    case Intrinsic::kStringNotEquals:
      out.value = b.CreateZExt(b.CreateNot(strings_equal(gen, x, y)), gen.i8());
      break;
    case Intrinsic::kNumericCast:
      return in_memory(gen, numeric_cast(gen, args[0], e.type.with_null(out.null != nullptr)));
    case Intrinsic::kNot:
      out.value =
          b.CreateZExt(b.CreateNot(as_condition(gen, {args[0].type, x, nullptr, true})), gen.i8());
      break;
    case Intrinsic::kXor: {
      llvm::Value* odd = b.getFalse();
      for (const SqlValue& arg : args)
        odd = b.CreateXor(odd, as_condition(gen, {arg.type, arg.value, nullptr, true}));
      out.value = b.CreateZExt(odd, gen.i8());
      break;
    }
    default: SP_CHECK(false && "a numeric intrinsic");
  }
  return in_memory(gen, out);
}

SqlValue Emitter::emit_intrinsic(const plan::Expression& e) {
  const auto arg = [&](size_t i) { return emit(*e.args[i]); };
  switch (e.function.intrinsic) {
    case Intrinsic::kAnd: return emit_logic(e, 0, true);
    case Intrinsic::kOr: return emit_logic(e, 0, false);
    case Intrinsic::kIf:
    case Intrinsic::kMultiIf: return emit_choice(e, 0);
    case Intrinsic::kCoalesce: return emit_coalesce(e, 0);
    case Intrinsic::kIsNull: return from_condition(gen, null_flag(gen, arg(0)), nullptr, e.type);
    case Intrinsic::kIsNotNull:
      return from_condition(gen, gen.b.CreateNot(null_flag(gen, arg(0))), nullptr, e.type);
    case Intrinsic::kAssumeNotNull: {
      const SqlValue value = arg(0);
      if (value.type.base().is(TypeKind::kNothing)) return default_value(gen, e.type);
      if (value.null == nullptr) return {e.type, value.value, nullptr, value.stable};
      // What stands under a NULL depends on the encoding: show the default.
      return lazily(
          gen.b.CreateNot(value.null), e.type,
          [&] { return SqlValue{e.type, value.value, nullptr, value.stable}; },
          [&] { return default_value(gen, e.type); }, "not.null");
    }
    case Intrinsic::kToNullable:
    case Intrinsic::kIdentity: return retyped(arg(0), e.type);
    case Intrinsic::kTuple: return emit_tuple(e);
    case Intrinsic::kArray: return emit_array(e);
    case Intrinsic::kTupleElement: {
      const SqlValue tuple = arg(0);
      const auto index = static_cast<size_t>(e.function.immediate);
      const std::vector<Type>& elements = tuple.type.base().inner();
      SqlValue out = load_slot(gen, gen.offset(tuple.value, row_layout(elements).offsets[index]),
                               elements[index], e.name, tuple.stable);
      if (tuple.null != nullptr)
        out.null = out.null == nullptr ? tuple.null : gen.b.CreateOr(out.null, tuple.null);
      return out;
    }
    default: break;
  }
  std::vector<SqlValue> args;
  for (size_t i = 0; i < e.args.size(); ++i) args.push_back(arg(i));
  for (const SqlValue& value : args) {
    if (value.type.base().is(TypeKind::kNothing))
      return default_value(gen, Type::nullable(e.type), true);
  }
  return emit_numeric(e, args);
}

bool Emitter::is_cheap(const plan::Expression& e, int depth) const {
  if (e.kind == plan::Expression::Kind::kParameter) return true;
  if (e.kind == plan::Expression::Kind::kColumn) {
    const ColumnSource* source = source_of(e.column);
    if (source == nullptr || !is_scalar(e.type)) return false;
    return !source->expression || is_cheap(*source->expression, depth + 1);
  }
  if (e.kind != plan::Expression::Kind::kCall || depth > 3 || !is_scalar(e.type)) return false;
  switch (e.function.intrinsic) {
    case Intrinsic::kNone:
    case Intrinsic::kStringEquals:
    case Intrinsic::kStringNotEquals:
    case Intrinsic::kTuple:
    case Intrinsic::kTupleElement:
    case Intrinsic::kArray:
    case Intrinsic::kMapArray: return false;
    default: break;
  }
  for (const auto& arg : e.args) {
    if (!is_cheap(*arg, depth + 1)) return false;
  }
  return true;
}

// AND: false if any is FALSE, else NULL if any is NULL, else true; OR: the other way round.
// value, null = first; if (decided by first) that; else combine with the rest
SqlValue Emitter::emit_logic(const plan::Expression& e, size_t from, bool is_and) {
  auto& b = gen.b;
  const SqlValue first = emit(*e.args[from]);
  llvm::Value* truth = first.type.base().is(TypeKind::kNothing)
                           ? b.getFalse()
                           : as_condition(gen, {first.type, first.value, nullptr, true});
  const Type type = e.type;
  if (from + 1 == e.args.size())
    return from_condition(gen, truth, first.null, type.with_null(first.null != nullptr));
  llvm::Value* decided = is_and ? b.CreateNot(truth) : truth;
  if (first.null != nullptr) decided = b.CreateAnd(decided, b.CreateNot(first.null), "decided");
  bool cheap = true;
  for (size_t i = from + 1; i < e.args.size(); ++i) cheap = cheap && is_cheap(*e.args[i]);
  const auto combine = [&]() -> SqlValue {
    const SqlValue rest = emit_logic(e, from + 1, is_and);
    llvm::Value* rest_truth = as_condition(gen, {rest.type, rest.value, nullptr, true});
    llvm::Value* both = is_and ? b.CreateAnd(truth, rest_truth) : b.CreateOr(truth, rest_truth);
    if (first.null == nullptr && rest.null == nullptr)
      return from_condition(gen, both, nullptr, type);
    llvm::Value* rest_decided = is_and ? b.CreateNot(rest_truth) : rest_truth;
    rest_decided = b.CreateAnd(rest_decided, b.CreateNot(null_flag(gen, rest)));
    llvm::Value* any_decided = b.CreateOr(decided, rest_decided);
    llvm::Value* null = b.CreateAnd(b.CreateOr(null_flag(gen, first), null_flag(gen, rest)),
                                    b.CreateNot(any_decided));
    llvm::Value* value =
        is_and ? b.CreateAnd(both, b.CreateNot(any_decided)) : b.CreateOr(both, any_decided);
    return from_condition(gen, value, null, Type::nullable(type));
  };
  if (cheap) return combine();
  return lazily(
      decided, type, [&] { return from_condition(gen, b.getInt1(!is_and), nullptr, type); },
      combine, is_and ? "and" : "or");
}

// c1 ? v1 : c2 ? v2 : ... : else; a NULL condition is not true
SqlValue Emitter::emit_choice(const plan::Expression& e, size_t from) {
  if (from + 1 == e.args.size()) return retyped(emit(*e.args[from]), e.type);
  const SqlValue tested = emit(*e.args[from]);
  if (tested.type.base().is(TypeKind::kNothing)) return emit_choice(e, from + 2);
  llvm::Value* condition = as_condition(gen, tested);
  bool cheap = is_scalar(e.type);
  for (size_t i = from + 1; i < e.args.size(); ++i) cheap = cheap && is_cheap(*e.args[i], 1);
  if (!cheap) {
    return lazily(
        condition, e.type, [&] { return emit(*e.args[from + 1]); },
        [&] { return emit_choice(e, from + 2); }, "choice");
  }
  const SqlValue then = retyped(emit(*e.args[from + 1]), e.type);
  const SqlValue otherwise = emit_choice(e, from + 2);
  SqlValue out{e.type, gen.b.CreateSelect(condition, then.value, otherwise.value, "choice"),
               nullptr, true};
  if (then.null != nullptr || otherwise.null != nullptr) {
    out.null = gen.b.CreateSelect(condition, null_flag(gen, then), null_flag(gen, otherwise),
                                  "choice.null");
  }
  return out;
}

SqlValue Emitter::emit_coalesce(const plan::Expression& e, size_t from) {
  const SqlValue first = emit(*e.args[from]);
  if (from + 1 == e.args.size() || first.null == nullptr) return retyped(first, e.type);
  if (first.type.base().is(TypeKind::kNothing)) return emit_coalesce(e, from + 1);
  return lazily(
      first.null, e.type, [&] { return emit_coalesce(e, from + 1); },
      [&] { return SqlValue{e.type, first.value, nullptr, first.stable}; }, "coalesce");
}

SqlValue Emitter::emit_tuple(const plan::Expression& e) {
  const std::vector<Type>& types = e.type.base().inner();
  const RowLayout layout = row_layout(types);
  std::vector<SqlValue> values;
  for (const auto& arg : e.args) values.push_back(emit(*arg));
  llvm::Value* tuple =
      gen.entry_alloca(layout.size, layout.align, e.name.empty() ? "tuple" : e.name);
  bool stable = true;
  for (size_t i = 0; i < values.size(); ++i) {
    store_slot(gen, gen.offset(tuple, layout.offsets[i]), retyped(values[i], types[i]), types[i]);
    stable = stable && values[i].stable;
  }
  return {e.type, tuple, nullptr, stable};
}

SqlValue Emitter::emit_array(const plan::Expression& e) {
  const Type element = e.type.base().element();
  const SlotLayout layout = slot_layout(element);
  std::vector<SqlValue> values;
  for (const auto& arg : e.args) values.push_back(emit(*arg));
  llvm::Value* array = gen.entry_alloca(16, 8, "array");
  const uint64_t size = uint64_t{layout.size} * values.size();
  llvm::Value* data = nullptr;
  if (lambda_depth_ == 0 && !hoisting_) {
    data = gen.entry_alloca(size == 0 ? 1 : size, 16, "array.data");
  } else {  // the frame's memory would be shared by all iterations, or would not outlive the
            // prologue
    gen.runtime_call(SP_SYMBOL(sp_exec_scratch), {state(), gen.u64(size), array});
    data = gen.load(gen.ptr(), array, 0, "array.data");
  }
  for (size_t i = 0; i < values.size(); ++i) {
    store_slot(gen, gen.offset(data, i * layout.size), retyped(values[i], element), element);
  }
  gen.store(data, array, 0);
  gen.store(gen.u64(values.size()), array, 8);
  return {e.type, array, nullptr, false};
}

}  // namespace sp::codegen
