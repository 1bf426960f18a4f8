// sum, sumWithOverflow, sumKahan. Integers add in 64 bits and wrap, Decimals in 128, as in
// ClickHouse.

#include <cstring>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"

namespace sp {

template <class T>
struct SumState : PodState<SumState<T>> {
  T sum;
  void merge(ExecState&, const SumState& other) { sum = static_cast<T>(sum + other.sum); }
};

// 128 or 256 bits in words: slots of wide numbers are aligned to 8 only.
template <int kWords>
struct WideSumState : PodState<WideSumState<kWords>> {
  uint64_t words[kWords];
  void add(const uint64_t* other) {
    uint64_t carry = 0;
    for (int i = 0; i < kWords; ++i) {
      const uint64_t sum = words[i] + other[i];
      const uint64_t next = (sum < words[i] ? 1 : 0) + (sum + carry < sum ? 1 : 0);
      words[i] = sum + carry;
      carry = next;
    }
  }
  void merge(ExecState&, const WideSumState& other) { add(other.words); }
};

// Compensated summation (Kahan); merging adds the other sum, then its compensation.
struct KahanState : PodState<KahanState> {
  double sum, compensation;
  void add(double value) {
    const double compensated = value - compensation;
    const double next = sum + compensated;
    compensation = (next - sum) - compensated;
    sum = next;
  }
  void merge(ExecState&, const KahanState& other) {
    const double raw = sum + other.sum;
    const double rhs = raw - sum;
    const double errors = (other.sum - rhs) + (sum - (raw - rhs));
    const double total_compensation = compensation + other.compensation - errors;
    sum = raw + (-total_compensation);
    compensation = total_compensation - (raw - sum);
  }
};

}  // namespace sp

using namespace sp;

#define SP_SUM(suffix, T)                                                                         \
  extern "C" void sp_sum_##suffix##_add(SumState<T>* state, T value) noexcept {                   \
    state->sum = static_cast<T>(state->sum + value);                                              \
  }                                                                                               \
  extern "C" T sp_sum_##suffix##_finish(const SumState<T>* state) noexcept { return state->sum; } \
  SP_STATE_BODIES(sp_sum_##suffix, SumState<T>)
SP_FOR_NUMBERS(SP_SUM)

#define SP_SUM_WIDE(prefix, kWords)                                                        \
  extern "C" void prefix##_add(WideSumState<kWords>* state, const void* value) noexcept {  \
    uint64_t words[kWords];                                                                \
    std::memcpy(words, value, sizeof(words));                                              \
    state->add(words);                                                                     \
  }                                                                                        \
  extern "C" void prefix##_finish(const WideSumState<kWords>* state, void* out) noexcept { \
    std::memcpy(out, state->words, sizeof(state->words));                                  \
  }                                                                                        \
  SP_STATE_BODIES(prefix, WideSumState<kWords>)
SP_SUM_WIDE(sp_sum_wide, 2)
SP_SUM_WIDE(sp_sum_256, 4)

extern "C" void sp_sum_kahan_add(KahanState* state, double value) noexcept { state->add(value); }
extern "C" double sp_sum_kahan_finish(const KahanState* state) noexcept { return state->sum; }
SP_STATE_BODIES(sp_sum_kahan, KahanState)

#ifndef SP_BITCODE
namespace sp {
namespace {

// Returns the sum of `type` values kept and returned as `type`.
Result<ResolvedAggregate> sum_as(Type type) {
  ResolvedAggregate resolved;
  resolved.result = type;
  resolved.arguments = {type};
  if (const auto kind = number_kind(type)) {
    switch (*kind) {
#define SP_CASE(suffix, T) \
  case NumberKind::suffix: SP_USE_BODIES(resolved, sp_sum_##suffix, SumState<T>); break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
  } else if (slot_layout(type).size == 16) {
    SP_USE_BODIES(resolved, sp_sum_wide, WideSumState<2>);
  } else {
    SP_USE_BODIES(resolved, sp_sum_256, WideSumState<4>);
  }
  return resolved;
}

bool can_be_summed(Type type) { return type.is_number() || type.is(TypeKind::kDecimal); }

Type widened(Type type) {
  if (type.is(TypeKind::kDecimal))
    return Type::decimal(type.precision() > 38 ? 76 : 38, type.scale());
  if (type.is_float()) return Type::of(TypeKind::kFloat64);
  if (slot_layout(type).size > 8) return type;
  return Type::of(type.is_signed_integer() ? TypeKind::kInt64 : TypeKind::kUInt64);
}

Result<ResolvedAggregate> resolve_sum(Arguments parameters, Arguments arguments,
                                      const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("sum", parameters));
  SP_TRY_VOID(expect_arguments("sum", arguments, 1));
  if (!can_be_summed(arguments[0].type)) return illegal_type("sum", arguments[0].type);
  return sum_as(widened(arguments[0].type));
}

Result<ResolvedAggregate> resolve_with_overflow(Arguments parameters, Arguments arguments,
                                                const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("sumWithOverflow", parameters));
  SP_TRY_VOID(expect_arguments("sumWithOverflow", arguments, 1));
  const Type type = arguments[0].type;
  if (!can_be_summed(type)) return illegal_type("sumWithOverflow", type);
  return sum_as(type.is(TypeKind::kBool) ? Type::of(TypeKind::kUInt8) : type);
}

Result<ResolvedAggregate> resolve_kahan(Arguments parameters, Arguments arguments,
                                        const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("sumKahan", parameters));
  SP_TRY_VOID(expect_arguments("sumKahan", arguments, 1));
  if (!can_be_summed(arguments[0].type)) return illegal_type("sumKahan", arguments[0].type);
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kFloat64);
  resolved.arguments = {resolved.result};
  SP_USE_BODIES(resolved, sp_sum_kahan, KahanState);
  return resolved;
}

}  // namespace

SP_AGGREGATES(sum) {
  rows.push_back({.name = "sum",
                  .case_insensitive = true,
                  .resolve = &resolve_sum,
                  .doc = "Adds the numbers `x`, in 64 bits, or 128 for Decimals.",
                  .example = "SELECT sum(number) FROM numbers(5)",
                  .example_result = "10"});
  rows.push_back({.name = "sumWithOverflow",
                  .resolve = &resolve_with_overflow,
                  .doc = "Adds the numbers `x` in their own type, wrapping around.",
                  .example = "SELECT sumWithOverflow(toUInt8(100)) FROM numbers(3)",
                  .example_result = "44"});
  rows.push_back({.name = "sumKahan",
                  .resolve = &resolve_kahan,
                  .doc = "Adds the numbers `x` with Kahan's compensation of rounding errors.",
                  .example = "SELECT sumKahan(0.1) FROM numbers(10)",
                  .example_result = "1"});
}

}  // namespace sp
#endif
