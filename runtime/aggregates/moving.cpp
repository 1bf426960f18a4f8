// groupArrayMovingSum and groupArrayMovingAvg, with or without a window size: running sums of the
// values in the order of rows. anyHeavy: the majority candidate (Boyer, Moore 1981).

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/value_holder.h"

namespace sp {

struct MovingContext : AggregateContext {
  uint64_t window = 0;  // 0: all values so far; avg then divides by their number in all
};

template <class T>
struct MovingState {
  GrowingArray<T> sums;  // of all values up to each row
  void add(ExecState& exec, T value) noexcept {
    sums.push(exec, static_cast<T>(sums.size == 0 ? value : sums.back() + value));
  }
  void merge(ExecState& exec, const MovingState& other) {
    const T base = sums.size == 0 ? T{} : sums.back();
    for (const T sum : other.sums) sums.push(exec, static_cast<T>(base + sum));
  }
  void write(StateWriter& out) const {
    out.varint(sums.size);
    for (const T sum : sums) out.pod(sum);
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, sizeof(T))) return false;
    const T base = sums.size == 0 ? T{} : sums.back();
    for (uint64_t i = 0; i < count; ++i) {
      T sum;
      if (!in.pod(sum)) return false;
      sums.push(exec, static_cast<T>(base + sum));
    }
    return true;
  }
  T windowed(uint64_t i, uint64_t window) const noexcept {
    return window == 0 || i < window ? sums[i] : static_cast<T>(sums[i] - sums[i - window]);
  }
};

struct HeavyState {
  SlotHolder held;
  uint64_t counter;
  void add(ExecState& exec, const SlotContext& context, const void* slot, uint64_t times) noexcept {
    if (held.has && context.ops->equal(held.get(context), slot)) {
      counter += times;
    } else if (counter >= times && held.has) {
      counter -= times;
    } else {
      held.set(exec, context, slot);
      counter = times - counter;
    }
  }
  void merge(ExecState& exec, const SlotContext& context, const HeavyState& other) {
    if (other.held.has) add(exec, context, other.held.get(context), other.counter);
  }
  void write(const SlotContext& context, StateWriter& out) const {
    held.write(context, out);
    out.varint(counter);
  }
  bool read(ExecState& exec, const SlotContext& context, StateReader& in) {
    HeavyState other{};
    if (!other.held.read(exec, context, in) || !in.varint(other.counter)) return false;
    merge(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

#define SP_MOVING(suffix, T)                                                                       \
  extern "C" void sp_moving_##suffix##_add(ExecState& exec, MovingState<T>* state,                 \
                                           T value) noexcept {                                     \
    state->add(exec, value);                                                                       \
  }                                                                                                \
  extern "C" void sp_moving_##suffix##_finish(ExecState& exec, const MovingContext* context,       \
                                              const MovingState<T>* state,                         \
                                              ArrayRef* out) noexcept {                            \
    T* sums = exec.persistent.allocate_array<T>(state->sums.size);                                 \
    for (uint64_t i = 0; i < state->sums.size; ++i) sums[i] = state->windowed(i, context->window); \
    *out = {sums, state->sums.size};                                                               \
  }                                                                                                \
  extern "C" void sp_moving_avg_##suffix##_finish(ExecState& exec, const MovingContext* context,   \
                                                  const MovingState<T>* state,                     \
                                                  ArrayRef* out) noexcept {                        \
    double* means = exec.persistent.allocate_array<double>(state->sums.size);                      \
    const double count =                                                                           \
        static_cast<double>(context->window == 0 ? state->sums.size : context->window);            \
    for (uint64_t i = 0; i < state->sums.size; ++i) {                                              \
      means[i] = static_cast<double>(state->windowed(i, context->window)) / count;                 \
    }                                                                                              \
    *out = {means, state->sums.size};                                                              \
  }                                                                                                \
  SP_STATE_BODIES(sp_moving_##suffix, MovingState<T>)
SP_MOVING(u64, uint64_t)
SP_MOVING(i64, int64_t)
SP_MOVING(f64, double)

// Decimals: sums of 128 bits, means cut at the scale.
extern "C" void sp_moving_decimal_add(ExecState& exec, MovingState<__int128>* state,
                                      const void* slot) noexcept {
  __int128 value;
  std::memcpy(&value, slot, sizeof(value));
  state->add(exec, value);
}
template <bool kAvg>
void finish_decimals(ExecState& exec, const MovingContext& context,
                     const MovingState<__int128>& state, ArrayRef* out) noexcept {
  __int128* values = exec.persistent.allocate_array<__int128>(state.sums.size);
  const auto count = static_cast<__int128>(context.window == 0 ? state.sums.size : context.window);
  for (uint64_t i = 0; i < state.sums.size; ++i) {
    const __int128 sum = state.windowed(i, context.window);
    values[i] = kAvg ? sum / count : sum;
  }
  *out = {values, state.sums.size};
}
extern "C" void sp_moving_decimal_finish(ExecState& exec, const MovingContext* context,
                                         const MovingState<__int128>* state,
                                         ArrayRef* out) noexcept {
  finish_decimals<false>(exec, *context, *state, out);
}
extern "C" void sp_moving_avg_decimal_finish(ExecState& exec, const MovingContext* context,
                                             const MovingState<__int128>* state,
                                             ArrayRef* out) noexcept {
  finish_decimals<true>(exec, *context, *state, out);
}
SP_STATE_BODIES(sp_moving_decimal, MovingState<__int128>)

extern "C" void sp_any_heavy_add(ExecState& exec, const SlotContext* context, HeavyState* state,
                                 const void* slot) noexcept {
  state->add(exec, *context, slot, 1);
}
extern "C" void sp_any_heavy_finish(const SlotContext* context, const HeavyState* state,
                                    void* out) noexcept {
  state->held.finish(*context, out);
}
SP_STATE_BODIES_WITH(sp_any_heavy, SlotContext, HeavyState)

#ifndef SP_BITCODE
namespace sp {
namespace {

template <bool kAvg>
Result<ResolvedAggregate> resolve_moving(Arguments parameters, Arguments arguments,
                                         const ResolveOptions&) {
  constexpr std::string_view name = kAvg ? "groupArrayMovingAvg" : "groupArrayMovingSum";
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  auto context = std::make_shared<MovingContext>();
  if (!parameters.empty()) {
    const auto window = constant_unsigned(parameters[0]);
    if (!window || *window == 0) {
      return fail(ErrorCode::kBadArguments, "Parameter for aggregate function " +
                                                std::string(name) + " should be positive number");
    }
    context->window = *window;
  }
  const Type type = arguments[0].type;
  ResolvedAggregate resolved;
  resolved.order_matters = true;
  if (type.is(TypeKind::kDecimal) && type.precision() <= 38) {
    const Type wide = Type::decimal(38, type.scale());
    SP_USE_BODIES(resolved, sp_moving_decimal, MovingState<__int128>);
    if (kAvg) resolved.finish = SP_SYMBOL(sp_moving_avg_decimal_finish);
    resolved.arguments = {wide};
    resolved.result = Type::array(wide);
    resolved.context = std::move(context);
    return resolved;
  }
  if (!type.is_number()) return illegal_type(name, type);
  TypeKind kind = TypeKind::kUInt64;
  if (type.is_float()) {
    kind = TypeKind::kFloat64;
    SP_USE_BODIES(resolved, sp_moving_f64, MovingState<double>);
    if (kAvg) resolved.finish = SP_SYMBOL(sp_moving_avg_f64_finish);
  } else if (type.is_signed_integer()) {
    kind = TypeKind::kInt64;
    SP_USE_BODIES(resolved, sp_moving_i64, MovingState<int64_t>);
    if (kAvg) resolved.finish = SP_SYMBOL(sp_moving_avg_i64_finish);
  } else {
    SP_USE_BODIES(resolved, sp_moving_u64, MovingState<uint64_t>);
    if (kAvg) resolved.finish = SP_SYMBOL(sp_moving_avg_u64_finish);
  }
  resolved.arguments = {Type::of(kind)};
  resolved.result = Type::array(kAvg ? Type::of(TypeKind::kFloat64) : Type::of(kind));
  resolved.context = std::move(context);
  return resolved;
}

Result<ResolvedAggregate> resolve_heavy(Arguments parameters, Arguments arguments,
                                        const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("anyHeavy", parameters));
  SP_TRY_VOID(expect_arguments("anyHeavy", arguments, 1));
  ResolvedAggregate resolved;
  resolved.result = arguments[0].type;
  resolved.context = std::make_shared<SlotContext>(arguments[0].type);
  resolved.order_matters = true;
  SP_USE_BODIES(resolved, sp_any_heavy, HeavyState);
  return resolved;
}

}  // namespace

SP_AGGREGATES(moving) {
  rows.push_back({.name = "groupArrayMovingSum",
                  .resolve = &resolve_moving<false>,
                  .doc = "Array of the sums of `x` over the last `window` rows (parameter; default "
                         "all) at each row.",
                  .example = "SELECT groupArrayMovingSum(2)(number) FROM numbers(5)",
                  .example_result = "[0,1,3,5,7]"});
  rows.push_back({.name = "groupArrayMovingAvg",
                  .resolve = &resolve_moving<true>,
                  .doc = "The same, divided by the size of the window.",
                  .example = "SELECT groupArrayMovingAvg(2)(number) FROM numbers(5)",
                  .example_result = "[0,0.5,1.5,2.5,3.5]"});
  rows.push_back(
      {.name = "anyHeavy",
       .resolve = &resolve_heavy,
       .doc = "A value of `x` that more than half of the rows have, if there is one; else any.",
       .example = "SELECT anyHeavy(number % 4 != 0) FROM numbers(9)",
       .example_result = "1"});
}

}  // namespace sp
#endif
