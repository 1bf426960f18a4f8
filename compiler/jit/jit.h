#pragma once
// Jit: IR to machine code, the last station of the compiler. One LLJIT for the process; each
// compiled module is a Code that unloads itself. Tier 0 is FastISel without passes; tier 1 links
// the function library's bitcode in, inlines it and runs a short pass list. LLVM stays behind this
// header and those of compiler/codegen.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "runtime/core/error.h"

namespace llvm {
class LLVMContext;
class Module;
}  // namespace llvm

namespace sp::jit {

enum class Tier : uint8_t { k0, k1 };

/// A module with the context that owns its types.
struct ModuleInContext {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
  ModuleInContext();
  ModuleInContext(ModuleInContext&&) noexcept;
  ModuleInContext& operator=(ModuleInContext&&) noexcept;
  ~ModuleInContext();
};

/// One module to compile.
struct CompileRequest {
  ModuleInContext code;
  std::vector<std::string> entries;  ///< functions whose addresses are wanted
  std::vector<std::pair<const char*, void*>>
      symbols;  ///< natively compiled functions that the module calls
  Tier tier = Tier::k0;
  bool vectorize = false;  ///< run LoopVectorize: worth it without a hash step
  bool keep_ir = false;    ///< keep the final IR's text
  bool keep_asm = false;   ///< keep the assembly's text
};

/// Loaded machine code. Destroying it frees the code: nobody may be running it.
class Code {
 public:
  virtual ~Code() = default;
  /// Parallel to CompileRequest::entries.
  std::vector<void*> addresses;
  std::string ir, assembly;
  uint64_t size_bytes = 0;
  double link_ms = 0, passes_ms = 0, emit_ms = 0, load_ms = 0;
};

/// Thread-safe.
class Jit {
 public:
  static Result<std::unique_ptr<Jit>> create();
  virtual ~Jit() = default;
  /// Compiles and loads. An error is ours (LOGICAL_ERROR): the IR does not verify or a symbol is
  /// missing.
  virtual Result<std::unique_ptr<Code>> compile(CompileRequest request) = 0;
};

}  // namespace sp::jit
