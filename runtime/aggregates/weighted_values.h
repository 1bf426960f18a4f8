#pragma once
// AllWeightedOf: the state of quantiles over (value, weight): all pairs, in the order of rows.

#include "runtime/aggregates/quantile_levels.h"

namespace sp {

template <class T>
struct WeightedOf {
  T value;
  uint64_t weight;
};

template <class T>
struct AllWeightedOf {
  GrowingArray<WeightedOf<T>> values;
  void merge(ExecState& exec, const AllWeightedOf& other) {
    values.append(exec, other.values.data, other.values.size);
  }
  void write(StateWriter& out) const {
    out.varint(values.size);
    for (const WeightedOf<T>& value : values) {
      out.pod(value.value);
      out.pod(value.weight);
    }
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, sizeof(T) + sizeof(uint64_t))) return false;
    for (uint64_t i = 0; i < count; ++i) {
      WeightedOf<T> value;
      if (!in.pod(value.value) || !in.pod(value.weight)) return false;
      values.push(exec, value);
    }
    return true;
  }
};

using WeightedValue = WeightedOf<double>;
using AllWeighted = AllWeightedOf<double>;

}  // namespace sp
