// quantileTiming, quantileTimingWeighted: exact up to 5670 values, then a histogram of
// milliseconds.

#include <algorithm>

#include "runtime/aggregates/quantile_levels.h"
#include "runtime/core/int_hash.h"

namespace sp {

struct TimingState {
  static constexpr uint32_t kExact = 5670, kSmall = 1024, kBig = 30000, kStep = 16;
  static constexpr uint32_t kBuckets = kSmall + (kBig - kSmall) / kStep;
  GrowingArray<uint16_t> values;  // while there are at most kExact
  uint64_t* buckets;
  uint64_t total;

  void add(ExecState& exec, uint64_t value, uint64_t weight) noexcept {
    if (value > kBig) value = kBig;
    // Weights go to the histogram at once, but for very few, as in ClickHouse.
    if (buckets == nullptr && total + weight <= (weight == 1 ? kExact : 31)) {
      total += weight;
      for (; weight > 0; --weight) values.push(exec, static_cast<uint16_t>(value));
      return;
    }
    if (buckets == nullptr) to_buckets(exec);
    total += weight;
    if (value < kBig) buckets[bucket_of(value)] += weight;
  }
  static uint64_t bucket_of(uint64_t value) {
    return value < kSmall ? value : kSmall + (value - kSmall) / kStep;
  }
  void to_buckets(ExecState& exec) noexcept {
    buckets = exec.persistent.allocate_array<uint64_t>(kBuckets);
    std::memset(buckets, 0, kBuckets * sizeof(uint64_t));
    for (const uint16_t value : values) {
      if (value < kBig) ++buckets[bucket_of(value)];
    }
    values.size = 0;
  }
  void merge(ExecState& exec, const TimingState& other) {
    if (other.buckets == nullptr) {
      for (const uint16_t value : other.values) add(exec, value, 1);
      return;
    }
    if (buckets == nullptr) to_buckets(exec);
    total += other.total;
    for (uint32_t i = 0; i < kBuckets; ++i) buckets[i] += other.buckets[i];
  }
  float quantile(double level) const noexcept;
  void write(StateWriter& out) const {
    out.pod(static_cast<uint8_t>(buckets != nullptr));
    out.varint(total);
    for (const uint16_t value : values) out.pod(value);
    for (uint32_t i = 0; buckets != nullptr && i < kBuckets; ++i) out.varint(buckets[i]);
  }
  bool read(ExecState& exec, StateReader& in) {
    uint8_t large;
    uint64_t count;
    if (!in.pod(large) || !in.varint(count)) return false;
    if (!large) {
      if (count > kExact) return false;
      for (uint64_t i = 0; i < count; ++i) {
        uint16_t value;
        if (!in.pod(value)) return false;
        add(exec, value, 1);
      }
      return true;
    }
    if (buckets == nullptr) to_buckets(exec);
    total += count;
    for (uint32_t i = 0; i < kBuckets; ++i) {
      uint64_t times;
      if (!in.varint(times)) return false;
      buckets[i] += times;
    }
    return true;
  }
};

float timing_quantile(const TimingState& state, double level) noexcept;

}  // namespace sp

using namespace sp;

extern "C" void sp_timing_add(ExecState& exec, TimingState* state, double value) noexcept {
  if (value >= 0) state->add(exec, value > 30000 ? 30000 : static_cast<uint64_t>(value), 1);
}
extern "C" void sp_timing_weighted_add(ExecState& exec, TimingState* state, double value,
                                       uint64_t weight) noexcept {
  if (value >= 0) state->add(exec, value > 30000 ? 30000 : static_cast<uint64_t>(value), weight);
}
extern "C" float sp_timing_finish(const LevelsContext* context, const TimingState* state) noexcept {
  return timing_quantile(*state, context->levels[0]);
}
extern "C" void sp_timings_finish(ExecState& exec, const LevelsContext* context,
                                  const TimingState* state, ArrayRef* out) noexcept {
  finish_levels<float>(exec, *context, out,
                       [&](double level) { return timing_quantile(*state, level); });
}
SP_STATE_BODIES(sp_timing, TimingState)

#ifndef SP_BITCODE
namespace sp {

float TimingState::quantile(double level) const noexcept {
  if (total == 0) return std::numeric_limits<float>::quiet_NaN();
  if (buckets == nullptr) {
    const uint64_t n = level < 1 ? static_cast<uint64_t>(level * static_cast<double>(values.size))
                                 : values.size - 1;
    std::nth_element(values.begin(), values.begin() + n, values.end());
    return values[n];
  }
  const double position = std::ceil(static_cast<double>(total) * level);
  double seen = 0;
  for (uint32_t i = 0; i < kBuckets; ++i) {
    if (buckets[i] == 0) continue;
    seen += static_cast<double>(buckets[i]);
    if (seen < position) continue;
    if (i < kSmall) return static_cast<float>(i);
    // Within a bucket a value chosen by a hash of its number, so that the step does not show.
    const uint64_t key = i - kSmall;
    const uint64_t place = key * kStep + kSmall;
    const uint64_t chosen = place + int_hash32(key) % kStep - kStep / 2;
    return static_cast<float>(chosen);
  }
  return kBig;
}

float timing_quantile(const TimingState& state, double level) noexcept {
  return state.quantile(level);
}

namespace {

template <bool kWeighted>
Result<ResolvedAggregate> resolve_timing(std::string_view name, bool many, Arguments parameters,
                                         Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, kWeighted ? 2 : 1));
  SP_TRY(std::shared_ptr<LevelsContext> context, quantile_levels(name, parameters, many));
  if (!arguments[0].type.is_number()) return illegal_type(name, arguments[0].type);
  ResolvedAggregate resolved;
  SP_USE_BODIES(resolved, sp_timing, TimingState);
  if (many) resolved.finish = SP_SYMBOL(sp_timings_finish);
  resolved.arguments = {Type::of(TypeKind::kFloat64)};
  if (kWeighted) {
    if (!arguments[1].type.is_unsigned()) return illegal_type(name, arguments[1].type);
    resolved.add = SP_SYMBOL(sp_timing_weighted_add);
    resolved.arguments.push_back(Type::of(TypeKind::kUInt64));
  }
  const Type value = Type::of(TypeKind::kFloat32);
  resolved.result = many ? Type::array(value) : value;
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(quantile_timing) {
  add_quantile_rows(
      rows, "Timing", &resolve_timing<false>,
      "Quantile of times in milliseconds: exact below 1024 or for few values, then in steps of 16.",
      "SELECT quantileTiming(0.9)(number) FROM numbers(100)", "90");
  add_quantile_rows(rows, "TimingWeighted", &resolve_timing<true>,
                    "The same, each value counted `weight` times.",
                    "SELECT quantileTimingWeighted(0.3)(number, number) FROM numbers(100)", "54");
}

}  // namespace sp
#endif
