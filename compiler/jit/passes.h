#pragma once
// run_passes(): tier 1's short list of LLVM passes over a query's module, after the bitcode was
// linked in.

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace sp::jit {

/// Inlines and simplifies; `vectorize` adds LoopVectorize.
void run_passes(llvm::Module& module, llvm::TargetMachine& machine, bool vectorize);

}  // namespace sp::jit
