// varPop, varSamp, stddevPop, stddevSamp, skew*, kurt*: from sums of powers, by ClickHouse's
// formulas (not numerically stable, but equal), in Float32 when the argument is; and the -Stable
// forms (Welford 1962, merging by Chan et al.).

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/parameters.h"

namespace sp {

template <class T>
constexpr T not_a_number = std::numeric_limits<T>::quiet_NaN();

// Sums of powers 0..4 (the compiler drops those that a finish never reads).
template <class T>
struct PowerSums : PodState<PowerSums<T>> {
  T m[5];
  void add(T x) noexcept {
    m[0] += 1;
    m[1] += x;
    m[2] += x * x;
  }
  void add4(T x) noexcept {
    add(x);
    m[3] += x * x * x;
    m[4] += x * x * x * x;
  }
  void merge(ExecState&, const PowerSums& other) {
    for (int i = 0; i < 5; ++i) m[i] += other.m[i];
  }
  T population() const noexcept {
    if (m[0] == 0) return not_a_number<T>;
    return std::max(T{}, (m[2] - m[1] * m[1] / m[0]) / m[0]);
  }
  T sample() const noexcept {
    if (m[0] <= 1) return not_a_number<T>;
    return std::max(T{}, (m[2] - m[1] * m[1] / m[0]) / (m[0] - 1));
  }
  T moment3() const noexcept {
    if (m[0] == 0) return not_a_number<T>;
    if (m[0] == 1) return 0;
    return (m[3] - (3 * m[2] - 2 * m[1] * m[1] / m[0]) * m[1] / m[0]) / m[0];
  }
  T moment4() const noexcept {
    if (m[0] == 0) return not_a_number<T>;
    if (m[0] == 1) return 0;
    return (m[4] - (4 * m[3] - (6 * m[2] - 3 * m[1] * m[1] / m[0]) * m[1] / m[0]) * m[1] / m[0]) /
           m[0];
  }
  T skewness(T variance) const noexcept {
    return variance > 0 ? static_cast<T>(moment3() / std::pow(variance, T(1.5))) : not_a_number<T>;
  }
  T kurtosis(T variance) const noexcept {
    return variance > 0 ? static_cast<T>(moment4() / (variance * variance)) : not_a_number<T>;
  }
};

struct Welford : PodState<Welford> {
  uint64_t count;
  double mean, m2;
  void add(double x) noexcept {
    const double delta = x - mean;
    ++count;
    mean += delta / static_cast<double>(count);
    m2 += delta * (x - mean);
  }
  void merge(ExecState&, const Welford& other) {
    if (other.count == 0) return;
    const double mine = static_cast<double>(count), theirs = static_cast<double>(other.count),
                 total = mine + theirs;
    const double delta = mean - other.mean;
    mean = (theirs * other.mean + mine * mean) / total;
    m2 += other.m2 + delta * delta * theirs * (mine / total);
    count += other.count;
  }
  double population() const noexcept {
    return count == 0 ? kInfinity : count == 1 ? 0.0 : m2 / static_cast<double>(count);
  }
  double sample() const noexcept {
    return count <= 1 ? kInfinity : m2 / static_cast<double>(count - 1);
  }

 private:
  static constexpr double kInfinity =
      std::numeric_limits<double>::infinity();  // ClickHouse's answer to too few rows
};

}  // namespace sp

using namespace sp;

#define SP_MOMENTS(prefix, T)                                                                   \
  extern "C" void prefix##_add(PowerSums<T>* state, T value) noexcept { state->add(value); }    \
  extern "C" void prefix##4_add(PowerSums<T> * state, T value) noexcept { state->add4(value); } \
  extern "C" T prefix##_var_pop(const PowerSums<T>* s) noexcept { return s->population(); }     \
  extern "C" T prefix##_var_samp(const PowerSums<T>* s) noexcept { return s->sample(); }        \
  extern "C" T prefix##_stddev_pop(const PowerSums<T>* s) noexcept {                            \
    return std::sqrt(s->population());                                                          \
  }                                                                                             \
  extern "C" T prefix##_stddev_samp(const PowerSums<T>* s) noexcept {                           \
    return std::sqrt(s->sample());                                                              \
  }                                                                                             \
  extern "C" T prefix##_skew_pop(const PowerSums<T>* s) noexcept {                              \
    return s->skewness(s->population());                                                        \
  }                                                                                             \
  extern "C" T prefix##_skew_samp(const PowerSums<T>* s) noexcept {                             \
    return s->skewness(s->sample());                                                            \
  }                                                                                             \
  extern "C" T prefix##_kurt_pop(const PowerSums<T>* s) noexcept {                              \
    return s->kurtosis(s->population());                                                        \
  }                                                                                             \
  extern "C" T prefix##_kurt_samp(const PowerSums<T>* s) noexcept {                             \
    return s->kurtosis(s->sample());                                                            \
  }                                                                                             \
  extern "C" T prefix##_finish(const PowerSums<T>* s) noexcept { return s->population(); }      \
  SP_STATE_BODIES(prefix, PowerSums<T>)
SP_MOMENTS(sp_moments32, float)
SP_MOMENTS(sp_moments64, double)

extern "C" void sp_welford_add(Welford* state, double value) noexcept { state->add(value); }
extern "C" double sp_welford_finish(const Welford* state) noexcept { return state->population(); }
extern "C" double sp_welford_var_samp(const Welford* state) noexcept { return state->sample(); }
extern "C" double sp_welford_stddev_pop(const Welford* state) noexcept {
  return std::sqrt(state->population());
}
extern "C" double sp_welford_stddev_samp(const Welford* state) noexcept {
  return std::sqrt(state->sample());
}
SP_STATE_BODIES(sp_welford, Welford)

#ifndef SP_BITCODE
namespace sp {
namespace {

struct MomentRow {
  const char* name;
  std::vector<const char*> aliases;
  Symbol finish32, finish64;
  bool four;
  const char* doc;
  const char* example_result;
};

void add_moment(std::vector<AggregateRow>& rows, const MomentRow& moment) {
  const char* name = moment.name;
  static auto* examples = new std::vector<std::unique_ptr<std::string>>();
  examples->push_back(std::make_unique<std::string>("SELECT " + std::string(name) +
                                                    "(number * number) FROM numbers(10)"));
  const char* example = examples->back()->c_str();
  const auto resolve = [moment](Arguments parameters, Arguments arguments,
                                const ResolveOptions&) -> Result<ResolvedAggregate> {
    SP_TRY_VOID(expect_no_parameters(moment.name, parameters));
    SP_TRY_VOID(expect_arguments(moment.name, arguments, 1));
    const Type type = arguments[0].type;
    if (!type.is_number() && !type.is(TypeKind::kDecimal)) return illegal_type(moment.name, type);
    ResolvedAggregate resolved;
    if (type.is(TypeKind::kFloat32)) {
      SP_USE_BODIES(resolved, sp_moments32, PowerSums<float>);
      if (moment.four) resolved.add = SP_SYMBOL(sp_moments324_add);
      resolved.finish = moment.finish32;
      resolved.result = type;
    } else {
      SP_USE_BODIES(resolved, sp_moments64, PowerSums<double>);
      if (moment.four) resolved.add = SP_SYMBOL(sp_moments644_add);
      resolved.finish = moment.finish64;
      resolved.result = Type::of(TypeKind::kFloat64);
    }
    resolved.arguments = {resolved.result};
    return resolved;
  };
  rows.push_back({.name = name,
                  .aliases = moment.aliases,
                  .resolve = resolve,
                  .doc = moment.doc,
                  .example = example,
                  .example_result = moment.example_result});
}

void add_stable(std::vector<AggregateRow>& rows, const char* name, const Symbol& finish,
                const char* doc, const char* example, const char* example_result) {
  rows.push_back({.name = name,
                  .resolve = [=](Arguments parameters, Arguments arguments,
                                 const ResolveOptions&) -> Result<ResolvedAggregate> {
                    SP_TRY_VOID(expect_no_parameters(name, parameters));
                    SP_TRY_VOID(expect_arguments(name, arguments, 1));
                    const Type type = arguments[0].type;
                    if (!type.is_number() && !type.is(TypeKind::kDecimal))
                      return illegal_type(name, type);
                    ResolvedAggregate resolved;
                    SP_USE_BODIES(resolved, sp_welford, Welford);
                    resolved.finish = finish;
                    resolved.result = Type::of(TypeKind::kFloat64);
                    resolved.arguments = {resolved.result};
                    return resolved;
                  },
                  .doc = doc,
                  .example = example,
                  .example_result = example_result});
}

#define SP_MOMENT(name, aliases, which, four, doc, example_result)  \
  add_moment(rows, {name, aliases, SP_SYMBOL(sp_moments32_##which), \
                    SP_SYMBOL(sp_moments64_##which), four, doc, example_result})
using Aliases = std::vector<const char*>;

}  // namespace

SP_AGGREGATES(variance) {
  SP_MOMENT("varPop", (Aliases{"VAR_POP"}), var_pop, false, "Population variance of `x`.",
            "721.05");
  SP_MOMENT("varSamp", (Aliases{"VAR_SAMP"}), var_samp, false, "Sample variance of `x`.",
            "801.1666666666666");
  SP_MOMENT("stddevPop", (Aliases{"STDDEV_POP", "STD"}), stddev_pop, false,
            "Population standard deviation of `x`.", "26.852374196707448");
  SP_MOMENT("stddevSamp", (Aliases{"STDDEV_SAMP", "STDDEV"}), stddev_samp, false,
            "Sample standard deviation of `x`.", "28.3048876815766");
  SP_MOMENT("skewPop", Aliases{}, skew_pop, true, "Skewness of `x` by the population variance.",
            "0.6735701055423582");
  SP_MOMENT("skewSamp", Aliases{}, skew_samp, true, "Skewness of `x` by the sample variance.",
            "0.5751042382747413");
  SP_MOMENT("kurtPop", Aliases{}, kurt_pop, true, "Kurtosis of `x` by the population variance.",
            "2.139980041183902");
  SP_MOMENT("kurtSamp", Aliases{}, kurt_samp, true, "Kurtosis of `x` by the sample variance.",
            "1.7333838333589604");
  add_stable(rows, "varPopStable", SP_SYMBOL(sp_welford_finish),
             "Population variance, numerically stable.",
             "SELECT varPopStable(number * number) FROM numbers(10)", "721.05");
  add_stable(rows, "varSampStable", SP_SYMBOL(sp_welford_var_samp),
             "Sample variance, numerically stable.",
             "SELECT varSampStable(number * number) FROM numbers(10)", "801.1666666666666");
  add_stable(rows, "stddevPopStable", SP_SYMBOL(sp_welford_stddev_pop),
             "Population standard deviation, numerically stable.",
             "SELECT stddevPopStable(number * number) FROM numbers(10)", "26.852374196707448");
  add_stable(rows, "stddevSampStable", SP_SYMBOL(sp_welford_stddev_samp),
             "Sample standard deviation, numerically stable.",
             "SELECT stddevSampStable(number * number) FROM numbers(10)", "28.3048876815766");
}

}  // namespace sp
#endif
