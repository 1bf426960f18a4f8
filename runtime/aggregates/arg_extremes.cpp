// argMin(x, by) and argMax(x, by): the x of the row whose `by` is smallest or largest; ties keep
// the first row. argAndMin and argAndMax: that x and its `by`.

#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/slot_queue.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

/// Types of both arguments.
struct ArgContext : AggregateContext {
  ArgContext(Type argument_type, Type by_type)
      : argument(argument_type),
        by(by_type),
        by_offset(row_layout({argument_type, by_type}).offsets[1]),
        width((argument.size + 7) / 8 * 8 + by.size) {}
  SlotContext argument;
  SlotContext by;
  uint32_t by_offset;  // in the tuple of both
  uint32_t width;      // of a candidate: the argument, then `by`
  const char* by_of(const char* candidate) const noexcept { return candidate + width - by.size; }
};

// NaN loses against every number.
template <bool kMax, class T>
bool wins_over(T value, T held) noexcept {
  bool wins = kMax ? value > held : value < held;
  if constexpr (std::is_floating_point_v<T>) wins = wins || (held != held && value == value);
  return wins;
}

template <bool kMax, class T>
struct NumberArg {
  NumberHolder<T> by;
  SlotHolder argument;
  void add(ExecState& exec, const ArgContext& context, const void* slot, T value) noexcept {
    if (by.has && !wins_over<kMax>(value, by.value)) return;
    by.set(value);
    argument.set(exec, context.argument, slot);
  }
  void merge(ExecState& exec, const ArgContext& context, const NumberArg& other) {
    if (other.by.has) add(exec, context, other.argument.get(context.argument), other.by.value);
  }
  void write(const ArgContext& context, StateWriter& out) const {
    by.write(out);
    argument.write(context.argument, out);
  }
  bool read(ExecState& exec, const ArgContext& context, StateReader& in) {
    NumberArg other{};
    if (!other.by.read(in) || !other.argument.read(exec, context.argument, in)) return false;
    merge(exec, context, other);
    return true;
  }
};

template <bool kMax>
struct SlotArg {
  SlotHolder by;
  SlotHolder argument;
  void add(ExecState& exec, const ArgContext& context, const void* slot,
           const void* value) noexcept {
    if (by.has) {
      const int order = context.by.ops->compare(value, by.get(context.by), SlotOps::losing(kMax));
      if (kMax ? order <= 0 : order >= 0) return;
    }
    by.set(exec, context.by, value);
    argument.set(exec, context.argument, slot);
  }
  void merge(ExecState& exec, const ArgContext& context, const SlotArg& other) {
    if (other.by.has)
      add(exec, context, other.argument.get(context.argument), other.by.get(context.by));
  }
  void write(const ArgContext& context, StateWriter& out) const {
    by.write(context.by, out);
    argument.write(context.argument, out);
  }
  bool read(ExecState& exec, const ArgContext& context, StateReader& in) {
    SlotArg other{};
    if (!other.by.read(exec, context.by, in) || !other.argument.read(exec, context.argument, in))
      return false;
    merge(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

#define SP_ARG_NUMBER(name, is_max, suffix, T)                                               \
  extern "C" void sp_##name##_##suffix##_add(ExecState& exec, const ArgContext* context,     \
                                             NumberArg<is_max, T>* state, const void* slot,  \
                                             T value) noexcept {                             \
    state->add(exec, *context, slot, value);                                                 \
  }                                                                                          \
  extern "C" void sp_##name##_##suffix##_finish(                                             \
      const ArgContext* context, const NumberArg<is_max, T>* state, void* out) noexcept {    \
    state->argument.finish(context->argument, out);                                          \
  }                                                                                          \
  extern "C" void sp_##name##_##suffix##_both(                                               \
      const ArgContext* context, const NumberArg<is_max, T>* state, void* out) noexcept {    \
    state->argument.finish(context->argument, out);                                          \
    std::memcpy(static_cast<char*>(out) + context->by_offset, &state->by.value, sizeof(T));  \
  }                                                                                          \
  SP_STATE_BODIES_WITH(sp_##name##_##suffix, ArgContext, NumberArg<is_max, T>)               \
  extern "C" void sp_##name##_##suffix##_enter(ExecState& exec, const ArgContext* context,   \
                                               Candidates* state, const void* slot,          \
                                               T value) noexcept {                           \
    char* const place = state->enter(exec, context->width, [&](const char* candidate) {      \
      T held;                                                                                \
      std::memcpy(&held, context->by_of(candidate), sizeof(T));                              \
      return wins_over<is_max>(value, held);                                                 \
    });                                                                                      \
    std::memcpy(place, slot, context->argument.size);                                        \
    std::memcpy(place + context->width - sizeof(T), &value, sizeof(T));                      \
  }                                                                                          \
  extern "C" void sp_##name##_##suffix##_leave(const ArgContext* context, Candidates* state, \
                                               const void*, T) noexcept {                    \
    state->leave(context->width);                                                            \
  }
#define SP_ARG_MIN(suffix, T) SP_ARG_NUMBER(arg_min, false, suffix, T)
#define SP_ARG_MAX(suffix, T) SP_ARG_NUMBER(arg_max, true, suffix, T)
SP_FOR_NUMBERS(SP_ARG_MIN)
SP_FOR_NUMBERS(SP_ARG_MAX)

#define SP_ARG_SLOT(name, is_max)                                                                  \
  extern "C" void sp_##name##_slot_add(ExecState& exec, const ArgContext* context,                 \
                                       SlotArg<is_max>* state, const void* slot,                   \
                                       const void* value) noexcept {                               \
    state->add(exec, *context, slot, value);                                                       \
  }                                                                                                \
  extern "C" void sp_##name##_slot_finish(const ArgContext* context, const SlotArg<is_max>* state, \
                                          void* out) noexcept {                                    \
    state->argument.finish(context->argument, out);                                                \
  }                                                                                                \
  extern "C" void sp_##name##_slot_both(const ArgContext* context, const SlotArg<is_max>* state,   \
                                        void* out) noexcept {                                      \
    state->argument.finish(context->argument, out);                                                \
    state->by.finish(context->by, static_cast<char*>(out) + context->by_offset);                   \
  }                                                                                                \
  SP_STATE_BODIES_WITH(sp_##name##_slot, ArgContext, SlotArg<is_max>)
SP_ARG_SLOT(arg_min, false)
SP_ARG_SLOT(arg_max, true)

// Over a frame that slides.
#define SP_ARG_SLOT_IN_FRAME(name, is_max)                                                     \
  extern "C" void sp_##name##_slot_enter(ExecState& exec, const ArgContext* context,           \
                                         Candidates* state, const void* slot,                  \
                                         const void* value) noexcept {                         \
    char* const place = state->enter(exec, context->width, [&](const char* candidate) {        \
      const int order =                                                                        \
          context->by.ops->compare(value, context->by_of(candidate), SlotOps::losing(is_max)); \
      return is_max ? order > 0 : order < 0;                                                   \
    });                                                                                        \
    std::memcpy(place, slot, context->argument.size);                                          \
    std::memcpy(place + context->width - context->by.size, value, context->by.size);           \
  }                                                                                            \
  extern "C" void sp_##name##_slot_leave(const ArgContext* context, Candidates* state,         \
                                         const void*, const void*) noexcept {                  \
    state->leave(context->width);                                                              \
  }
SP_ARG_SLOT_IN_FRAME(arg_min, false)
SP_ARG_SLOT_IN_FRAME(arg_max, true)

extern "C" void sp_arg_frame(const ArgContext* context, const Candidates* state,
                             void* out) noexcept {
  const char* const best = state->best(context->width);
  std::memcpy(out, best == nullptr ? context->argument.default_value() : best,
              context->argument.size);
}
extern "C" void sp_arg_frame_both(const ArgContext* context, const Candidates* state,
                                  void* out) noexcept {
  sp_arg_frame(context, state, out);
  const char* const best = state->best(context->width);
  std::memcpy(static_cast<char*>(out) + context->by_offset,
              best == nullptr ? context->by.default_value() : context->by_of(best),
              context->by.size);
}

#ifndef SP_BITCODE
namespace sp {
namespace {

template <bool kMax, bool kBoth>
Result<ResolvedAggregate> resolve_arg(Arguments parameters, Arguments arguments,
                                      const ResolveOptions&) {
  constexpr std::string_view name = kBoth  ? (kMax ? "argAndMax" : "argAndMin")
                                    : kMax ? "argMax"
                                           : "argMin";
  SP_TRY_VOID(expect_no_parameters(name, parameters));
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  const Type by = arguments[1].type;
  if (by.is(TypeKind::kAggregateFunction) || by.is(TypeKind::kJson)) return illegal_type(name, by);
  ResolvedAggregate resolved;
  resolved.result = kBoth ? Type::tuple({arguments[0].type, by}) : arguments[0].type;
  resolved.context = std::make_shared<ArgContext>(arguments[0].type, by);
  if (const auto kind = number_kind(by); kind && !by.is_nullable()) {
    switch (*kind) {
#define SP_CASE(suffix, T)                                                                      \
  case NumberKind::suffix:                                                                      \
    if constexpr (kMax)                                                                         \
      SP_USE_BODIES(resolved, sp_arg_max_##suffix, NumberArg<true, T>);                         \
    else                                                                                        \
      SP_USE_BODIES(resolved, sp_arg_min_##suffix, NumberArg<false, T>);                        \
    if constexpr (kMax)                                                                         \
      SP_USE_SLIDING(resolved, sp_arg_max_##suffix, sp_arg_frame, Candidates);                  \
    else                                                                                        \
      SP_USE_SLIDING(resolved, sp_arg_min_##suffix, sp_arg_frame, Candidates);                  \
    if (kBoth)                                                                                  \
      resolved.finish =                                                                         \
          kMax ? SP_SYMBOL(sp_arg_max_##suffix##_both) : SP_SYMBOL(sp_arg_min_##suffix##_both); \
    break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
  } else {
    if constexpr (kMax)
      SP_USE_BODIES(resolved, sp_arg_max_slot, SlotArg<true>);
    else
      SP_USE_BODIES(resolved, sp_arg_min_slot, SlotArg<false>);
    if constexpr (kMax)
      SP_USE_SLIDING(resolved, sp_arg_max_slot, sp_arg_frame, Candidates);
    else
      SP_USE_SLIDING(resolved, sp_arg_min_slot, sp_arg_frame, Candidates);
    if (kBoth)
      resolved.finish = kMax ? SP_SYMBOL(sp_arg_max_slot_both) : SP_SYMBOL(sp_arg_min_slot_both);
  }
  if (kBoth) resolved.sliding.finish = SP_SYMBOL(sp_arg_frame_both);
  resolved.sliding.stable_result = true;
  return resolved;
}

}  // namespace

SP_AGGREGATES(arg_extremes) {
  rows.push_back({.name = "argMin",
                  .aliases = {"min_by"},
                  .resolve = &resolve_arg<false, false>,
                  .doc = "The `x` of the row with the smallest `by`; the first such row.",
                  .example = "SELECT argMin(toString(number), -toInt64(number)) FROM numbers(4)",
                  .example_result = "3"});
  rows.push_back({.name = "argMax",
                  .aliases = {"max_by"},
                  .resolve = &resolve_arg<true, false>,
                  .doc = "The `x` of the row with the largest `by`; the first such row.",
                  .example = "SELECT argMax(toString(number), number) FROM numbers(4)",
                  .example_result = "3"});
  rows.push_back({.name = "argAndMin",
                  .resolve = &resolve_arg<false, true>,
                  .doc = "Tuple of the `x` of the row with the smallest `by`, and that `by`.",
                  .example = "SELECT argAndMin(toString(number), -toInt64(number)) FROM numbers(4)",
                  .example_result = "('3',-3)"});
  rows.push_back({.name = "argAndMax",
                  .resolve = &resolve_arg<true, true>,
                  .doc = "Tuple of the `x` of the row with the largest `by`, and that `by`.",
                  .example = "SELECT argAndMax(toString(number), number) FROM numbers(4)",
                  .example_result = "('3',3)"});
}

}  // namespace sp
#endif
