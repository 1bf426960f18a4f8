// sparkbar(buckets[, begin, end])(x, y): a bar chart of y over x in one line of text, U+2581 to
// U+2588; x of one bucket are averaged. largestTriangleThreeBuckets(n)(x, y): n points that show
// the shape of the line (Steinarsson 2013).

#include <cmath>

#include "runtime/aggregates/points.h"

namespace sp {

struct SparkPoint {
  uint64_t x, y;  // y: bits of a double, or a number
};
struct SparkContext : AggregateContext {
  uint64_t width = 0, begin = 0, end = UINT64_MAX, largest_x = UINT64_MAX, largest_y = UINT64_MAX;
  bool given_range = false, real = false;
};
struct Sparkbar {
  GrowingArray<SparkPoint> points;  // with y > 0
  uint64_t least_x, most_x;
  uint8_t seen;
  void include(uint64_t least, uint64_t most) noexcept {
    least_x = !seen || least < least_x ? least : least_x;
    most_x = !seen || most > most_x ? most : most_x;
    seen = 1;
  }
  void merge(ExecState& exec, const SparkContext&, const Sparkbar& other) {
    if (!other.seen) return;
    include(other.least_x, other.most_x);
    points.append(exec, other.points.data, other.points.size);
  }
  void write(const SparkContext&, StateWriter& out) const {
    out.pod(seen);
    out.pod(least_x);
    out.pod(most_x);
    out.varint(points.size);
    for (const SparkPoint& point : points) out.pod(point);
  }
  bool read(ExecState& exec, const SparkContext& context, StateReader& in) {
    Sparkbar other{};
    uint64_t count;
    if (!in.pod(other.seen) || !in.pod(other.least_x) || !in.pod(other.most_x) ||
        !in.count(count, sizeof(SparkPoint)))
      return false;
    for (uint64_t i = 0; i < count; ++i) {
      SparkPoint point;
      if (!in.pod(point)) return false;
      other.points.push(exec, point);
    }
    // ClickHouse's -Merge forgets the range of a state without points, and -Merge reads states.
    // Merging those of one query keeps it: which thread saw which row must not show.
    if (other.points.size > 0) merge(exec, context, other);
    return true;
  }
};

struct TriangleContext : AggregateContext {
  uint64_t buckets = 0;
  TypeKind kinds[2] = {TypeKind::kFloat64, TypeKind::kFloat64};
  uint32_t y_offset = 8, stride = 16;
};

}  // namespace sp

using namespace sp;

extern "C" void sp_sparkbar_add(ExecState& exec, const SparkContext* context, Sparkbar* state,
                                uint64_t x, int64_t y) noexcept {
  if (x < context->begin || x > context->end) return;
  state->include(x, x);
  if (y > 0) state->points.push(exec, {x, static_cast<uint64_t>(y)});
}
extern "C" void sp_sparkbar_unsigned_add(ExecState& exec, const SparkContext* context,
                                         Sparkbar* state, uint64_t x, uint64_t y) noexcept {
  if (x < context->begin || x > context->end) return;
  state->include(x, x);
  if (y > 0) state->points.push(exec, {x, y});
}
extern "C" void sp_sparkbar_real_add(ExecState& exec, const SparkContext* context, Sparkbar* state,
                                     uint64_t x, double y) noexcept {
  if (x < context->begin || x > context->end) return;
  state->include(x, x);
  uint64_t bits;
  std::memcpy(&bits, &y, 8);
  if (y > 0) state->points.push(exec, {x, bits});
}
extern "C" void sp_sparkbar_finish(ExecState& exec, const SparkContext* context,
                                   const Sparkbar* state, StringRef* out) noexcept;
SP_STATE_BODIES_WITH(sp_sparkbar, SparkContext, Sparkbar)

extern "C" void sp_triangle_add(ExecState& exec, Points* state, double x, double y) noexcept {
  if (x == x && y == y) state->add(exec, x, y);
}
extern "C" void sp_triangle_finish(ExecState& exec, const TriangleContext* context,
                                   const Points* state, ArrayRef* out) noexcept;
SP_STATE_BODIES(sp_triangle, Points)

#ifndef SP_BITCODE
#include <algorithm>
#include <string>
#include <vector>

#include "runtime/aggregates/parameters.h"

namespace sp {
namespace {

constexpr const char* kBars[] = {" ",      "\u2581", "\u2582", "\u2583", "\u2584",
                                 "\u2585", "\u2586", "\u2587", "\u2588"};

// What the y of a bucket are: reals, or integers that stay at the largest of their type.
struct RealRule {
  using Sum = double;
  static double of(uint64_t bits) {
    double y;
    std::memcpy(&y, &bits, 8);
    return y;
  }
  static bool add(double& into, double y, uint64_t) {
    into += y;
    return true;
  }
  static int level(double y, double most, uint64_t) { return static_cast<int>(y / (most / 7) + 1); }
};
struct IntegerRule {
  using Sum = uint64_t;
  static uint64_t of(uint64_t y) { return y; }
  static bool add(uint64_t& into, uint64_t y, uint64_t largest) {
    const bool fits = y <= largest - into;
    into = fits ? into + y : largest;
    return fits;
  }
  static int level(uint64_t y, uint64_t most, uint64_t largest) {
    return static_cast<int>(y > largest / 7 ? y / (most / 7) + 1 : y * 7 / most + 1);
  }
};

template <class Rule>
std::string chart(const SparkContext& context, const Sparkbar& state) {
  using Sum = typename Rule::Sum;
  const uint64_t from = context.given_range ? context.begin : state.least_x,
                 to = context.given_range ? context.end : state.most_x;
  if (from >= to) return kBars[8];
  // One y for each x first.
  std::vector<SparkPoint> points(state.points.begin(), state.points.end());
  std::stable_sort(points.begin(), points.end(),
                   [](const SparkPoint& a, const SparkPoint& b) { return a.x < b.x; });
  std::vector<Sum> bars(context.width, Sum{});
  std::vector<uint64_t> counts(context.width, 0);
  const double width = static_cast<double>(context.width);
  const uint64_t delta = to - from + (to - from < context.largest_x ? 1 : 0);
  for (size_t i = 0; i < points.size();) {
    const uint64_t x = points[i].x;
    Sum y{};
    for (; i < points.size() && points[i].x == x; ++i)
      Rule::add(y, Rule::of(points[i].y), context.largest_y);
    if (x < from || x > to) continue;
    const auto bucket = std::min<uint64_t>(
        static_cast<uint64_t>(width / static_cast<double>(delta) * static_cast<double>(x - from)),
        context.width - 1);
    if (Rule::add(bars[bucket], y, context.largest_y)) ++counts[bucket];
  }
  Sum most{};
  for (size_t i = 0; i < bars.size(); ++i) {
    if (counts[i] > 0) bars[i] = bars[i] / static_cast<Sum>(counts[i]);
    most = std::max(most, bars[i]);
  }
  std::string text;
  if (most == Sum{}) return text;
  for (const Sum bar : bars) {
    const int level = bar == Sum{} ? 0 : Rule::level(bar, most, context.largest_y);
    text += kBars[level < 1 || level > 8 ? 0 : level];
  }
  return text;
}

std::vector<Point> triangles(std::vector<Point> points, uint64_t buckets) {
  std::stable_sort(points.begin(), points.end(),
                   [](const Point& a, const Point& b) { return a.x < b.x; });
  if (points.size() <= buckets) return points;
  if (buckets == 0) return {};
  if (buckets == 1) return {points.front()};
  if (buckets == 2) return {points.front(), points.back()};
  const double size = static_cast<double>(points.size() - 2) / static_cast<double>(buckets - 2);
  std::vector<Point> out{points[0]};
  size_t begin = 1, middle = begin + static_cast<size_t>(std::floor(size));
  for (uint64_t i = 0; i < buckets - 2; ++i) {
    const size_t end = std::min(
        points.size(), 1 + static_cast<size_t>(std::floor(size * static_cast<double>(i + 2))));
    double mean_x = 0, mean_y = 0;
    for (size_t j = middle; j < end; ++j) {
      mean_x += points[j].x;
      mean_y += points[j].y;
    }
    mean_x /= static_cast<double>(end - middle);
    mean_y /= static_cast<double>(end - middle);
    const Point last = out.back();
    size_t best = begin;
    double largest = 0;
    for (size_t j = begin; j < middle; ++j) {
      const Point& p = points[j];
      const double area = std::fabs(0.5 * (last.x * p.y + p.x * mean_y + mean_x * last.y -
                                           last.x * mean_y - p.x * last.y - mean_x * p.y));
      if (area > largest) {
        largest = area;
        best = j;
      }
    }
    out.push_back(points[best]);
    begin = middle;
    middle = end;
  }
  out.push_back(points.back());
  return out;
}

void store_as(TypeKind kind, double value, char* out) {
  const auto store = [&](auto number) { std::memcpy(out, &number, sizeof(number)); };
  switch (kind) {
    case TypeKind::kDate: return store(static_cast<uint16_t>(value));
    case TypeKind::kDate32: return store(static_cast<int32_t>(value));
    case TypeKind::kDateTime: return store(static_cast<uint32_t>(value));
    default: return store(value);
  }
}

}  // namespace
}  // namespace sp

extern "C" void sp_sparkbar_finish(ExecState& exec, const SparkContext* context,
                                   const Sparkbar* state, StringRef* out) noexcept {
  *out = StringRef();
  if (state->points.size == 0) return;
  *out = exec.persistent.copy(context->real ? chart<RealRule>(*context, *state)
                                            : chart<IntegerRule>(*context, *state));
}

extern "C" void sp_triangle_finish(ExecState& exec, const TriangleContext* context,
                                   const Points* state, ArrayRef* out) noexcept {
  const std::vector<Point> points =
      triangles({state->points.begin(), state->points.end()}, context->buckets);
  char* slots =
      static_cast<char*>(exec.persistent.allocate(points.size() * context->stride + 1, 16));
  for (size_t i = 0; i < points.size(); ++i) {
    store_as(context->kinds[0], points[i].x, slots + i * context->stride);
    store_as(context->kinds[1], points[i].y, slots + i * context->stride + context->y_offset);
  }
  *out = {slots, points.size()};
}

namespace sp {
namespace {

uint64_t largest_of(Type type) {
  const uint32_t bits = slot_layout(type).size * 8 - (type.is_signed_integer() ? 1 : 0);
  return bits >= 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
}

Result<ResolvedAggregate> resolve_sparkbar(Arguments parameters, Arguments arguments,
                                           const ResolveOptions&) {
  SP_TRY_VOID(expect_arguments("sparkbar", arguments, 2));
  if (parameters.size() != 1 && parameters.size() != 3) {
    return fail(
        ErrorCode::kNumberOfArgumentsDoesntMatch,
        "The number of params does not match for aggregate function 'sparkbar', expected 1 or 3");
  }
  const Type x = arguments[0].type, y = arguments[1].type;
  if (!(x.is_unsigned() || x.is(TypeKind::kDate) || x.is(TypeKind::kDateTime)) ||
      slot_layout(x).size > 8) {
    return fail(
        ErrorCode::kIllegalTypeOfArgument,
        "The first argument type must be UInt or Date or DateTime for aggregate function sparkbar");
  }
  if (!y.is_number() || slot_layout(y).size > 8) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "The second argument type must be numeric for aggregate function sparkbar");
  }
  auto context = std::make_shared<SparkContext>();
  context->width = constant_unsigned(parameters[0]).value_or(0);
  if (context->width < 2 || context->width > 1024)
    return fail(ErrorCode::kBadArguments, "Parameter width must be in range [2, 1024]");
  context->largest_x = largest_of(x);
  context->largest_y = largest_of(y);
  context->real = y.is_float();
  if (parameters.size() == 3) {
    const auto begin = constant_number(parameters[1]), end = constant_number(parameters[2]);
    if (!begin || !end || *begin < 0) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "The second and third parameters are not the same type as the first arguments "
                  "for aggregate function sparkbar");
    }
    if (*begin >= *end)
      return fail(ErrorCode::kBadArguments, "Parameter `min_x` must be less than `max_x`");
    context->begin = static_cast<uint64_t>(*begin);
    context->end = static_cast<uint64_t>(*end);
    context->given_range = true;
  }
  ResolvedAggregate resolved;
  SP_USE_BODIES(resolved, sp_sparkbar, Sparkbar);
  TypeKind y_kind = TypeKind::kUInt64;
  if (y.is_float()) {
    y_kind = TypeKind::kFloat64;
    resolved.add = SP_SYMBOL(sp_sparkbar_real_add);
  } else if (y.is_signed_integer()) {
    y_kind = TypeKind::kInt64;
  } else {
    resolved.add = SP_SYMBOL(sp_sparkbar_unsigned_add);
  }
  resolved.arguments = {Type::of(TypeKind::kUInt64), Type::of(y_kind)};
  resolved.result = Type::of(TypeKind::kString);
  resolved.context = std::move(context);
  return resolved;
}

Result<ResolvedAggregate> resolve_triangle(Arguments parameters, Arguments arguments,
                                           const ResolveOptions&) {
  constexpr std::string_view name = "largestTriangleThreeBuckets";
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  const auto buckets = parameters.size() == 1 ? constant_unsigned(parameters[0]) : std::nullopt;
  if (!buckets) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function largestTriangleThreeBuckets require one parameter");
  }
  auto context = std::make_shared<TriangleContext>();
  context->buckets = *buckets;
  const Type real = Type::of(TypeKind::kFloat64);
  std::vector<Type> out;
  for (size_t i = 0; i < 2; ++i) {
    const Type type = arguments[i].type;
    const bool date =
        type.is(TypeKind::kDate) || type.is(TypeKind::kDate32) || type.is(TypeKind::kDateTime);
    if (!date && !type.is_number()) {
      return fail(
          ErrorCode::kNotImplemented,
          "Aggregate function largestTriangleThreeBuckets only supports Date, Date32, DateTime and "
          "Number as argument " +
              std::to_string(i + 1));
    }
    if (date) context->kinds[i] = type.kind();
    out.push_back(date ? (type.is(TypeKind::kDateTime) ? Type::datetime() : type) : real);
  }
  const Type point = Type::tuple(out);
  context->y_offset = row_layout(out).offsets[1];
  context->stride = slot_layout(point).size;
  ResolvedAggregate resolved;
  SP_USE_BODIES(resolved, sp_triangle, Points);
  resolved.arguments = {real, real};
  resolved.result = Type::array(point);
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(sparkbar) {
  rows.push_back({.name = "sparkbar",
                  .aliases = {"sparkBar"},
                  .resolve = &resolve_sparkbar,
                  .doc = "Text of `buckets` bars (parameter) of `y` over `x`; parameters `begin` "
                         "and `end` bound x.",
                  .example = "SELECT sparkbar(4)(number, number + 1) FROM numbers(8)",
                  .example_result = "▂▄▆█"});
  rows.push_back(
      {.name = "largestTriangleThreeBuckets",
       .aliases = {"lttb"},
       .resolve = &resolve_triangle,
       .doc = "Array of `n` points (parameter) of (`x`, `y`) that keep the shape of the line.",
       .example = "SELECT lttb(3)(number, number % 4 = 2) FROM numbers(9)",
       .example_result = "[(0,0),(2,1),(8,0)]"});
}

}  // namespace sp
#endif
