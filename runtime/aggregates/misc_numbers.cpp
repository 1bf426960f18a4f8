// entropy, deltaSum, boundingRatio, exponentialMovingAverage, maxIntersections,
// maxIntersectionsPosition, intervalLengthSum: small aggregates over numbers.

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/read_slots.h"
#include "runtime/aggregates/slot_table.h"
#include "runtime/aggregates/variadic_hash.h"

namespace sp {

struct EntropyContext : AggregateContext {
  explicit EntropyContext(std::vector<Type> types)
      : ops(&slot_ops(Type::tuple(std::move(types)))) {}
  const SlotOps* ops;
};
struct Entropy {
  SlotTable table;
  void add(ExecState& exec, const EntropyContext& context, const void* row,
           uint64_t times) noexcept {
    bool is_new = false;
    char* payload = table.find_or_insert(exec, *context.ops, 8, row, is_new);
    uint64_t count;
    std::memcpy(&count, payload, 8);
    count += times;
    std::memcpy(payload, &count, 8);
  }
  static uint64_t count_of(char* row) noexcept {
    uint64_t count;
    std::memcpy(&count, SlotTable::payload_of(row), 8);
    return count;
  }
  void merge(ExecState& exec, const EntropyContext& context, const Entropy& other) {
    for (char* row : other.table.rows)
      add(exec, context, SlotTable::slot_of(row, 8), count_of(row));
  }
  void write(const EntropyContext& context, StateWriter& out) const {
    out.varint(table.rows.size);
    for (char* row : table.rows) {
      out.varint(count_of(row));
      serialize_slot(context.ops->type, SlotTable::slot_of(row, 8), out.text());
    }
  }
  bool read(ExecState& exec, const EntropyContext& context, StateReader& in) {
    uint64_t size;
    if (!in.count(size)) return false;
    void* slot = exec.persistent.allocate(context.ops->layout.size, 8);
    for (uint64_t i = 0; i < size; ++i) {
      uint64_t count;
      if (!in.varint(count)) return false;
      if (!read_slot(exec, context.ops->type, in, slot)) return false;
      add(exec, context, slot, count);
    }
    return true;
  }
  double value() const noexcept {
    double total = 0, sum = 0;
    for (char* row : table.rows) total += static_cast<double>(count_of(row));
    for (char* row : table.rows) {
      const double share = static_cast<double>(count_of(row)) / total;
      sum -= share * std::log2(share);
    }
    return sum;
  }
};

// The sum of rises between neighbours in the order of rows.
template <class T>
struct DeltaSum : PodState<DeltaSum<T>> {
  T sum, first, last;
  uint8_t seen;
  void add(T value) noexcept {
    if (seen && last < value) sum = static_cast<T>(sum + (value - last));
    last = value;
    if (!seen) {
      first = value;
      seen = 1;
    }
  }
  void merge(ExecState&, const DeltaSum& other) {
    if (!other.seen) return;
    if (!seen) {
      *this = other;
      return;
    }
    if (last < other.first) sum = static_cast<T>(sum + (other.first - last));
    sum = static_cast<T>(sum + other.sum);
    last = other.last;
  }
};

// The slope between the leftmost and the rightmost point.
struct BoundingRatio : PodState<BoundingRatio> {
  double left_x, left_y, right_x, right_y;
  uint8_t seen;
  void add(double x, double y) noexcept {
    if (!seen) {
      left_x = right_x = x;
      left_y = right_y = y;
      seen = 1;
    } else if (x < left_x) {
      left_x = x;
      left_y = y;
    } else if (x > right_x) {
      right_x = x;
      right_y = y;
    }
  }
  void merge(ExecState&, const BoundingRatio& other) {
    if (!other.seen) return;
    add(other.left_x, other.left_y);
    add(other.right_x, other.right_y);
  }
};

struct HalfDecayContext : AggregateContext {
  double half_decay = 1;
};
struct MovingAverage {
  double value, time;
  void add(const HalfDecayContext& context, double other_value, double other_time) noexcept {
    const double passed = other_time - time;
    if (passed > 0) {
      value = other_value + value * std::exp2(-passed / context.half_decay);
      time = other_time;
    } else {
      value += other_value * std::exp2(passed / context.half_decay);
    }
  }
  void merge(ExecState&, const HalfDecayContext& context, const MovingAverage& other) {
    add(context, other.value, other.time);
  }
  void write(const HalfDecayContext&, StateWriter& out) const {
    out.pod(value);
    out.pod(time);
  }
  bool read(ExecState& exec, const HalfDecayContext& context, StateReader& in) {
    MovingAverage other{};
    if (!in.pod(other.value) || !in.pod(other.time)) return false;
    merge(exec, context, other);
    return true;
  }
};

struct NumberSegment {
  double begin, end;
};
struct SegmentsContext : AggregateContext {
  NumberKind position = NumberKind::f64;
};
struct Segments {
  GrowingArray<NumberSegment> segments;
  void add(ExecState& exec, double begin, double end) noexcept {
    segments.push(exec, {begin, end});
  }
  void merge(ExecState& exec, const Segments& other) {
    segments.append(exec, other.segments.data, other.segments.size);
  }
  void write(StateWriter& out) const {
    out.varint(segments.size);
    for (const NumberSegment& segment : segments) out.pod(segment);
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, sizeof(NumberSegment))) return false;
    for (uint64_t i = 0; i < count; ++i) {
      NumberSegment segment;
      if (!in.pod(segment)) return false;
      segments.push(exec, segment);
    }
    return true;
  }
};
// Native only.
double covered_length(const Segments& state) noexcept;
uint64_t most_overlapping(const Segments& state, double* position) noexcept;

}  // namespace sp

using namespace sp;

extern "C" void sp_entropy_add(ExecState& exec, const EntropyContext* context, Entropy* state,
                               const void* row) noexcept {
  state->add(exec, *context, row, 1);
}
extern "C" double sp_entropy_finish(const Entropy* state) noexcept { return state->value(); }
SP_STATE_BODIES_WITH(sp_entropy, EntropyContext, Entropy)

#define SP_DELTA_SUM(suffix, T)                                                       \
  extern "C" void sp_delta_sum_##suffix##_add(DeltaSum<T>* state, T value) noexcept { \
    state->add(value);                                                                \
  }                                                                                   \
  extern "C" T sp_delta_sum_##suffix##_finish(const DeltaSum<T>* state) noexcept {    \
    return state->sum;                                                                \
  }                                                                                   \
  SP_STATE_BODIES(sp_delta_sum_##suffix, DeltaSum<T>)
SP_FOR_NUMBERS(SP_DELTA_SUM)

extern "C" void sp_bounding_ratio_add(BoundingRatio* state, double x, double y) noexcept {
  state->add(x, y);
}
extern "C" double sp_bounding_ratio_finish(const BoundingRatio* state) noexcept {
  if (!state->seen) return std::numeric_limits<double>::quiet_NaN();
  return (state->right_y - state->left_y) / (state->right_x - state->left_x);
}
SP_STATE_BODIES(sp_bounding_ratio, BoundingRatio)

extern "C" void sp_moving_average_add(const HalfDecayContext* context, MovingAverage* state,
                                      double value, double time) noexcept {
  state->add(*context, value, time);
}
extern "C" double sp_moving_average_finish(const HalfDecayContext* context,
                                           const MovingAverage* state) noexcept {
  return state->value * (1 - std::exp2(-1.0 / context->half_decay));
}
SP_STATE_BODIES_WITH(sp_moving_average, HalfDecayContext, MovingAverage)

extern "C" void sp_interval_length_add(ExecState& exec, Segments* state, double begin,
                                       double end) noexcept {
  if (begin != end) state->add(exec, begin < end ? begin : end, begin < end ? end : begin);
}
extern "C" double sp_interval_length_finish(const Segments* state) noexcept {
  return covered_length(*state);
}
extern "C" uint64_t sp_interval_length_u64_finish(const Segments* state) noexcept {
  return static_cast<uint64_t>(covered_length(*state));
}
SP_STATE_BODIES(sp_interval_length, Segments)

extern "C" void sp_intersections_add(ExecState& exec, Segments* state, double begin,
                                     double end) noexcept {
  state->add(exec, begin, end);
}
extern "C" uint64_t sp_intersections_finish(const Segments* state) noexcept {
  return most_overlapping(*state, nullptr);
}
#define SP_POSITION(suffix, T)                                                      \
  extern "C" T sp_intersections_##suffix##_finish(const Segments* state) noexcept { \
    double position = 0;                                                            \
    most_overlapping(*state, &position);                                            \
    return static_cast<T>(position);                                                \
  }
SP_FOR_NUMBERS(SP_POSITION)
SP_STATE_BODIES(sp_intersections, Segments)

#ifndef SP_BITCODE
namespace sp {

double covered_length(const Segments& state) noexcept {
  if (state.segments.size == 0) return 0;
  std::sort(state.segments.begin(), state.segments.end(),
            [](const NumberSegment& a, const NumberSegment& b) {
              return a.begin < b.begin || (a.begin == b.begin && a.end < b.end);
            });
  double length = 0;
  NumberSegment current = state.segments[0];
  for (const NumberSegment& segment : state.segments) {
    if (segment.begin > current.end) {
      length += current.end - current.begin;
      current = segment;
    } else {
      current.end = std::max(current.end, segment.end);
    }
  }
  return length + (current.end - current.begin);
}

uint64_t most_overlapping(const Segments& state, double* position) noexcept {
  struct Edge {
    double at;
    int64_t change;
  };
  std::vector<Edge> edges;
  for (const NumberSegment& segment : state.segments) {
    edges.push_back({segment.begin, 1});
    edges.push_back({segment.end, -1});
  }
  std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
    return a.at < b.at || (a.at == b.at && a.change < b.change);
  });
  int64_t open = 0, most = 0;
  for (const Edge& edge : edges) {
    open += edge.change;
    if (open <= most) continue;
    most = open;
    if (position != nullptr) *position = edge.at;
  }
  return static_cast<uint64_t>(most);
}

namespace {

Result<ResolvedAggregate> resolve_entropy(Arguments parameters, Arguments arguments,
                                          const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("entropy", parameters));
  if (arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Incorrect number of arguments for aggregate function entropy");
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kFloat64);
  resolved.context = std::make_shared<EntropyContext>(types_of(arguments));
  resolved.pack_from = 0;
  SP_USE_BODIES(resolved, sp_entropy, Entropy);
  return resolved;
}

Result<ResolvedAggregate> resolve_delta_sum(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("deltaSum", parameters));
  SP_TRY_VOID(expect_arguments("deltaSum", arguments, 1));
  const Type type = arguments[0].type;
  const auto kind = number_kind(type);
  if (!type.is_number() || !kind) return illegal_type("deltaSum", type);
  ResolvedAggregate resolved;
  resolved.result = type;
  resolved.order_matters = true;
  switch (*kind) {
#define SP_CASE(suffix, T) \
  case NumberKind::suffix: SP_USE_BODIES(resolved, sp_delta_sum_##suffix, DeltaSum<T>); break;
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  return resolved;
}

// The common shape of aggregates over two Float64.
Result<ResolvedAggregate> two_reals(std::string_view name, Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  for (const Argument& argument : arguments) {
    if (!number_kind(argument.type)) return illegal_type(name, argument.type);
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kFloat64);
  resolved.arguments = {resolved.result, resolved.result};
  return resolved;
}

// The ends of a segment are of one type.
Result<void> expect_one_type(std::string_view name, Arguments arguments) {
  if (arguments[0].type == arguments[1].type) return {};
  return fail(ErrorCode::kIllegalTypeOfArgument,
              "Illegal types " + arguments[0].type.name() + " and " + arguments[1].type.name() +
                  " of arguments of aggregate function " + std::string(name) +
                  ", both arguments should have same data type");
}

Result<ResolvedAggregate> resolve_bounding_ratio(Arguments parameters, Arguments arguments,
                                                 const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("boundingRatio", parameters));
  SP_TRY(ResolvedAggregate resolved, two_reals("boundingRatio", arguments));
  SP_USE_BODIES(resolved, sp_bounding_ratio, BoundingRatio);
  return resolved;
}

Result<ResolvedAggregate> resolve_moving_average(Arguments parameters, Arguments arguments,
                                                 const ResolveOptions&) {
  const auto decay = parameters.size() == 1 ? constant_number(parameters[0]) : std::nullopt;
  if (!decay || *decay <= 0) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function exponentialMovingAverage requires exactly one parameter: half "
                "decay time.");
  }
  SP_TRY(ResolvedAggregate resolved, two_reals("exponentialMovingAverage", arguments));
  for (const Argument& argument : arguments) {
    if (!argument.type.is_date_like()) continue;
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Both arguments for aggregate function exponentialMovingAverage must have numeric "
                "type, got " +
                    argument.type.name());
  }
  auto context = std::make_shared<HalfDecayContext>();
  context->half_decay = *decay;
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_moving_average, MovingAverage);
  return resolved;
}

Result<ResolvedAggregate> resolve_interval_length(Arguments parameters, Arguments arguments,
                                                  const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("intervalLengthSum", parameters));
  SP_TRY(ResolvedAggregate resolved, two_reals("intervalLengthSum", arguments));
  SP_TRY_VOID(expect_one_type("intervalLengthSum", arguments));
  SP_USE_BODIES(resolved, sp_interval_length, Segments);
  if (!arguments[0].type.is_float()) {
    resolved.finish = SP_SYMBOL(sp_interval_length_u64_finish);
    resolved.result = Type::of(TypeKind::kUInt64);
  }
  return resolved;
}

template <bool kPosition>
Result<ResolvedAggregate> resolve_intersections(Arguments parameters, Arguments arguments,
                                                const ResolveOptions&) {
  constexpr std::string_view name = kPosition ? "maxIntersectionsPosition" : "maxIntersections";
  SP_TRY_VOID(expect_no_parameters(name, parameters));
  SP_TRY(ResolvedAggregate resolved, two_reals(name, arguments));
  for (const Argument& argument : arguments) {
    if (!argument.type.is_number()) return illegal_type(name, argument.type);
  }
  SP_TRY_VOID(expect_one_type(name, arguments));
  SP_USE_BODIES(resolved, sp_intersections, Segments);
  resolved.result = Type::of(TypeKind::kUInt64);
  if (kPosition) {
    resolved.result = arguments[0].type;
    switch (*number_kind(arguments[0].type)) {
#define SP_CASE(suffix, T) \
  case NumberKind::suffix: resolved.finish = SP_SYMBOL(sp_intersections_##suffix##_finish); break;
      SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
    }
  }
  return resolved;
}

}  // namespace

SP_AGGREGATES(misc_numbers) {
  rows.push_back({.name = "entropy",
                  .resolve = &resolve_entropy,
                  .doc = "Shannon entropy, in bits, of the values of `x`.",
                  .example = "SELECT entropy(number % 4) FROM numbers(16)",
                  .example_result = "2"});
  rows.push_back({.name = "deltaSum",
                  .resolve = &resolve_delta_sum,
                  .never_null = true,
                  .doc = "Sum of the rises of `x` from row to row; falls are ignored.",
                  .example = "SELECT deltaSum(number % 4) FROM numbers(20)",
                  .example_result = "15"});
  rows.push_back({.name = "boundingRatio",
                  .resolve = &resolve_bounding_ratio,
                  .doc = "Slope between the points of smallest and largest `x`.",
                  .example = "SELECT boundingRatio(number, number * 2) FROM numbers(20)",
                  .example_result = "2"});
  rows.push_back(
      {.name = "exponentialMovingAverage",
       .resolve = &resolve_moving_average,
       .doc = "Average of `value` weighted by half for every `half_decay` of `time` passed.",
       .example = "SELECT exponentialMovingAverage(5)(number, number) FROM numbers(20)",
       .example_result = "12.757790038556962"});
  rows.push_back(
      {.name = "maxIntersections",
       .resolve = &resolve_intersections<false>,
       .doc = "The largest number of intervals [`begin`, `end`) that overlap at one point.",
       .example = "SELECT maxIntersections(number, number + 5) FROM numbers(20)",
       .example_result = "5"});
  rows.push_back({.name = "maxIntersectionsPosition",
                  .resolve = &resolve_intersections<true>,
                  .doc = "The first point where most intervals overlap.",
                  .example = "SELECT maxIntersectionsPosition(number, number + 5) FROM numbers(20)",
                  .example_result = "4"});
  rows.push_back(
      {.name = "intervalLengthSum",
       .resolve = &resolve_interval_length,
       .never_null = true,
       .doc = "Total length that the intervals cover.",
       .example = "SELECT intervalLengthSum(number * 3, number * 3 + 4) FROM numbers(20)",
       .example_result = "61"});
}

}  // namespace sp
#endif
