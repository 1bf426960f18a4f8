// quantileExact, -Low, -High, -Inclusive, -Exclusive: all values are kept. quantileExactWeighted
// works on (value, weight) pairs.

#include <algorithm>

#include "runtime/aggregates/quantile_levels.h"
#include "runtime/aggregates/sorted_values.h"
#include "runtime/aggregates/weighted_values.h"
#include "runtime/core/unaligned.h"

namespace sp {

enum class ExactKind : uint8_t { kPlain, kLow, kHigh, kInclusive, kExclusive };

struct ExactContext : LevelsContext {
  ExactKind kind = ExactKind::kPlain;
};

template <class T>
struct AllValues {
  GrowingArray<T> values;
  void add(ExecState& exec, T value) noexcept {
    if constexpr (std::is_floating_point_v<T>) {
      if (value != value) return;
    }
    values.push_while_running(exec, value);
  }
  void merge(ExecState& exec, const AllValues& other) {
    values.append(exec, other.values.data, other.values.size);
  }
  void write(StateWriter& out) const {
    out.varint(values.size);
    for (const T& value : values) out.pod(value);
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, sizeof(T))) return false;
    for (uint64_t i = 0; i < count; ++i) {
      T value;
      if (!in.pod(value)) return false;
      values.push(exec, value);
    }
    return true;
  }
};

// A frame's values, in order.
template <class T>
struct SlidingValues {
  SortedValues<T> values;
  void enter(ExecState& exec, T value) noexcept {
    if (value == value) values.insert(exec, value);
  }
  void leave(ExecState& exec, T value) noexcept {
    if (value == value) values.remove(exec, value);
  }
};

// The place of a level among `size` values in order, at least one.
inline uint64_t exact_place(uint64_t size, ExactKind kind, double level) noexcept {
  if (level == 0.5 && kind == ExactKind::kLow) return (size - 1) / 2;
  if (level == 0.5 && kind == ExactKind::kHigh) return size / 2;
  return level < 1 ? static_cast<uint64_t>(level * static_cast<double>(size)) : size - 1;
}
// The interpolated value at a level; `at(i)` is the value at place i.
template <class At>
double interpolated_at(uint64_t size, ExactKind kind, double level, At&& at) noexcept {
  if (size == 0) return std::numeric_limits<double>::quiet_NaN();
  const double count = static_cast<double>(size);
  const double h = kind == ExactKind::kExclusive ? level * (count + 1) : level * (count - 1) + 1;
  const auto n = static_cast<uint64_t>(h);
  if (n >= size) return static_cast<double>(at(size - 1));
  if (n < 1) return static_cast<double>(at(0));
  const double low = static_cast<double>(at(n - 1));
  return low + (h - static_cast<double>(n)) * (static_cast<double>(at(n)) - low);
}

template <class T>
T exact_value(const SlidingValues<T>& frame, ExactKind kind, double level) noexcept {
  const uint64_t size = frame.values.size;
  return size == 0 ? empty_quantile<T>() : frame.values.at(exact_place(size, kind, level));
}
template <class T>
double exact_interpolated(const SlidingValues<T>& frame, ExactKind kind, double level) noexcept {
  return interpolated_at(frame.values.size, kind, level,
                         [&](uint64_t i) { return frame.values.at(i); });
}

// The value at a level; native only: they reorder the values in place.
template <class T>
T exact_value(const AllValues<T>& state, ExactKind kind, double level) noexcept;
template <class T>
double exact_interpolated(const AllValues<T>& state, ExactKind kind, double level) noexcept;

template <class T>
T weighted_value(const AllWeightedOf<T>& state, double level) noexcept;

}  // namespace sp

using namespace sp;

// Results of a state: of all values, or of a frame's.
#define SP_EXACT_RESULTS(suffix, T, ending, State)                                                \
  extern "C" T sp_quantile_exact_##suffix##_##ending(const ExactContext* context,                 \
                                                     const State* state) noexcept {               \
    return exact_value(*state, context->kind, context->levels[0]);                                \
  }                                                                                               \
  extern "C" void sp_quantiles_exact_##suffix##_##ending(                                         \
      ExecState& exec, const ExactContext* context, const State* state, ArrayRef* out) noexcept { \
    finish_levels<T>(exec, *context, out, [&](double level) {                                     \
      return state->values.size == 0 ? T{} : exact_value(*state, context->kind, level);           \
    });                                                                                           \
  }                                                                                               \
  extern "C" double sp_quantile_between_##suffix##_##ending(const ExactContext* context,          \
                                                            const State* state) noexcept {        \
    return exact_interpolated(*state, context->kind, context->levels[0]);                         \
  }                                                                                               \
  extern "C" void sp_quantiles_between_##suffix##_##ending(                                       \
      ExecState& exec, const ExactContext* context, const State* state, ArrayRef* out) noexcept { \
    finish_levels<double>(exec, *context, out, [&](double level) {                                \
      return exact_interpolated(*state, context->kind, level);                                    \
    });                                                                                           \
  }
#define SP_EXACT(suffix, T)                                                                    \
  extern "C" void sp_quantile_exact_##suffix##_add(ExecState& exec, AllValues<T>* state,       \
                                                   T value) noexcept {                         \
    state->add(exec, value);                                                                   \
  }                                                                                            \
  extern "C" void sp_quantile_exact_##suffix##_enter(ExecState& exec, SlidingValues<T>* state, \
                                                     T value) noexcept {                       \
    state->enter(exec, value);                                                                 \
  }                                                                                            \
  extern "C" void sp_quantile_exact_##suffix##_leave(ExecState& exec, SlidingValues<T>* state, \
                                                     T value) noexcept {                       \
    state->leave(exec, value);                                                                 \
  }                                                                                            \
  SP_EXACT_RESULTS(suffix, T, finish, AllValues<T>)                                            \
  SP_EXACT_RESULTS(suffix, T, frame, SlidingValues<T>)                                         \
  SP_STATE_BODIES(sp_quantile_exact_##suffix, AllValues<T>)
SP_FOR_NUMBERS(SP_EXACT)

// Int128 and Decimals of 128 bits.
extern "C" void sp_quantile_exact_i128_add(ExecState& exec, AllValues<Int128>* state,
                                           const SlotInt128* value) noexcept {
  state->add(exec, *value);
}
extern "C" void sp_quantile_exact_i128_finish(const ExactContext* context,
                                              const AllValues<Int128>* state,
                                              SlotInt128* out) noexcept {
  *out = exact_value(*state, context->kind, context->levels[0]);
}
extern "C" void sp_quantiles_exact_i128_finish(ExecState& exec, const ExactContext* context,
                                               const AllValues<Int128>* state,
                                               ArrayRef* out) noexcept {
  finish_levels<Int128>(exec, *context, out,
                        [&](double level) { return exact_value(*state, context->kind, level); });
}
SP_STATE_BODIES(sp_quantile_exact_i128, AllValues<Int128>)

#define SP_EXACT_WEIGHTED(suffix, T)                                                            \
  extern "C" void sp_quantile_weighted_##suffix##_add(ExecState& exec, AllWeightedOf<T>* state, \
                                                      T value, uint64_t weight) noexcept {      \
    if (value == value) state->values.push_while_running(exec, {value, weight});                \
  }                                                                                             \
  extern "C" T sp_quantile_weighted_##suffix##_finish(const ExactContext* context,              \
                                                      const AllWeightedOf<T>* state) noexcept { \
    return state->values.size == 0 ? empty_quantile<T>()                                        \
                                   : weighted_value(*state, context->levels[0]);                \
  }                                                                                             \
  extern "C" void sp_quantiles_weighted_##suffix##_finish(                                      \
      ExecState& exec, const ExactContext* context, const AllWeightedOf<T>* state,              \
      ArrayRef* out) noexcept {                                                                 \
    finish_levels<T>(exec, *context, out, [&](double level) {                                   \
      return state->values.size == 0 ? T{} : weighted_value(*state, level);                     \
    });                                                                                         \
  }                                                                                             \
  SP_STATE_BODIES(sp_quantile_weighted_##suffix, AllWeightedOf<T>)
SP_FOR_NUMBERS(SP_EXACT_WEIGHTED)

#ifndef SP_BITCODE
#include <vector>

namespace sp {

namespace {

// The value at place n of those in order: counted, where they are many integers of a small range.
template <class T>
T value_at_place(T* data, uint64_t size, uint64_t n) {
  if constexpr (std::is_integral_v<T> && sizeof(T) <= 8) {
    constexpr uint64_t kWorthCounting = 4096, kMostCounts = 1 << 16;
    if (size >= kWorthCounting) {
      T least = data[0], most = data[0];
      for (uint64_t i = 0; i < size; ++i) {
        least = std::min(least, data[i]);
        most = std::max(most, data[i]);
      }
      const uint64_t range = static_cast<uint64_t>(most) - static_cast<uint64_t>(least);
      if (range < kMostCounts && range < size) {
        std::vector<uint64_t> counts(range + 1);
        for (uint64_t i = 0; i < size; ++i)
          ++counts[static_cast<uint64_t>(data[i]) - static_cast<uint64_t>(least)];
        uint64_t at = 0;
        for (uint64_t before = counts[0]; before <= n; before += counts[at]) ++at;
        return static_cast<T>(static_cast<uint64_t>(least) + at);
      }
    }
  }
  std::nth_element(data, data + n, data + size);
  return data[n];
}

}  // namespace

template <class T>
T exact_value(const AllValues<T>& state, ExactKind kind, double level) noexcept {
  const uint64_t size = state.values.size;
  if (size == 0) return empty_quantile<T>();
  return value_at_place(state.values.data, size, exact_place(size, kind, level));
}

template <class T>
double exact_interpolated(const AllValues<T>& state, ExactKind kind, double level) noexcept {
  const uint64_t size = state.values.size;
  T* data = state.values.data;
  if (!std::is_sorted(data, data + size)) std::sort(data, data + size);  // once for all levels
  return interpolated_at(size, kind, level, [data](uint64_t i) { return data[i]; });
}

template <class T>
T weighted_value(const AllWeightedOf<T>& state, double level) noexcept {
  WeightedOf<T>* data = state.values.data;
  const uint64_t size = state.values.size;
  std::sort(data, data + size,
            [](const WeightedOf<T>& a, const WeightedOf<T>& b) { return a.value < b.value; });
  double total = 0;
  for (uint64_t i = 0; i < size; ++i) total += static_cast<double>(data[i].weight);
  const double threshold = std::ceil(total * level);
  double seen = 0;
  for (uint64_t i = 0; i < size; ++i) {
    seen += static_cast<double>(data[i].weight);
    if (seen >= threshold) return data[i].value;
  }
  return data[size - 1].value;
}

// Generated code calls these by name: every one must stand in the binary.
#define SP_INSTANTIATE(suffix, T)                                             \
  template T exact_value<T>(const AllValues<T>&, ExactKind, double) noexcept; \
  template T weighted_value<T>(const AllWeightedOf<T>&, double) noexcept;     \
  template double exact_interpolated<T>(const AllValues<T>&, ExactKind, double) noexcept;
SP_FOR_NUMBERS(SP_INSTANTIATE)
#undef SP_INSTANTIATE
template Int128 exact_value<Int128>(const AllValues<Int128>&, ExactKind, double) noexcept;

namespace {

bool has_quantiles(Type type) {
  return type.is_number() || type.is_date_like() ||
         (type.is(TypeKind::kDecimal) && number_kind(type));
}

template <ExactKind kKind>
Result<ResolvedAggregate> resolve_exact(std::string_view name, bool many, Arguments parameters,
                                        Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  SP_TRY(std::shared_ptr<LevelsContext> levels, quantile_levels(name, parameters, many));
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  constexpr bool between = kKind == ExactKind::kInclusive || kKind == ExactKind::kExclusive;
  const bool wide = !between && (type.is(TypeKind::kInt128) ||
                                 (type.is(TypeKind::kDecimal) && slot_layout(type).size == 16));
  if (!wide && (!has_quantiles(type) || !kind)) return illegal_type(name, type);
  auto context = std::make_shared<ExactContext>();
  context->levels = levels->levels;
  context->kind = kKind;
  if (kKind == ExactKind::kExclusive) {
    for (const double level : context->levels) {
      if (level == 0 || level == 1) {
        return fail(ErrorCode::kBadArguments,
                    "QuantileExactExclusive cannot interpolate for the percentiles 1 and 0");
      }
    }
  }
  ResolvedAggregate resolved;
  if (wide) {
    SP_USE_BODIES(resolved, sp_quantile_exact_i128, AllValues<Int128>);
    if (many) resolved.finish = SP_SYMBOL(sp_quantiles_exact_i128_finish);
    resolved.result = many ? Type::array(type) : type;
    resolved.context = std::move(context);
    return resolved;
  }
#define SP_USE_FINISH(prefix)                    \
  (resolved.finish = SP_SYMBOL(prefix##_finish), \
   resolved.sliding.finish = SP_SYMBOL(prefix##_frame))
  switch (*kind) {
#define SP_CASE(suffix, T)                                                                   \
  case NumberKind::suffix:                                                                   \
    SP_USE_BODIES(resolved, sp_quantile_exact_##suffix, AllValues<T>);                       \
    SP_USE_SLIDING(resolved, sp_quantile_exact_##suffix, sp_quantile_exact_##suffix##_frame, \
                   SlidingValues<T>);                                                        \
    if (between && many)                                                                     \
      SP_USE_FINISH(sp_quantiles_between_##suffix);                                          \
    else if (between)                                                                        \
      SP_USE_FINISH(sp_quantile_between_##suffix);                                           \
    else if (many)                                                                           \
      SP_USE_FINISH(sp_quantiles_exact_##suffix);                                            \
    break;
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
#undef SP_USE_FINISH
  }
  resolved.sliding.for_growing = true;
  const Type value = between ? Type::of(TypeKind::kFloat64) : type;
  resolved.result = many ? Type::array(value) : value;
  resolved.context = std::move(context);
  return resolved;
}

Result<ResolvedAggregate> resolve_weighted(std::string_view name, bool many, Arguments parameters,
                                           Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  SP_TRY(std::shared_ptr<LevelsContext> levels, quantile_levels(name, parameters, many));
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  if (!has_quantiles(type) || !kind) return illegal_type(name, type);
  if (!arguments[1].type.is_unsigned()) return illegal_type(name, arguments[1].type);
  auto context = std::make_shared<ExactContext>();
  context->levels = levels->levels;
  ResolvedAggregate resolved;
  switch (*kind) {
#define SP_CASE(suffix, T)                                                          \
  case NumberKind::suffix:                                                          \
    SP_USE_BODIES(resolved, sp_quantile_weighted_##suffix, AllWeightedOf<T>);       \
    if (many) resolved.finish = SP_SYMBOL(sp_quantiles_weighted_##suffix##_finish); \
    break;
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  resolved.arguments = {type, Type::of(TypeKind::kUInt64)};
  resolved.result = many ? Type::array(type) : type;
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(quantile_exact) {
  add_quantile_rows(rows, "Exact", &resolve_exact<ExactKind::kPlain>,
                    "Quantile of all values of `x`: one of them.",
                    "SELECT quantileExact(0.3)(number) FROM numbers(100)", "30");
  add_quantile_rows(rows, "ExactLow", &resolve_exact<ExactKind::kLow>,
                    "The same; the median is the lower of two.",
                    "SELECT quantileExactLow(number) FROM numbers(100)", "49");
  add_quantile_rows(rows, "ExactHigh", &resolve_exact<ExactKind::kHigh>,
                    "The same; the median is the higher of two.",
                    "SELECT quantileExactHigh(number) FROM numbers(100)", "50");
  add_quantile_rows(rows, "ExactInclusive", &resolve_exact<ExactKind::kInclusive>,
                    "Quantile of all values, interpolated as Excel's PERCENTILE.INC.",
                    "SELECT quantileExactInclusive(0.3)(number) FROM numbers(100)", "29.7");
  add_quantile_rows(rows, "ExactExclusive", &resolve_exact<ExactKind::kExclusive>,
                    "Quantile of all values, interpolated as Excel's PERCENTILE.EXC.",
                    "SELECT quantileExactExclusive(0.3)(number) FROM numbers(100)",
                    "29.299999999999997");
  add_quantile_rows(rows, "ExactWeighted", &resolve_weighted,
                    "Quantile of `x`, each value counted `weight` times.",
                    "SELECT quantileExactWeighted(0.3)(number, number) FROM numbers(100)", "54");
}

}  // namespace sp
#endif
