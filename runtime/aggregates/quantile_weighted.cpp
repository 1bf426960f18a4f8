// quantileInterpolatedWeighted, quantileExactWeightedInterpolated, quantileBFloat16 and
// quantileBFloat16Weighted: quantiles of weighted values, kept all and summed up by value at the
// end.

#include <algorithm>

#include "runtime/aggregates/weighted_values.h"

namespace sp {

enum class WeightedKind : uint8_t { kInterpolated, kExactInterpolated, kBFloat16 };

struct WeightedContext : LevelsContext {
  WeightedKind kind = WeightedKind::kInterpolated;
};

/// The value at a level; sorts the pairs in place and joins equal values.
template <class T>
double weighted_quantile(const AllWeightedOf<T>& state, WeightedKind kind, double level) noexcept;

/// The nearest double of 8 bits of precision below: the upper half of a float.
inline double as_bfloat16(double value) noexcept {
  const float narrow = static_cast<float>(value);
  uint32_t bits;
  std::memcpy(&bits, &narrow, 4);
  bits &= 0xFFFF0000u;
  float cut;
  std::memcpy(&cut, &bits, 4);
  return static_cast<double>(cut);
}

}  // namespace sp

using namespace sp;

extern "C" void sp_bfloat16_weighted_add(ExecState& exec, AllWeighted* state, double value,
                                         uint64_t weight) noexcept {
  if (value == value) state->values.push(exec, {as_bfloat16(value), weight});
}
extern "C" void sp_bfloat16_add(ExecState& exec, AllWeighted* state, double value) noexcept {
  if (value == value) state->values.push(exec, {as_bfloat16(value), 1});
}
// Interpolated quantiles work on what the argument's slot holds and have its type.
#define SP_WEIGHTED(suffix, T)                                                                    \
  extern "C" void sp_weighted_##suffix##_add(ExecState& exec, AllWeightedOf<T>* state, T value,   \
                                             uint64_t weight) noexcept {                          \
    if (value == value) state->values.push(exec, {value, weight});                                \
  }                                                                                               \
  extern "C" T sp_weighted_##suffix##_finish(const WeightedContext* context,                      \
                                             const AllWeightedOf<T>* state) noexcept {            \
    return state->values.size == 0                                                                \
               ? empty_quantile<T>()                                                              \
               : static_cast<T>(weighted_quantile(*state, context->kind, context->levels[0]));    \
  }                                                                                               \
  extern "C" void sp_weighteds_##suffix##_finish(ExecState& exec, const WeightedContext* context, \
                                                 const AllWeightedOf<T>* state,                   \
                                                 ArrayRef* out) noexcept {                        \
    finish_levels<T>(exec, *context, out, [&](double level) {                                     \
      return state->values.size == 0                                                              \
                 ? T{}                                                                            \
                 : static_cast<T>(weighted_quantile(*state, context->kind, level));               \
    });                                                                                           \
  }                                                                                               \
  SP_STATE_BODIES(sp_weighted_##suffix, AllWeightedOf<T>)
SP_FOR_NUMBERS(SP_WEIGHTED)
// No values: NaN at each level.
extern "C" void sp_weighted_reals_finish(ExecState& exec, const WeightedContext* context,
                                         const AllWeighted* state, ArrayRef* out) noexcept {
  finish_levels<double>(exec, *context, out, [&](double level) {
    return state->values.size == 0 ? empty_quantile<double>()
                                   : weighted_quantile(*state, context->kind, level);
  });
}

#ifndef SP_BITCODE
namespace sp {
namespace {

// Sorted, one pair for each value.
template <class T>
void join_equal(GrowingArray<WeightedOf<T>>& values) {
  std::sort(values.begin(), values.end(),
            [](const WeightedOf<T>& a, const WeightedOf<T>& b) { return a.value < b.value; });
  uint64_t kept = 0;
  for (uint64_t i = 1; i < values.size; ++i) {
    if (values[i].value == values[kept].value)
      values[kept].weight += values[i].weight;
    else
      values[++kept] = values[i];
  }
  values.size = kept + 1;
}

template <class T>
double total_weight(const GrowingArray<WeightedOf<T>>& values) {
  double total = 0;
  for (const WeightedOf<T>& value : values) total += static_cast<double>(value.weight);
  return total;
}

// Each value stands in the middle of its weight; between two, the line through them (the weighted
// percentile method).
template <class T>
double interpolated_in_weights(const GrowingArray<WeightedOf<T>>& values, double level) {
  const uint64_t size = values.size;
  const double total = total_weight(values);
  std::vector<double> places(size, 0);
  double seen = 0;
  for (uint64_t i = 0; i < size; ++i) {
    const double weight = static_cast<double>(values[i].weight);
    seen += weight;
    places[i] = total != 0 ? (seen - 0.5 * weight) / total : weight;
  }
  // The pair of neighbours around the level, or the first or last pair.
  uint64_t left = 0;
  while (left + 2 < size && level > places[left + 1]) ++left;
  if (size >= 2 && level >= places[size - 2]) left = size - 2;
  const uint64_t right = left + 1 < size ? left + 1 : left;
  T low = values[left].value, high = values[right].value;
  if (level < places[left]) high = low;
  if (level > places[right]) low = high;
  const double width = places[right] - places[left];
  const double slope = static_cast<double>(high - low) / (width == 0 ? 1 : width);
  return static_cast<double>(low) + slope * (level - places[left]);
}

// The values, each repeated `weight` times, interpolated as Excel's PERCENTILE.INC.
template <class T>
double interpolated_in_repeats(const GrowingArray<WeightedOf<T>>& values, double level) {
  const double total = total_weight(values);
  if (total == 0) return std::numeric_limits<double>::quiet_NaN();
  const double position = level * (total - 1);
  const double below = std::floor(position);
  double seen = 0;
  for (uint64_t i = 0; i < values.size; ++i) {
    seen += static_cast<double>(values[i].weight);
    if (seen <= below) continue;
    T next = values[i].value;
    if (below + 1 >= seen) {
      for (uint64_t j = i + 1; j < values.size; ++j) {
        if (values[j].weight == 0) continue;
        next = values[j].value;
        break;
      }
    }
    const double value = static_cast<double>(values[i].value);
    return value + (position - below) * (static_cast<double>(next) - value);
  }
  return static_cast<double>(values.back().value);
}

template <class T>
double nearest(const GrowingArray<WeightedOf<T>>& values, double level) {
  const double threshold = std::ceil(total_weight(values) * level);
  double seen = 0;
  for (const WeightedOf<T>& value : values) {
    seen += static_cast<double>(value.weight);
    if (seen >= threshold) return static_cast<double>(value.value);
  }
  return static_cast<double>(values.back().value);
}

}  // namespace

template <class T>
double weighted_quantile(const AllWeightedOf<T>& state, WeightedKind kind, double level) noexcept {
  GrowingArray<WeightedOf<T>> values = state.values;  // the memory is shared
  join_equal(values);
  const_cast<AllWeightedOf<T>&>(state).values.size = values.size;  // the same weights by value
  switch (kind) {
    case WeightedKind::kInterpolated: return interpolated_in_weights(values, level);
    case WeightedKind::kExactInterpolated: return interpolated_in_repeats(values, level);
    case WeightedKind::kBFloat16: return nearest(values, level);
  }
  return 0;
}

// Generated code calls these by name: every one must stand in the binary.
#define SP_INSTANTIATE(suffix, T) \
  template double weighted_quantile<T>(const AllWeightedOf<T>&, WeightedKind, double) noexcept;
SP_FOR_NUMBERS(SP_INSTANTIATE)
#undef SP_INSTANTIATE

namespace {

template <WeightedKind kKind, bool kWeighted>
Result<ResolvedAggregate> resolve_weighted(std::string_view name, bool many, Arguments parameters,
                                           Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, kWeighted ? 2 : 1));
  SP_TRY(std::shared_ptr<LevelsContext> levels, quantile_levels(name, parameters, many));
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  const bool scaled = type.is_date_like() || type.is(TypeKind::kDecimal);
  const bool keeps_type =
      kKind == WeightedKind::kInterpolated || (kKind == WeightedKind::kExactInterpolated && scaled);
  if (!kind || !(type.is_number() || (keeps_type && scaled))) return illegal_type(name, type);
  if (kWeighted && !arguments[1].type.is_unsigned()) return illegal_type(name, arguments[1].type);
  auto context = std::make_shared<WeightedContext>();
  context->levels = levels->levels;
  context->kind = kKind;
  const Type real = Type::of(TypeKind::kFloat64), value = keeps_type ? type : real;
  ResolvedAggregate resolved;
  resolved.arguments = {value};
  if (kWeighted) resolved.arguments.push_back(Type::of(TypeKind::kUInt64));
  switch (keeps_type ? *kind : NumberKind::f64) {
#define SP_CASE(suffix, T)                                             \
  case NumberKind::suffix:                                             \
    SP_USE_BODIES(resolved, sp_weighted_##suffix, AllWeightedOf<T>);   \
    resolved.finish = many ? SP_SYMBOL(sp_weighteds_##suffix##_finish) \
                           : SP_SYMBOL(sp_weighted_##suffix##_finish); \
    break;
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  if (kKind == WeightedKind::kBFloat16)
    resolved.add = kWeighted ? SP_SYMBOL(sp_bfloat16_weighted_add) : SP_SYMBOL(sp_bfloat16_add);
  if (many && !keeps_type) resolved.finish = SP_SYMBOL(sp_weighted_reals_finish);
  resolved.result = many ? Type::array(value) : value;
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(quantile_weighted) {
  add_quantile_rows(
      rows, "InterpolatedWeighted", &resolve_weighted<WeightedKind::kInterpolated, true>,
      "Quantile of `x`, each in the middle of its `weight`, interpolated between neighbours.",
      "SELECT quantileInterpolatedWeighted(0.3)(toFloat64(number), number) FROM numbers(100)",
      "54.49541284403669");
  add_quantile_rows(
      rows, "ExactWeightedInterpolated", &resolve_weighted<WeightedKind::kExactInterpolated, true>,
      "Quantile of `x`, each repeated `weight` times, interpolated as Excel's PERCENTILE.INC.",
      "SELECT quantileExactWeightedInterpolated(0.5)(number, 1) FROM numbers(4)", "1.5");
  add_quantile_rows(rows, "BFloat16", &resolve_weighted<WeightedKind::kBFloat16, false>,
                    "Quantile of `x` cut to eight bits of precision.",
                    "SELECT quantileBFloat16(0.75)(number) FROM numbers(1000)", "748");
  add_quantile_rows(rows, "BFloat16Weighted", &resolve_weighted<WeightedKind::kBFloat16, true>,
                    "The same, each value counted `weight` times.",
                    "SELECT quantileBFloat16Weighted(0.75)(number, 1) FROM numbers(1000)", "748");
}

}  // namespace sp
#endif
