#pragma once
// Comparison: the type rules of equals, less and their kin, shared with functions that compare
// (nullIf, has, CASE).

#include <span>

#include "runtime/functions/function.h"

namespace sp {

enum class Comparison : uint8_t {
  kEquals,
  kNotEquals,
  kLess,
  kLessOrEquals,
  kGreater,
  kGreaterOrEquals
};

/// Resolves `a <comparison> b` for arguments without Nullable and LowCardinality. The result is
/// UInt8 (or Nullable when elements of tuples can be NULL). ILLEGAL_TYPE_OF_ARGUMENT if the types
/// cannot be compared.
Result<ResolvedFunction> resolve_comparison(Comparison comparison,
                                            std::span<const Argument> arguments);

}  // namespace sp
