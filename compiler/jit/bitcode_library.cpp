// Embedded bitcode: index and linking. See bitcode_library.h.

#include "compiler/jit/bitcode_library.h"

#include <llvm/ADT/StringSet.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Object/IRSymtab.h>
#include <llvm/Support/MemoryBuffer.h>

#include <map>
#include <vector>

extern "C" {
/// Rows of (name, begin, end), ended by nulls: written by compiler/CMakeLists.txt.
extern const char* const sp_embedded_bitcode_table[];
}

namespace sp::jit {
namespace {

// A body larger than this stays a call of its native version: inlining it would cost more compile
// time than it saves.
constexpr size_t kLargestInlinedBody = 400;
// Bodies may call each other across blobs; deeper chains stay calls.
constexpr int kRounds = 3;

llvm::MemoryBufferRef buffer_of(std::string_view blob) {
  return llvm::MemoryBufferRef(llvm::StringRef(blob.data(), blob.size()), "runtime");
}

// Drops what must not follow a body into a query: constructors of static objects, and bodies not
// wanted.
void strip(llvm::Module& blob, const llvm::Module& user) {
  for (const char* name :
       {"llvm.global_ctors", "llvm.global_dtors", "llvm.used", "llvm.compiler.used"}) {
    if (auto* variable = blob.getNamedGlobal(name)) variable->eraseFromParent();
  }
  for (llvm::Function& function : blob) {
    const llvm::Function* declared = user.getFunction(function.getName());
    if (declared == nullptr || !declared->isDeclaration() || function.isDeclaration()) continue;
    if (auto failure = function.materialize()) {
      llvm::consumeError(std::move(failure));
      continue;
    }
    // A signature that differs from the declaration (bool as i1) must stay a call through the C
    // ABI.
    const bool same_type = function.getFunctionType() == declared->getFunctionType();
    if (!same_type || function.getInstructionCount() > kLargestInlinedBody) {
      function.deleteBody();
      function.setComdat(nullptr);
    }
  }
}

// Our own functions are compiled for this very CPU; the bodies' baseline would keep them from being
// inlined.
void adapt(llvm::Module& module, const llvm::StringSet<>& own) {
  for (llvm::Function& function : module) {
    if (own.contains(function.getName())) continue;
    for (const char* attribute : {"target-cpu", "target-features", "tune-cpu", "frame-pointer"}) {
      function.removeFnAttr(attribute);
    }
    if (function.isDeclaration()) continue;
    function.setComdat(nullptr);
    function.setLinkage(llvm::GlobalValue::InternalLinkage);
    function.setVisibility(llvm::GlobalValue::DefaultVisibility);
    function.setDSOLocal(true);
  }
  for (llvm::GlobalVariable& variable : module.globals()) {
    if (variable.isDeclaration() || variable.hasLocalLinkage()) continue;
    variable.setComdat(nullptr);
    variable.setVisibility(llvm::GlobalValue::DefaultVisibility);
    variable.setLinkage(llvm::GlobalValue::InternalLinkage);
  }
}

}  // namespace

void BitcodeLibrary::build_index() {
  for (const char* const* row = sp_embedded_bitcode_table; row[0] != nullptr; row += 3) {
    const std::string_view blob(row[1], static_cast<size_t>(row[2] - row[1]));
    auto contents = llvm::getBitcodeFileContents(buffer_of(blob));
    if (!contents) {
      llvm::consumeError(contents.takeError());
      continue;
    }
    auto symbols = llvm::irsymtab::readBitcode(*contents);
    if (!symbols) {
      llvm::consumeError(symbols.takeError());
      continue;
    }
    for (const auto& symbol : symbols->TheReader.symbols()) {
      const llvm::StringRef name = symbol.getName();
      if (!symbol.isUndefined() && name.starts_with("sp_")) blobs_.emplace(name.str(), blob);
    }
  }
}

std::string BitcodeLibrary::link_into(llvm::Module& module) {
  std::call_once(indexed_, [this] { build_index(); });
  llvm::StringSet<> own, tried;
  for (const llvm::Function& function : module) {
    if (!function.isDeclaration()) own.insert(function.getName());
  }
  for (int round = 0; round < kRounds; ++round) {
    std::map<const char*, std::string_view> wanted;  // each blob once
    for (const llvm::Function& function : module) {
      if (!function.isDeclaration() || !tried.insert(function.getName()).second) continue;
      const auto found = blobs_.find(function.getName().str());
      if (found != blobs_.end()) wanted.emplace(found->second.data(), found->second);
    }
    if (wanted.empty()) break;
    for (const auto& [begin, blob] : wanted) {
      auto parsed = llvm::getLazyBitcodeModule(buffer_of(blob), module.getContext(), true);
      if (!parsed) return llvm::toString(parsed.takeError());
      (*parsed)->setDataLayout(module.getDataLayout());
      (*parsed)->setTargetTriple(module.getTargetTriple());
      strip(**parsed, module);
      if (llvm::Linker::linkModules(module, std::move(*parsed), llvm::Linker::LinkOnlyNeeded)) {
        return "bitcode does not link";
      }
    }
    adapt(module, own);
  }
  return "";
}

}  // namespace sp::jit
