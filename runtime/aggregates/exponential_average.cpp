// exponentialMovingAverage: the average of values that weigh half for every half decay of time that
// has passed since.

#include <cmath>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/two_reals.h"

namespace sp {

struct HalfDecayContext : AggregateContext {
  double half_decay = 1;
};
struct MovingAverage {
  double value, time;
  void add(const HalfDecayContext& context, double other_value, double other_time) noexcept {
    const double passed = other_time - time;
    if (passed > 0) {
      value = other_value + value * std::exp2(-passed / context.half_decay);
      time = other_time;
    } else {
      value += other_value * std::exp2(passed / context.half_decay);
    }
  }
  void merge(ExecState&, const HalfDecayContext& context, const MovingAverage& other) {
    add(context, other.value, other.time);
  }
  void write(const HalfDecayContext&, StateWriter& out) const {
    out.pod(value);
    out.pod(time);
  }
  bool read(ExecState& exec, const HalfDecayContext& context, StateReader& in) {
    MovingAverage other{};
    if (!in.pod(other.value) || !in.pod(other.time)) return false;
    merge(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_moving_average_add(const HalfDecayContext* context, MovingAverage* state,
                                      double value, double time) noexcept {
  state->add(*context, value, time);
}
extern "C" double sp_moving_average_finish(const HalfDecayContext* context,
                                           const MovingAverage* state) noexcept {
  return state->value * (1 - std::exp2(-1.0 / context->half_decay));
}
SP_STATE_BODIES_WITH(sp_moving_average, HalfDecayContext, MovingAverage)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_moving_average(Arguments parameters, Arguments arguments,
                                                 const ResolveOptions&) {
  const auto decay = parameters.size() == 1 ? constant_number(parameters[0]) : std::nullopt;
  if (!decay || *decay <= 0) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function exponentialMovingAverage requires exactly one parameter: half "
                "decay time.");
  }
  SP_TRY(ResolvedAggregate resolved, two_reals("exponentialMovingAverage", arguments));
  for (const Argument& argument : arguments) {
    if (!argument.type.is_date_like()) continue;
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Both arguments for aggregate function exponentialMovingAverage must have numeric "
                "type, got " +
                    argument.type.name());
  }
  auto context = std::make_shared<HalfDecayContext>();
  context->half_decay = *decay;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_moving_average, MovingAverage);
  return resolved;
}

}  // namespace

SP_AGGREGATES(exponential_average) {
  rows.push_back(
      {.name = "exponentialMovingAverage",
       .resolve = &resolve_moving_average,
       .doc = "Average of `value` weighted by half for every `half_decay` of `time` passed.",
       .example = "SELECT exponentialMovingAverage(5)(number, number) FROM numbers(20)",
       .example_result = "12.757790038556962"});
}

}  // namespace sp
#endif
