// exponentialTimeDecayedSum, -Count, -Avg and -Max: what the rows of a window's frame weigh at the
// time of its last row, where a weight falls to 1/e in `decay` units of time. They exist over
// windows only: the order of rows is part of them.

#include <cmath>
#include <limits>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/functions/signature.h"

namespace sp {

struct DecayContext : AggregateContext {
  double decay = 1;
  /// What is left at `now` of a weight of 1 at `time`.
  double left(double time, double now) const noexcept { return std::exp((time - now) / decay); }
};

// The sum of values and of weights as of the last row.
struct DecayedSum {
  double sum, count, time;
  uint8_t seen;

  void add(const DecayContext& context, double value, double now) noexcept {
    const double left = seen ? context.left(time, now) : 0;
    const double one = context.left(now, now);
    sum = sum * left + one * value;
    count = count * left + one;
    time = now;
    seen = 1;
  }
  void merge(ExecState&, const DecayContext& context, const DecayedSum& later) noexcept {
    if (!later.seen) return;
    const double left = seen ? context.left(time, later.time) : 0;
    sum = sum * left + later.sum;
    count = count * left + later.count;
    time = later.time;
    seen = 1;
  }
  void write(const DecayContext&, StateWriter& out) const { out.pod(*this); }
  bool read(ExecState& exec, const DecayContext& context, StateReader& in) {
    DecayedSum other;
    if (!in.pod(other)) return false;
    merge(exec, context, other);
    return true;
  }
};

// The value that is the greatest as of the last row, undecayed, with its own time.
struct DecayedMax {
  double value, value_time, time;
  uint8_t seen;

  double now(const DecayContext& context) const noexcept {
    return context.left(value_time, time) * value;
  }
  void add(const DecayContext& context, double other, double other_time, double new_time) noexcept {
    const bool first = !seen;
    time = new_time;
    seen = 1;
    if (!first && !(context.left(other_time, new_time) * other > now(context))) return;
    value = other;
    value_time = other_time;
  }
  void merge(ExecState&, const DecayContext& context, const DecayedMax& later) noexcept {
    if (later.seen) add(context, later.value, later.value_time, later.time);
  }
  void write(const DecayContext&, StateWriter& out) const { out.pod(*this); }
  bool read(ExecState& exec, const DecayContext& context, StateReader& in) {
    DecayedMax other;
    if (!in.pod(other)) return false;
    merge(exec, context, other);
    return true;
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_decayed_sum_add(const DecayContext* context, DecayedSum* state, double value,
                                   double time) noexcept {
  state->add(*context, value, time);
}
extern "C" void sp_decayed_count_add(const DecayContext* context, DecayedSum* state,
                                     double time) noexcept {
  state->add(*context, 0, time);
}
extern "C" double sp_decayed_sum_finish(const DecayedSum* state) noexcept { return state->sum; }
extern "C" double sp_decayed_count_finish(const DecayedSum* state) noexcept { return state->count; }
extern "C" double sp_decayed_avg_finish(const DecayedSum* state) noexcept {
  return state->sum / state->count;
}
SP_STATE_BODIES_WITH(sp_decayed_sum, DecayContext, DecayedSum)

extern "C" void sp_decayed_max_add(const DecayContext* context, DecayedMax* state, double value,
                                   double time) noexcept {
  state->add(*context, value, time, time);
}
extern "C" double sp_decayed_max_finish(const DecayContext* context,
                                        const DecayedMax* state) noexcept {
  return state->seen ? state->now(*context) : std::numeric_limits<double>::quiet_NaN();
}
SP_STATE_BODIES_WITH(sp_decayed_max, DecayContext, DecayedMax)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<std::shared_ptr<const DecayContext>> decay_of(const char* name, Arguments parameters) {
  if (parameters.size() != 1) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Function " + std::string(name) + " takes exactly one parameter");
  }
  const auto decay = constant_number(parameters[0]);
  if (!decay) {
    return fail(ErrorCode::kCannotConvertType, "The decay of " + std::string(name) +
                                                   " must be a number, not " +
                                                   parameters[0].type.name());
  }
  auto context = std::make_shared<DecayContext>();
  context->decay = *decay;
  return std::shared_ptr<const DecayContext>(std::move(context));
}

Result<void> expect_kind(const char* name, Type type, bool fits, const char* expected) {
  if (fits) return {};
  return fail(ErrorCode::kBadArguments, "An argument of " + std::string(name) + " must be " +
                                            expected + ", '" + type.name() + "' given");
}

enum class Answer : uint8_t { kSum, kCount, kAvg, kMax };

AggregateResolver decayed(const char* name, Answer answer) {
  return [=](Arguments parameters, Arguments arguments,
             const ResolveOptions&) -> Result<ResolvedAggregate> {
    ResolvedAggregate resolved;
    SP_TRY(resolved.context, decay_of(name, parameters));
    SP_TRY_VOID(expect_arguments(name, arguments, answer == Answer::kCount ? 1 : 2));
    if (answer != Answer::kCount) {
      const Type type = arguments[0].type;
      SP_TRY_VOID(expect_kind(name, type, is_number_like(type), "a number"));
    }
    const Type time = arguments.back().type;
    const bool is_time = time.is(TypeKind::kDateTime) || time.is(TypeKind::kDateTime64);
    SP_TRY_VOID(expect_kind(name, time, is_time || is_number_like(time),
                            "a DateTime, a DateTime64 or a number"));
    resolved.result = Type::of(TypeKind::kFloat64);
    resolved.arguments.assign(arguments.size(), resolved.result);
    resolved.order_matters = true;
    if (answer == Answer::kMax) {
      SP_USE_BODIES(resolved, sp_decayed_max, DecayedMax);
      return resolved;
    }
    SP_USE_BODIES(resolved, sp_decayed_sum, DecayedSum);
    if (answer == Answer::kAvg) resolved.finish = SP_SYMBOL(sp_decayed_avg_finish);
    if (answer == Answer::kCount) {
      resolved.add = SP_SYMBOL(sp_decayed_count_add);
      resolved.finish = SP_SYMBOL(sp_decayed_count_finish);
    }
    return resolved;
  };
}

}  // namespace

SP_AGGREGATES(time_decay) {
  const auto add = [&](const char* name, Answer answer, const char* doc, const char* example,
                       const char* result) {
    rows.push_back({.name = name,
                    .resolve = decayed(name, answer),
                    .skip_nulls = false,
                    .window_only = true,
                    .doc = doc,
                    .example = example,
                    .example_result = result});
  };
  add("exponentialTimeDecayedSum", Answer::kSum,
      "Sum of `value`s, weighted by their age at the last row of the frame: 1/e for each `decay` "
      "of `time`.",
      "SELECT exponentialTimeDecayedSum(10)(number, number) OVER (ORDER BY number) FROM "
      "numbers(3)",
      "0\n1\n2.9048374180359593");
  add("exponentialTimeDecayedCount", Answer::kCount,
      "Count of rows, weighted by their age at the last row of the frame: 1/e for each `decay` "
      "of `time`.",
      "SELECT exponentialTimeDecayedCount(10)(number) OVER (ORDER BY number) FROM numbers(3)",
      "1\n1.9048374180359595\n2.723568171113941");
  add("exponentialTimeDecayedAvg", Answer::kAvg,
      "Average of `value`s, weighted by their age at the last row of the frame: 1/e for each "
      "`decay` of `time`.",
      "SELECT exponentialTimeDecayedAvg(10)(number, number) OVER (ORDER BY number) FROM "
      "numbers(3)",
      "0\n0.52497918747894\n1.0665557957551983");
  add("exponentialTimeDecayedMax", Answer::kMax,
      "Largest of the `value`s, weighted by their age at the last row of the frame: 1/e for each "
      "`decay` of `time`.",
      "SELECT exponentialTimeDecayedMax(1)(10 - number * 9, number) OVER (ORDER BY number) FROM "
      "numbers(3)",
      "10\n3.6787944117144233\n1.353352832366127");
}

}  // namespace sp
#endif
