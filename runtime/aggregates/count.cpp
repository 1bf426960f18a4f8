// count: rows, or rows whose argument is not NULL (generated code skips those that are).

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/parameters.h"

namespace sp {
struct CountState : PodState<CountState> {
  uint64_t count;
  void merge(ExecState&, const CountState& other) { count += other.count; }
};
}  // namespace sp

using sp::CountState;

extern "C" void sp_count_add(CountState* state) noexcept { ++state->count; }
extern "C" uint64_t sp_count_finish(const CountState* state) noexcept { return state->count; }
SP_STATE_BODIES(sp_count, CountState)

#ifndef SP_BITCODE
namespace sp {

SP_AGGREGATES(count) {
  rows.push_back({.name = "count",
                  .case_insensitive = true,
                  .resolve = [](Arguments parameters, Arguments arguments,
                                const ResolveOptions&) -> Result<ResolvedAggregate> {
                    SP_TRY_VOID(expect_no_parameters("count", parameters));
                    if (arguments.size() > 1) {
                      return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                                  "Aggregate function count requires zero or one argument");
                    }
                    ResolvedAggregate resolved;
                    resolved.result = Type::of(TypeKind::kUInt64);
                    SP_USE_BODIES(resolved, sp_count, CountState);
                    return resolved;
                  },
                  .never_null = true,
                  .doc = "Counts rows, or the values of `x` that are not NULL.",
                  .example = "SELECT count(), count(x) FROM (SELECT arrayJoin([1, NULL, 3]) AS x)",
                  .example_result = "3\t2"});
}

}  // namespace sp
#endif
