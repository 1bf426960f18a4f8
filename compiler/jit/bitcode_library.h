#pragma once
// BitcodeLibrary: the function library's bodies as embedded LLVM bitcode. Links those that a
// query's module calls into it, so that the optimizer can inline them. The index (symbol -> blob)
// is read from the blobs' symbol tables once.

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace llvm {
class Module;
}

namespace sp::jit {

class BitcodeLibrary {
 public:
  /// Links the definitions of functions that `module` declares and that are worth inlining; they
  /// become internal.
  /// Returns "" or what went wrong (a damaged blob: impossible in a sound build). Thread-safe.
  std::string link_into(llvm::Module& module);

 private:
  void build_index();

  std::once_flag indexed_;
  std::unordered_map<std::string, std::string_view> blobs_;  // by symbol
};

}  // namespace sp::jit
