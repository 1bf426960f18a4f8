// quantile(level)(x): interpolated quantile of a sample of up to 8192 values; exact below that
// number.

#include <algorithm>

#include "runtime/aggregates/quantile_levels.h"
#include "runtime/aggregates/reservoir.h"
#include "runtime/aggregates/slot_queue.h"
#include "runtime/aggregates/sorted_values.h"
#include "runtime/core/unaligned.h"

namespace sp {

// The value at a level of `size` values in order, at least one; `at(i)` is the value at place i.
template <class At>
double interpolated_at(uint64_t size, double level, At&& at) noexcept {
  const double last = static_cast<double>(size - 1);
  const double index = std::max(0.0, std::min(last, level * last));
  const auto left = static_cast<uint64_t>(index);
  const uint64_t right = left + 1;
  if (right == size) return static_cast<double>(at(left));
  const double left_weight = static_cast<double>(right) - index;
  const double right_weight = index - static_cast<double>(left);
  return static_cast<double>(at(left)) * left_weight +
         static_cast<double>(at(right)) * right_weight;
}

// Defined natively: sorts the sample in place and interpolates.
template <class T>
double interpolated(const Reservoir<T>& state, double level) noexcept;

// A frame's values, in order and as they came: the sample of a long frame is drawn anew.
template <class T>
struct SlidingSample {
  SortedValues<T> sorted;
  SlotQueue values;
  mutable Reservoir<T> sample;  // of long frames, on request
  void enter(ExecState& exec, T value) noexcept {
    if (!(value == value)) return;
    sorted.insert(exec, value);
    std::memcpy(values.push(exec, sizeof(T)), &value, sizeof(T));
  }
  void leave(ExecState& exec, T value) noexcept {
    if (!(value == value)) return;
    sorted.remove(exec, value);
    values.pop_front();
  }
  // To be called before at().
  void draw(ExecState& exec) const noexcept {
    if (sorted.size <= Reservoir<T>::kSamples) return;
    sample.samples.size = sample.total = 0;
    sample.random = {};
    const auto* value = reinterpret_cast<const T*>(values.front(sizeof(T)));
    for (uint64_t i = 0; i < values.size(); ++i) sample.add(exec, value[i]);
  }
  T at(double level) const noexcept {
    if (sorted.size == 0) return empty_quantile<T>();
    if (sorted.size > Reservoir<T>::kSamples) return static_cast<T>(interpolated(sample, level));
    return static_cast<T>(
        interpolated_at(sorted.size, level, [this](uint64_t i) { return sorted.at(i); }));
  }
};

}  // namespace sp

using namespace sp;

// A Float64 result for numbers; dates, times and decimals keep their own type.
#define SP_QUANTILE(suffix, T)                                                                  \
  extern "C" void sp_quantile_##suffix##_add(ExecState& exec, Reservoir<T>* state,              \
                                             T value) noexcept {                                \
    state->add(exec, value);                                                                    \
  }                                                                                             \
  extern "C" T sp_quantile_##suffix##_finish(const LevelsContext* context,                      \
                                             const Reservoir<T>* state) noexcept {              \
    if (state->samples.size == 0) return empty_quantile<T>();                                   \
    return static_cast<T>(interpolated(*state, context->levels[0]));                            \
  }                                                                                             \
  extern "C" void sp_quantiles_##suffix##_finish(ExecState& exec, const LevelsContext* context, \
                                                 const Reservoir<T>* state,                     \
                                                 ArrayRef* out) noexcept {                      \
    finish_levels<T>(exec, *context, out, [&](double level) {                                   \
      return state->samples.size == 0 ? empty_quantile<T>()                                     \
                                      : static_cast<T>(interpolated(*state, level));            \
    });                                                                                         \
  }                                                                                             \
  extern "C" void sp_quantile_##suffix##_enter(ExecState& exec, SlidingSample<T>* state,        \
                                               T value) noexcept {                              \
    state->enter(exec, value);                                                                  \
  }                                                                                             \
  extern "C" void sp_quantile_##suffix##_leave(ExecState& exec, SlidingSample<T>* state,        \
                                               T value) noexcept {                              \
    state->leave(exec, value);                                                                  \
  }                                                                                             \
  extern "C" T sp_quantile_##suffix##_frame(ExecState& exec, const LevelsContext* context,      \
                                            const SlidingSample<T>* state) noexcept {           \
    state->draw(exec);                                                                          \
    return state->at(context->levels[0]);                                                       \
  }                                                                                             \
  extern "C" void sp_quantiles_##suffix##_frame(ExecState& exec, const LevelsContext* context,  \
                                                const SlidingSample<T>* state,                  \
                                                ArrayRef* out) noexcept {                       \
    state->draw(exec);                                                                          \
    finish_levels<T>(exec, *context, out, [&](double level) { return state->at(level); });      \
  }                                                                                             \
  SP_STATE_BODIES(sp_quantile_##suffix, Reservoir<T>)
SP_QUANTILE(u16, uint16_t)
SP_QUANTILE(u32, uint32_t)
SP_QUANTILE(i32, int32_t)
SP_QUANTILE(i64, int64_t)
SP_QUANTILE(f64, double)

// Decimals of 128 bits. Native only: conversion to double and back is a call of the compiler's.
extern "C" void sp_quantile_i128_add(ExecState& exec, Reservoir<Int128>* state,
                                     const SlotInt128* value) noexcept {
  state->add(exec, *value);
}
extern "C" void sp_quantile_i128_finish(const LevelsContext* context,
                                        const Reservoir<Int128>* state, SlotInt128* out) noexcept;
extern "C" void sp_quantiles_i128_finish(ExecState& exec, const LevelsContext* context,
                                         const Reservoir<Int128>* state, ArrayRef* out) noexcept;
SP_STATE_BODIES(sp_quantile_i128, Reservoir<Int128>)

#ifndef SP_BITCODE
extern "C" void sp_quantile_i128_finish(const LevelsContext* context,
                                        const Reservoir<Int128>* state, SlotInt128* out) noexcept {
  *out =
      state->samples.size == 0 ? 0 : static_cast<Int128>(interpolated(*state, context->levels[0]));
}
extern "C" void sp_quantiles_i128_finish(ExecState& exec, const LevelsContext* context,
                                         const Reservoir<Int128>* state, ArrayRef* out) noexcept {
  finish_levels<Int128>(exec, *context, out, [&](double level) {
    return state->samples.size == 0 ? 0 : static_cast<Int128>(interpolated(*state, level));
  });
}

namespace sp {

template <class T>
double interpolated(const Reservoir<T>& state, double level) noexcept {
  T* samples = state.samples.data;
  const uint64_t size = state.samples.size;
  if (!std::is_sorted(samples, samples + size)) std::sort(samples, samples + size);
  return interpolated_at(size, level, [samples](uint64_t i) { return samples[i]; });
}
template double interpolated(const Reservoir<uint16_t>&, double) noexcept;
template double interpolated(const Reservoir<uint32_t>&, double) noexcept;
template double interpolated(const Reservoir<int32_t>&, double) noexcept;
template double interpolated(const Reservoir<int64_t>&, double) noexcept;
template double interpolated(const Reservoir<double>&, double) noexcept;
template double interpolated(const Reservoir<Int128>&, double) noexcept;

namespace {

Result<ResolvedAggregate> resolve_quantile(std::string_view name, bool many, Arguments parameters,
                                           Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  SP_TRY(std::shared_ptr<LevelsContext> context, quantile_levels(name, parameters, many));
  const Type type = arguments[0].type;
  ResolvedAggregate resolved;
  Type value = type;
#define SP_QUANTILE_CASE(suffix, T)                                               \
  {                                                                               \
    SP_USE_BODIES(resolved, sp_quantile_##suffix, Reservoir<T>);                  \
    if (many) resolved.finish = SP_SYMBOL(sp_quantiles_##suffix##_finish);        \
    SP_USE_SLIDING(resolved, sp_quantile_##suffix, sp_quantile_##suffix##_frame,  \
                   SlidingSample<T>);                                             \
    if (many) resolved.sliding.finish = SP_SYMBOL(sp_quantiles_##suffix##_frame); \
    resolved.sliding.for_growing = true;                                          \
  }
  if (type.is_number()) {
    value = Type::of(TypeKind::kFloat64);
    SP_QUANTILE_CASE(f64, double)
  } else if (type.is(TypeKind::kDate))
    SP_QUANTILE_CASE(u16, uint16_t)
  else if (type.is(TypeKind::kDateTime))
    SP_QUANTILE_CASE(u32, uint32_t)
  else if (type.is(TypeKind::kDate32))
    SP_QUANTILE_CASE(i32, int32_t)
  else if (type.is(TypeKind::kDateTime64))
    SP_QUANTILE_CASE(i64, int64_t)
  else if (type.is(TypeKind::kDecimal) && slot_layout(type).size == 4)
    SP_QUANTILE_CASE(i32, int32_t)
  else if (type.is(TypeKind::kDecimal) && slot_layout(type).size == 8)
    SP_QUANTILE_CASE(i64, int64_t)
  else if (type.is(TypeKind::kDecimal) && slot_layout(type).size == 16) {
    SP_USE_BODIES(resolved, sp_quantile_i128, Reservoir<Int128>);
    if (many) resolved.finish = SP_SYMBOL(sp_quantiles_i128_finish);
  } else
    return illegal_type(name, type);
#undef SP_QUANTILE_CASE
  resolved.arguments = {value};
  resolved.result = many ? Type::array(value) : value;
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(quantile) {
  add_quantile_rows(
      rows, "", &resolve_quantile,
      "Interpolated quantile of `x` at `level` (default 0.5), of a sample of 8192 values.",
      "SELECT quantile(0.25)(number) FROM numbers(10)", "2.25");
}

}  // namespace sp
#endif
