#pragma once
// Calls the native body of any function with slots for its arguments; for ConstantFolder, which
// knows a function by its symbol only.

#include <span>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"

namespace sp::binding {

/// Calls `symbol` with the values in `args`; the result goes into the slot `out` of `out_size`
/// bytes, an error into the state. False, and nothing is called, if there is no body with so many
/// arguments, or they are too many words.
bool call_native(const Symbol& symbol, ExecState& state, const FunctionContext* context,
                 std::span<const void* const> args, void* out, size_t out_size);

}  // namespace sp::binding
