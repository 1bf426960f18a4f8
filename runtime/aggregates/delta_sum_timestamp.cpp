// deltaSumTimestamp(x, time): the sum of rises of x from row to row, like deltaSum, whose pieces
// are put together in the order of time.

#include <cstring>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"

namespace sp {

template <class T>
struct TimedDeltaSum : PodState<TimedDeltaSum<T>> {
  T sum, first, last;
  int64_t first_time, last_time;
  uint8_t seen;
  void add(T value, int64_t time) noexcept {
    if (seen && last < value) sum = static_cast<T>(sum + (value - last));
    last = value;
    last_time = time;
    if (seen) return;
    first = value;
    first_time = time;
    seen = 1;
  }
  static bool before(const TimedDeltaSum& a, const TimedDeltaSum& b) noexcept {
    return a.last_time < b.first_time ||
           (a.last_time == b.first_time &&
            (a.last_time < b.last_time || a.first_time < b.first_time));
  }
  void merge(ExecState&, const TimedDeltaSum& other) {
    if (!other.seen) return;
    if (!seen) {
      *this = other;
    } else if (before(*this, other)) {
      if (other.first > last) sum = static_cast<T>(sum + (other.first - last));
      sum = static_cast<T>(sum + other.sum);
      last = other.last;
      last_time = other.last_time;
    } else if (before(other, *this)) {
      if (first > other.last) sum = static_cast<T>(sum + (first - other.last));
      sum = static_cast<T>(sum + other.sum);
      first = other.first;
      first_time = other.first_time;
    } else if (first < other.first) {  // all at one time: the larger one, so that the order of
                                       // merging is no matter
      first = other.first;
      last = other.last;
    }
  }
};

// A number with the order of a double.
inline int64_t ordered_bits(double time) noexcept {
  int64_t bits;
  std::memcpy(&bits, &time, 8);
  return bits < 0 ? bits ^ INT64_MAX : bits;
}

}  // namespace sp

using namespace sp;

#define SP_TIMED_DELTA(suffix, T)                                                         \
  extern "C" void sp_timed_delta_##suffix##_add(TimedDeltaSum<T>* state, T value,         \
                                                int64_t time) noexcept {                  \
    state->add(value, time);                                                              \
  }                                                                                       \
  extern "C" void sp_timed_delta_##suffix##_real_add(TimedDeltaSum<T>* state, T value,    \
                                                     double time) noexcept {              \
    state->add(value, ordered_bits(time));                                                \
  }                                                                                       \
  extern "C" T sp_timed_delta_##suffix##_finish(const TimedDeltaSum<T>* state) noexcept { \
    return state->sum;                                                                    \
  }                                                                                       \
  SP_STATE_BODIES(sp_timed_delta_##suffix, TimedDeltaSum<T>)
SP_FOR_NUMBERS(SP_TIMED_DELTA)

#ifndef SP_BITCODE
namespace sp {
namespace {

// The plain number of the same width.
Type plain_number(NumberKind kind) {
  constexpr TypeKind kinds[] = {TypeKind::kUInt8,  TypeKind::kUInt16, TypeKind::kUInt32,
                                TypeKind::kUInt64, TypeKind::kInt8,   TypeKind::kInt16,
                                TypeKind::kInt32,  TypeKind::kInt64,  TypeKind::kFloat32,
                                TypeKind::kFloat64};
  return Type::of(kinds[static_cast<size_t>(kind)]);
}

Result<ResolvedAggregate> resolve_timed_delta(Arguments parameters, Arguments arguments,
                                              const ResolveOptions&) {
  constexpr std::string_view name = "deltaSumTimestamp";
  SP_TRY_VOID(expect_no_parameters(name, parameters));
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  for (const Argument& argument : arguments) {
    const Type type = argument.type;
    const bool whole_date = type.is_date_like() && !type.is(TypeKind::kDateTime64);
    if (!number_kind(type) || !(type.is_number() || whole_date)) return illegal_type(name, type);
  }
  ResolvedAggregate resolved;
  const bool real_time = arguments[1].type.is_float();
  resolved.order_matters = true;
  const NumberKind kind = *number_kind(arguments[0].type);
  resolved.result = plain_number(kind);
  resolved.arguments = {resolved.result,
                        Type::of(real_time ? TypeKind::kFloat64 : TypeKind::kInt64)};
  switch (kind) {
#define SP_CASE(suffix, T)                                                       \
  case NumberKind::suffix:                                                       \
    SP_USE_BODIES(resolved, sp_timed_delta_##suffix, TimedDeltaSum<T>);          \
    if (real_time) resolved.add = SP_SYMBOL(sp_timed_delta_##suffix##_real_add); \
    break;
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  return resolved;
}

}  // namespace

SP_AGGREGATES(delta_sum_timestamp) {
  rows.push_back({.name = "deltaSumTimestamp",
                  .resolve = &resolve_timed_delta,
                  .never_null = true,
                  .doc = "Sum of the rises of `x` from row to row; states are put together in the "
                         "order of `time`.",
                  .example = "SELECT deltaSumTimestamp(number % 4, number) FROM numbers(20)",
                  .example_result = "15"});
}

}  // namespace sp
#endif
