// covarPop, covarSamp, corr, simpleLinearRegression: relations of two numbers, from sums, by
// ClickHouse's formulas; and the -Stable forms, from moments around the means (Welford 1962; Chan,
// Golub, LeVeque 1983).

#include <cmath>
#include <limits>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/parameters.h"

namespace sp {

template <class T>
struct PairSums : PodState<PairSums<T>> {
  T n, x, y, xy, xx, yy;
  void add(T a, T b) noexcept {
    n += 1;
    x += a;
    y += b;
    xy += a * b;
    xx += a * a;
    yy += b * b;
  }
  void merge(ExecState&, const PairSums& o) {
    n += o.n;
    x += o.x;
    y += o.y;
    xy += o.xy;
    xx += o.xx;
    yy += o.yy;
  }
  static constexpr T kNan = std::numeric_limits<T>::quiet_NaN();
  T covariance() const noexcept { return n == 0 ? kNan : (xy - x * y / n) / n; }
  T covariance_sample() const noexcept { return n <= 1 ? kNan : (xy - x * y / n) / (n - 1); }
  T correlation() const noexcept {
    return (n * xy - x * y) / std::sqrt((n * xx - x * x) * (n * yy - y * y));
  }
  T slope() const noexcept {
    const T divisor = xx * n - x * x;
    return divisor == 0 ? kNan : (xy * n - x * y) / divisor;
  }
  T intercept(T k) const noexcept { return n == 0 ? kNan : (y - k * x) / n; }
};

struct PairMoments : PodState<PairMoments> {
  uint64_t count;
  double mean_x, mean_y, xy, xx, yy;  // sums of products of distances from the means
  void add(double x, double y) noexcept {
    const double from_x = x - mean_x, from_y = y - mean_y;
    ++count;
    mean_x += from_x / static_cast<double>(count);
    mean_y += from_y / static_cast<double>(count);
    xy += (x - mean_x) * from_y;
    xx += from_x * (x - mean_x);
    yy += from_y * (y - mean_y);
  }
  void merge(ExecState&, const PairMoments& other) {
    if (other.count == 0) return;
    const double mine = static_cast<double>(count), theirs = static_cast<double>(other.count),
                 total = mine + theirs;
    const double apart_x = mean_x - other.mean_x, apart_y = mean_y - other.mean_y,
                 factor = mine * theirs / total;
    mean_x = (theirs * other.mean_x + mine * mean_x) / total;
    mean_y = (theirs * other.mean_y + mine * mean_y) / total;
    xy += other.xy + apart_x * apart_y * factor;
    xx += other.xx + apart_x * apart_x * factor;
    yy += other.yy + apart_y * apart_y * factor;
    count += other.count;
  }
  static constexpr double kInfinity =
      std::numeric_limits<double>::infinity();  // ClickHouse's answer to too few rows
  double covariance() const noexcept {
    return count == 0 ? kInfinity : count == 1 ? 0.0 : xy / static_cast<double>(count);
  }
  double covariance_sample() const noexcept {
    return count <= 1 ? kInfinity : xy / static_cast<double>(count - 1);
  }
  double correlation() const noexcept { return count < 2 ? kInfinity : xy / std::sqrt(xx * yy); }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_pair_moments_add(PairMoments* state, double x, double y) noexcept {
  state->add(x, y);
}
extern "C" double sp_pair_moments_finish(const PairMoments* s) noexcept { return s->covariance(); }
extern "C" double sp_pair_moments_covar_samp(const PairMoments* s) noexcept {
  return s->covariance_sample();
}
extern "C" double sp_pair_moments_corr(const PairMoments* s) noexcept { return s->correlation(); }
SP_STATE_BODIES(sp_pair_moments, PairMoments)

#define SP_PAIRS(prefix, T)                                                                 \
  extern "C" void prefix##_add(PairSums<T>* state, T x, T y) noexcept { state->add(x, y); } \
  extern "C" T prefix##_finish(const PairSums<T>* s) noexcept { return s->covariance(); }   \
  extern "C" T prefix##_covar_samp(const PairSums<T>* s) noexcept {                         \
    return s->covariance_sample();                                                          \
  }                                                                                         \
  extern "C" T prefix##_corr(const PairSums<T>* s) noexcept { return s->correlation(); }    \
  extern "C" void prefix##_line(const PairSums<T>* s, T* out) noexcept {                    \
    out[0] = s->slope();                                                                    \
    out[1] = s->intercept(out[0]);                                                          \
  }                                                                                         \
  SP_STATE_BODIES(prefix, PairSums<T>)
SP_PAIRS(sp_pairs32, float)
SP_PAIRS(sp_pairs64, double)

#ifndef SP_BITCODE
namespace sp {
namespace {

void add_pair_row(std::vector<AggregateRow>& rows, const char* name,
                  std::vector<const char*> aliases, const Symbol& finish32, const Symbol& finish64,
                  bool line, const char* doc, const char* example, const char* example_result) {
  const auto resolve = [=](Arguments parameters, Arguments arguments,
                           const ResolveOptions&) -> Result<ResolvedAggregate> {
    SP_TRY_VOID(expect_no_parameters(name, parameters));
    SP_TRY_VOID(expect_arguments(name, arguments, 2));
    bool all_float32 = true;
    for (const Argument& argument : arguments) {
      if (!argument.type.is_number() && !argument.type.is(TypeKind::kDecimal))
        return illegal_type(name, argument.type);
      all_float32 = all_float32 && argument.type.is(TypeKind::kFloat32);
    }
    ResolvedAggregate resolved;
    Type number = Type::of(TypeKind::kFloat64);
    SP_USE_BODIES(resolved, sp_pairs64, PairSums<double>);
    resolved.finish = finish64;
    if (all_float32 && !line) {
      SP_USE_BODIES(resolved, sp_pairs32, PairSums<float>);
      resolved.finish = finish32;
      number = Type::of(TypeKind::kFloat32);
    }
    resolved.arguments = {number, number};
    resolved.result = line ? Type::tuple({number, number}, {"k", "b"}) : number;
    return resolved;
  };
  rows.push_back({.name = name,
                  .aliases = std::move(aliases),
                  .resolve = resolve,
                  .doc = doc,
                  .example = example,
                  .example_result = example_result});
}

void add_stable_pair_row(std::vector<AggregateRow>& rows, const char* name, const Symbol& finish,
                         const char* doc, const char* example, const char* example_result) {
  const auto resolve = [=](Arguments parameters, Arguments arguments,
                           const ResolveOptions&) -> Result<ResolvedAggregate> {
    SP_TRY_VOID(expect_no_parameters(name, parameters));
    SP_TRY_VOID(expect_arguments(name, arguments, 2));
    for (const Argument& argument : arguments) {
      if (!argument.type.is_number() && !argument.type.is(TypeKind::kDecimal))
        return illegal_type(name, argument.type);
    }
    ResolvedAggregate resolved;
    SP_USE_BODIES(resolved, sp_pair_moments, PairMoments);
    resolved.finish = finish;
    resolved.result = Type::of(TypeKind::kFloat64);
    resolved.arguments = {resolved.result, resolved.result};
    return resolved;
  };
  rows.push_back({.name = name,
                  .resolve = resolve,
                  .doc = doc,
                  .example = example,
                  .example_result = example_result});
}

}  // namespace

SP_AGGREGATES(covariance) {
  add_stable_pair_row(rows, "covarPopStable", SP_SYMBOL(sp_pair_moments_finish),
                      "Population covariance, numerically stable.",
                      "SELECT covarPopStable(number, number * number) FROM numbers(10)", "74.25");
  add_stable_pair_row(rows, "covarSampStable", SP_SYMBOL(sp_pair_moments_covar_samp),
                      "Sample covariance, numerically stable.",
                      "SELECT covarSampStable(number, number * number) FROM numbers(10)", "82.5");
  add_stable_pair_row(rows, "corrStable", SP_SYMBOL(sp_pair_moments_corr),
                      "Pearson's correlation, numerically stable.",
                      "SELECT corrStable(number, number) FROM numbers(10)", "1");
  add_pair_row(rows, "covarPop", {"COVAR_POP"}, SP_SYMBOL(sp_pairs32_finish),
               SP_SYMBOL(sp_pairs64_finish), false, "Population covariance of `x` and `y`.",
               "SELECT covarPop(number, number * number) FROM numbers(10)", "74.25");
  add_pair_row(rows, "covarSamp", {"COVAR_SAMP"}, SP_SYMBOL(sp_pairs32_covar_samp),
               SP_SYMBOL(sp_pairs64_covar_samp), false, "Sample covariance of `x` and `y`.",
               "SELECT covarSamp(number, number * number) FROM numbers(10)", "82.5");
  add_pair_row(rows, "corr", {"CORR"}, SP_SYMBOL(sp_pairs32_corr), SP_SYMBOL(sp_pairs64_corr),
               false, "Pearson's correlation of `x` and `y`.",
               "SELECT corr(number, number * number) FROM numbers(10)", "0.9626907371412557");
  add_pair_row(rows, "simpleLinearRegression", {}, SP_SYMBOL(sp_pairs32_line),
               SP_SYMBOL(sp_pairs64_line), true,
               "Tuple (k, b) of the line y = k x + b nearest to the points.",
               "SELECT simpleLinearRegression(number, number * 3 + 1) FROM numbers(5)", "(3,1)");
}

}  // namespace sp
#endif
