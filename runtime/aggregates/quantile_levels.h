#pragma once
// What all quantile* aggregates share: the levels (parameters), and the split of each into a scalar
// form, an array form (quantiles...) and the alias median....

#include <cmath>
#include <limits>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/growing_array.h"
#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"

namespace sp {

__extension__ using Int128 = __int128;  ///< of states; slots are aligned to 8 only: SlotInt128

struct LevelsContext : AggregateContext {
  std::vector<double> levels;
};

/// The value of an empty quantile: NaN, or zero for integers.
template <class T>
T empty_quantile() noexcept {
  if constexpr (std::is_floating_point_v<T>)
    return std::numeric_limits<T>::quiet_NaN();
  else
    return T{};
}

/// Writes one value per level as an array: `at(level)` computes it.
template <class T, class At>
void finish_levels(ExecState& exec, const LevelsContext& context, ArrayRef* out, At&& at) noexcept {
  T* values = exec.persistent.allocate_array<T>(context.levels.size());
  for (size_t i = 0; i < context.levels.size(); ++i) values[i] = at(context.levels[i]);
  *out = {values, context.levels.size()};
}

/// Reads the levels: one (default 0.5) for the scalar form, at least one for the array form.
Result<std::shared_ptr<LevelsContext>> quantile_levels(std::string_view name, Arguments parameters,
                                                       bool many);

/// Adds rows `quantile<suffix>`, `quantiles<suffix>` and the alias `median<suffix>`; the names live
/// for ever.
using QuantileResolver = Result<ResolvedAggregate> (*)(std::string_view name, bool many,
                                                       Arguments parameters, Arguments arguments);
void add_quantile_rows(std::vector<AggregateRow>& rows, std::string_view suffix,
                       QuantileResolver resolver, const char* doc, const char* example,
                       const char* example_result);

}  // namespace sp
