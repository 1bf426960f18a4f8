#pragma once
// Values in serialized states: the reading half of serialize_slot().

#include "runtime/aggregates/state_bytes.h"
#include "runtime/core/slot.h"
#include "runtime/exec/exec_state.h"

namespace sp {

/// Reads a value of `type` into `slot`; what it points to lies in the query's memory. False: the
/// state is damaged.
inline bool read_slot(ExecState& exec, Type type, StateReader& in, void* slot) {
  const size_t used = deserialize_slot(type, in.at(), in.remaining(), slot, exec.persistent);
  in.skip(used);
  return used > 0;
}

/// Reads a number and as many values, each of which `visit(const void* slot)` sees and may refuse
/// by answering false. False: the state is damaged, or was refused.
template <class Visit>
bool read_slots(ExecState& exec, Type type, StateReader& in, Visit&& visit) {
  uint64_t count;
  if (!in.count(count)) return false;
  void* slot = exec.persistent.allocate(slot_layout(type).size, 16);
  for (uint64_t i = 0; i < count; ++i) {
    if (!read_slot(exec, type, in, slot) || !visit(slot)) return false;
  }
  return true;
}

}  // namespace sp
