// attribution(model, window[, number...][, option...])(time, touch, conversion[, value]): the
// credit of each touch for the conversions within `window` of it, as a map from touch to credit.
// Models: first_touch, last_touch, linear, time_decay, position_based. Definitions and sources:
// docs/journeys.md.

#include "runtime/aggregates/journey_rows.h"

namespace sp {

enum class AttributionModel : uint8_t {
  kFirstTouch,
  kLastTouch,
  kLinear,
  kTimeDecay,
  kPositionBased
};

struct AttributionContext : JourneyContext {
  using JourneyContext::JourneyContext;
  AttributionModel model = AttributionModel::kLinear;
  uint64_t window = 0;             // in ticks; 0 = none
  double half_life = 0;            // in ticks
  double first = 0.4, last = 0.4;  // of position_based
  bool exclude_own = false;  // a conversion's own row is a touch of it only if there is no other
  bool reset = false;        // a conversion uses the touches before it up
  uint32_t stride = 0, credit_offset = 0;
};

}  // namespace sp

extern "C" void sp_attribution_finish(sp::ExecState& exec, const sp::AttributionContext* context,
                                      const sp::JourneyRows* state, sp::ArrayRef* out) noexcept;

#ifndef SP_BITCODE
#include <algorithm>
#include <cmath>

#include "runtime/aggregates/parameters.h"

using namespace sp;

namespace sp {
namespace {

// Credits of one customer's rows, one for each row; `shared_` marks the rows that have a share.
class Credits {
 public:
  Credits(const AttributionContext& context, const JourneyRows& rows)
      : context_(context),
        rows_(rows) {
    rows.sort(context);
    credits_.resize(rows.count, 0);
    shared_.resize(rows.count, 0);
  }

  void of_all_conversions(const ExecState& exec) {
    uint32_t oldest = 0;
    for (uint32_t i = 0; i < rows_.count; ++i) {
      const uint64_t* row = rows_.at(context_, i);
      if ((row[1] & JourneyRows::kFirstMark) == 0) continue;
      if (exec.stop->load(std::memory_order_relaxed) != 0) return;
      while (context_.window != 0 && row[0] - rows_.at(context_, oldest)[0] > context_.window)
        ++oldest;
      of_conversion(oldest, i);
      if (context_.reset) oldest = i + 1;
    }
  }
  /// Writes the sums by touch, in the order of touches.
  void write(ExecState& exec, ArrayRef& out) const {
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < rows_.count; ++i) {
      if (shared_[i]) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return context_.step.ops->compare(touch(a), touch(b)) < 0;
    });
    char* entries =
        static_cast<char*>(exec.persistent.allocate(order.size() * context_.stride + 1, 16));
    std::memset(entries, 0, order.size() * context_.stride);
    uint64_t size = 0;
    for (size_t i = 0; i < order.size();) {
      char* entry = entries + size++ * context_.stride;
      const void* key = touch(order[i]);
      double credit = 0;
      for (; i < order.size() && context_.step.ops->equal(key, touch(order[i])); ++i)
        credit += credits_[order[i]];
      std::memcpy(entry, key, context_.step.size);
      std::memcpy(entry + context_.credit_offset, &credit, sizeof(credit));
    }
    out = {entries, size};
  }

 private:
  const void* touch(uint32_t i) const {
    return JourneyRows::step_of(context_, rows_.at(context_, i));
  }

  void of_conversion(uint32_t oldest, uint32_t conversion) {
    touches_.clear();
    const auto is_touch = [&](uint32_t i) {
      return (rows_.at(context_, i)[1] & JourneyRows::kHasStep) != 0;
    };
    const uint32_t end = conversion + (context_.exclude_own ? 0 : 1);
    for (uint32_t i = oldest; i < end; ++i) {
      if (is_touch(i)) touches_.push_back(i);
    }
    if (touches_.empty() && is_touch(conversion)) touches_.push_back(conversion);
    if (touches_.empty()) return;
    const uint64_t* row = rows_.at(context_, conversion);
    const double value =
        context_.value_offset == JourneyContext::kNone ? 1 : JourneyRows::value_of(context_, row);
    share_out(row[0], value);
  }
  void give(uint32_t row, double share, double value) {
    if (share == 0) return;
    credits_[row] += share * value;
    shared_[row] = 1;
  }
  void share_out(uint64_t time, double value) {
    const size_t count = touches_.size();
    switch (context_.model) {
      case AttributionModel::kFirstTouch: return give(touches_.front(), 1, value);
      case AttributionModel::kLastTouch: return give(touches_.back(), 1, value);
      case AttributionModel::kLinear:
        for (const uint32_t i : touches_) give(i, 1 / static_cast<double>(count), value);
        return;
      case AttributionModel::kTimeDecay: return by_age(time, value);
      case AttributionModel::kPositionBased: return by_position(value);
    }
  }
  // weight = 2^(-age / half life), relative to the youngest: old journeys do not vanish in
  // rounding.
  void by_age(uint64_t time, double value) {
    const uint64_t youngest = time - rows_.at(context_, touches_.back())[0];
    weights_.clear();
    double sum = 0;
    for (const uint32_t i : touches_) {
      const double age = static_cast<double>(time - rows_.at(context_, i)[0] - youngest);
      weights_.push_back(std::exp2(-age / context_.half_life));
      sum += weights_.back();
    }
    for (size_t k = 0; k < touches_.size(); ++k) give(touches_[k], weights_[k] / sum, value);
  }
  // The middle shares what first and last leave; without a middle first and last share all in their
  // proportion.
  void by_position(double value) {
    const size_t count = touches_.size();
    if (count == 1) return give(touches_[0], 1, value);
    double first = context_.first, last = context_.last;
    if (count == 2) {
      const double sum = first + last;
      first = sum == 0 ? 0.5 : first / sum;
      last = 1 - first;
    }
    give(touches_.front(), first, value);
    for (size_t k = 1; k + 1 < count; ++k)
      give(touches_[k], (1 - first - last) / static_cast<double>(count - 2), value);
    give(touches_.back(), last, value);
  }

  const AttributionContext& context_;
  const JourneyRows& rows_;
  std::vector<double> credits_;
  std::vector<uint8_t> shared_;
  std::vector<uint32_t> touches_;
  std::vector<double> weights_;
};

Result<AttributionModel> model_of(Arguments parameters) {
  constexpr std::pair<std::string_view, AttributionModel> kModels[] = {
      {"first_touch", AttributionModel::kFirstTouch},
      {"last_touch", AttributionModel::kLastTouch},
      {"linear", AttributionModel::kLinear},
      {"time_decay", AttributionModel::kTimeDecay},
      {"position_based", AttributionModel::kPositionBased}};
  if (parameters.size() < 2) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function attribution requires parameters: model, window[, number...][, "
                "option...]");
  }
  const std::string given(parameters[0].constant_text().value_or(""));
  for (const auto& [name, model] : kModels) {
    if (given == name) return model;
  }
  return fail(ErrorCode::kBadArguments,
              "Aggregate function attribution has no such model: '" + given + "'", std::nullopt,
              "models: first_touch, last_touch, linear, time_decay, position_based");
}

// The numbers of time_decay and position_based; `parameters` begins behind the window and loses
// them.
Result<void> read_numbers(AttributionContext& context, Arguments& parameters) {
  const auto next = [&]() -> std::optional<double> {
    if (parameters.empty() || parameters[0].type.is_string_like()) return std::nullopt;
    const auto number = constant_number(parameters[0]);
    parameters = parameters.subspan(1);
    return number ? *number : -1;
  };
  if (context.model == AttributionModel::kTimeDecay) {
    constexpr double kWeek = 604800;
    context.half_life = kWeek / context.time.unit_seconds * static_cast<double>(context.time.ticks);
    if (!parameters.empty() && !parameters[0].type.is_string_like()) {
      SP_TRY(const uint64_t ticks,
             span_ticks("attribution", "half-life", parameters[0], context.time));
      context.half_life = static_cast<double>(ticks);
      parameters = parameters.subspan(1);
    }
    if (!(context.half_life > 0) || std::isinf(context.half_life)) {
      return fail(ErrorCode::kBadArguments,
                  "The half-life of attribution's time_decay must be given, and positive");
    }
  }
  if (context.model == AttributionModel::kPositionBased) {
    if (const auto first = next()) {
      const auto last = next();
      context.first = *first;
      context.last = last.value_or(-1);
    }
    if (!(context.first >= 0 && context.last >= 0 && context.first + context.last <= 1)) {
      return fail(ErrorCode::kBadArguments,
                  "The shares of the first and the last touch in attribution's position_based must "
                  "be two numbers from 0 "
                  "to 1, and no more than 1 together");
    }
  }
  return {};
}

Result<ResolvedAggregate> resolve_attribution(Arguments parameters, Arguments arguments,
                                              const ResolveOptions&) {
  if (arguments.size() < 3 || arguments.size() > 4) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function attribution requires three or four arguments: time, touch, "
                "conversion[, value]");
  }
  SP_TRY(const AttributionModel model, model_of(parameters));
  const Type time_type = arguments[0].type.without_nullable();
  const Type touch = arguments[1].type.without_nullable();
  SP_TRY(const JourneyTime time, journey_time("attribution", time_type));
  if (!arguments[2].type.base().is_number()) return illegal_type("attribution", arguments[2].type);
  const bool has_value = arguments.size() == 4;
  if (has_value && !arguments[3].type.base().is_number() &&
      !arguments[3].type.base().is(TypeKind::kDecimal)) {
    return illegal_type("attribution", arguments[3].type);
  }
  auto context = std::make_shared<AttributionContext>(time, time_type, touch);
  context->model = model;
  context->first_mark_orders = true;
  SP_TRY(context->window, span_ticks("attribution", "window", parameters[1], time));
  parameters = parameters.subspan(2);
  SP_TRY_VOID(read_numbers(*context, parameters));
  for (const Argument& parameter : parameters) {
    const std::string_view option = parameter.constant_text().value_or("");
    if (option == "exclude_own")
      context->exclude_own = true;
    else if (option == "reset")
      context->reset = true;
    else {
      return fail(
          ErrorCode::kBadArguments,
          "Aggregate function attribution has no such option: '" + std::string(option) + "'",
          std::nullopt, "options: exclude_own, reset");
    }
  }
  ResolvedAggregate resolved;
  resolved.arguments = types_of(arguments);
  const auto keep_null = [&](size_t i, TypeKind kind) {
    return Type::of(kind).with_null(arguments[i].type.can_be_null());
  };
  resolved.arguments[2] = keep_null(2, TypeKind::kBool);
  if (has_value) resolved.arguments[3] = keep_null(3, TypeKind::kFloat64);
  context->lay_out(resolved.arguments, has_value);
  const Type entry = Type::tuple({touch, Type::of(TypeKind::kFloat64)});
  context->credit_offset = row_layout(entry.inner()).offsets[1];
  context->stride = slot_layout(entry).size;
  resolved.result = Type::map(touch, Type::of(TypeKind::kFloat64));
  use_journey_bodies(resolved, std::move(context));
  resolved.finish = SP_SYMBOL(sp_attribution_finish);
  return resolved;
}

}  // namespace

SP_AGGREGATES(attribution) {
  rows.push_back({.name = "attribution",
                  .resolve = &resolve_attribution,
                  .skip_nulls = false,
                  .never_null = true,
                  .doc = "Map of the credit of each `touch` for the rows where `conversion` holds, "
                         "at most `window` after it "
                         "in `time`, each worth `value` (or 1); `model` first_touch, last_touch, "
                         "linear, time_decay or "
                         "position_based (journeys.md).",
                  .example = "SELECT attribution('linear', 10)(number, ['mail', 'web'][1 + number "
                             "% 2], number = 3) FROM numbers(5)",
                  .example_result = "{'mail':0.5,'web':0.5}"});
}

}  // namespace sp

extern "C" void sp_attribution_finish(ExecState& exec, const AttributionContext* context,
                                      const JourneyRows* state, ArrayRef* out) noexcept {
  Credits credits(*context, *state);
  credits.of_all_conversions(exec);
  credits.write(exec, *out);
}
#endif
