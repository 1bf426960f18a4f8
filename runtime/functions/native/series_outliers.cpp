// seriesOutliersDetectTukey: how far the values of a series lie outside of Tukey's fences, `k`
// times the range between two quantiles away from these.

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "runtime/exec/exec_state.h"
#include "runtime/functions/function.h"
#include "runtime/functions/row_adder.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

// The mean of the two middle values where `level` falls between them.
double quantile(const std::vector<double>& sorted, double level) noexcept {
  const double place = level * static_cast<double>(sorted.size());
  const auto at = static_cast<size_t>(place);
  if (at > 0 && static_cast<double>(at) == place) return (sorted[at - 1] + sorted[at]) / 2;
  return sorted[at];
}

double outside(double value, double low, double high) noexcept {
  if (value < low) return value - low;
  return value > high ? value - high : 0;
}

bool check(ExecState& exec, bool fits, const char* message) noexcept {
  if (!fits) exec.fail(ErrorCode::kBadArguments, message);
  return fits;
}

}  // namespace

extern "C" void sp_series_outliers_within(ExecState& exec, const ArrayRef& series, double least,
                                          double most, double k, ArrayRef* out) noexcept {
  constexpr double kLowest = 0.02, kHighest = 0.98;
  constexpr uint64_t kFewest = 4;
  *out = {nullptr, 0};
  const bool right =
      check(exec, least >= kLowest && least <= kHighest,
            "The second argument of seriesOutliersDetectTukey must be between 0.02 and 0.98") &&
      check(
          exec, most >= least && most <= kHighest,
          "The third argument of seriesOutliersDetectTukey must be between the second and 0.98") &&
      check(exec, k >= 0,
            "The fourth argument of seriesOutliersDetectTukey must be a non-negative number") &&
      check(exec, series.size >= kFewest,
            "At least four data points are needed for function seriesOutliersDetectTukey");
  if (!right) return;
  const auto* values = static_cast<const double*>(series.data);
  auto* results = exec.scratch.allocate_array<double>(series.size);
  *out = {results, series.size};
  std::vector<double> sorted(values, values + series.size);
  if (std::any_of(sorted.begin(), sorted.end(), [](double x) { return std::isnan(x); })) {
    std::fill_n(results, series.size, std::numeric_limits<double>::quiet_NaN());
    return;
  }
  std::sort(sorted.begin(), sorted.end());
  const double low = quantile(sorted, least), high = quantile(sorted, most);
  const double margin = k * (high - low);
  for (uint64_t i = 0; i < series.size; ++i)
    results[i] = outside(values[i], low - margin, high + margin);
}
extern "C" void sp_series_outliers(ExecState& exec, const ArrayRef& series,
                                   ArrayRef* out) noexcept {
  sp_series_outliers_within(exec, series, 0.25, 0.75, 1.5, out);
}

namespace {

Result<ResolvedFunction> resolve_outliers(std::span<const Argument> arguments,
                                          const ResolveOptions&) {
  if (arguments.size() != 1 && arguments.size() != 4) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Function seriesOutliersDetectTukey needs either 1 or 4 arguments");
  }
  const Type series = arguments[0].type;
  if (!series.is(TypeKind::kArray)) return illegal_argument(arguments, 0, "Array");
  if (!series.element().is_number())
    return fail(ErrorCode::kIllegalColumn, "Illegal column " + series.name() +
                                               " of first argument of function "
                                               "seriesOutliersDetectTukey");
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (!arguments[i].type.is_number()) return illegal_argument(arguments, i, "a number");
  }
  const Type reals = Type::array(float64_type());
  std::vector<Type> casts = repeated(float64_type(), arguments.size());
  casts[0] = reals;
  return fallible_call(
      reals,
      arguments.size() == 1 ? SP_SYMBOL(sp_series_outliers) : SP_SYMBOL(sp_series_outliers_within),
      std::move(casts));
}

}  // namespace

SP_FUNCTIONS(series_outliers) {
  const RowAdder add(rows, {.name = "", .constant_arguments = 0b1110, .resolve = {}});
  add("seriesOutliersDetectTukey", 1, 255, resolve_outliers,
      "Returns how far each value of `series` lies outside of Tukey's fences: `k` (1.5) times the "
      "range between the quantiles `least` (0.25) and `most` (0.75) away from these.",
      "SELECT seriesOutliersDetectTukey([1, 2, 3, 40, -30])", "[0,0,0,34,-28]");
}

}  // namespace sp
