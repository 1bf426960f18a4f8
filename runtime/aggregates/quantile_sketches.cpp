// quantileDD(accuracy, level): DDSketch with logarithmic buckets (Masson, Rim, Lee: VLDB 2019).
// quantileGK(accuracy, level): summaries of Greenwald and Khanna (SIGMOD 2001) with the batches and
// the merging of Spark's. Constants as ClickHouse's.

#include <cmath>

#include "runtime/aggregates/points.h"
#include "runtime/aggregates/quantile_levels.h"

namespace sp {

// --- quantileDD

struct SketchContext : LevelsContext {
  double accuracy = 0.01;  // quantileGK: 1 / accuracy
  double gamma = 1, multiplier = 1;
};
struct Buckets {
  GrowingArray<double> counts;  // of keys from `first` on
  int32_t first;
  double count;
  void add(ExecState& exec, int32_t key, double weight) noexcept;
  // The key where the running count passes `rank`.
  int32_t at_rank(double rank, bool lower) const noexcept {
    double seen = 0;
    for (uint64_t i = 0; i < counts.size; ++i) {
      seen += counts[i];
      if (lower ? seen > rank : seen >= rank + 1) return first + static_cast<int32_t>(i);
    }
    return first + static_cast<int32_t>(counts.size) - 1;
  }
};
struct DDSketch {
  Buckets positive, negative;
  double zeros;
  void merge(ExecState& exec, const SketchContext&, const DDSketch& other) {
    const auto take = [&](Buckets& into, const Buckets& from) {
      for (uint64_t i = 0; i < from.counts.size; ++i) {
        if (from.counts[i] != 0)
          into.add(exec, from.first + static_cast<int32_t>(i), from.counts[i]);
      }
    };
    take(positive, other.positive);
    take(negative, other.negative);
    zeros += other.zeros;
  }
  void write(const SketchContext&, StateWriter& out) const {
    for (const Buckets* buckets : {&positive, &negative}) {
      out.pod(buckets->first);
      out.varint(buckets->counts.size);
      for (const double count : buckets->counts) out.pod(count);
    }
    out.pod(zeros);
  }
  bool read(ExecState& exec, const SketchContext& context, StateReader& in) {
    DDSketch other{};
    for (Buckets* buckets : {&other.positive, &other.negative}) {
      uint64_t size;
      if (!in.pod(buckets->first) || !in.count(size, 8)) return false;
      for (uint64_t i = 0; i < size; ++i) {
        double count;
        if (!in.pod(count) || !(count >= 0)) return false;
        buckets->counts.push(exec, count);
      }
    }
    if (!in.pod(other.zeros)) return false;
    merge(exec, context, other);
    return true;
  }
  double value(const SketchContext& context, double level) const noexcept;
};

// --- quantileGK

struct GKSample {
  double value;
  int64_t jump, spread;  // the least rank above the sample before, and how much more it may be
};
struct GKSummary {
  static constexpr uint64_t kHead = 50000, kCompressAt = 10000;
  GrowingArray<GKSample> samples;
  GrowingArray<double> head;  // values not yet in samples
  uint64_t count;
  uint8_t compressed;
  void add(ExecState& exec, const SketchContext& context, double value) noexcept {
    head.push(exec, value);
    compressed = 0;
    if (__builtin_expect(head.size >= kHead, 0)) {
      insert_head(exec, context);
      if (samples.size >= kCompressAt) compress(exec, context);
    }
  }
  void insert_head(ExecState& exec, const SketchContext& context) noexcept;
  void compress(ExecState& exec, const SketchContext& context) noexcept;
  void shrink(double threshold) noexcept;
  void merge(ExecState& exec, const SketchContext& context, const GKSummary& other);
  void write(const SketchContext& context, StateWriter& out) const;
  bool read(ExecState& exec, const SketchContext& context, StateReader& in);
  double value(const SketchContext& context, double level) const noexcept;
};

}  // namespace sp

using namespace sp;

extern "C" void sp_dd_add(ExecState& exec, const SketchContext* context, DDSketch* state,
                          double value) noexcept {
  if (value != value) return;
  const double least = 2.2250738585072014e-308 * context->gamma;
  const auto key = [&](double x) {
    return static_cast<int32_t>(std::log(x) * context->multiplier);
  };
  if (value > least)
    state->positive.add(exec, key(value), 1);
  else if (value < -least)
    state->negative.add(exec, key(-value), 1);
  else
    state->zeros += 1;
}
extern "C" double sp_dd_finish(const SketchContext* context, const DDSketch* state) noexcept {
  return state->value(*context, context->levels[0]);
}
extern "C" void sp_dds_finish(ExecState& exec, const SketchContext* context, const DDSketch* state,
                              ArrayRef* out) noexcept {
  finish_levels<double>(exec, *context, out,
                        [&](double level) { return state->value(*context, level); });
}
SP_STATE_BODIES_WITH(sp_dd, SketchContext, DDSketch)

// Summaries hold what the argument's slot holds, as Float64.
#define SP_GK(suffix, T)                                                                          \
  extern "C" void sp_gk_##suffix##_add(ExecState& exec, const SketchContext* context,             \
                                       GKSummary* state, T value) noexcept {                      \
    if (value == value) state->add(exec, *context, static_cast<double>(value));                   \
  }                                                                                               \
  extern "C" T sp_gk_##suffix##_finish(ExecState& exec, const SketchContext* context,             \
                                       const GKSummary* state) noexcept {                         \
    const_cast<GKSummary*>(state)->compress(exec, *context);                                      \
    return state->samples.size == 0 ? T{}                                                         \
                                    : static_cast<T>(state->value(*context, context->levels[0])); \
  }                                                                                               \
  extern "C" void sp_gks_##suffix##_finish(ExecState& exec, const SketchContext* context,         \
                                           const GKSummary* state, ArrayRef* out) noexcept {      \
    const_cast<GKSummary*>(state)->compress(exec, *context);                                      \
    finish_levels<T>(exec, *context, out, [&](double level) {                                     \
      return state->samples.size == 0 ? T{} : static_cast<T>(state->value(*context, level));      \
    });                                                                                           \
  }
SP_FOR_NUMBERS(SP_GK)
extern "C" void sp_gk_add(ExecState& exec, const SketchContext* context, GKSummary* state,
                          double value) noexcept {
  sp_gk_f64_add(exec, context, state, value);
}
extern "C" double sp_gk_finish(ExecState& exec, const SketchContext* context,
                               const GKSummary* state) noexcept {
  return sp_gk_f64_finish(exec, context, state);
}
SP_STATE_BODIES_WITH(sp_gk, SketchContext, GKSummary)

#ifndef SP_BITCODE
#include <algorithm>
#include <vector>

namespace sp {

void Buckets::add(ExecState& exec, int32_t key, double weight) noexcept {
  if (counts.size == 0) first = key;
  if (key < first) {
    const auto shift = static_cast<uint64_t>(first - key);
    counts.reserve(exec, counts.size + shift);
    std::memmove(static_cast<void*>(counts.data + shift), counts.data,
                 counts.size * sizeof(double));
    std::fill(counts.data, counts.data + shift, 0.0);
    counts.size += shift;
    first = key;
  }
  const auto at = static_cast<uint64_t>(key - first);
  while (counts.size <= at) counts.push(exec, 0.0);
  counts[at] += weight;
  count += weight;
}

double DDSketch::value(const SketchContext& context, double level) const noexcept {
  const double all = positive.count + negative.count + zeros;
  if (all == 0) return empty_quantile<double>();
  const auto middle = [&](int32_t key) {
    return std::exp(static_cast<double>(key) / context.multiplier) * (1 + context.accuracy);
  };
  const double rank = level * (all - 1);
  if (rank < negative.count) return -middle(negative.at_rank(negative.count - rank - 1, false));
  if (rank < zeros + negative.count) return 0;
  return middle(positive.at_rank(rank - zeros - negative.count, true));
}

void GKSummary::insert_head(ExecState& exec, const SketchContext& context) noexcept {
  if (head.size == 0) return;
  std::sort(head.begin(), head.end());
  GrowingArray<GKSample> merged{};
  merged.reserve(exec, samples.size + head.size);
  uint64_t at = 0, total = count;
  for (uint64_t i = 0; i < head.size; ++i) {
    while (at < samples.size && samples[at].value <= head[i]) merged.push(exec, samples[at++]);
    ++total;
    const bool extreme = merged.size == 0 || (at == samples.size && i + 1 == head.size);
    const double spread = std::floor(2 * context.accuracy * static_cast<double>(total));
    merged.push(exec, {head[i], 1, extreme ? 0 : static_cast<int64_t>(spread)});
  }
  while (at < samples.size) merged.push(exec, samples[at++]);
  samples = merged;
  head.size = 0;
  count = total;
}

void GKSummary::shrink(double threshold) noexcept {
  if (samples.size == 0) return;
  std::vector<GKSample> kept;
  GKSample last = samples.back();
  for (uint64_t i = samples.size - 1; i-- > 1;) {
    const GKSample& one = samples[i];
    if (static_cast<double>(one.jump + last.jump + last.spread) < threshold) {
      last.jump += one.jump;
    } else {
      kept.push_back(last);
      last = one;
    }
  }
  kept.push_back(last);
  if (samples[0].value <= last.value && samples.size > 1) kept.push_back(samples[0]);
  std::reverse(kept.begin(), kept.end());
  std::copy(kept.begin(), kept.end(), samples.data);
  samples.size = kept.size();
}

void GKSummary::compress(ExecState& exec, const SketchContext& context) noexcept {
  if (compressed) return;
  insert_head(exec, context);
  shrink(2 * context.accuracy * static_cast<double>(count));
  compressed = 1;
}

void GKSummary::merge(ExecState& exec, const SketchContext& context, const GKSummary& given) {
  GKSummary other = given;
  if (!other.compressed) {  // its memory stays as it is
    other.samples = {};
    other.samples.append(exec, given.samples.data, given.samples.size);
    other.head = {};
    other.head.append(exec, given.head.data, given.head.size);
    other.compress(exec, context);
  }
  if (other.count == 0) return;
  compress(exec, context);
  if (count == 0) {
    samples = {};
    samples.append(exec, other.samples.data, other.samples.size);
    count = other.count;
    compressed = 1;
    return;
  }
  const auto uncertainty = [&](uint64_t rows) {
    return static_cast<int64_t>(std::floor(2 * context.accuracy * static_cast<double>(rows)));
  };
  const int64_t more_mine = uncertainty(other.count), more_theirs = uncertainty(count);
  GrowingArray<GKSample> merged{};
  merged.reserve(exec, samples.size + other.samples.size);
  uint64_t mine = 0, theirs = 0;
  while (mine < samples.size && theirs < other.samples.size) {
    const bool from_mine = samples[mine].value < other.samples[theirs].value;
    GKSample next = from_mine ? samples[mine++] : other.samples[theirs++];
    if (from_mine ? theirs > 0 : mine > 0) next.spread += from_mine ? more_mine : more_theirs;
    merged.push(exec, next);
  }
  while (mine < samples.size) merged.push(exec, samples[mine++]);
  while (theirs < other.samples.size) merged.push(exec, other.samples[theirs++]);
  samples = merged;
  count += other.count;
  shrink(2 * context.accuracy * static_cast<double>(count));
  compressed = 1;
}

void GKSummary::write(const SketchContext&, StateWriter& out) const {
  out.pod(compressed);
  out.varint(count);
  out.varint(samples.size);
  for (const GKSample& one : samples) out.pod(one);
  out.varint(head.size);
  for (const double value : head) out.pod(value);
}

bool GKSummary::read(ExecState& exec, const SketchContext& context, StateReader& in) {
  GKSummary other{};
  uint64_t size;
  if (!in.pod(other.compressed) || !in.varint(other.count) || !in.count(size, sizeof(GKSample)))
    return false;
  for (uint64_t i = 0; i < size; ++i) {
    GKSample one;
    if (!in.pod(one)) return false;
    other.samples.push(exec, one);
  }
  if (!in.count(size, sizeof(double))) return false;
  for (uint64_t i = 0; i < size; ++i) {
    double value;
    if (!in.pod(value)) return false;
    other.head.push(exec, value);
  }
  merge(exec, context, other);
  return true;
}

// Walks on from the first sample to one whose rank is near enough.
double GKSummary::value(const SketchContext& context, double level) const noexcept {
  if (level <= context.accuracy) return samples[0].value;
  if (level >= 1 - context.accuracy) return samples.back().value;
  int64_t widest = INT64_MIN;
  for (const GKSample& one : samples) widest = std::max(widest, one.spread + one.jump);
  const int64_t target = widest / 2,
                rank = static_cast<int64_t>(std::ceil(level * static_cast<double>(count)));
  int64_t least = samples[0].jump;
  for (uint64_t i = 0; i + 1 < samples.size; ++i) {
    if (least + samples[i].spread - target <= rank && rank <= least + target)
      return samples[i].value;
    least += samples[i + 1].jump;
  }
  return samples.back().value;
}

namespace {

// Both sketches: the first parameter is the accuracy, the others are levels.
Result<std::shared_ptr<SketchContext>> sketch_context(std::string_view name, bool many,
                                                      Arguments parameters) {
  if (parameters.empty() || (!many && parameters.size() > 2)) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(name) + " requires an accuracy and " +
                    (many ? "levels" : "one level"));
  }
  SP_TRY(std::shared_ptr<LevelsContext> levels, quantile_levels(name, parameters.subspan(1), many));
  auto context = std::make_shared<SketchContext>();
  context->levels = levels->levels;
  context->accuracy = constant_number(parameters[0]).value_or(0);
  return context;
}

Result<ResolvedAggregate> resolve_dd(std::string_view name, bool many, Arguments parameters,
                                     Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  SP_TRY(std::shared_ptr<SketchContext> context, sketch_context(name, many, parameters));
  if (!(context->accuracy > 0 && context->accuracy < 1)) {
    return fail(ErrorCode::kBadArguments,
                "Aggregate function " + std::string(name) +
                    " requires relative accuracy parameter with value between 0 and 1");
  }
  if (!arguments[0].type.is_number()) return illegal_type(name, arguments[0].type);
  context->gamma = (1 + context->accuracy) / (1 - context->accuracy);
  context->multiplier = 1 / std::log(context->gamma);
  ResolvedAggregate resolved;
  const Type real = Type::of(TypeKind::kFloat64);
  SP_USE_BODIES(resolved, sp_dd, DDSketch);
  if (many) resolved.finish = SP_SYMBOL(sp_dds_finish);
  resolved.arguments = {real};
  resolved.result = many ? Type::array(real) : real;
  resolved.context = std::move(context);
  return resolved;
}

Result<ResolvedAggregate> resolve_gk(std::string_view name, bool many, Arguments parameters,
                                     Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 1));
  SP_TRY(std::shared_ptr<SketchContext> context, sketch_context(name, many, parameters));
  const auto accuracy = constant_unsigned(parameters[0]);
  if (!accuracy || *accuracy == 0) {
    return fail(ErrorCode::kBadArguments,
                "Aggregate function " + std::string(name) +
                    " requires accuracy parameter with positive integer value");
  }
  context->accuracy = 1.0 / static_cast<double>(*accuracy);
  const Type type = arguments[0].type;
  const bool scaled = type.is_date_like() || type.is(TypeKind::kDecimal);
  if (!number_kind(type) || !(type.is_number() || scaled)) return illegal_type(name, type);
  ResolvedAggregate resolved;
  SP_USE_BODIES(resolved, sp_gk, GKSummary);
  switch (*number_kind(type)) {
#define SP_CASE(suffix, T)                                                               \
  case NumberKind::suffix:                                                               \
    resolved.add = SP_SYMBOL(sp_gk_##suffix##_add);                                      \
    resolved.finish =                                                                    \
        many ? SP_SYMBOL(sp_gks_##suffix##_finish) : SP_SYMBOL(sp_gk_##suffix##_finish); \
    break;
    SP_FOR_NUMBERS(SP_CASE)
#undef SP_CASE
  }
  resolved.arguments = {type};
  resolved.result = many ? Type::array(type) : type;
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(quantile_sketches) {
  add_quantile_rows(
      rows, "DD", &resolve_dd,
      "Quantile of `x` within the relative `accuracy` (first parameter), by a DDSketch.",
      "SELECT quantileDD(0.01, 0.75)(number) FROM numbers(1000)", "742.6095070570802");
  add_quantile_rows(rows, "GK", &resolve_gk,
                    "Quantile of `x` whose rank is off by at most 1/`accuracy` (first parameter).",
                    "SELECT quantileGK(100, 0.25)(number) FROM numbers(1000)", "250");
}

}  // namespace sp
#endif
