// windowFunnel(window[, mode...])(time, step1, ..., step32): how many steps, in order, happen
// within `window` of the first.

#include "runtime/aggregates/funnel_level.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"

using namespace sp;

#define SP_FUNNEL(suffix, T)                                                                     \
  extern "C" void sp_window_funnel_##suffix##_add(ExecState& exec, const FunnelContext* context, \
                                                  FunnelState* state, T time,                    \
                                                  const void* steps) noexcept {                  \
    state->add(exec, *context, static_cast<uint64_t>(time), static_cast<const uint8_t*>(steps)); \
  }
SP_FUNNEL(u8, uint8_t)
SP_FUNNEL(u16, uint16_t)
SP_FUNNEL(u32, uint32_t)
SP_FUNNEL(u64, uint64_t)

extern "C" void sp_window_funnel_add(ExecState& exec, const FunnelContext* context,
                                     FunnelState* state, uint64_t time,
                                     const void* steps) noexcept {
  state->add(exec, *context, time, static_cast<const uint8_t*>(steps));
}
extern "C" uint8_t sp_window_funnel_finish(const FunnelContext* context,
                                           const FunnelState* state) noexcept {
  return funnel_level(*context, *state);
}
SP_STATE_BODIES_WITH(sp_window_funnel, FunnelContext, FunnelState)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<std::shared_ptr<FunnelContext>> funnel_context(Arguments parameters, size_t steps) {
  if (parameters.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function windowFunnel requires at least one "
                "parameter: <window>, [option, [option, ...]]");
  }
  auto context = std::make_shared<FunnelContext>();
  const auto window = constant_unsigned(parameters[0]);
  if (!window)
    return fail(ErrorCode::kBadArguments,
                "The window of windowFunnel must be a non-negative integer");
  context->window = *window;
  context->steps = static_cast<uint8_t>(steps);
  for (const Argument& parameter : parameters.subspan(1)) {
    const std::string_view mode = parameter.constant_text().value_or("");
    if (mode == "strict_deduplication")
      context->strict_deduplication = true;
    else if (mode == "strict_order")
      context->strict_order = true;
    else if (mode == "strict_increase")
      context->strict_increase = true;
    else if (mode == "strict_once")
      context->strict_once = true;
    else if (mode == "allow_reentry")
      context->allow_reentry = true;
    else if (mode == "strict") {
      return fail(
          ErrorCode::kBadArguments,
          "strict is replaced with strict_deduplication in Aggregate function windowFunnel");
    } else {
      return fail(
          ErrorCode::kBadArguments,
          "Aggregate function windowFunnel doesn't support a parameter: " + std::string(mode));
    }
  }
  if (context->allow_reentry && !context->strict_order) {
    return fail(ErrorCode::kBadArguments,
                "allow_reentry option requires strict_order to be enabled in Aggregate function "
                "windowFunnel");
  }
  return context;
}

Result<ResolvedAggregate> resolve_funnel(Arguments parameters, Arguments arguments,
                                         const ResolveOptions&) {
  if (arguments.size() < 2) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function windowFunnel requires one timestamp "
                "argument and at least one event condition.");
  }
  if (arguments.size() > 33) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Too many event arguments for aggregate function windowFunnel");
  }
  SP_TRY(std::shared_ptr<FunnelContext> context, funnel_context(parameters, arguments.size() - 1));
  for (size_t i = 1; i < arguments.size(); ++i) {
    const Type type = arguments[i].type;
    if (type.is(TypeKind::kUInt8) || type.is(TypeKind::kBool)) continue;
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Illegal type " + type.name() + " of argument " + std::to_string(i + 1) +
                    " of aggregate function windowFunnel, must be UInt8");
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kUInt8);
  resolved.context = std::move(context);
  resolved.pack_from = 1;
  SP_USE_BODIES(resolved, sp_window_funnel, FunnelState);
  const Type time = arguments[0].type;
  const auto kind = number_kind(time);
  const bool allowed =
      time.is_unsigned() || time.is(TypeKind::kDate) || time.is(TypeKind::kDateTime);
  if (!allowed || !kind) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Illegal type " + time.name() +
                    " of first argument of aggregate "
                    "function windowFunnel, must be Unsigned Number, Date, DateTime",
                std::nullopt, "use toDateTime(...)");
  }
  switch (*kind) {
    case NumberKind::u8: resolved.add = SP_SYMBOL(sp_window_funnel_u8_add); break;
    case NumberKind::u16: resolved.add = SP_SYMBOL(sp_window_funnel_u16_add); break;
    case NumberKind::u32: resolved.add = SP_SYMBOL(sp_window_funnel_u32_add); break;
    default: resolved.add = SP_SYMBOL(sp_window_funnel_u64_add); break;
  }
  return resolved;
}

}  // namespace

SP_AGGREGATES(window_funnel) {
  rows.push_back(
      {.name = "windowFunnel",
       .resolve = &resolve_funnel,
       .doc = "The number of steps, conditions in order, that happen within `window` of the first; "
              "options "
              "strict_order, strict_deduplication, strict_increase, strict_once, allow_reentry.",
       .example =
           "SELECT windowFunnel(10)(number, number = 1, number = 5, number = 50) FROM numbers(100)",
       .example_result = "2"});
}

}  // namespace sp
#endif
