// avg and avgWeighted: Float64, NaN over no rows. Integers are added in 64 bits, Decimals in 128.

#include <cmath>
#include <cstring>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"

namespace sp {

template <class T>
struct AvgState : PodState<AvgState<T>> {
  T sum;
  uint64_t count;
  void merge(ExecState&, const AvgState& other) {
    sum += other.sum;
    count += other.count;
  }
};

struct WideAvgState : PodState<WideAvgState> {
  uint64_t low, high, count;
  void add(uint64_t add_low, uint64_t add_high) {
    low += add_low;
    high += add_high + (low < add_low ? 1 : 0);
  }
  void merge(ExecState&, const WideAvgState& other) {
    add(other.low, other.high);
    count += other.count;
  }
};

struct WeightedState : PodState<WeightedState> {
  double sum, weight;
  void merge(ExecState&, const WeightedState& other) {
    sum += other.sum;
    weight += other.weight;
  }
};

struct ScaleContext : AggregateContext {
  double divisor = 1;
};

}  // namespace sp

using namespace sp;

#define SP_AVG(suffix, T)                                                         \
  extern "C" void sp_avg_##suffix##_add(AvgState<T>* state, T value) noexcept {   \
    state->sum += value;                                                          \
    ++state->count;                                                               \
  }                                                                               \
  extern "C" double sp_avg_##suffix##_finish(const AvgState<T>* state) noexcept { \
    return static_cast<double>(state->sum) / static_cast<double>(state->count);   \
  }                                                                               \
  SP_STATE_BODIES(sp_avg_##suffix, AvgState<T>)
SP_AVG(u64, uint64_t)
SP_AVG(i64, int64_t)
SP_AVG(f64, double)

extern "C" void sp_avg_wide_add(WideAvgState* state, const void* value) noexcept {
  uint64_t words[2];
  std::memcpy(words, value, 16);
  state->add(words[0], words[1]);
  ++state->count;
}
extern "C" double sp_avg_wide_finish(const ScaleContext* context,
                                     const WideAvgState* state) noexcept {
  // By its magnitude: of a small negative number the two halves would cancel out to nothing.
  const bool negative = state->high >> 63 != 0;
  const uint64_t low = negative ? ~state->low + 1 : state->low;
  const uint64_t high = negative ? ~state->high + (state->low == 0 ? 1 : 0) : state->high;
  const double magnitude =
      static_cast<double>(high) * 18446744073709551616.0 + static_cast<double>(low);
  const double sum = negative ? -magnitude : magnitude;
  return sum / context->divisor / static_cast<double>(state->count);
}
SP_STATE_BODIES(sp_avg_wide, WideAvgState)

extern "C" void sp_avg_weighted_add(WeightedState* state, double value, double weight) noexcept {
  state->sum += value * weight;
  state->weight += weight;
}
extern "C" double sp_avg_weighted_finish(const WeightedState* state) noexcept {
  return state->sum / state->weight;
}
SP_STATE_BODIES(sp_avg_weighted, WeightedState)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_avg(Arguments parameters, Arguments arguments,
                                      const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("avg", parameters));
  SP_TRY_VOID(expect_arguments("avg", arguments, 1));
  const Type type = arguments[0].type;
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kFloat64);
  if (type.is(TypeKind::kDecimal) && type.precision() <= 38) {
    auto context = std::make_shared<ScaleContext>();
    context->divisor = std::pow(10.0, type.scale());
    resolved.context = std::move(context);
    resolved.arguments = {Type::decimal(38, type.scale())};
    SP_USE_BODIES(resolved, sp_avg_wide, WideAvgState);
  } else if (type.is_float() || (type.is_integer() && slot_layout(type).size > 8)) {
    resolved.arguments = {Type::of(TypeKind::kFloat64)};
    SP_USE_BODIES(resolved, sp_avg_f64, AvgState<double>);
  } else if (type.is_signed_integer()) {
    resolved.arguments = {Type::of(TypeKind::kInt64)};
    SP_USE_BODIES(resolved, sp_avg_i64, AvgState<int64_t>);
  } else if (type.is_number()) {
    resolved.arguments = {Type::of(TypeKind::kUInt64)};
    SP_USE_BODIES(resolved, sp_avg_u64, AvgState<uint64_t>);
  } else {
    return illegal_type("avg", type);
  }
  return resolved;
}

Result<ResolvedAggregate> resolve_weighted(Arguments parameters, Arguments arguments,
                                           const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("avgWeighted", parameters));
  SP_TRY_VOID(expect_arguments("avgWeighted", arguments, 2));
  for (const Argument& argument : arguments) {
    if (!argument.type.is_number() && !argument.type.is(TypeKind::kDecimal)) {
      return illegal_type("avgWeighted", argument.type);
    }
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kFloat64);
  resolved.arguments = {resolved.result, resolved.result};
  SP_USE_BODIES(resolved, sp_avg_weighted, WeightedState);
  return resolved;
}

}  // namespace

SP_AGGREGATES(avg) {
  rows.push_back({.name = "avg",
                  .case_insensitive = true,
                  .resolve = &resolve_avg,
                  .doc = "Arithmetic mean of `x`; NaN over no rows.",
                  .example = "SELECT avg(number) FROM numbers(4)",
                  .example_result = "1.5"});
  rows.push_back({.name = "avgWeighted",
                  .resolve = &resolve_weighted,
                  .doc = "Mean of `x` weighted by `weight`.",
                  .example = "SELECT avgWeighted(number, number) FROM numbers(4)",
                  .example_result = "2.3333333333333335"});
}

}  // namespace sp
#endif
