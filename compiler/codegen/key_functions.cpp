// Generated functions over rows. See key_functions.h.

#include "compiler/codegen/key_functions.h"

#include "runtime/exec/jit_slots.h"

namespace sp::codegen {
namespace {

// SlotOps in functions without ExecState: they live as long as the process, so their address may
// stand in the code.
class AddressedObjects final : public ObjectSource {
 public:
  explicit AddressedObjects(Gen& gen) : gen_(gen) {}
  llvm::Value* slot_operations(Type type) override {
    const auto address = reinterpret_cast<uint64_t>(&slot_ops(type));
    return gen_.b.CreateIntToPtr(gen_.u64(address), gen_.ptr(), "slot.ops");
  }
  llvm::Value* state() override { return nullptr; }
  bool hash_zero() const override { return false; }

 private:
  Gen& gen_;
};

}  // namespace

KeyLayout key_layout(const std::vector<Type>& types, uint32_t header) {
  KeyLayout layout;
  layout.types = types;
  layout.header = header;
  const RowLayout slots = row_layout(types);
  for (const uint32_t offset : slots.offsets) layout.offsets.push_back(header + offset);
  layout.size = (header + slots.size + 7) / 8 * 8;
  return layout;
}

void store_probe(Emitter& emitter, const KeyLayout& layout, llvm::Value* probe,
                 const std::vector<SqlValue>& keys) {
  Gen& gen = emitter.gen;
  for (size_t i = 0; i < keys.size(); ++i) {
    store_slot(gen, gen.offset(probe, layout.offsets[i]), keys[i], layout.types[i]);
  }
  gen.store(emitter.hash(keys), probe, layout.header - 8);
}

namespace {

enum class Sameness { kBits, kOrder };

llvm::Function* same_rows(Emitter& emitter, const std::vector<OrderKey>& keys, bool external,
                          Sameness sameness) {
  Gen& gen = emitter.gen;
  const Gen::Nested nested(gen);
  AddressedObjects objects(gen);
  llvm::Function* function = gen.begin_function(emitter.unique_name("same"), gen.i1(),
                                                {gen.ptr(), gen.ptr()}, {"row", "probe"}, external);
  function->addRetAttr(llvm::Attribute::ZExt);
  llvm::BasicBlock* const differ = gen.block("differ");
  for (const OrderKey& key : keys) {
    const SqlValue a =
        load_slot(gen, gen.offset(function->getArg(0), key.offset), key.type, "a", true);
    const SqlValue b =
        load_slot(gen, gen.offset(function->getArg(1), key.offset), key.type, "b", true);
    // In the order of floats 0 and -0 are one.
    llvm::Value* equal =
        sameness == Sameness::kOrder && key.type.base().is_float()
            ? gen.b.CreateICmpEQ(order_values(gen, objects, a, b, false, false), gen.b.getInt32(0))
            : keys_equal(gen, objects, a, b);
    llvm::BasicBlock* const next = gen.block("next");
    gen.b.CreateCondBr(equal, next, differ);
    gen.b.SetInsertPoint(next);
  }
  gen.b.CreateRet(gen.b.getTrue());
  gen.b.SetInsertPoint(differ);
  gen.end_function(gen.b.getFalse());
  return function;
}

}  // namespace

llvm::Function* same_rows(Emitter& emitter, const std::vector<OrderKey>& keys, bool external) {
  return same_rows(emitter, keys, external, Sameness::kBits);
}

llvm::Function* keys_equal_function(Emitter& emitter, const KeyLayout& layout) {
  std::vector<OrderKey> keys;
  for (size_t i = 0; i < layout.types.size(); ++i)
    keys.push_back({layout.types[i], layout.offsets[i], false, false});
  return same_rows(emitter, keys, true);
}

uint32_t same_function(Emitter& emitter, const std::vector<OrderKey>& keys) {
  return emitter.add_function(same_rows(emitter, keys, true, Sameness::kOrder)->getName().str());
}

uint32_t compare_function(Emitter& emitter, const std::vector<OrderKey>& keys,
                          llvm::Function** out) {
  Gen& gen = emitter.gen;
  const Gen::Nested nested(gen);
  AddressedObjects objects(gen);
  const std::string name = emitter.unique_name("compare");
  llvm::Function* function =
      gen.begin_function(name, gen.i32(), {gen.ptr(), gen.ptr()}, {"a", "b"}, true);
  for (const OrderKey& key : keys) {
    const SqlValue a =
        load_slot(gen, gen.offset(function->getArg(0), key.offset), key.type, "a", true);
    const SqlValue b =
        load_slot(gen, gen.offset(function->getArg(1), key.offset), key.type, "b", true);
    llvm::Value* order = order_values(gen, objects, a, b, key.descending, key.nulls_first);
    llvm::BasicBlock* const decided = gen.block("decided");
    llvm::BasicBlock* const next = gen.block("tie");
    gen.b.CreateCondBr(gen.b.CreateICmpNE(order, gen.b.getInt32(0)), decided, next);
    gen.b.SetInsertPoint(decided);
    gen.b.CreateRet(order);
    gen.b.SetInsertPoint(next);
  }
  gen.end_function(gen.b.getInt32(0));
  if (out != nullptr) *out = function;
  return emitter.add_function(name);
}

namespace {

// A key's value as an integer in its order, ascending: sign bit turned, floats by their bits. NaN
// is the last, or the first.
llvm::Value* ordered_bits(Gen& gen, const SqlValue& key, bool descending, bool nulls_first) {
  auto& b = gen.b;
  const Type base = key.type.base();
  if (base.is_string_like()) {
    llvm::Value* bits = gen.runtime_call(SP_SYMBOL(sp_exec_string_prefix), {key.value}, "prefix");
    return descending ? b.CreateNot(bits) : bits;
  }
  if (!base.is_float()) {
    const unsigned width = key.value->getType()->getIntegerBitWidth();
    llvm::Value* bits = key.value;
    if (is_signed(base))
      bits = b.CreateXor(
          bits, llvm::ConstantInt::get(gen.module.getContext(), llvm::APInt::getSignMask(width)));
    return descending ? b.CreateNot(bits) : bits;
  }
  // bits ^ (negative ? all : sign bit); -0 is 0
  llvm::Type* real = key.value->getType();
  const unsigned width = real->isDoubleTy() ? 64 : 32;
  llvm::Type* whole = b.getIntNTy(width);
  llvm::Value* zero = llvm::ConstantFP::get(real, 0);
  llvm::Value* value = b.CreateSelect(b.CreateFCmpOEQ(key.value, zero), zero, key.value);
  llvm::Value* bits = b.CreateBitCast(value, whole);
  llvm::Value* negative = b.CreateAShr(bits, width - 1);
  llvm::Value* sign =
      llvm::ConstantInt::get(gen.module.getContext(), llvm::APInt::getSignMask(width));
  bits = b.CreateXor(bits, b.CreateOr(negative, sign));
  if (descending) bits = b.CreateNot(bits);
  llvm::Value* outermost =
      nulls_first ? llvm::ConstantInt::get(whole, 0) : llvm::ConstantInt::getAllOnesValue(whole);
  return b.CreateSelect(b.CreateFCmpUNO(key.value, key.value), outermost, bits);
}

bool has_ordered_bits(Type type) {
  return is_scalar(type.base()) || type.base().is(TypeKind::kString);
}

// The first 64 bits of keys that follow one another.
class PrefixBits {
 public:
  explicit PrefixBits(Gen& gen) : gen_(gen), out_(gen.u64(0)) {}

  // Whether the key went in whole: only then the next one tells something.
  bool append(const SqlValue& value, const OrderKey& key) {
    llvm::Value* bits = ordered_bits(gen_, value, key.descending, key.nulls_first);
    if (value.null != nullptr) {
      llvm::Value* null = null_flag(gen_, value);
      bits = gen_.b.CreateSelect(null, llvm::ConstantInt::get(bits->getType(), 0), bits);
      append(key.nulls_first ? gen_.b.CreateNot(null) : null);
    }
    return append(bits) && is_scalar(key.type.base());
  }
  bool full() const { return left_ == 0; }
  llvm::Value* value() const { return out_; }

 private:
  bool append(llvm::Value* bits) {
    auto& b = gen_.b;
    const unsigned width = bits->getType()->getIntegerBitWidth();
    const unsigned taken = std::min(width, left_);
    if (taken < width) bits = b.CreateLShr(bits, width - taken);
    bits = b.CreateZExtOrTrunc(bits, gen_.i64());
    out_ = taken == 64 ? bits : b.CreateOr(b.CreateShl(out_, taken), bits);
    left_ -= taken;
    return taken == width;
  }

  Gen& gen_;
  llvm::Value* out_;
  unsigned left_ = 64;
};

}  // namespace

llvm::Value* prefix_of_key(Gen& gen, const SqlValue& value, const OrderKey& key) {
  if (!has_ordered_bits(key.type)) return nullptr;
  PrefixBits bits(gen);
  bits.append(value, key);
  return bits.value();
}

// out = 0; for each key: out = out << width | its bits, until 64 are taken
uint32_t prefix_function(Emitter& emitter, const std::vector<OrderKey>& keys, bool* whole) {
  *whole = false;
  if (keys.empty() || !has_ordered_bits(keys[0].type)) return kNone;
  Gen& gen = emitter.gen;
  const Gen::Nested nested(gen);
  const std::string name = emitter.unique_name("prefix");
  llvm::Function* function = gen.begin_function(name, gen.i64(), {gen.ptr()}, {"row"}, true);
  PrefixBits bits(gen);
  size_t taken = 0;
  for (bool entire = true;
       entire && taken < keys.size() && !bits.full() && has_ordered_bits(keys[taken].type);) {
    const OrderKey& key = keys[taken];
    entire = bits.append(
        load_slot(gen, gen.offset(function->getArg(0), key.offset), key.type, "key", true), key);
    if (entire) ++taken;
  }
  *whole = taken == keys.size();
  gen.end_function(bits.value());
  return emitter.add_function(name);
}

}  // namespace sp::codegen
