// Statistics of A/B tests: minSampleSizeConversion, minSampleSizeContinuous, proportionsZTest.
// Sources: Lehr's and Fleiss's formulas for samples of equal size (two-sided tests); the z-test of
// two proportions.

#include <cmath>
#include <limits>

#include "runtime/aggregates/distributions.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

struct ProportionsContext : FunctionContext {
  bool pooled = false;
};

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct SampleSize {
  double size, range_low, range_high;
};
struct TestResult {
  double z, p_value, low, high;
};

bool is_share(double x) noexcept { return x > 0 && x < 1; }

// Quantiles of a two-sided test at `alpha` and of its power.
struct Quantiles {
  double of_alpha, of_power;
  Quantiles(double power, double alpha)
      : of_alpha(normal_upper_quantile(alpha / 2)),
        of_power(normal_upper_quantile(1 - power)) {}
};

}  // namespace

extern "C" void sp_sample_size_conversion(double rate, double effect, double power, double alpha,
                                          SampleSize* out) noexcept {
  *out = {kNone, kNone, kNone};
  if (!std::isfinite(rate) || !is_share(effect) || !is_share(power) || !is_share(alpha)) return;
  const Quantiles q(power, alpha);
  const double other = rate + effect, middle = (rate + other) / 2;
  const double deviation = q.of_alpha * std::sqrt(2 * middle * (1 - middle)) +
                           q.of_power * std::sqrt(rate * (1 - rate) + other * (1 - other));
  *out = {deviation * deviation / (effect * effect), rate - effect, other};
}
extern "C" void sp_sample_size_continuous(double baseline, double sigma, double effect,
                                          double power, double alpha, SampleSize* out) noexcept {
  *out = {kNone, kNone, kNone};
  const bool finite = std::isfinite(baseline) && std::isfinite(sigma);
  if (!finite || !(effect > 0) || !is_share(power) || !is_share(alpha)) return;
  const Quantiles q(power, alpha);
  const double change = baseline * effect, sum = q.of_alpha + q.of_power;
  *out = {2 * sigma * sigma * sum * sum / (change * change), baseline - change, baseline + change};
}
extern "C" void sp_proportions_z_test(const ProportionsContext* context, uint64_t successes_x,
                                      uint64_t successes_y, uint64_t trials_x, uint64_t trials_y,
                                      double level, const StringRef&, TestResult* out) noexcept {
  *out = {kNone, kNone, kNone, kNone};
  const auto x = static_cast<double>(successes_x), y = static_cast<double>(successes_y);
  const auto of_x = static_cast<double>(trials_x), of_y = static_cast<double>(trials_y);
  const double share_x = x / of_x, share_y = y / of_y, difference = share_x - share_y;
  const double apart = std::sqrt(share_x * (1 - share_x) / of_x + share_y * (1 - share_y) / of_y);
  const double share = (x + y) / (of_x + of_y);
  const double together = std::sqrt(share * (1 - share) * (1 / of_x + 1 / of_y));
  const double z = difference / (context->pooled ? together : apart);
  if (!std::isfinite(z) || !is_share(level)) return;
  const double margin = normal_upper_quantile((1 - level) / 2) * apart;
  *out = {z, 2 * normal_upper_tail(std::fabs(z)), difference - margin, difference + margin};
}

namespace {

Type sample_size_type() {
  return Type::tuple(repeated(float64_type(), 3),
                     {"minimum_sample_size", "detect_range_lower", "detect_range_upper"});
}

// The first `numbers` arguments are any numbers, the others constant floats.
Resolver sample_size(const Symbol& symbol, size_t numbers) {
  return
      [=](std::span<const Argument> arguments, const ResolveOptions&) -> Result<ResolvedFunction> {
        for (size_t i = 0; i < arguments.size(); ++i) {
          const Type type = arguments[i].type;
          if (type.is_float() || (i < numbers && type.is_number())) continue;
          return illegal_argument(arguments, i, i < numbers ? "a number" : "a Float");
        }
        return call(sample_size_type(), symbol, repeated(float64_type(), arguments.size()));
      };
}

Result<ResolvedFunction> resolve_z_test(std::span<const Argument> arguments,
                                        const ResolveOptions&) {
  constexpr size_t kCounts = 4;
  std::vector<Type> casts(kCounts, uint64_type());
  for (size_t i = 0; i < kCounts; ++i) {
    const Type type = arguments[i].type;
    const bool fits = type.is_integer() && !type.is_signed_integer() && number_width(type) <= 8;
    if (!fits) return illegal_argument(arguments, i, "an unsigned integer");
  }
  if (!arguments[kCounts].type.is_float()) return illegal_argument(arguments, kCounts, "a Float");
  const auto kind = arguments[kCounts + 1].constant_text();
  if (!kind || (*kind != "pooled" && *kind != "unpooled")) {
    return fail(ErrorCode::kBadArguments,
                "The sixth argument of function proportionsZTest must be 'pooled' or 'unpooled'");
  }
  auto context = std::make_shared<ProportionsContext>();
  context->pooled = *kind == "pooled";
  casts.push_back(float64_type());
  casts.push_back(arguments[kCounts + 1].type);
  const Type result = Type::tuple(
      repeated(float64_type(), 4),
      {"z_statistic", "p_value", "confidence_interval_low", "confidence_interval_high"});
  return call(result, SP_SYMBOL(sp_proportions_z_test), std::move(casts), context);
}

}  // namespace

SP_FUNCTIONS(sample_sizes) {
  const auto add = [&](const char* name, uint8_t count, uint32_t constants, Resolver resolve,
                       const char* doc, const char* example, const char* result) {
    rows.push_back({.name = name,
                    .min_arguments = count,
                    .max_arguments = count,
                    .constant_arguments = constants,
                    .resolve = std::move(resolve),
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("minSampleSizeConversion", 4, 0b1110, sample_size(SP_SYMBOL(sp_sample_size_conversion), 0),
      "Returns how many users each of two groups needs to detect an `effect` on a conversion "
      "`rate`, with `power` at significance `alpha`.",
      "SELECT round(minSampleSizeConversion(0.25, 0.03, 0.8, 0.05).1)", "3396");
  add("minSampleSizeContinuous", 5, 0b11100, sample_size(SP_SYMBOL(sp_sample_size_continuous), 2),
      "Returns how many users each of two groups needs to detect a relative `effect` on a mean "
      "`baseline` of deviation `sigma`, with `power` at significance `alpha`.",
      "SELECT round(minSampleSizeContinuous(112.25, 21.1, 0.03, 0.8, 0.05).1)", "616");
  rows.back().aliases = {"minSampleSizeContinous"};
  add("proportionsZTest", 6, 0b100000, resolve_z_test,
      "Tests whether two shares of `successes` in `trials` differ: z, p-value and the interval of "
      "their difference at a confidence `level`; variances are 'pooled' or 'unpooled'.",
      "SELECT round(proportionsZTest(10, 11, 100, 101, 0.95, 'unpooled').2, 6)", "0.836348");
}

}  // namespace sp
