// SqlValue: type-directed loads, stores, hashes and comparisons. See sql_value.h.

#include "compiler/codegen/sql_value.h"

#include <algorithm>

#include <llvm/IR/Constants.h>

#include "runtime/exec/aggregate_table.h"
#include "runtime/exec/jit_slots.h"

namespace sp::codegen {
namespace {

unsigned scalar_bits(Type type) {
  switch (type.kind()) {
    case TypeKind::kNothing:
    case TypeKind::kBool:
    case TypeKind::kUInt8:
    case TypeKind::kInt8:
    case TypeKind::kEnum8: return 8;
    case TypeKind::kUInt16:
    case TypeKind::kInt16:
    case TypeKind::kDate:
    case TypeKind::kEnum16: return 16;
    case TypeKind::kUInt32:
    case TypeKind::kInt32:
    case TypeKind::kDate32:
    case TypeKind::kDateTime:
    case TypeKind::kIpv4:
    case TypeKind::kFloat32: return 32;
    case TypeKind::kUInt64:
    case TypeKind::kInt64:
    case TypeKind::kDateTime64:
    case TypeKind::kInterval:
    case TypeKind::kFloat64: return 64;
    case TypeKind::kDecimal: return type.precision() <= 9 ? 32 : type.precision() <= 18 ? 64 : 0;
    default: return 0;
  }
}

uint64_t flag_offset(Type type) { return slot_layout(type.base()).size; }

}  // namespace

bool is_scalar(Type type) { return scalar_bits(type.base()) != 0; }

bool is_signed(Type type) {
  const Type base = type.base();
  return base.is_signed_integer() || base.is(TypeKind::kDate32) || base.is(TypeKind::kDateTime64) ||
         base.is_enum() || base.is(TypeKind::kDecimal) || base.is(TypeKind::kInterval);
}

bool has_pointers(Type type) {
  const Type base = type.base();
  switch (base.kind()) {
    case TypeKind::kString:
    case TypeKind::kFixedString:
    case TypeKind::kArray:
    case TypeKind::kMap:
    case TypeKind::kAggregateFunction:
    case TypeKind::kJson: return true;
    case TypeKind::kTuple:
      for (const Type& element : base.inner()) {
        if (has_pointers(element)) return true;
      }
      return false;
    default: return false;
  }
}

llvm::Type* value_type(Gen& gen, Type type) {
  const Type base = type.base();
  if (base.is(TypeKind::kFloat32)) return gen.b.getFloatTy();
  if (base.is(TypeKind::kFloat64)) return gen.b.getDoubleTy();
  const unsigned bits = scalar_bits(base);
  return bits == 0 ? gen.ptr() : gen.b.getIntNTy(bits);
}

bool default_is_zeros(Type type) {
  if (type.can_be_null()) return false;
  const Type base = type.base();
  if (base.is_enum()) return base.enum_values().empty();
  if (base.is(TypeKind::kFixedString)) return false;
  if (!base.is(TypeKind::kTuple)) return true;
  return std::all_of(base.inner().begin(), base.inner().end(), default_is_zeros);
}

SqlValue default_value(Gen& gen, Type type, bool null) {
  llvm::Type* const physical = value_type(gen, type);
  llvm::Value* value = is_scalar(type) ? llvm::Constant::getNullValue(physical) : gen.zeros();
  if (type.base().is_enum() && !type.base().enum_values().empty()) {
    int16_t lowest = type.base().enum_values().front().second;
    for (const auto& [label, number] : type.base().enum_values()) lowest = std::min(lowest, number);
    value = llvm::ConstantInt::getSigned(physical, lowest);
  }
  if (type.base().is(TypeKind::kFixedString)) value = gen.zero_text(type.base().precision());
  if (type.base().is(TypeKind::kTuple) && !default_is_zeros(type.base())) {
    const SlotLayout layout = slot_layout(type.base());
    value = gen.entry_alloca(layout.size, layout.align, "default");
    gen.zero(value, layout.size);
    const RowLayout row = row_layout(type.base().inner());
    for (size_t i = 0; i < row.offsets.size(); ++i) {
      const Type inner = type.base().inner()[i];
      store_slot(gen, gen.offset(value, row.offsets[i]),
                 default_value(gen, inner, inner.can_be_null()), inner);
    }
  }
  return {type, value, null ? gen.b.getTrue() : nullptr, true};
}

SqlValue load_slot(Gen& gen, llvm::Value* slot, Type type, const std::string& name, bool stable) {
  SqlValue out{type, slot, nullptr, stable};
  if (is_scalar(type)) {
    out.value = gen.load(value_type(gen, type), slot, 0, name);
    out.stable = true;
  }
  if (type.can_be_null()) {
    llvm::Value* flag = gen.load(gen.i8(), slot, flag_offset(type), name + ".flag");
    out.null = gen.b.CreateICmpNE(flag, gen.b.getInt8(0), name + ".null");
  }
  return out;
}

void store_slot(Gen& gen, llvm::Value* slot, const SqlValue& value, Type as) {
  if (is_scalar(as))
    gen.store(value.value, slot, 0);
  else if (value.value != slot)
    gen.copy(slot, value.value, slot_layout(as.base()).size);
  if (as.can_be_null()) {
    gen.store(gen.b.CreateZExt(null_flag(gen, value), gen.i8()), slot, flag_offset(as));
  }
}

void store_stable(Gen& gen, ObjectSource& objects, llvm::Value* slot, const SqlValue& value,
                  Type as) {
  store_slot(gen, slot, value, as);
  if (value.stable || !has_pointers(as)) return;
  const auto persist = [&] {
    if (as.base().is_string_like()) {
      gen.runtime_call(SP_SYMBOL(sp_persist_string), {objects.state(), slot});
    } else {
      gen.runtime_call(SP_SYMBOL(sp_exec_persist),
                       {objects.state(), objects.slot_operations(as.base()), slot});
    }
  };
  if (value.null == nullptr)
    persist();
  else
    gen.if_(gen.b.CreateNot(value.null), persist, {}, "persist");
}

llvm::Value* spill(Gen& gen, const SqlValue& value, bool with_flag, Type as) {
  if (!with_flag && !is_scalar(value.type)) return value.value;
  const Type stored = with_flag ? as : value.type.base();
  const SlotLayout layout = slot_layout(stored);
  llvm::Value* slot = gen.entry_alloca(layout.size, layout.align, "spill");
  store_slot(gen, slot, value, stored);
  return slot;
}

llvm::Value* null_flag(Gen& gen, const SqlValue& value) {
  return value.null != nullptr ? value.null : gen.b.getFalse();
}

llvm::Value* as_condition(Gen& gen, const SqlValue& value) {
  llvm::Value* condition = nullptr;
  // A comparison just widened to UInt8 is used as it was.
  if (auto* widened = llvm::dyn_cast<llvm::ZExtInst>(value.value);
      widened && widened->getSrcTy()->isIntegerTy(1)) {
    condition = widened->getOperand(0);
  } else if (value.value->getType()->isFloatingPointTy()) {
    condition = gen.b.CreateFCmpUNE(value.value,
                                    llvm::Constant::getNullValue(value.value->getType()), "true");
  } else {
    condition = gen.b.CreateICmpNE(value.value,
                                   llvm::Constant::getNullValue(value.value->getType()), "true");
  }
  return value.null == nullptr
             ? condition
             : gen.b.CreateAnd(condition, gen.b.CreateNot(value.null), "known.true");
}

SqlValue from_condition(Gen& gen, llvm::Value* condition, llvm::Value* null, Type type) {
  return {type, gen.b.CreateZExt(condition, gen.i8()), null, true};
}

llvm::Value* hash_value(Gen& gen, ObjectSource& objects, llvm::Value* seed, const SqlValue& value) {
  const Type base = value.type.base();
  if (is_scalar(base)) {
    llvm::Value* bits = value.value;
    if (bits->getType()->isDoubleTy()) bits = gen.b.CreateBitCast(bits, gen.i64());
    if (bits->getType()->isFloatTy()) bits = gen.b.CreateBitCast(bits, gen.i32());
    bits = gen.b.CreateZExt(bits, gen.i64(), "bits");
    if (value.null != nullptr)
      bits = gen.b.CreateSelect(value.null, gen.u64(0x6e756c6c6e756c6cULL), bits);
    return gen.runtime_call(SP_SYMBOL(sp_hash_u64), {seed, bits}, "hash");
  }
  llvm::Value* slot = value.value;
  if (value.null != nullptr) slot = gen.b.CreateSelect(value.null, gen.zeros(), slot);
  if (base.is_string_like())
    return gen.runtime_call(SP_SYMBOL(sp_hash_string), {seed, slot}, "hash");
  llvm::Value* own =
      gen.runtime_call(SP_SYMBOL(sp_exec_hash), {objects.slot_operations(base), slot}, "slot.hash");
  return gen.runtime_call(SP_SYMBOL(sp_hash_u64), {seed, own}, "hash");
}

llvm::Value* strings_equal(Gen& gen, llvm::Value* a, llvm::Value* b) {
  llvm::Value* a_head = gen.load(gen.i64(), a, 0, "head");
  llvm::Value* b_head = gen.load(gen.i64(), b, 0, "head");
  llvm::Value* a_tail = gen.load(gen.i64(), a, 8, "tail");
  llvm::Value* b_tail = gen.load(gen.i64(), b, 8, "tail");
  llvm::Value* heads = gen.b.CreateICmpEQ(a_head, b_head, "heads");
  llvm::Value* tails = gen.b.CreateICmpEQ(a_tail, b_tail, "tails");
  llvm::Value* is_long = gen.b.CreateICmpUGT(gen.b.CreateTrunc(a_head, gen.i32()),
                                             gen.b.getInt32(StringRef::kInline), "long");
  llvm::BasicBlock* const before = gen.b.GetInsertBlock();
  llvm::BasicBlock* const call = gen.block("compare");
  llvm::BasicBlock* const after = gen.block("compared");
  llvm::Value* unsure =
      gen.b.CreateAnd(gen.b.CreateAnd(heads, is_long), gen.b.CreateNot(tails), "unsure");
  gen.b.CreateCondBr(unsure, call, after);
  gen.b.SetInsertPoint(call);
  llvm::Value* answer = gen.b.CreateICmpNE(
      gen.runtime_call(SP_SYMBOL(sp_exec_long_strings_equal), {a, b}, "equal"), gen.b.getInt8(0));
  gen.b.CreateBr(after);
  gen.b.SetInsertPoint(after);
  llvm::PHINode* phi = gen.b.CreatePHI(gen.i1(), 2, "strings.equal");
  // `before` ends in the branch: its value must be computed there.
  llvm::IRBuilder<> early(before->getTerminator());
  phi->addIncoming(early.CreateAnd(heads, tails), before);
  phi->addIncoming(answer, call);
  return phi;
}

llvm::Value* keys_equal(Gen& gen, ObjectSource& objects, const SqlValue& a, const SqlValue& b) {
  const Type base = a.type.base();
  llvm::Value* same = nullptr;
  if (is_scalar(base)) {
    llvm::Value *x = a.value, *y = b.value;
    if (x->getType()->isFloatingPointTy()) {
      llvm::Type* bits = x->getType()->isDoubleTy() ? gen.i64() : gen.i32();
      x = gen.b.CreateBitCast(x, bits);
      y = gen.b.CreateBitCast(y, bits);
    }
    same = gen.b.CreateICmpEQ(x, y, "same");
  } else if (base.is_string_like()) {
    same = strings_equal(gen, a.value, b.value);
  } else {
    llvm::Value* answer = gen.runtime_call(
        SP_SYMBOL(sp_exec_equal), {objects.slot_operations(base), a.value, b.value}, "equal");
    same = gen.b.CreateICmpNE(answer, gen.b.getInt8(0), "same");
  }
  if (a.null == nullptr && b.null == nullptr) return same;
  llvm::Value* a_null = null_flag(gen, a);
  llvm::Value* b_null = null_flag(gen, b);
  llvm::Value* both = gen.b.CreateAnd(a_null, b_null);
  llvm::Value* neither = gen.b.CreateNot(gen.b.CreateOr(a_null, b_null));
  return gen.b.CreateOr(both, gen.b.CreateAnd(neither, same), "same.key");
}

llvm::Value* order_values(Gen& gen, ObjectSource& objects, const SqlValue& a, const SqlValue& b,
                          bool descending, bool nulls_first) {
  auto& builder = gen.b;
  const Type base = a.type.base();
  llvm::Value* const one = builder.getInt32(1);
  llvm::Value* const minus = builder.getInt32(static_cast<uint32_t>(-1));
  llvm::Value* const zero = builder.getInt32(0);
  const auto three_way = [&](llvm::Value* less, llvm::Value* greater) {
    return builder.CreateSelect(less, descending ? one : minus,
                                builder.CreateSelect(greater, descending ? minus : one, zero),
                                "order");
  };
  const auto last = [&](llvm::Value* a_last, llvm::Value* b_last, llvm::Value* otherwise) {
    // Equal flags: both absent decides by value, both present is a tie (NaN against NaN, NULL
    // against NULL).
    llvm::Value* only_a = builder.CreateAnd(a_last, builder.CreateNot(b_last));
    llvm::Value* only_b = builder.CreateAnd(b_last, builder.CreateNot(a_last));
    llvm::Value* both = builder.CreateAnd(a_last, b_last);
    llvm::Value* rest = builder.CreateSelect(both, zero, otherwise);
    rest = builder.CreateSelect(only_b, nulls_first ? one : minus, rest);
    return builder.CreateSelect(only_a, nulls_first ? minus : one, rest, "order");
  };
  llvm::Value* order = nullptr;
  if (is_scalar(base)) {
    if (base.is_float()) {
      order = three_way(builder.CreateFCmpOLT(a.value, b.value),
                        builder.CreateFCmpOGT(a.value, b.value));
      order = last(builder.CreateFCmpUNO(a.value, a.value), builder.CreateFCmpUNO(b.value, b.value),
                   order);
    } else if (is_signed(base)) {
      order = three_way(builder.CreateICmpSLT(a.value, b.value),
                        builder.CreateICmpSGT(a.value, b.value));
    } else {
      order = three_way(builder.CreateICmpULT(a.value, b.value),
                        builder.CreateICmpUGT(a.value, b.value));
    }
  } else {
    llvm::Value* answer =
        base.is_string_like()
            ? gen.runtime_call(SP_SYMBOL(sp_exec_compare_strings), {a.value, b.value}, "compared")
            : gen.runtime_call(SP_SYMBOL(sp_exec_compare),
                               {objects.slot_operations(base), a.value, b.value,
                                builder.getInt8(nulls_first != descending ? 1 : 0)},
                               "compared");
    order = three_way(builder.CreateICmpSLT(answer, zero), builder.CreateICmpSGT(answer, zero));
  }
  if (a.null != nullptr || b.null != nullptr)
    order = last(null_flag(gen, a), null_flag(gen, b), order);
  return order;
}

}  // namespace sp::codegen
