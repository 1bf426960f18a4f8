// quantileDeterministic(x, determinator): of a sample that the determinator's hash chooses, so that
// each run gives the same.
// Constants as ClickHouse's.

#include "runtime/aggregates/points.h"
#include "runtime/aggregates/quantile_levels.h"
#include "runtime/core/int_hash.h"

namespace sp {

struct ChosenValue {
  double value;
  uint32_t hash, unused;
};
struct DeterministicSample {
  static constexpr uint64_t kMost = 8192;
  GrowingArray<ChosenValue> values;
  uint8_t skip;  // only hashes whose lowest `skip` bits are zero stay

  bool chosen(uint32_t hash) const noexcept { return (hash & ((uint64_t{1} << skip) - 1)) == 0; }
  void add(ExecState& exec, double value, uint32_t hash) noexcept {
    if (!chosen(hash)) return;
    while (values.size >= kMost) {
      skip_to(static_cast<uint8_t>(skip + 1));
      if (!chosen(hash)) return;
    }
    values.push(exec, {value, hash, 0});
  }
  void skip_to(uint8_t bits) noexcept {
    if (bits <= skip) return;
    skip = bits;
    uint64_t kept = 0;
    for (uint64_t i = 0; i < values.size; ++i) {
      if (chosen(values[i].hash)) values[kept++] = values[i];
    }
    values.size = kept;
  }
  void merge(ExecState& exec, const DeterministicSample& other) {
    skip_to(other.skip);
    for (const ChosenValue& one : other.values) add(exec, one.value, one.hash);
  }
  void write(StateWriter& out) const {
    out.pod(skip);
    out.varint(values.size);
    for (const ChosenValue& one : values) {
      out.pod(one.value);
      out.pod(one.hash);
    }
  }
  bool read(ExecState& exec, StateReader& in) {
    DeterministicSample other{};
    uint64_t count;
    if (!in.pod(other.skip) || other.skip > 32 || !in.count(count, 12)) return false;
    for (uint64_t i = 0; i < count; ++i) {
      ChosenValue one{};
      if (!in.pod(one.value) || !in.pod(one.hash)) return false;
      other.values.push(exec, one);
    }
    merge(exec, other);
    return true;
  }
};
double deterministic_quantile(const DeterministicSample& state, double level) noexcept;

}  // namespace sp

using namespace sp;

extern "C" void sp_deterministic_add(ExecState& exec, DeterministicSample* state, double value,
                                     uint64_t determinator) noexcept {
  if (value != value) return;
  state->add(exec, value, static_cast<uint32_t>(int_hash64(determinator)));
}
extern "C" double sp_deterministic_finish(const LevelsContext* context,
                                          const DeterministicSample* state) noexcept {
  return deterministic_quantile(*state, context->levels[0]);
}
extern "C" void sp_deterministics_finish(ExecState& exec, const LevelsContext* context,
                                         const DeterministicSample* state, ArrayRef* out) noexcept {
  finish_levels<double>(exec, *context, out,
                        [&](double level) { return deterministic_quantile(*state, level); });
}
SP_STATE_BODIES(sp_deterministic, DeterministicSample)

#ifndef SP_BITCODE
#include <algorithm>

namespace sp {

double deterministic_quantile(const DeterministicSample& state, double level) noexcept {
  const uint64_t size = state.values.size;
  if (size == 0) return empty_quantile<double>();
  std::sort(state.values.begin(), state.values.end(),
            [](const ChosenValue& a, const ChosenValue& b) {
              return a.value < b.value || (a.value == b.value && a.hash < b.hash);
            });
  const double last = static_cast<double>(size) - 1,
               index = std::max(0.0, std::min(last, level * last));
  const auto left = static_cast<uint64_t>(index);
  if (left + 1 == size) return state.values[left].value;
  const double right_weight = index - static_cast<double>(left);
  return state.values[left].value * (static_cast<double>(left + 1) - index) +
         state.values[left + 1].value * right_weight;
}

namespace {

Result<ResolvedAggregate> resolve_deterministic(std::string_view name, bool many,
                                                Arguments parameters, Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  SP_TRY(std::shared_ptr<LevelsContext> levels, quantile_levels(name, parameters, many));
  if (!arguments[0].type.is_number()) return illegal_type(name, arguments[0].type);
  if (!arguments[1].type.is_unsigned()) return illegal_type(name, arguments[1].type);
  ResolvedAggregate resolved;
  const Type real = Type::of(TypeKind::kFloat64);
  SP_USE_BODIES(resolved, sp_deterministic, DeterministicSample);
  if (many) resolved.finish = SP_SYMBOL(sp_deterministics_finish);
  resolved.arguments = {real, Type::of(TypeKind::kUInt64)};
  resolved.result = many ? Type::array(real) : real;
  resolved.context = std::move(levels);
  return resolved;
}

}  // namespace

SP_AGGREGATES(quantile_deterministic) {
  add_quantile_rows(rows, "Deterministic", &resolve_deterministic,
                    "Interpolated quantile of the sample of `x` that the hash of `determinator` "
                    "chooses: the same in each run.",
                    "SELECT quantileDeterministic(0.25)(number, number) FROM numbers(10)", "2.25");
}

}  // namespace sp
#endif
