// any, anyLast, first_value, last_value and their RESPECT NULLS forms: the first or last value met.

#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/slot_queue.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

template <bool kLast, class T>
struct NumberAny {
  NumberHolder<T> held;
  void add(T value) noexcept {
    if (kLast || !held.has) held.set(value);
  }
  void merge(ExecState&, const NumberAny& other) {
    if (other.held.has) add(other.held.value);
  }
  void write(StateWriter& out) const { held.write(out); }
  bool read(ExecState& exec, StateReader& in) {
    NumberAny other{};
    if (!other.held.read(in)) return false;
    merge(exec, other);
    return true;
  }
};

template <bool kLast>
struct SlotAny {
  SlotHolder held;
  void add(ExecState& exec, const SlotContext& context, const void* slot) noexcept {
    if (kLast || !held.has) held.set(exec, context, slot);
  }
  void merge(ExecState& exec, const SlotContext& context, const SlotAny& other) {
    if (other.held.has) add(exec, context, other.held.get(context));
  }
  void write(const SlotContext& context, StateWriter& out) const { held.write(context, out); }
  bool read(ExecState& exec, const SlotContext& context, StateReader& in) {
    SlotAny other{};
    if (!other.held.read(exec, context, in)) return false;
    merge(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

#define SP_ANY_OF(name, is_last, suffix, T)                                                    \
  extern "C" void sp_##name##_##suffix##_add(NumberAny<is_last, T>* state, T value) noexcept { \
    state->add(value);                                                                         \
  }                                                                                            \
  extern "C" T sp_##name##_##suffix##_finish(const NumberAny<is_last, T>* state) noexcept {    \
    return state->held.value;                                                                  \
  }                                                                                            \
  SP_STATE_BODIES(sp_##name##_##suffix, NumberAny<is_last, T>)
#define SP_ANY(suffix, T) SP_ANY_OF(any, false, suffix, T)
#define SP_ANY_LAST(suffix, T) SP_ANY_OF(any_last, true, suffix, T)
SP_FOR_NUMBERS(SP_ANY)
SP_FOR_NUMBERS(SP_ANY_LAST)

#define SP_ANY_SLOT(name, is_last)                                                             \
  extern "C" void sp_##name##_slot_add(ExecState& exec, const SlotContext* context,            \
                                       SlotAny<is_last>* state, const void* slot) noexcept {   \
    state->add(exec, *context, slot);                                                          \
  }                                                                                            \
  extern "C" void sp_##name##_slot_finish(const SlotContext* context,                          \
                                          const SlotAny<is_last>* state, void* out) noexcept { \
    state->held.finish(*context, out);                                                         \
  }                                                                                            \
  SP_STATE_BODIES_WITH(sp_##name##_slot, SlotContext, SlotAny<is_last>)
SP_ANY_SLOT(any, false)
SP_ANY_SLOT(any_last, true)

// Over a frame that slides: its values, in order.
extern "C" void sp_any_slot_enter(ExecState& exec, const SlotContext* context, SlotQueue* state,
                                  const void* slot) noexcept {
  std::memcpy(state->push(exec, context->size), slot, context->size);
}
extern "C" void sp_any_slot_leave(SlotQueue* state, const void*) noexcept { state->pop_front(); }
extern "C" void sp_any_slot_frame(const SlotContext* context, const SlotQueue* state,
                                  void* out) noexcept {
  std::memcpy(out, state->size() == 0 ? context->default_value() : state->front(context->size),
              context->size);
}
extern "C" void sp_any_last_slot_frame(const SlotContext* context, const SlotQueue* state,
                                       void* out) noexcept {
  std::memcpy(out, state->size() == 0 ? context->default_value() : state->back(context->size),
              context->size);
}

#ifndef SP_BITCODE
namespace sp {
namespace {

template <bool kLast, bool kInOrder>
Result<ResolvedAggregate> resolve_any(Arguments parameters, Arguments arguments,
                                      const ResolveOptions&) {
  constexpr std::string_view name = kLast ? "anyLast" : "any";
  SP_TRY_VOID(expect_no_parameters(name, parameters));
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  const Type type = arguments[0].type;
  ResolvedAggregate resolved;
  resolved.result = type;
  resolved.order_matters = kInOrder;
  if (const auto kind = number_kind(type); kind && !type.is_nullable() && !type.is_enum()) {
    switch (*kind) {
#define SP_CASE(suffix, T)                                               \
  case NumberKind::suffix:                                               \
    if constexpr (kLast)                                                 \
      SP_USE_BODIES(resolved, sp_any_last_##suffix, NumberAny<true, T>); \
    else                                                                 \
      SP_USE_BODIES(resolved, sp_any_##suffix, NumberAny<false, T>);     \
    break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
  } else {
    resolved.context = std::make_shared<SlotContext>(type);
    if constexpr (kLast)
      SP_USE_BODIES(resolved, sp_any_last_slot, SlotAny<true>);
    else
      SP_USE_BODIES(resolved, sp_any_slot, SlotAny<false>);
    SP_USE_SLIDING(resolved, sp_any_slot, sp_any_slot_frame, SlotQueue);
    if constexpr (kLast) resolved.sliding.finish = SP_SYMBOL(sp_any_last_slot_frame);
    resolved.sliding.stable_result = true;
  }
  return resolved;
}

// RESPECT NULLS over a column that cannot be null is the plain function; over one that can, the
// slot version with the flag inside. An empty input gives NULL or the default.
template <bool kLast>
Result<ResolvedAggregate> resolve_respecting(Arguments parameters, Arguments arguments,
                                             const ResolveOptions& options) {
  return resolve_any<kLast, true>(parameters, arguments, options);
}

}  // namespace

SP_AGGREGATES(any) {
  rows.push_back({.name = "any",
                  .aliases = {"any_value"},
                  .case_insensitive = true,
                  .resolve = &resolve_any<false, true>,
                  .doc = "The first value of `x` met.",
                  .example = "SELECT any(number) FROM numbers(3, 5)",
                  .example_result = "3"});
  rows.push_back({.name = "first_value",
                  .case_insensitive = true,
                  .resolve = &resolve_any<false, true>,
                  .doc = "The first value of `x` in the order of rows.",
                  .example = "SELECT first_value(number) FROM numbers(3, 5)",
                  .example_result = "3"});
  rows.push_back({.name = "anyLast",
                  .resolve = &resolve_any<true, true>,
                  .doc = "The last value of `x` met.",
                  .example = "SELECT anyLast(number) FROM numbers(3, 5)",
                  .example_result = "7"});
  rows.push_back({.name = "last_value",
                  .case_insensitive = true,
                  .resolve = &resolve_any<true, true>,
                  .doc = "The last value of `x` in the order of rows.",
                  .example = "SELECT last_value(number) FROM numbers(3, 5)",
                  .example_result = "7"});
  rows.push_back({.name = "any_respect_nulls",
                  .aliases = {"any_value_respect_nulls", "first_value_respect_nulls",
                              "anyRespectNulls", "anyValueRespectNulls", "firstValueRespectNulls"},
                  .case_insensitive = true,
                  .resolve = &resolve_respecting<false>,
                  .skip_nulls = false,
                  .doc = "The first value of `x`, NULL included.",
                  .example = "SELECT any_respect_nulls(x) FROM (SELECT arrayJoin([NULL, 1]) AS x)",
                  .example_result = "\\N"});
  rows.push_back(
      {.name = "anyLast_respect_nulls",
       .aliases = {"last_value_respect_nulls", "anyLastRespectNulls", "lastValueRespectNulls"},
       .case_insensitive = true,
       .resolve = &resolve_respecting<true>,
       .skip_nulls = false,
       .doc = "The last value of `x`, NULL included.",
       .example = "SELECT anyLast_respect_nulls(x) FROM (SELECT arrayJoin([1, NULL]) AS x)",
       .example_result = "\\N"});
}

}  // namespace sp
#endif
