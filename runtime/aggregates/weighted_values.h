#pragma once
// AllWeighted: the state of quantiles over (value, weight): all pairs, in the order of rows.

#include "runtime/aggregates/quantile_levels.h"

namespace sp {

struct WeightedValue {
  double value;
  uint64_t weight;
};

struct AllWeighted {
  GrowingArray<WeightedValue> values;
  void merge(ExecState& exec, const AllWeighted& other) {
    values.append(exec, other.values.data, other.values.size);
  }
  void write(StateWriter& out) const {
    out.varint(values.size);
    for (const WeightedValue& value : values) out.pod(value);
  }
  bool read(ExecState& exec, StateReader& in) {
    uint64_t count;
    if (!in.count(count, sizeof(WeightedValue))) return false;
    for (uint64_t i = 0; i < count; ++i) {
      WeightedValue value;
      if (!in.pod(value)) return false;
      values.push(exec, value);
    }
    return true;
  }
};

}  // namespace sp
