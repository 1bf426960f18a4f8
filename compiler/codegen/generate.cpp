// Entry of code generation. See generate.h.

#include "compiler/codegen/generate.h"

#include "compiler/codegen/query_compiler.h"

namespace sp::codegen {

Result<GeneratedCode> generate(const plan::Plan& plan, const CodegenOptions& options,
                               const std::string& prefix) {
  GeneratedCode out;
  out.program.prefix = prefix;
  out.module.context = std::make_unique<llvm::LLVMContext>();
  out.module.module = std::make_unique<llvm::Module>(prefix, *out.module.context);
  Gen gen(*out.module.module);
  Emitter emitter(gen, plan, out.program, options);
  QueryCompiler compiler(emitter);
  compiler.compile(plan);
  if (compiler.error) return *compiler.error;
  for (const auto& [name, symbol] : gen.symbols()) out.symbols.push_back(symbol);
  return out;
}

}  // namespace sp::codegen
