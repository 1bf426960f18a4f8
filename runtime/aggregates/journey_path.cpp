// journeyPath([max_length[, option...]])(time, step[, start[, end]]): the steps in the order of
// time, repeats collapsed.
// journeyTransitions([max_gap[, option...]])(time, step[, start[, end]]): each pair of consecutive
// steps and the time between them, the edges of a Sankey diagram. Definitions: docs/journeys.md.

#include "runtime/aggregates/journey_rows.h"

namespace sp {

struct TransitionsContext : JourneyContext {
  explicit TransitionsContext(const JourneyContext& journey) : JourneyContext(journey) {}
  uint32_t stride = 0, target_offset = 0, elapsed_offset = 0;
};

}  // namespace sp

extern "C" void sp_journey_path_finish(sp::ExecState& exec, const sp::JourneyContext* context,
                                       const sp::JourneyRows* state, sp::ArrayRef* out) noexcept;
extern "C" void sp_journey_transitions_finish(sp::ExecState& exec,
                                              const sp::TransitionsContext* context,
                                              const sp::JourneyRows* state,
                                              sp::ArrayRef* out) noexcept;

#ifndef SP_BITCODE
#include "runtime/aggregates/parameters.h"

using namespace sp;

extern "C" void sp_journey_path_finish(ExecState& exec, const JourneyContext* context,
                                       const JourneyRows* state, ArrayRef* out) noexcept {
  const std::vector<const uint64_t*> steps = state->journey(*context);
  size_t begin = 0, size = steps.size();
  if (context->limit != 0 && size > context->limit) {
    if (context->keep_last) begin = size - context->limit;
    size = context->limit;
  }
  const uint32_t width = context->step.size;
  char* slots = static_cast<char*>(exec.persistent.allocate(size * width + 1, 16));
  for (size_t i = 0; i < size; ++i) {
    std::memcpy(slots + i * width, JourneyRows::step_of(*context, steps[begin + i]), width);
  }
  *out = {slots, size};
}

extern "C" void sp_journey_transitions_finish(ExecState& exec, const TransitionsContext* context,
                                              const JourneyRows* state, ArrayRef* out) noexcept {
  const std::vector<const uint64_t*> steps = state->journey(*context);
  const size_t most = steps.empty() ? 0 : steps.size() - 1;
  char* slots = static_cast<char*>(exec.persistent.allocate(most * context->stride + 1, 16));
  std::memset(slots, 0, most * context->stride);
  uint64_t size = 0;
  for (size_t i = 0; i < most; ++i) {
    const uint64_t elapsed = steps[i + 1][0] - steps[i][0];
    if (context->limit != 0 && elapsed > context->limit) continue;
    char* slot = slots + size++ * context->stride;
    std::memcpy(slot, JourneyRows::step_of(*context, steps[i]), context->step.size);
    std::memcpy(slot + context->target_offset, JourneyRows::step_of(*context, steps[i + 1]),
                context->step.size);
    std::memcpy(slot + context->elapsed_offset, &elapsed, sizeof(elapsed));
  }
  *out = {slots, size};
}

namespace sp {
namespace {

// time, step, conditions: cast to Bool they are `!= 0`.
std::vector<Type> argument_types(Arguments arguments) {
  std::vector<Type> types = types_of(arguments);
  for (size_t i = 2; i < types.size(); ++i) types[i] = Type::of(TypeKind::kBool);
  return types;
}

Result<ResolvedAggregate> resolve_path(Arguments parameters, Arguments arguments,
                                       const ResolveOptions&) {
  SP_TRY(std::shared_ptr<JourneyContext> context,
         journey_context("journeyPath", parameters, arguments, true));
  if (!parameters.empty()) {
    const auto limit = constant_unsigned(parameters[0]);
    if (!limit) {
      return fail(ErrorCode::kBadArguments,
                  "The maximum length of journeyPath must be an integer, 0 for none");
    }
    context->limit = *limit;
  }
  ResolvedAggregate resolved;
  resolved.arguments = argument_types(arguments);
  context->lay_out(resolved.arguments, false);
  resolved.result = Type::array(arguments[1].type);
  use_journey_bodies(resolved, std::move(context));
  resolved.finish = SP_SYMBOL(sp_journey_path_finish);
  return resolved;
}

Result<ResolvedAggregate> resolve_transitions(Arguments parameters, Arguments arguments,
                                              const ResolveOptions&) {
  SP_TRY(std::shared_ptr<JourneyContext> shared,
         journey_context("journeyTransitions", parameters, arguments, false));
  auto context = std::make_shared<TransitionsContext>(*shared);
  if (context->keep_last) {
    return fail(ErrorCode::kBadArguments,
                "The option keep_last is journeyPath's: journeyTransitions has no maximum length");
  }
  if (!parameters.empty()) {
    SP_TRY(context->limit,
           span_ticks("journeyTransitions", "largest gap", parameters[0], context->time));
  }
  ResolvedAggregate resolved;
  resolved.arguments = argument_types(arguments);
  context->lay_out(resolved.arguments, false);
  const Type step = arguments[1].type;
  const Type edge =
      Type::tuple({step, step, context->time.elapsed}, {"source", "target", "elapsed"});
  const RowLayout layout = row_layout(edge.inner());
  context->stride = slot_layout(edge).size;
  context->target_offset = layout.offsets[1];
  context->elapsed_offset = layout.offsets[2];
  resolved.result = Type::array(edge);
  use_journey_bodies(resolved, std::move(context));
  resolved.finish = SP_SYMBOL(sp_journey_transitions_finish);
  return resolved;
}

}  // namespace

SP_AGGREGATES(journey_path) {
  rows.push_back({.name = "journeyPath",
                  .resolve = &resolve_path,
                  .doc = "Array of the values of `step` in the order of `time`, repeats collapsed, "
                         "from the first row where "
                         "`start` holds to the next where `end` does; at most `max_length` of them "
                         "(journeys.md).",
                  .example = "SELECT journeyPath(3)(number, number DIV 2) FROM numbers(10)",
                  .example_result = "[0,1,2]"});
  rows.push_back({.name = "journeyTransitions",
                  .resolve = &resolve_transitions,
                  .doc = "Array of (source, target, elapsed): consecutive values of `step` in the "
                         "order of `time`, and the "
                         "time between them, if at most `max_gap` (journeys.md).",
                  .example = "SELECT journeyTransitions(number * 10, number % 2) FROM numbers(3)",
                  .example_result = "[(0,1,10),(1,0,10)]"});
}

}  // namespace sp
#endif
