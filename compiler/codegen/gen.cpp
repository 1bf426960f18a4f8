// Gen: structured control flow over LLVM's IRBuilder. See gen.h.

#include "compiler/codegen/gen.h"

#include <llvm/IR/Constants.h>

namespace sp::codegen {

Gen::Gen(llvm::Module& m) : b(m.getContext()), module(m), context(m.getContext()) {}

llvm::Function* Gen::begin_function(const std::string& name, llvm::Type* result,
                                    const std::vector<llvm::Type*>& arguments,
                                    const std::vector<const char*>& argument_names, bool external) {
  auto* type = llvm::FunctionType::get(result, arguments, false);
  function_ = llvm::Function::Create(
      type, external ? llvm::Function::ExternalLinkage : llvm::Function::InternalLinkage, name,
      module);
  function_->addFnAttr(llvm::Attribute::NoUnwind);
  for (unsigned i = 0; i < argument_names.size(); ++i)
    function_->getArg(i)->setName(argument_names[i]);
  entry_ = block("entry");
  b.SetInsertPoint(block("body"));
  invariants_.clear();
  leave_ = nullptr;
  depth_ = nesting_ = 0;
  header_ = after_header_ = nullptr;
  header_values_.clear();
  return function_;
}

void Gen::end_function(llvm::Value* result) {
  if (open()) {
    if (result != nullptr)
      b.CreateRet(result);
    else
      b.CreateRetVoid();
  }
  b.SetInsertPoint(entry_);
  b.CreateBr(&*std::next(function_->begin()));
  function_ = nullptr;
  entry_ = nullptr;
  b.ClearInsertionPoint();
}

Gen::Nested::Nested(Gen& gen)
    : gen_(gen),
      function_(gen.function_),
      entry_(gen.entry_),
      block_(gen.b.GetInsertBlock()),
      leave_(gen.leave_),
      invariants_(std::move(gen.invariants_)),
      depth_(gen.depth_),
      nesting_(gen.nesting_),
      header_(gen.header_),
      after_header_(gen.after_header_),
      header_values_(std::move(gen.header_values_)) {
  gen_.invariants_.clear();
  gen_.header_values_.clear();
}

Gen::Nested::~Nested() {
  gen_.function_ = function_;
  gen_.entry_ = entry_;
  gen_.leave_ = leave_;
  gen_.invariants_ = std::move(invariants_);
  gen_.depth_ = depth_;
  gen_.nesting_ = nesting_;
  gen_.header_ = header_;
  gen_.after_header_ = after_header_;
  gen_.header_values_ = std::move(header_values_);
  if (block_ != nullptr)
    gen_.b.SetInsertPoint(block_);
  else
    gen_.b.ClearInsertionPoint();
}

llvm::Value* Gen::at_entry(const std::function<llvm::Value*()>& make) {
  llvm::BasicBlock* const here = b.GetInsertBlock();
  b.SetInsertPoint(entry_);
  llvm::Value* value = make();
  b.SetInsertPoint(here);
  return value;
}

llvm::Value* Gen::invariant(const std::string& key, const std::function<llvm::Value*()>& make) {
  if (const auto found = invariants_.find(key); found != invariants_.end()) return found->second;
  llvm::Value* value = at_entry(make);
  invariants_.emplace(key, value);
  return value;
}

void Gen::open_header() {
  header_ = block("header");
  after_header_ = block("rows");
  header_values_.clear();
  b.CreateBr(header_);
  b.SetInsertPoint(after_header_);
}

void Gen::close_header() {
  llvm::BasicBlock* const here = b.GetInsertBlock();
  b.SetInsertPoint(header_);
  b.CreateBr(after_header_);
  b.SetInsertPoint(here);
  header_ = after_header_ = nullptr;
  header_values_.clear();
}

llvm::Value* Gen::in_header(const std::string& key, const std::function<llvm::Value*()>& make) {
  if (const auto found = header_values_.find(key); found != header_values_.end())
    return found->second;
  llvm::BasicBlock* const here = b.GetInsertBlock();
  b.SetInsertPoint(header_);
  llvm::Value* value = make();
  b.SetInsertPoint(here);
  header_values_.emplace(key, value);
  return value;
}

llvm::Value* Gen::entry_alloca(uint64_t size, uint64_t align, const std::string& name) {
  return at_entry([&] {
    auto* memory = b.CreateAlloca(llvm::ArrayType::get(i8(), size), nullptr, name);
    memory->setAlignment(llvm::Align(align < 8 ? 8 : align));
    return memory;
  });
}

void Gen::if_(llvm::Value* condition, const Body& then, const Body& otherwise, const char* name) {
  llvm::BasicBlock* const yes = block(name);
  llvm::BasicBlock* const no = otherwise ? block("else") : nullptr;
  llvm::BasicBlock* const after = block("after");
  b.CreateCondBr(condition, yes, no != nullptr ? no : after);
  ++nesting_;
  b.SetInsertPoint(yes);
  then();
  if (open()) b.CreateBr(after);
  if (no != nullptr) {
    b.SetInsertPoint(no);
    otherwise();
    if (open()) b.CreateBr(after);
  }
  --nesting_;
  b.SetInsertPoint(after);
}

void Gen::for_range(llvm::Value* begin, llvm::Value* end,
                    const std::function<void(llvm::Value*)>& body, const char* name,
                    const std::function<llvm::Value*()>& more) {
  llvm::BasicBlock* const before = b.GetInsertBlock();
  llvm::BasicBlock* const head = block(name);
  llvm::BasicBlock* const loop = block("loop");
  llvm::BasicBlock* const after = block("done");
  b.CreateBr(head);
  b.SetInsertPoint(head);
  llvm::PHINode* index = b.CreatePHI(begin->getType(), 2, std::string(name) + ".i");
  index->addIncoming(begin, before);
  llvm::Value* goes_on = b.CreateICmpULT(index, end);
  if (more) goes_on = b.CreateAnd(goes_on, more());
  b.CreateCondBr(goes_on, loop, after);
  b.SetInsertPoint(loop);
  ++depth_;
  ++nesting_;
  body(index);
  --nesting_;
  --depth_;
  if (open()) {
    llvm::Value* next =
        b.CreateAdd(index, llvm::ConstantInt::get(begin->getType(), 1), std::string(name) + ".next",
                    /*HasNUW=*/true);
    index->addIncoming(next, b.GetInsertBlock());
    b.CreateBr(head);
  }
  b.SetInsertPoint(after);
}

void Gen::while_(const std::function<llvm::Value*()>& condition, const Body& body,
                 const char* name) {
  llvm::BasicBlock* const head = block(name);
  llvm::BasicBlock* const loop = block("loop");
  llvm::BasicBlock* const after = block("done");
  b.CreateBr(head);
  b.SetInsertPoint(head);
  b.CreateCondBr(condition(), loop, after);
  b.SetInsertPoint(loop);
  ++depth_;
  ++nesting_;
  body();
  --nesting_;
  --depth_;
  if (open()) b.CreateBr(head);
  b.SetInsertPoint(after);
}

llvm::Value* Gen::offset(llvm::Value* base, uint64_t bytes, const char* name) {
  return bytes == 0 ? base : b.CreateConstInBoundsGEP1_64(i8(), base, bytes, name);
}

llvm::Value* Gen::load(llvm::Type* type, llvm::Value* base, uint64_t bytes,
                       const std::string& name) {
  return b.CreateAlignedLoad(type, offset(base, bytes), llvm::Align(1), name);
}

void Gen::store(llvm::Value* value, llvm::Value* base, uint64_t bytes) {
  b.CreateAlignedStore(value, offset(base, bytes), llvm::Align(1));
}

void Gen::copy(llvm::Value* to, llvm::Value* from, uint64_t size) {
  if (size > 64) {
    b.CreateMemCpy(to, llvm::MaybeAlign(1), from, llvm::MaybeAlign(1), size);
    return;
  }
  uint64_t at = 0;
  for (const unsigned width : {8u, 4u, 2u, 1u}) {
    for (; size - at >= width; at += width) {
      store(load(b.getIntNTy(width * 8), from, at, "word"), to, at);
    }
  }
}

void Gen::zero(llvm::Value* to, uint64_t size) {
  b.CreateMemSet(to, b.getInt8(0), size, llvm::MaybeAlign(8));
}

llvm::Value* Gen::zeros() {
  if (zeros_ == nullptr) {
    auto* type = llvm::ArrayType::get(i8(), 256);
    zeros_ = new llvm::GlobalVariable(module, type, true, llvm::GlobalValue::InternalLinkage,
                                      llvm::ConstantAggregateZero::get(type), "zeros");
    zeros_->setAlignment(llvm::Align(16));
  }
  return zeros_;
}

// A StringRef, laid out as runtime/core/string_ref.h says: size, four bytes, then eight more or a
// pointer to all.
llvm::Value* Gen::zero_text(uint32_t size) {
  llvm::GlobalVariable*& text = zero_texts_[size];
  if (text != nullptr) return text;
  llvm::Constant* rest = b.getInt64(0);
  if (size > StringRef::kInline) {
    auto* bytes = llvm::ArrayType::get(i8(), size);
    rest = new llvm::GlobalVariable(module, bytes, true, llvm::GlobalValue::InternalLinkage,
                                    llvm::ConstantAggregateZero::get(bytes), "zero.bytes");
  }
  llvm::Constant* image = llvm::ConstantStruct::getAnon({b.getInt32(size), b.getInt32(0), rest});
  text = new llvm::GlobalVariable(module, image->getType(), true,
                                  llvm::GlobalValue::InternalLinkage, image, "zero.text");
  text->setAlignment(llvm::Align(16));
  return text;
}

llvm::Type* Gen::abi_type(AbiType type) {
  switch (type) {
    case AbiType::kVoid: return b.getVoidTy();
    case AbiType::kI8:
    case AbiType::kU8: return b.getInt8Ty();
    case AbiType::kI16:
    case AbiType::kU16: return b.getInt16Ty();
    case AbiType::kI32:
    case AbiType::kU32: return b.getInt32Ty();
    case AbiType::kI64:
    case AbiType::kU64: return b.getInt64Ty();
    case AbiType::kF32: return b.getFloatTy();
    case AbiType::kF64: return b.getDoubleTy();
    case AbiType::kPointer: return b.getPtrTy();
  }
  return b.getVoidTy();
}

namespace {
// The x86-64 C ABI wants narrow integers extended by whoever passes them.
llvm::Attribute::AttrKind extension(AbiType type) {
  switch (type) {
    case AbiType::kI8:
    case AbiType::kI16: return llvm::Attribute::SExt;
    case AbiType::kU8:
    case AbiType::kU16: return llvm::Attribute::ZExt;
    default: return llvm::Attribute::None;
  }
}
}  // namespace

llvm::Function* Gen::declare(const Symbol& symbol) {
  if (llvm::Function* known = module.getFunction(symbol.name)) return known;
  std::vector<llvm::Type*> types;
  std::vector<AbiType> kinds;
  if (symbol.takes_state) kinds.push_back(AbiType::kPointer);
  if (symbol.takes_context) kinds.push_back(AbiType::kPointer);
  kinds.insert(kinds.end(), symbol.arguments.begin(), symbol.arguments.end());
  if (symbol.has_out) kinds.push_back(AbiType::kPointer);
  for (const AbiType kind : kinds) types.push_back(abi_type(kind));
  auto* function =
      llvm::Function::Create(llvm::FunctionType::get(abi_type(symbol.result), types, false),
                             llvm::Function::ExternalLinkage, symbol.name, module);
  function->addFnAttr(llvm::Attribute::NoUnwind);
  for (unsigned i = 0; i < kinds.size(); ++i) {
    if (const auto kind = extension(kinds[i]); kind != llvm::Attribute::None)
      function->addParamAttr(i, kind);
  }
  if (const auto kind = extension(symbol.result); kind != llvm::Attribute::None)
    function->addRetAttr(kind);
  symbols_.emplace(symbol.name, std::pair(symbol.name, symbol.address));
  return function;
}

llvm::Value* Gen::runtime_call(const Symbol& symbol, const std::vector<llvm::Value*>& values,
                               const std::string& name) {
  llvm::Function* callee = declare(symbol);
  SP_CHECK(callee->arg_size() == values.size());
  llvm::CallInst* call = b.CreateCall(callee, values, symbol.result == AbiType::kVoid ? "" : name);
  call->setAttributes(callee->getAttributes());
  return call;
}

}  // namespace sp::codegen
