// histogram(n)(x): at most n bins that follow the data (Ben-Haim, Tom-Tov: JMLR 2010): the closest
// points are joined.

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/aggregates/points.h"

namespace sp {

struct HistogramContext : AggregateContext {
  uint64_t bins = 0;
};

struct Histogram {
  Points means;  // x: mean, y: weight
  double low, high;
  uint8_t seen;
  void include(double least, double most) noexcept {
    if (!seen) {
      low = least;
      high = most;
      seen = 1;
    }
    low = std::min(low, least);
    high = std::max(high, most);
  }
  void add(ExecState& exec, const HistogramContext& context, double mean, double weight) noexcept {
    if (!std::isfinite(mean)) {
      exec.fail(ErrorCode::kIncorrectData,
                "Invalid value (inf or nan) for aggregation by 'histogram' function");
      return;
    }
    include(mean, mean);
    means.add(exec, mean, weight);
    if (means.points.size >= context.bins * 2) compress(context.bins);
  }
  /// Joins the closest neighbours until `bins` are left.
  void compress(uint64_t bins) noexcept;
  /// Joins neighbours that differ in the last digits only.
  void join_equal() noexcept;
  void merge(ExecState& exec, const HistogramContext& context, const Histogram& other) {
    if (other.means.points.size == 0) return;
    include(other.low, other.high);
    for (const Point& point : other.means.points) add(exec, context, point.x, point.y);
  }
  void write(const HistogramContext&, StateWriter& out) const {
    out.pod(low);
    out.pod(high);
    means.write(out);
  }
  bool read(ExecState& exec, const HistogramContext& context, StateReader& in) {
    Histogram other{};
    if (!in.pod(other.low) || !in.pod(other.high) || !other.means.read(exec, in)) return false;
    merge(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_histogram_add(ExecState& exec, const HistogramContext* context, Histogram* state,
                                 double value) noexcept {
  state->add(exec, *context, value, 1);
}
extern "C" void sp_histogram_finish(ExecState& exec, const HistogramContext* context,
                                    const Histogram* state, ArrayRef* out) noexcept;
SP_STATE_BODIES_WITH(sp_histogram, HistogramContext, Histogram)

#ifndef SP_BITCODE
#include <queue>
#include <vector>

#include "runtime/aggregates/parameters.h"

namespace sp {
namespace {

Point joined(const Point& a, const Point& b) {
  return {a.x + b.y * (b.x - a.x) / (b.y + a.y), b.y + a.y};
}

}  // namespace

void Histogram::compress(uint64_t bins) noexcept {
  GrowingArray<Point>& points = means.points;
  std::sort(points.begin(), points.end(), [](const Point& a, const Point& b) { return a.x < b.x; });
  const uint64_t size = points.size;
  if (size <= bins) return;
  // A doubly linked list of what is left; place `size` stands before the first and behind the last.
  std::vector<uint64_t> before(size + 1), after(size + 1);
  std::vector<uint8_t> active(size + 1, 1);
  active[size] = 0;
  for (uint64_t i = 0; i <= size; ++i) {
    before[i] = i == 0 ? size : i - 1;
    after[i] = i == size ? 0 : i + 1;
  }
  using Pair = std::pair<double, uint64_t>;  // distance to the right neighbour, place
  std::priority_queue<Pair, std::vector<Pair>, std::greater<Pair>> closest;
  const auto distance = [&](uint64_t i) { return points[after[i]].x - points[i].x; };
  for (uint64_t i = 0; i + 1 < size; ++i) closest.push({distance(i), i});
  uint64_t left_over = size;
  while (left_over > bins && !closest.empty()) {
    const Pair best = closest.top();
    closest.pop();
    const uint64_t left = best.second, right = after[left];
    if (!active[left] || !active[right] || distance(left) > best.first) continue;
    points[left] = joined(points[left], points[right]);
    before[after[right]] = left;
    after[left] = after[right];
    active[right] = 0;
    if (active[after[left]]) closest.push({distance(left), left});
    if (active[before[left]]) closest.push({distance(before[left]), before[left]});
    --left_over;
  }
  uint64_t kept = 0;
  for (uint64_t i = 0; i < size; ++i) {
    if (active[i]) points[kept++] = points[i];
  }
  points.size = kept;
}

void Histogram::join_equal() noexcept {
  GrowingArray<Point>& points = means.points;
  if (points.size == 0) return;
  uint64_t kept = 0;
  for (uint64_t i = 1; i < points.size; ++i) {
    const double least =
        10 * (points[kept].x + points[i].x) * std::numeric_limits<double>::epsilon();
    if (points[kept].x + least >= points[i].x)
      points[kept] = joined(points[kept], points[i]);
    else
      points[++kept] = points[i];
  }
  points.size = kept + 1;
}

}  // namespace sp

extern "C" void sp_histogram_finish(ExecState& exec, const HistogramContext* context,
                                    const Histogram* given, ArrayRef* out) noexcept {
  auto& state = const_cast<Histogram&>(*given);  // fewer points, the same histogram
  state.compress(context->bins);
  state.join_equal();
  const GrowingArray<Point>& points = state.means.points;
  double* bins = exec.persistent.allocate_array<double>(points.size * 3);
  for (uint64_t i = 0; i < points.size; ++i) {
    const bool first = i == 0, last = i + 1 == points.size;
    const double weight = points[i].y;
    bins[i * 3] = first ? state.low : (points[i].x + points[i - 1].x) / 2;
    bins[i * 3 + 1] = last ? state.high : (points[i].x + points[i + 1].x) / 2;
    const double left = first ? weight : (points[i - 1].y + weight * 3) / 4;
    const double right = last ? weight : (points[i + 1].y + weight * 3) / 4;
    bins[i * 3 + 2] = (left + right) / 2;
  }
  *out = {bins, points.size};
}

namespace sp {
namespace {

Result<ResolvedAggregate> resolve_histogram(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  if (parameters.size() != 1) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Function histogram requires single parameter: bins count");
  }
  const auto bins = constant_unsigned(parameters[0]);
  if (!bins || *bins == 0) return fail(ErrorCode::kBadArguments, "Bin count must be positive");
  if (*bins > 250)
    return fail(ErrorCode::kParameterOutOfBound, "Unsupported bin count: at most 250");
  SP_TRY_VOID(expect_arguments("histogram", arguments, 1));
  if (!arguments[0].type.is_number()) return illegal_type("histogram", arguments[0].type);
  auto context = std::make_shared<HistogramContext>();
  context->bins = *bins;
  const Type real = Type::of(TypeKind::kFloat64);
  ResolvedAggregate resolved;
  resolved.arguments = {real};
  resolved.result = Type::array(Type::tuple({real, real, real}));
  resolved.context = std::move(context);
  SP_USE_BODIES(resolved, sp_histogram, Histogram);
  return resolved;
}

}  // namespace

SP_AGGREGATES(histogram) {
  rows.push_back({.name = "histogram",
                  .resolve = &resolve_histogram,
                  .doc = "Array of (from, to, height): at most `n` bins (parameter) that follow "
                         "the values of `x`.",
                  .example = "SELECT histogram(2)(number % 2 * 10) FROM numbers(10)",
                  .example_result = "[(0,5,5),(5,10,5)]"});
}

}  // namespace sp
#endif
