#pragma once
// Reservoir: a uniform sample of at most 8192 values (Vitter's algorithm R) with ClickHouse's
// generator and seed, so that sampled quantiles agree too.

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/pcg.h"

namespace sp {

template <class T>
struct Reservoir {
  static constexpr uint64_t kSamples = 8192;
  GrowingArray<T> samples;
  uint64_t total;
  Pcg random;

  void add(ExecState& exec, T value) noexcept {
    if constexpr (std::is_floating_point_v<T>) {
      if (value != value) return;
    }
    ++total;
    if (samples.size < kSamples) {
      samples.push(exec, value);
    } else {
      const uint64_t place = random_below(total);
      if (place < kSamples) samples[place] = value;
    }
  }

  void merge(ExecState& exec, const Reservoir& other) {
    if (other.total <= kSamples) {
      for (uint64_t i = 0; i < other.samples.size; ++i) add(exec, other.samples[i]);
    } else if (total <= kSamples) {
      const GrowingArray<T> mine = samples;
      samples = GrowingArray<T>{};
      samples.append(exec, other.samples.data, other.samples.size);
      total = other.total;
      for (uint64_t i = 0; i < mine.size; ++i) add(exec, mine[i]);
    } else {
      total += other.total;
      const double frequency = static_cast<double>(total) / static_cast<double>(other.total);
      if (frequency * 2 >= static_cast<double>(kSamples)) {
        const uint64_t place = random_below(static_cast<uint64_t>(frequency));
        if (place < kSamples) samples[place] = other.samples[place];
      } else {
        for (double i = 0; i < static_cast<double>(kSamples); i += frequency) {
          const auto place = static_cast<uint64_t>(i);
          samples[place] = other.samples[place];
        }
      }
    }
  }
  void write(StateWriter& out) const {
    out.pod(total);
    out.pod(random);
    out.varint(samples.size);
    for (const T& value : samples) out.pod(value);
  }
  bool read(ExecState& exec, StateReader& in) {
    Reservoir other{};
    uint64_t count;
    if (!in.pod(other.total) || !in.pod(other.random) || !in.count(count, sizeof(T)) ||
        count > kSamples)
      return false;
    if (count < kSamples && other.total != count) return false;
    for (uint64_t i = 0; i < count; ++i) {
      T value;
      if (!in.pod(value)) return false;
      other.samples.push(exec, value);
    }
    if (total == 0)
      *this = other;
    else
      merge(exec, other);
    return true;
  }

 private:
  static constexpr uint64_t kSeed = 123456;
  uint64_t random_below(uint64_t limit) noexcept { return random.below(limit, kSeed); }
};

}  // namespace sp
