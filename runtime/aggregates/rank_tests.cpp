// rankCorr(x, y): Spearman's rank correlation. mannWhitneyUTest(alternative, continuity)(x, sample)
// and kolmogorovSmirnovTest(alternative, method)(x, sample): whether two samples come from one
// distribution. Formulas and constants as ClickHouse's (Mann, Whitney 1947; Hodges 1958; Schroeer,
// Trenkler 1995; Viehmann 2021).

#include "runtime/aggregates/points.h"

namespace sp {

enum class Alternative : uint8_t { kTwoSided, kLess, kGreater };

struct RankTestContext : AggregateContext {
  Alternative alternative = Alternative::kTwoSided;
  bool continuity = true;
  enum class Method : uint8_t { kAuto, kExact, kAsymptotic } method = Method::kAuto;
};

}  // namespace sp

extern "C" void sp_rank_points_add(sp::ExecState& exec, sp::Points* state, double x,
                                   double y) noexcept {
  state->add(exec, x, y);
}
SP_STATE_BODIES(sp_rank_points, sp::Points)
extern "C" double sp_rank_corr_finish(const sp::Points* state) noexcept;
extern "C" void sp_mann_whitney_finish(sp::ExecState& exec, const sp::RankTestContext* context,
                                       const sp::Points* state, double* out) noexcept;
extern "C" void sp_kolmogorov_smirnov_finish(sp::ExecState& exec,
                                             const sp::RankTestContext* context,
                                             const sp::Points* state, double* out) noexcept;

#ifndef SP_BITCODE
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "runtime/aggregates/distributions.h"
#include "runtime/aggregates/parameters.h"

using namespace sp;

namespace sp {
namespace {

struct Ranks {
  std::vector<double> ranks;  // from 1; equal values share the mean of theirs
  double tie_correction = 1;
};

Ranks ranks_of(const std::vector<double>& values) {
  const size_t size = values.size();
  std::vector<size_t> order(size);
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return values[a] < values[b]; });
  Ranks out;
  out.ranks.resize(size);
  double ties = 0;
  for (size_t left = 0; left < size;) {
    size_t right = left;
    while (right < size && values[order[right]] == values[order[left]]) ++right;
    if (right == left) ++right;  // NaN
    const double equal = static_cast<double>(right - left);
    ties += equal * equal * equal - equal;
    for (size_t i = left; i < right; ++i)
      out.ranks[order[i]] = (static_cast<double>(left + right) + 1) / 2;
    left = right;
  }
  const double n = static_cast<double>(size);
  out.tie_correction = 1 - ties / (n * n * n - n);
  return out;
}

struct Samples {
  std::vector<double> first, second;
};

Samples samples_of(const Points& state) {
  Samples samples;
  for (const Point& point : state.points)
    (point.y != 0 ? samples.second : samples.first).push_back(point.x);
  return samples;
}

// The statistic: the largest distance between the two distribution functions.
double distance_of(const Samples& samples, Alternative alternative) {
  constexpr double kTolerance = 1e-7;
  const std::vector<double>&x = samples.first, &y = samples.second;
  const double step_x = 1 / static_cast<double>(x.size()),
               step_y = 1 / static_cast<double>(y.size());
  double most = std::numeric_limits<double>::min(), least = std::numeric_limits<double>::max(),
         now = 0;
  size_t i = 0, j = 0;
  const auto run = [&](const std::vector<double>& values, size_t from) {
    size_t end = from + 1;
    while (end < values.size() && std::fabs(values[end] - values[from]) <= kTolerance) ++end;
    return end;
  };
  while (i < x.size() && j < y.size()) {
    if (std::fabs(x[i] - y[j]) >= kTolerance) {
      if (x[i] < y[j]) {
        now += step_x;
        ++i;
      } else {
        now -= step_y;
        ++j;
      }
    } else {
      const size_t end_x = run(x, i), end_y = run(y, j);
      now += step_x * static_cast<double>(end_x - i);
      now -= step_y * static_cast<double>(end_y - j);
      i = end_x;
      j = end_y;
    }
    most = std::max(most, now);
    least = std::min(least, now);
  }
  now += step_x * static_cast<double>(x.size() - i) - step_y * static_cast<double>(y.size() - j);
  least = std::min(least, now);
  most = std::max(most, now);
  if (alternative == Alternative::kTwoSided) return std::max(std::fabs(most), std::fabs(least));
  return alternative == Alternative::kLess ? -least : most;
}

// Counts paths of a grid that stay within the distance, as probabilities.
double exact_p_value(double distance, double larger, double smaller, bool two_sided) {
  const double bound = (0.5 + std::floor(distance * smaller * larger - 1e-7)) / (smaller * larger);
  const auto outside = [&](double r, double s) {
    return (two_sided ? std::fabs(r - s) : r - s) >= bound;
  };
  const auto width = static_cast<size_t>(larger), height = static_cast<size_t>(smaller);
  std::vector<double> c(width + 1, 0);
  for (size_t j = 1; j <= width; ++j)
    c[j] = outside(0, static_cast<double>(j) / larger) ? 1 : c[j - 1];
  for (size_t i = 1; i <= height; ++i) {
    const double row = static_cast<double>(i) / smaller;
    if (outside(row, 0)) c[0] = 1;
    for (size_t j = 1; j <= width; ++j) {
      if (outside(row, static_cast<double>(j) / larger)) {
        c[j] = 1;
      } else {
        const double all = static_cast<double>(i + j);
        const double v = static_cast<double>(i) / all, w = static_cast<double>(j) / all;
        c[j] = v * c[j] + w * c[j - 1];
      }
    }
  }
  return c[width];
}

double asymptotic_p_value(double distance, double larger, double smaller, bool two_sided) {
  constexpr double kTolerance = 1e-7;
  double p = std::sqrt(smaller * larger / (smaller + larger)) * distance;
  if (!two_sided) {
    return std::exp(-2 * p * p - 2 * p * (larger + 2 * smaller) /
                                     std::sqrt(larger * smaller * (larger + smaller)) / 3.0);
  }
  if (p < 1) {
    const auto terms = static_cast<int>(std::sqrt(2 - std::log(kTolerance)));
    const double z = -(M_PI_2 * M_PI_4) / (p * p), w = std::log(p);
    double sum = 0;
    for (int k = 1; k < terms; k += 2) sum += std::exp(k * k * z - w);
    return 1 - sum / 0.398942280401432677939946059934;
  }
  const double z = -2 * p * p;
  double sign = -1, before = 0, now = 1;
  for (int k = 1; std::fabs(before - now) > kTolerance; ++k, sign = -sign) {
    before = now;
    now += 2 * sign * std::exp(z * k * k);
  }
  return 1 - now;
}

}  // namespace
}  // namespace sp

extern "C" double sp_rank_corr_finish(const Points* state) noexcept {
  std::vector<double> x, y;
  for (const Point& point : state->points) {
    x.push_back(point.x);
    y.push_back(point.y);
  }
  const std::vector<double> rank_x = ranks_of(x).ranks, rank_y = ranks_of(y).ranks;
  double squares = 0;
  for (size_t i = 0; i < x.size(); ++i)
    squares += (rank_x[i] - rank_y[i]) * (rank_x[i] - rank_y[i]);
  const double n = static_cast<double>(x.size());
  return (1 - 6 * squares / (n * (n * n - 1)));
}

extern "C" void sp_mann_whitney_finish(ExecState& exec, const RankTestContext* context,
                                       const Points* state, double* out) noexcept {
  const Samples samples = samples_of(*state);
  out[0] = out[1] = 0;
  if (samples.first.empty() || samples.second.empty()) {
    exec.fail(ErrorCode::kBadArguments,
              "Aggregate function mannWhitneyUTest require both samples to be non empty");
    return;
  }
  std::vector<double> both = samples.first;
  both.insert(both.end(), samples.second.begin(), samples.second.end());
  const Ranks ranks = ranks_of(both);
  const double n1 = static_cast<double>(samples.first.size()),
               n2 = static_cast<double>(samples.second.size());
  const double r1 = std::accumulate(
      ranks.ranks.begin(), ranks.ranks.begin() + static_cast<ptrdiff_t>(samples.first.size()), 0.0);
  const double u1 = n1 * n2 + n1 * (n1 + 1) / 2 - r1, u2 = n1 * n2 - u1;
  const double mean = n1 * n2 / 2 + 0.5 * (context->continuity ? 1 : 0);
  const double deviation = std::sqrt(ranks.tie_correction * n1 * n2 * (n1 + n2 + 1) / 12.0);
  double u = std::max(u1, u2);
  if (context->alternative == Alternative::kGreater) u = u2;
  if (context->alternative == Alternative::kLess) u = u1;
  double z = (u - mean) / deviation;
  if (context->alternative == Alternative::kTwoSided) z = std::fabs(z);
  const double tail = normal_upper_tail(z);
  out[0] = u2;
  out[1] = std::min(
      1.0, std::max(0.0, context->alternative == Alternative::kTwoSided ? 2 * tail : tail));
}

extern "C" void sp_kolmogorov_smirnov_finish(ExecState& exec, const RankTestContext* context,
                                             const Points* state, double* out) noexcept {
  Samples samples = samples_of(*state);
  out[0] = out[1] = 0;
  if (samples.first.empty() || samples.second.empty()) {
    exec.fail(ErrorCode::kBadArguments,
              "Aggregate function kolmogorovSmirnovTest require both samples to be non empty");
    return;
  }
  std::sort(samples.first.begin(), samples.first.end());
  std::sort(samples.second.begin(), samples.second.end());
  const double distance = distance_of(samples, context->alternative);
  const uint64_t n1 = samples.first.size(), n2 = samples.second.size(), divisor = std::gcd(n1, n2);
  bool exact = context->method == RankTestContext::Method::kExact &&
               n1 / divisor < INT32_MAX / (n2 / divisor);
  if (context->method == RankTestContext::Method::kAuto) exact = std::max(n1, n2) <= 10000;
  const double larger = static_cast<double>(std::max(n1, n2)),
               smaller = static_cast<double>(std::min(n1, n2));
  const bool two_sided = context->alternative == Alternative::kTwoSided;
  const double p = exact ? exact_p_value(distance, larger, smaller, two_sided)
                         : asymptotic_p_value(distance, larger, smaller, two_sided);
  out[0] = distance;
  out[1] = std::min(1.0, std::max(0.0, p));
}

namespace sp {
namespace {

Result<Alternative> alternative_of(std::string_view name, const Argument& parameter) {
  const auto text = parameter.constant_text();
  if (text == "two-sided") return Alternative::kTwoSided;
  if (text == "less") return Alternative::kLess;
  if (text == "greater") return Alternative::kGreater;
  return fail(ErrorCode::kBadArguments, "Unknown parameter in aggregate function " +
                                            std::string(name) +
                                            ". It must be one of: 'two-sided', 'less', 'greater'");
}

// All three take two numbers.
Result<ResolvedAggregate> over_points(std::string_view name, Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  for (const Argument& argument : arguments) {
    if (argument.type.is_number()) continue;
    return fail(ErrorCode::kNotImplemented,
                "Aggregate function " + std::string(name) + " only supports numerical types");
  }
  ResolvedAggregate resolved;
  const Type real = Type::of(TypeKind::kFloat64);
  resolved.arguments = {real, real};
  resolved.result = real;
  resolved.state_size = sizeof(Points);
  resolved.state_align = alignof(Points);
  resolved.add = SP_SYMBOL(sp_rank_points_add);
  resolved.merge = SP_SYMBOL(sp_rank_points_merge);
  resolved.serialize = SP_SYMBOL(sp_rank_points_serialize);
  resolved.deserialize = SP_SYMBOL(sp_rank_points_deserialize);
  return resolved;
}

Result<ResolvedAggregate> resolve_rank_corr(Arguments parameters, Arguments arguments,
                                            const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("rankCorr", parameters));
  SP_TRY(ResolvedAggregate resolved, over_points("rankCorr", arguments));
  resolved.finish = SP_SYMBOL(sp_rank_corr_finish);
  return resolved;
}

Result<ResolvedAggregate> resolve_rank_test(std::string_view name, bool mann_whitney,
                                            Arguments parameters, Arguments arguments) {
  SP_TRY(ResolvedAggregate resolved, over_points(name, arguments));
  if (parameters.size() > 2) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(name) + " require two parameter or less");
  }
  auto context = std::make_shared<RankTestContext>();
  if (!parameters.empty()) { SP_TRY(context->alternative, alternative_of(name, parameters[0])); }
  if (parameters.size() == 2 && mann_whitney) {
    const auto continuity = constant_unsigned(parameters[1]);
    if (!continuity)
      return fail(ErrorCode::kBadArguments,
                  "Aggregate function mannWhitneyUTest require second parameter to be a UInt64");
    context->continuity = *continuity != 0;
  } else if (parameters.size() == 2) {
    const auto method = parameters[1].constant_text();
    if (method == "exact")
      context->method = RankTestContext::Method::kExact;
    else if (method == "asymp" || method == "asymptotic")
      context->method = RankTestContext::Method::kAsymptotic;
    else if (method != "auto") {
      return fail(ErrorCode::kBadArguments,
                  "Unknown method in aggregate function kolmogorovSmirnovTest. It must be one of: "
                  "'auto', 'exact', 'asymp' (or 'asymptotic')");
    }
  }
  const Type real = Type::of(TypeKind::kFloat64);
  resolved.result =
      Type::tuple({real, real}, {mann_whitney ? "u_statistic" : "d_statistic", "p_value"});
  resolved.finish =
      mann_whitney ? SP_SYMBOL(sp_mann_whitney_finish) : SP_SYMBOL(sp_kolmogorov_smirnov_finish);
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(rank_tests) {
  rows.push_back({.name = "rankCorr",
                  .resolve = &resolve_rank_corr,
                  .doc = "Spearman's rank correlation of `x` and `y`.",
                  .example = "SELECT rankCorr(number, number * number) FROM numbers(9)",
                  .example_result = "1"});
  rows.push_back({.name = "mannWhitneyUTest",
                  .resolve =
                      [](Arguments parameters, Arguments arguments, const ResolveOptions&) {
                        return resolve_rank_test("mannWhitneyUTest", true, parameters, arguments);
                      },
                  .doc = "Tuple (U, p) of the Mann-Whitney test of the values `x` of two samples, "
                         "told apart by `sample` (0 or not); "
                         "parameters: alternative ('two-sided', 'less', 'greater') and continuity "
                         "correction (1).",
                  .example = "SELECT mannWhitneyUTest(number, number % 2).1 FROM numbers(10)",
                  .example_result = "10"});
  rows.push_back({.name = "kolmogorovSmirnovTest",
                  .resolve =
                      [](Arguments parameters, Arguments arguments, const ResolveOptions&) {
                        return resolve_rank_test("kolmogorovSmirnovTest", false, parameters,
                                                 arguments);
                      },
                  .doc = "Tuple (distance, p) of the Kolmogorov-Smirnov test of two samples; "
                         "parameters: alternative and method "
                         "('auto', 'exact', 'asymp').",
                  .example = "SELECT kolmogorovSmirnovTest(number, number < 5) FROM numbers(10)",
                  .example_result = "(1,0.007936507936507936)"});
}

}  // namespace sp
#endif
