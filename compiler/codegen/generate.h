#pragma once
// generate(): a plan to an LLVM module and the Program that runs it. Deterministic: generating the
// same plan twice gives the same program, so that code of both tiers is interchangeable.

#include <string>
#include <utility>
#include <vector>

#include "compiler/codegen/program.h"
#include "compiler/jit/jit.h"

namespace sp::codegen {

/// Options that change the generated code.
struct CodegenOptions {
  bool hash_zero = false;  ///< every hash is 0
  bool use_order = true;   ///< exploit the order of streams
};

struct GeneratedCode {
  Program program;
  jit::ModuleInContext module;
  std::vector<std::pair<const char*, void*>> symbols;  ///< native functions that the module calls
};

/// `prefix` makes the functions' names unique in the process. Errors: NOT_IMPLEMENTED with the span
/// of the construct.
Result<GeneratedCode> generate(const plan::Plan& plan, const CodegenOptions& options,
                               const std::string& prefix);

}  // namespace sp::codegen
