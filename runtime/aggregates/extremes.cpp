// min and max of numbers, strings and everything that can be ordered. NaN never wins over a number.

#include <algorithm>
#include <limits>
#include <type_traits>

#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/ordered_bits.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/slot_queue.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

// The largest key of the values seen. Keys are unsigned, ordered as max (or, turned around, min)
// wants the values, and 0 is no more than any: adding takes no branch, and a loop of it becomes a
// vector maximum.
template <bool kMax, class T>
struct NumberExtreme {
  using Bits = OrderedBits<T>;
  using Key = typename Bits::Key;
  Key key;
  uint8_t has;

  static constexpr Key kTurn = kMax ? Key{0} : static_cast<Key>(~Key{0});

  // NaN is below everything, and infinities leave its key free.
  static Key key_of(T value) noexcept {
    const auto turned = static_cast<Key>(Bits::of(value) ^ kTurn);
    if constexpr (std::is_floating_point_v<T>) {
      return value != value ? Key{0} : turned;
    } else {
      return turned;
    }
  }
  static T value_of(Key key) noexcept {
    if constexpr (std::is_floating_point_v<T>) {
      if (key == 0) return std::numeric_limits<T>::quiet_NaN();
    }
    return Bits::value(static_cast<Key>(key ^ kTurn));
  }

  void add(T value) noexcept {
    key = std::max(key, key_of(value));
    has = 1;
  }
  T value() const noexcept { return has != 0 ? value_of(key) : T{}; }
  void merge(ExecState&, const NumberExtreme& other) {
    key = std::max(key, other.key);
    has |= other.has;
  }
  void write(StateWriter& out) const { NumberHolder<T>{value(), has}.write(out); }
  bool read(ExecState&, StateReader& in) {
    NumberHolder<T> held{};
    if (!held.read(in)) return false;
    if (held.has != 0) add(held.value);
    return true;
  }
};

template <bool kMax>
struct StringExtreme {
  StringHolder held;
  void add(ExecState& exec, const StringRef& value) noexcept {
    if (!held.has || (kMax ? compare(value, held.value) > 0 : compare(value, held.value) < 0))
      held.set(exec, value);
  }
  void merge(ExecState& exec, const StringExtreme& other) {
    if (other.held.has) add(exec, other.held.value);
  }
  void write(StateWriter& out) const { held.write(out); }
  bool read(ExecState& exec, StateReader& in) {
    StringExtreme other{};
    if (!other.held.read(in)) return false;
    merge(exec, other);
    return true;
  }
};

template <bool kMax>
struct SlotExtreme {
  SlotHolder held;
  void add(ExecState& exec, const SlotContext& context, const void* slot) noexcept {
    if (held.has) {
      const int order = context.ops->compare(slot, held.get(context), SlotOps::losing(kMax));
      if (kMax ? order <= 0 : order >= 0) return;
    }
    held.set(exec, context, slot);
  }
  void merge(ExecState& exec, const SlotContext& context, const SlotExtreme& other) {
    if (other.held.has) add(exec, context, other.held.get(context));
  }
  void write(const SlotContext& context, StateWriter& out) const { held.write(context, out); }
  bool read(ExecState& exec, const SlotContext& context, StateReader& in) {
    SlotExtreme other{};
    if (!other.held.read(exec, context, in)) return false;
    merge(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

#define SP_EXTREME(name, is_max, suffix, T)                                                       \
  extern "C" void sp_##name##_##suffix##_add(NumberExtreme<is_max, T>* state, T value) noexcept { \
    state->add(value);                                                                            \
  }                                                                                               \
  extern "C" T sp_##name##_##suffix##_finish(const NumberExtreme<is_max, T>* state) noexcept {    \
    return state->value();                                                                        \
  }                                                                                               \
  SP_STATE_BODIES(sp_##name##_##suffix, NumberExtreme<is_max, T>)
#define SP_MIN(suffix, T) SP_EXTREME(min, false, suffix, T)
#define SP_MAX(suffix, T) SP_EXTREME(max, true, suffix, T)
SP_FOR_NUMBERS(SP_MIN)
SP_FOR_NUMBERS(SP_MAX)

#define SP_EXTREME_OF_ANY(name, is_max)                                                           \
  extern "C" void sp_##name##_string_add(ExecState& exec, StringExtreme<is_max>* state,           \
                                         const StringRef& value) noexcept {                       \
    state->add(exec, value);                                                                      \
  }                                                                                               \
  extern "C" void sp_##name##_string_finish(const StringExtreme<is_max>* state,                   \
                                            StringRef* out) noexcept {                            \
    *out = state->held.value;                                                                     \
  }                                                                                               \
  SP_STATE_BODIES(sp_##name##_string, StringExtreme<is_max>)                                      \
  extern "C" void sp_##name##_slot_add(ExecState& exec, const SlotContext* context,               \
                                       SlotExtreme<is_max>* state, const void* slot) noexcept {   \
    state->add(exec, *context, slot);                                                             \
  }                                                                                               \
  extern "C" void sp_##name##_slot_finish(const SlotContext* context,                             \
                                          const SlotExtreme<is_max>* state, void* out) noexcept { \
    state->held.finish(*context, out);                                                            \
  }                                                                                               \
  SP_STATE_BODIES_WITH(sp_##name##_slot, SlotContext, SlotExtreme<is_max>)
SP_EXTREME_OF_ANY(min, false)
SP_EXTREME_OF_ANY(max, true)

// Over a frame that slides.
#define SP_EXTREME_IN_FRAME(name, is_max)                                                \
  extern "C" void sp_##name##_string_enter(ExecState& exec, Candidates* state,           \
                                           const StringRef& value) noexcept {            \
    char* const place = state->enter(exec, sizeof(StringRef), [&](const char* held) {    \
      const int order = compare(value, *reinterpret_cast<const StringRef*>(held));       \
      return is_max ? order > 0 : order < 0;                                             \
    });                                                                                  \
    std::memcpy(place, &value, sizeof(StringRef));                                       \
  }                                                                                      \
  extern "C" void sp_##name##_slot_enter(ExecState& exec, const SlotContext* context,    \
                                         Candidates* state, const void* slot) noexcept { \
    char* const place = state->enter(exec, context->size, [&](const char* held) {        \
      const int order = context->ops->compare(slot, held, SlotOps::losing(is_max));      \
      return is_max ? order > 0 : order < 0;                                             \
    });                                                                                  \
    std::memcpy(place, slot, context->size);                                             \
  }
SP_EXTREME_IN_FRAME(min, false)
SP_EXTREME_IN_FRAME(max, true)

extern "C" void sp_extreme_string_leave(Candidates* state, const StringRef&) noexcept {
  state->leave(sizeof(StringRef));
}
extern "C" void sp_extreme_string_frame(const Candidates* state, StringRef* out) noexcept {
  const char* const best = state->best(sizeof(StringRef));
  *out = best == nullptr ? StringRef() : *reinterpret_cast<const StringRef*>(best);
}
extern "C" void sp_extreme_slot_leave(const SlotContext* context, Candidates* state,
                                      const void*) noexcept {
  state->leave(context->size);
}
extern "C" void sp_extreme_slot_frame(const SlotContext* context, const Candidates* state,
                                      void* out) noexcept {
  const char* const best = state->best(context->size);
  std::memcpy(out, best == nullptr ? context->default_value() : best, context->size);
}

#ifndef SP_BITCODE
namespace sp {
namespace {

template <bool kMax>
Result<ResolvedAggregate> resolve_extreme(Arguments parameters, Arguments arguments,
                                          const ResolveOptions&) {
  constexpr std::string_view name = kMax ? "max" : "min";
  SP_TRY_VOID(expect_no_parameters(name, parameters));
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  const Type type = arguments[0].type;
  if (type.is(TypeKind::kAggregateFunction) || type.is(TypeKind::kJson))
    return illegal_type(name, type);
  ResolvedAggregate resolved;
  resolved.result = type;
  if (const auto kind = number_kind(type); kind && !type.is_nullable() && !type.is_enum()) {
    switch (*kind) {
#define SP_CASE(suffix, T)                                               \
  case NumberKind::suffix:                                               \
    if constexpr (kMax)                                                  \
      SP_USE_BODIES(resolved, sp_max_##suffix, NumberExtreme<true, T>);  \
    else                                                                 \
      SP_USE_BODIES(resolved, sp_min_##suffix, NumberExtreme<false, T>); \
    break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
  } else if (type.is(TypeKind::kString)) {
    if constexpr (kMax)
      SP_USE_BODIES(resolved, sp_max_string, StringExtreme<true>);
    else
      SP_USE_BODIES(resolved, sp_min_string, StringExtreme<false>);
    resolved.sliding = {
        .state_size = sizeof(Candidates),
        .enter = kMax ? SP_SYMBOL(sp_max_string_enter) : SP_SYMBOL(sp_min_string_enter),
        .leave = SP_SYMBOL(sp_extreme_string_leave),
        .finish = SP_SYMBOL(sp_extreme_string_frame),
        .stable_result = true};
  } else {
    resolved.context = std::make_shared<SlotContext>(type);
    if constexpr (kMax)
      SP_USE_BODIES(resolved, sp_max_slot, SlotExtreme<true>);
    else
      SP_USE_BODIES(resolved, sp_min_slot, SlotExtreme<false>);
    resolved.sliding = {.state_size = sizeof(Candidates),
                        .enter = kMax ? SP_SYMBOL(sp_max_slot_enter) : SP_SYMBOL(sp_min_slot_enter),
                        .leave = SP_SYMBOL(sp_extreme_slot_leave),
                        .finish = SP_SYMBOL(sp_extreme_slot_frame),
                        .stable_result = true};
  }
  return resolved;
}

}  // namespace

SP_AGGREGATES(extremes) {
  rows.push_back({.name = "min",
                  .case_insensitive = true,
                  .resolve = &resolve_extreme<false>,
                  .doc = "Smallest value of `x`.",
                  .example = "SELECT min(number) FROM numbers(3, 5)",
                  .example_result = "3"});
  rows.push_back({.name = "max",
                  .case_insensitive = true,
                  .resolve = &resolve_extreme<true>,
                  .doc = "Largest value of `x`.",
                  .example = "SELECT max(toString(number)) FROM numbers(12)",
                  .example_result = "9"});
}

}  // namespace sp
#endif
