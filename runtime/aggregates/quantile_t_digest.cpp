// quantileTDigest, quantileTDigestWeighted: t-digest (Dunning, Ertl) with ClickHouse's parameters
// (single precision centroids, epsilon 0.01, at most 2048).

#include <algorithm>

#include "runtime/aggregates/quantile_levels.h"

namespace sp {

struct Centroid {
  float mean, count;
};

struct TDigest {
  static constexpr uint64_t kMaxCentroids = 2048, kMaxUnmerged = 2048;
  GrowingArray<Centroid> centroids;
  double count;
  uint64_t unmerged;

  void add(ExecState& exec, double value, uint64_t weight) noexcept {
    const auto mean = static_cast<float>(value);
    if (weight == 0 || mean != mean) return;
    add_centroid(exec, {mean, static_cast<float>(weight)});
  }
  void add_centroid(ExecState& exec, Centroid centroid) noexcept {
    centroids.push(exec, centroid);
    count += static_cast<double>(centroid.count);
    if (++unmerged > kMaxUnmerged) compress();
  }
  void compress() noexcept;
  double quantile(double level) noexcept;
  void merge(ExecState& exec, const TDigest& other) {
    for (uint64_t i = 0; i < other.centroids.size; ++i) add_centroid(exec, other.centroids[i]);
  }
  void write(StateWriter& out) const {
    out.varint(centroids.size);
    for (const Centroid& centroid : centroids) out.pod(centroid);
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t size;
    if (!in.count(size, sizeof(Centroid))) return false;
    for (uint64_t i = 0; i < size; ++i) {
      Centroid centroid;
      if (!in.pod(centroid) || !(centroid.count > 0)) return false;
      if (centroid.mean == centroid.mean) add_centroid(exec, centroid);
    }
    return true;
  }
};

double t_digest_quantile(const TDigest& state, double level) noexcept;

}  // namespace sp

using namespace sp;

extern "C" void sp_t_digest_add(ExecState& exec, TDigest* state, double value) noexcept {
  state->add(exec, value, 1);
}
extern "C" void sp_t_digest_weighted_add(ExecState& exec, TDigest* state, double value,
                                         uint64_t weight) noexcept {
  state->add(exec, value, weight);
}
// Results: Float32 for numbers, the argument's own type for dates and times.
#define SP_T_DIGEST(suffix, T)                                                                   \
  extern "C" T sp_t_digest_##suffix##_finish(const LevelsContext* context,                       \
                                             const TDigest* state) noexcept {                    \
    return state->centroids.size == 0                                                            \
               ? empty_quantile<T>()                                                             \
               : static_cast<T>(t_digest_quantile(*state, context->levels[0]));                  \
  }                                                                                              \
  extern "C" void sp_t_digests_##suffix##_finish(ExecState& exec, const LevelsContext* context,  \
                                                 const TDigest* state, ArrayRef* out) noexcept { \
    finish_levels<T>(exec, *context, out, [&](double level) {                                    \
      return state->centroids.size == 0 ? empty_quantile<T>()                                    \
                                        : static_cast<T>(t_digest_quantile(*state, level));      \
    });                                                                                          \
  }
SP_T_DIGEST(f32, float)
SP_T_DIGEST(u16, uint16_t)
SP_T_DIGEST(u32, uint32_t)
extern "C" float sp_t_digest_finish(const LevelsContext* context, const TDigest* state) noexcept {
  return sp_t_digest_f32_finish(context, state);
}
SP_STATE_BODIES(sp_t_digest, TDigest)

#ifndef SP_BITCODE
namespace sp {

namespace {

// Stable. Many are sorted by radix: least significant digit first.
void sort_by_mean(Centroid* centroids, uint64_t size) {
  constexpr uint64_t kMost = TDigest::kMaxCentroids + TDigest::kMaxUnmerged + 1, kWorthRadix = 256;
  if (size < kWorthRadix || size > kMost) {
    std::stable_sort(centroids, centroids + size,
                     [](const Centroid& a, const Centroid& b) { return a.mean < b.mean; });
    return;
  }
  constexpr unsigned kDigits = 3, kDigitBits = 11, kValues = 1 << kDigitBits;
  // -0 is 0; the bits of negative numbers fall as the numbers rise
  const auto digit = [](const Centroid& centroid, unsigned i) {
    const float mean = centroid.mean + 0.0f;
    uint32_t bits;
    std::memcpy(&bits, &mean, sizeof(bits));
    bits ^= (bits >> 31) != 0 ? UINT32_MAX : uint32_t{1} << 31;
    return (bits >> (i * kDigitBits)) & (kValues - 1);
  };
  uint16_t places[kDigits][kValues] = {};
  for (uint64_t i = 0; i < size; ++i) {
    for (unsigned d = 0; d < kDigits; ++d) ++places[d][digit(centroids[i], d)];
  }
  Centroid room[kMost];
  Centroid *from = centroids, *to = room;
  for (unsigned d = 0; d < kDigits; ++d) {
    if (places[d][digit(from[0], d)] == size) continue;  // all have this digit
    uint16_t before = 0;
    for (uint16_t& place : places[d]) {
      const uint16_t count = place;
      place = before;
      before = static_cast<uint16_t>(before + count);
    }
    for (uint64_t i = 0; i < size; ++i) to[places[d][digit(from[i], d)]++] = from[i];
    std::swap(from, to);
  }
  if (from != centroids) std::copy(from, from + size, centroids);
}

}  // namespace

void TDigest::compress() noexcept {
  if (unmerged > 0 || centroids.size > kMaxCentroids) {
    sort_by_mean(centroids.begin(), centroids.size);
    Centroid* left = centroids.begin();
    const double epsilon_4 = count * static_cast<double>(0.01f) * 4;
    double sum = 0, left_mean = static_cast<double>(left->mean),
           left_count = static_cast<double>(left->count);
    for (const Centroid* right = left + 1; right != centroids.end(); ++right) {
      const double right_mean = static_cast<double>(right->mean),
                   right_count = static_cast<double>(right->count);
      const double q_left = (sum + left_count * 0.5) / count;
      const double q_right = (sum + left_count + right_count * 0.5) / count;
      const double k = epsilon_4 * std::min(q_left * (1 - q_left), q_right * (1 - q_right));
      const bool mergeable =
          left_mean == right_mean || (!std::isinf(left_mean) && !std::isinf(right_mean));
      if (left_count + right_count <= k && mergeable) {
        left_count += right_count;
        if (right_mean != left_mean)
          left_mean += right_count * (right_mean - left_mean) / left_count;
        left->mean = static_cast<float>(left_mean);
        left->count = static_cast<float>(left_count);
      } else {
        sum += static_cast<double>(left->count);
        ++left;
        *left = *right;
        left_mean = right_mean;
        left_count = right_count;
      }
    }
    count = sum + left_count;
    centroids.size = static_cast<uint64_t>(left - centroids.begin()) + 1;
    unmerged = 0;
  }
  // Should that not have been enough: neighbours in pairs.
  while (centroids.size > kMaxCentroids) {
    uint64_t kept = 0;
    for (uint64_t i = 0; i < centroids.size; i += 2) {
      Centroid both = centroids[i];
      if (i + 1 < centroids.size) {
        const Centroid& next = centroids[i + 1];
        both.count += next.count;
        both.mean += next.count * (next.mean - both.mean) / both.count;
      }
      centroids[kept++] = both;
    }
    centroids.size = kept;
  }
}

double TDigest::quantile(double level) noexcept {
  compress();
  if (centroids.size == 1) return static_cast<double>(centroids[0].mean);
  const double x = level * count;
  double previous_x = 0;
  float sum = 0;
  float previous_mean = centroids[0].mean, previous_count = centroids[0].count;
  for (const Centroid& centroid : centroids) {
    const double current_x = static_cast<double>(sum) + static_cast<double>(centroid.count) * 0.5;
    if (current_x >= x) {
      const double left = previous_x + 0.5 * (previous_count == 1);
      const double right = current_x - 0.5 * (centroid.count == 1);
      if (x <= left) return static_cast<double>(previous_mean);
      if (x >= right) return static_cast<double>(centroid.mean);
      // Interpolates in single precision, as ClickHouse does.
      const auto xf = static_cast<float>(x), lf = static_cast<float>(left),
                 rf = static_cast<float>(right);
      const double k = static_cast<double>((xf - lf) / (rf - lf));
      return static_cast<double>(static_cast<float>((1 - k) * static_cast<double>(previous_mean) +
                                                    k * static_cast<double>(centroid.mean)));
    }
    sum += centroid.count;
    previous_mean = centroid.mean;
    previous_count = centroid.count;
    previous_x = current_x;
  }
  return static_cast<double>(centroids.back().mean);
}

// Compressing does not change what a state means, but writes to it: a copy of the header suffices,
// the centroids are its own.
double t_digest_quantile(const TDigest& state, double level) noexcept {
  return const_cast<TDigest&>(state).quantile(level);
}

namespace {

template <bool kWeighted>
Result<ResolvedAggregate> resolve_t_digest(std::string_view name, bool many, Arguments parameters,
                                           Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, kWeighted ? 2 : 1));
  SP_TRY(std::shared_ptr<LevelsContext> context, quantile_levels(name, parameters, many));
  const Type type = arguments[0].type;
  ResolvedAggregate resolved;
  SP_USE_BODIES(resolved, sp_t_digest, TDigest);
  Type value = type;
  if (type.is_number()) {
    value = Type::of(TypeKind::kFloat32);
    resolved.finish = many ? SP_SYMBOL(sp_t_digests_f32_finish) : SP_SYMBOL(sp_t_digest_f32_finish);
  } else if (type.is(TypeKind::kDate)) {
    resolved.finish = many ? SP_SYMBOL(sp_t_digests_u16_finish) : SP_SYMBOL(sp_t_digest_u16_finish);
  } else if (type.is(TypeKind::kDateTime)) {
    resolved.finish = many ? SP_SYMBOL(sp_t_digests_u32_finish) : SP_SYMBOL(sp_t_digest_u32_finish);
  } else {
    return illegal_type(name, type);
  }
  resolved.arguments = {Type::of(TypeKind::kFloat64)};
  if (kWeighted) {
    resolved.add = SP_SYMBOL(sp_t_digest_weighted_add);
    if (!arguments[1].type.is_unsigned()) return illegal_type(name, arguments[1].type);
    resolved.arguments.push_back(Type::of(TypeKind::kUInt64));
  }
  resolved.result = many ? Type::array(value) : value;
  resolved.context = std::move(context);
  return resolved;
}

}  // namespace

SP_AGGREGATES(quantile_t_digest) {
  add_quantile_rows(rows, "TDigest", &resolve_t_digest<false>,
                    "Approximate quantile of `x` by a t-digest.",
                    "SELECT quantileTDigest(0.9)(number) FROM numbers(100)", "89");
  add_quantile_rows(rows, "TDigestWeighted", &resolve_t_digest<true>,
                    "The same, each value counted `weight` times.",
                    "SELECT quantileTDigestWeighted(0.5)(number, 1) FROM numbers(3)", "1");
}

}  // namespace sp
#endif
