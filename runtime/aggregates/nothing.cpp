// What every aggregate over the literal NULL is: NULL, of type Nullable(Nothing). Rows never reach
// it. AggregateRegistry takes it in the place of the aggregate that was called.

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/combinator.h"

namespace sp {
struct NothingState : PodState<NothingState> {
  uint64_t unused;
  void merge(ExecState&, const NothingState&) {}
};
}  // namespace sp

using sp::NothingState;

extern "C" void sp_nothing_add(NothingState*) noexcept {}
extern "C" uint8_t sp_nothing_finish(const NothingState*) noexcept { return 0; }
SP_STATE_BODIES(sp_nothing, NothingState)

#ifndef SP_BITCODE
namespace sp {

ResolvedAggregate nothing_aggregate() {
  ResolvedAggregate resolved;
  resolved.result = Type::null_type();
  resolved.null_when_empty = true;
  SP_USE_BODIES(resolved, sp_nothing, NothingState);
  return resolved;
}

}  // namespace sp
#endif
