// intervalLengthSum: the length that intervals cover together. maxIntersections and
// maxIntersectionsPosition: how many of them overlap at most, and where. All keep every interval
// and sort at the end.

#include <algorithm>
#include <string>
#include <vector>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/two_reals.h"

namespace sp {

struct NumberSegment {
  double begin, end;
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

// The ends of a segment are of one type.
Result<void> expect_one_type(std::string_view name, Arguments arguments) {
  if (arguments[0].type == arguments[1].type) return {};
  return fail(ErrorCode::kIllegalTypeOfArgument,
              "Illegal types " + arguments[0].type.name() + " and " + arguments[1].type.name() +
                  " of arguments of aggregate function " + std::string(name) +
                  ", both arguments should have same data type");
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

SP_AGGREGATES(intervals) {
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
