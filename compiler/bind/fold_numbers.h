#pragma once
// Intrinsics over numbers, computed while binding; for ConstantFolder. Generated code computes the
// same in codegen/intrinsics.

#include <span>

#include "runtime/functions/function.h"

namespace sp::binding {

/// A value that is not NULL; `type` is without Nullable and LowCardinality.
struct NumberSlot {
  Type type;
  const void* slot;
};

/// Computes a comparison, a conversion or arithmetic into the slot `out` of type `result`. False:
/// it is another intrinsic, or one of the types is no number of up to 64 bits.
bool fold_numbers(Intrinsic intrinsic, std::span<const NumberSlot> args, Type result, void* out);

}  // namespace sp::binding
