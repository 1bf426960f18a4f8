#pragma once
// NativeCall: calls an extern "C" body whose signature is known only as a Symbol, as combinators do
// with the aggregate that they wrap. In the SysV x86-64 and AAPCS64 calling conventions integer and
// floating arguments are counted apart and each fills its own registers in order, so one prototype
// with enough of both reaches every body: what a body does not expect, it does not read.

#include <cstdint>
#include <cstring>

#include "runtime/functions/function.h"

namespace sp {

class NativeCall {
 public:
  void pointer(const void* value) noexcept { word(reinterpret_cast<uint64_t>(value)); }
  void word(uint64_t value) noexcept { words_[words_used_++] = value; }
  /// Passes the value in a slot as the body wants it.
  void slot(AbiType type, const void* value) noexcept;
  /// Calls and stores a returned scalar into `out` (if the body returns one).
  void call(const Symbol& symbol, void* out) const noexcept;
  /// Calls a body that returns bool.
  bool call_bool(const Symbol& symbol) const noexcept;

 private:
  static constexpr unsigned kWords = 12, kReals = 8;
  uint64_t words_[kWords] = {};
  double reals_[kReals] = {};
  unsigned words_used_ = 0;
  unsigned reals_used_ = 0;
};

}  // namespace sp
