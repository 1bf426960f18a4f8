// Generated functions over rows. See key_functions.h.

#include "compiler/codegen/key_functions.h"

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

}  // namespace sp::codegen
