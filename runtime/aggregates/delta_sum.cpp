// deltaSum: the rises of a number from row to row, added up.

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"

namespace sp {

// The sum of rises between neighbours in the order of rows.
template <class T>
struct DeltaSum : PodState<DeltaSum<T>> {
  T sum, first, last;
  uint8_t seen;
  void add(T value) noexcept {
    if (seen && last < value) sum = static_cast<T>(sum + (value - last));
    last = value;
    if (!seen) {
      first = value;
      seen = 1;
    }
  }
  void merge(ExecState&, const DeltaSum& other) {
    if (!other.seen) return;
    if (!seen) {
      *this = other;
      return;
    }
    if (last < other.first) sum = static_cast<T>(sum + (other.first - last));
    sum = static_cast<T>(sum + other.sum);
    last = other.last;
  }
};

}  // namespace sp

using namespace sp;

#define SP_DELTA_SUM(suffix, T)                                                       \
  extern "C" void sp_delta_sum_##suffix##_add(DeltaSum<T>* state, T value) noexcept { \
    state->add(value);                                                                \
  }                                                                                   \
  extern "C" T sp_delta_sum_##suffix##_finish(const DeltaSum<T>* state) noexcept {    \
    return state->sum;                                                                \
  }                                                                                   \
  SP_STATE_BODIES(sp_delta_sum_##suffix, DeltaSum<T>)
SP_FOR_NUMBERS(SP_DELTA_SUM)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_delta_sum(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("deltaSum", parameters));
  SP_TRY_VOID(expect_arguments("deltaSum", arguments, 1));
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  if (!type.is_number() || !kind) return illegal_type("deltaSum", type);
  ResolvedAggregate resolved;
  resolved.result = type;
  resolved.order_matters = true;
  switch (*kind) {
#define SP_CASE(suffix, T) \
  case NumberKind::suffix: SP_USE_BODIES(resolved, sp_delta_sum_##suffix, DeltaSum<T>); break;
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  return resolved;
}

}  // namespace

SP_AGGREGATES(delta_sum) {
  rows.push_back({.name = "deltaSum",
                  .resolve = &resolve_delta_sum,
                  .never_null = true,
                  .doc = "Sum of the rises of `x` from row to row; falls are ignored.",
                  .example = "SELECT deltaSum(number % 4) FROM numbers(20)",
                  .example_result = "15"});
}

}  // namespace sp
#endif
