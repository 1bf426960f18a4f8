// studentTTest, welchTTest, meanZTest over (x, sample) and studentTTestOneSample over (x, mean),
// anova (analysisOfVariance) over (x, group): whether means differ. From sums, by ClickHouse's
// formulas.

#include <cmath>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"

namespace sp {

struct MeanSums {
  double count, sum, squares;
  void add(double x) noexcept {
    count += 1;
    sum += x;
    squares += x * x;
  }
  void merge(const MeanSums& other) noexcept {
    count += other.count;
    sum += other.sum;
    squares += other.squares;
  }
  double mean() const noexcept { return sum / count; }
  double variance() const noexcept {
    return (squares + count * mean() * mean() - 2 * mean() * sum) / (count - 1);
  }
};

struct TwoSamples : PodState<TwoSamples> {
  MeanSums x, y;  // studentTTestOneSample: y.sum is the mean to compare with
  void merge(ExecState&, const TwoSamples& other) {
    x.merge(other.x);
    y.merge(other.y);
  }
};

enum class MeanTest : uint8_t { kStudent, kWelch, kZ, kOneSample };

struct MeanTestContext : AggregateContext {
  MeanTest test = MeanTest::kStudent;
  double variance_x = 0, variance_y = 0;  // of meanZTest
  double confidence = 0;                  // 0: no interval
};

struct Groups {
  GrowingArray<MeanSums> groups;
  MeanSums& at(ExecState& exec, uint64_t group) noexcept {
    while (groups.size <= group) groups.push(exec, MeanSums{});
    return groups[group];
  }
  void merge(ExecState& exec, const Groups& other) {
    for (uint64_t i = 0; i < other.groups.size; ++i) at(exec, i).merge(other.groups[i]);
  }
  void write(StateWriter& out) const {
    out.varint(groups.size);
    for (const MeanSums& group : groups) out.pod(group);
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, sizeof(MeanSums))) return false;
    for (uint64_t i = 0; i < count; ++i) {
      MeanSums group;
      if (!in.pod(group)) return false;
      at(exec, i).merge(group);
    }
    return true;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_two_samples_add(TwoSamples* state, double x, uint64_t sample) noexcept {
  (sample != 0 ? state->y : state->x).add(x);
}
extern "C" void sp_one_sample_add(TwoSamples* state, double x, double mean) noexcept {
  state->x.add(x);
  state->y.count = 1;
  state->y.sum = mean;
}
extern "C" void sp_one_sample_merge(TwoSamples* into, const TwoSamples* from) noexcept {
  into->x.merge(from->x);
  if (from->y.count != 0) into->y = from->y;
}
extern "C" bool sp_one_sample_deserialize(ExecState&, TwoSamples* state,
                                          const StringRef& bytes) noexcept {
  StateReader reader(bytes.view());
  TwoSamples other;
  if (!reader.pod(other)) return false;
  sp_one_sample_merge(state, &other);
  return true;
}
extern "C" void sp_two_samples_finish(ExecState& exec, const MeanTestContext* context,
                                      const TwoSamples* state, double* out) noexcept;
SP_STATE_BODIES(sp_two_samples, TwoSamples)

extern "C" void sp_anova_add(ExecState& exec, Groups* state, double x, uint64_t group) noexcept {
  constexpr uint64_t kMostGroups = 1024 * 1024;
  if (group >= kMostGroups) {
    exec.fail(ErrorCode::kBadArguments,
              "Too many groups for analysis of variance (should be no more than 1048576)");
    return;
  }
  state->at(exec, group).add(x);
}
extern "C" void sp_anova_finish(ExecState& exec, const Groups* state, double* out) noexcept;
SP_STATE_BODIES(sp_anova, Groups)

#ifndef SP_BITCODE
#include <algorithm>
#include <limits>

#include "runtime/aggregates/distributions.h"
#include "runtime/aggregates/parameters.h"

namespace sp {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct TestResult {
  double statistic = kNan, p = kNan, low = kNan, high = kNan;
};

bool enough(const MeanTestContext& context, const TwoSamples& state) {
  switch (context.test) {
    case MeanTest::kStudent:
      return state.x.count > 0 && state.y.count > 0 && state.x.count + state.y.count > 2;
    case MeanTest::kWelch: return state.x.count > 1 && state.y.count > 1;
    case MeanTest::kZ: return state.x.count > 0 && state.y.count > 0;
    case MeanTest::kOneSample: return state.x.count > 1;
  }
  return false;
}

TestResult z_test(const MeanTestContext& context, const TwoSamples& state) {
  TestResult out;
  const double difference = state.x.mean() - state.y.mean();
  const double error =
      std::sqrt(context.variance_x / state.x.count + context.variance_y / state.y.count);
  out.statistic = difference / error;
  if (!std::isfinite(out.statistic)) return {.p = 0};
  out.p = 2 * normal_upper_tail(std::fabs(out.statistic));
  const double z = normal_upper_quantile((1 - context.confidence) / 2);
  out.low = difference - z * error;
  out.high = difference + z * error;
  return out;
}

TestResult t_test(const MeanTestContext& context, const TwoSamples& state) {
  const MeanSums &x = state.x, &y = state.y;
  double difference = x.mean() - y.mean(), error, degrees;
  if (context.test == MeanTest::kOneSample) {
    difference = x.mean() - y.sum;
    error = std::sqrt(x.variance() / x.count);
    degrees = x.count - 1;
  } else if (context.test == MeanTest::kStudent) {
    degrees = x.count + y.count - 2;
    const double all = (x.squares + x.count * x.mean() * x.mean() - 2 * x.mean() * x.sum) +
                       (y.squares + y.count * y.mean() * y.mean() - 2 * y.mean() * y.sum);
    error = std::sqrt(all / degrees * (1 / x.count + 1 / y.count));
  } else {
    const double part_x = x.variance() / x.count, part_y = y.variance() / y.count;
    error = std::sqrt(part_x + part_y);
    degrees = (part_x + part_y) * (part_x + part_y) /
              (part_x * part_x / (x.count - 1) + part_y * part_y / (y.count - 1));
  }
  TestResult out;
  out.statistic = difference / error;
  if (!std::isfinite(out.statistic)) return {};
  out.p = std::min(1.0, std::max(0.0, 2 * student_upper_tail(std::fabs(out.statistic), degrees)));
  if (context.confidence == 0) return out;
  double spread = error;
  if (context.test == MeanTest::kStudent)
    spread = std::sqrt(x.variance() / x.count + y.variance() / y.count);
  const double t = student_upper_quantile((1 - context.confidence) / 2, degrees);
  out.low = difference - t * spread;
  out.high = difference + t * spread;
  return out;
}

}  // namespace
}  // namespace sp

extern "C" void sp_two_samples_finish(ExecState&, const MeanTestContext* context,
                                      const TwoSamples* state, double* out) noexcept {
  TestResult result;
  if (context->test == MeanTest::kZ) result.p = 0;  // as ClickHouse says of too few rows
  if (enough(*context, *state))
    result = context->test == MeanTest::kZ ? z_test(*context, *state) : t_test(*context, *state);
  out[0] = result.statistic;
  out[1] = result.p;
  if (context->confidence == 0) return;
  out[2] = result.low;
  out[3] = result.high;
}

extern "C" void sp_anova_finish(ExecState& exec, const Groups* state, double* out) noexcept {
  out[0] = out[1] = kNan;
  double count = 0, sum = 0;
  for (const MeanSums& group : state->groups) {
    count += group.count;
    sum += group.sum;
    if (group.count == 0) {
      exec.fail(ErrorCode::kBadArguments,
                "There is no observations for some group of the analysis of variance");
      return;
    }
  }
  const double groups = static_cast<double>(state->groups.size);
  if (groups <= 1 || groups == count) {
    exec.fail(ErrorCode::kBadArguments,
              groups <= 1 ? "There should be more than one group to calculate f-statistics"
                          : "There is only one observation in each group");
    return;
  }
  const double mean = sum / count;
  double between = 0, within = 0;
  for (const MeanSums& group : state->groups) {
    between += group.count * (group.mean() - mean) * (group.mean() - mean);
    within +=
        group.squares + group.count * group.mean() * group.mean() - 2 * group.mean() * group.sum;
  }
  const double statistic = (between * (count - groups)) / (within * (groups - 1));
  if (!std::isfinite(statistic)) return;
  out[0] = statistic;
  out[1] = fisher_upper_tail(statistic, groups - 1, count - groups);
}

namespace sp {
namespace {

Result<ResolvedAggregate> resolve_mean_test(std::string_view name, MeanTest test,
                                            Arguments parameters, Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  for (const Argument& argument : arguments) {
    if (!argument.type.is_number() && !argument.type.is(TypeKind::kDecimal)) {
      return fail(ErrorCode::kBadArguments,
                  "Aggregate function " + std::string(name) + " only supports numerical types");
    }
  }
  auto context = std::make_shared<MeanTestContext>();
  context->test = test;
  const size_t before = test == MeanTest::kZ ? 2 : 0;
  if (test == MeanTest::kZ ? parameters.size() != 3 : parameters.size() > 1) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(name) +
                    (test == MeanTest::kZ ? " requires three parameter"
                                          : " requires zero or one parameter"));
  }
  if (test == MeanTest::kZ) {
    context->variance_x = constant_number(parameters[0]).value_or(-1);
    context->variance_y = constant_number(parameters[1]).value_or(-1);
    if (context->variance_x < 0 || context->variance_y < 0) {
      return fail(ErrorCode::kBadArguments,
                  "Population variance parameters must be larger than zero in aggregate function "
                  "meanZTest");
    }
  }
  if (parameters.size() > before) {
    context->confidence = constant_number(parameters[before]).value_or(-1);
    if (!(context->confidence > 0 && context->confidence < 1)) {
      return fail(ErrorCode::kBadArguments,
                  "Confidence level parameter must be between 0 and 1 in aggregate function " +
                      std::string(name));
    }
  }
  ResolvedAggregate resolved;
  const Type real = Type::of(TypeKind::kFloat64);
  SP_USE_BODIES(resolved, sp_two_samples, TwoSamples);
  resolved.arguments = {real, Type::of(TypeKind::kUInt64)};
  if (test == MeanTest::kOneSample) {
    resolved.add = SP_SYMBOL(sp_one_sample_add);
    resolved.merge = SP_SYMBOL(sp_one_sample_merge);
    resolved.deserialize = SP_SYMBOL(sp_one_sample_deserialize);
    resolved.arguments = {real, real};
  }
  const char* statistic = test == MeanTest::kZ ? "z_statistic" : "t_statistic";
  if (context->confidence == 0)
    resolved.result = Type::tuple({real, real}, {statistic, "p_value"});
  else
    resolved.result =
        Type::tuple({real, real, real, real},
                    {statistic, "p_value", "confidence_interval_low", "confidence_interval_high"});
  resolved.context = std::move(context);
  return resolved;
}

Result<ResolvedAggregate> resolve_anova(Arguments parameters, Arguments arguments,
                                        const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("analysisOfVariance", parameters));
  SP_TRY_VOID(expect_arguments("analysisOfVariance", arguments, 2));
  if (!arguments[0].type.is_number() || !arguments[1].type.is_unsigned()) {
    return fail(
        ErrorCode::kBadArguments,
        "Aggregate function analysisOfVariance only supports numerical values and unsigned groups");
  }
  ResolvedAggregate resolved;
  const Type real = Type::of(TypeKind::kFloat64);
  resolved.arguments = {real, Type::of(TypeKind::kUInt64)};
  resolved.result = Type::tuple({real, real}, {"f_statistic", "p_value"});
  SP_USE_BODIES(resolved, sp_anova, Groups);
  return resolved;
}

void add_mean_test(std::vector<AggregateRow>& rows, const char* name, MeanTest test,
                   const char* doc, const char* example, const char* example_result) {
  rows.push_back({.name = name,
                  .resolve =
                      [=](Arguments parameters, Arguments arguments, const ResolveOptions&) {
                        return resolve_mean_test(name, test, parameters, arguments);
                      },
                  .doc = doc,
                  .example = example,
                  .example_result = example_result});
}

}  // namespace

SP_AGGREGATES(mean_tests) {
  add_mean_test(rows, "studentTTest", MeanTest::kStudent,
                "Tuple (t, p[, low, high]) of Student's test of the means of two samples of `x`, "
                "told apart by `sample` (0 or not); "
                "parameter: confidence level of the interval.",
                "SELECT studentTTest(number, number % 2).1 FROM numbers(4)", "-0.7071067811865475");
  add_mean_test(rows, "welchTTest", MeanTest::kWelch, "The same for samples of unequal variance.",
                "SELECT welchTTest(number, number % 2).1 FROM numbers(4)", "-0.7071067811865475");
  add_mean_test(rows, "meanZTest", MeanTest::kZ,
                "Tuple (z, p, low, high) of the z-test of two means; parameters: variance of each "
                "population, confidence level.",
                "SELECT meanZTest(1., 1., 0.95)(number, number % 2).1 FROM numbers(4)", "-1");
  add_mean_test(rows, "studentTTestOneSample", MeanTest::kOneSample,
                "Tuple (t, p[, low, high]) of Student's test of the mean of `x` against `mean`.",
                "SELECT studentTTestOneSample(number, 1.5).1 FROM numbers(4)", "0");
  rows.push_back(
      {.name = "analysisOfVariance",
       .aliases = {"anova"},
       .resolve = &resolve_anova,
       .doc =
           "Tuple (F, p) of the one-way analysis of variance of `x` by `group`, numbered from 0.",
       .example = "SELECT analysisOfVariance(number, number % 2).1 FROM numbers(4)",
       .example_result = "0.5"});
}

}  // namespace sp
#endif
