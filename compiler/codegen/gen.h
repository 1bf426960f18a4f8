#pragma once
// Gen: writes one LLVM function at a time with structured control flow: branches and loops take
// lambdas that emit their bodies. The innermost of the code generator's four layers (steps ->
// RowScope -> SqlValue -> Gen).
//
// Every function has an `entry` block that only holds allocas and loop-invariant loads; at_entry()
// adds to it at any time, so whatever stands there dominates all uses.

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Module.h>

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "runtime/functions/function.h"

namespace sp::codegen {

class Gen {
 public:
  using Body = std::function<void()>;

  explicit Gen(llvm::Module& module);

  llvm::IRBuilder<> b;
  llvm::Module& module;
  llvm::LLVMContext& context;

  // --- types and constants ----------------------------------------------------------------------
  llvm::Type* i1() { return b.getInt1Ty(); }
  llvm::Type* i8() { return b.getInt8Ty(); }
  llvm::Type* i32() { return b.getInt32Ty(); }
  llvm::Type* i64() { return b.getInt64Ty(); }
  llvm::Type* ptr() { return b.getPtrTy(); }
  llvm::Value* u64(uint64_t value) { return b.getInt64(value); }

  // --- functions --------------------------------------------------------------------------------
  /// Starts `name`; arguments become fn()->getArg(i), named `argument_names`.
  llvm::Function* begin_function(const std::string& name, llvm::Type* result,
                                 const std::vector<llvm::Type*>& arguments,
                                 const std::vector<const char*>& argument_names, bool external);
  /// Ends it: returns `result` (null: void) at the current place if the block is still open.
  void end_function(llvm::Value* result = nullptr);
  llvm::Function* fn() const { return function_; }

  /// Suspends the current function to write another one (a comparator, a dictionary loop); restores
  /// it at scope end.
  class Nested {
   public:
    explicit Nested(Gen& gen);
    ~Nested();
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;

   private:
    Gen& gen_;
    llvm::Function* function_;
    llvm::BasicBlock* entry_;
    llvm::BasicBlock* block_;
    llvm::BasicBlock* leave_;
    std::unordered_map<std::string, llvm::Value*> invariants_;
    uint32_t depth_, nesting_;
    llvm::BasicBlock *header_, *after_header_;
    std::unordered_map<std::string, llvm::Value*> header_values_;
  };

  // --- the entry block --------------------------------------------------------------------------
  /// Emits `make`'s instructions into the entry block and returns its value.
  llvm::Value* at_entry(const std::function<llvm::Value*()>& make);
  /// As at_entry, once per function and key.
  llvm::Value* invariant(const std::string& key, const std::function<llvm::Value*()>& make);
  /// Memory in the function's frame, one place for the whole function.
  llvm::Value* entry_alloca(uint64_t size, uint64_t align, const std::string& name);

  // --- control flow -----------------------------------------------------------------------------
  void if_(llvm::Value* condition, const Body& then, const Body& otherwise = {},
           const char* name = "if");
  /// for (i = begin; i < end; ++i) body(i)
  /// `more`: a further condition, computed before each round; null: none.
  void for_range(llvm::Value* begin, llvm::Value* end,
                 const std::function<void(llvm::Value*)>& body, const char* name,
                 const std::function<llvm::Value*()>& more = {});
  /// while (condition()) body()
  void while_(const std::function<llvm::Value*()>& condition, const Body& body, const char* name);
  /// Leaves the function's main loop: jumps to its teardown. Set by the source that emits the loop.
  void set_leave(llvm::BasicBlock* block) { leave_ = block; }
  llvm::BasicBlock* leave() const { return leave_; }
  /// A block at the end of the current function.
  llvm::BasicBlock* block(const char* name) {
    return llvm::BasicBlock::Create(context, name, function_);
  }
  bool open() const {
    return b.GetInsertBlock() != nullptr && b.GetInsertBlock()->getTerminator() == nullptr;
  }
  /// How many branches and loops surround the current place.
  uint32_t nesting() const { return nesting_; }
  /// How many loops inside the row's code surround the current place: memory of the frame would be
  /// shared.
  uint32_t loop_depth() const { return depth_; }

  // --- a loop's header --------------------------------------------------------------------------
  /// Opens a block before the loop that is about to be emitted: in_header() adds to it while the
  /// loop is written.
  void open_header();
  void close_header();
  bool has_header() const { return header_ != nullptr; }
  bool in_header(const std::string& key) const { return header_values_.contains(key); }
  /// As invariant(), for the open header.
  llvm::Value* in_header(const std::string& key, const std::function<llvm::Value*()>& make);

  // --- memory -----------------------------------------------------------------------------------
  llvm::Value* offset(llvm::Value* base, uint64_t bytes, const char* name = "");
  llvm::Value* load(llvm::Type* type, llvm::Value* base, uint64_t bytes, const std::string& name);
  void store(llvm::Value* value, llvm::Value* base, uint64_t bytes);
  /// Copies a block of constant size; small ones as words.
  void copy(llvm::Value* to, llvm::Value* from, uint64_t size);
  void zero(llvm::Value* to, uint64_t size);
  /// A pointer to 256 zero bytes: the default value of every slot.
  llvm::Value* zeros();
  /// The address of a StringRef of `size` zero bytes: the default of a FixedString.
  llvm::Value* zero_text(uint32_t size);

  // --- calls ------------------------------------------------------------------------------------
  /// Calls a natively compiled function by its Symbol; `values` are all parameters in order,
  /// already of ABI types.
  llvm::Value* runtime_call(const Symbol& symbol, const std::vector<llvm::Value*>& values,
                            const std::string& name = "");
  /// Declares a Symbol and returns it, to pass as a function pointer.
  llvm::Function* declare(const Symbol& symbol);
  llvm::Type* abi_type(AbiType type);

  /// Symbols called so far, for the JIT.
  const std::unordered_map<std::string, std::pair<const char*, void*>>& symbols() const {
    return symbols_;
  }

 private:
  llvm::Function* function_ = nullptr;
  llvm::BasicBlock* entry_ = nullptr;
  llvm::BasicBlock* leave_ = nullptr;
  std::unordered_map<std::string, llvm::Value*> invariants_;
  uint32_t depth_ = 0, nesting_ = 0;
  llvm::BasicBlock *header_ = nullptr, *after_header_ = nullptr;
  std::unordered_map<std::string, llvm::Value*> header_values_;
  std::unordered_map<std::string, std::pair<const char*, void*>> symbols_;
  llvm::GlobalVariable* zeros_ = nullptr;
  std::unordered_map<uint32_t, llvm::GlobalVariable*> zero_texts_;
};

}  // namespace sp::codegen
