// boundingRatio: the slope between the leftmost and the rightmost point.

#include <limits>

#include "runtime/aggregates/bodies.h"
#include "runtime/aggregates/parameters.h"
#include "runtime/aggregates/two_reals.h"

namespace sp {

// The slope between the leftmost and the rightmost point.
struct BoundingRatio : PodState<BoundingRatio> {
  double left_x, left_y, right_x, right_y;
  uint8_t seen;
  void add(double x, double y) noexcept {
    if (!seen) {
      left_x = right_x = x;
      left_y = right_y = y;
      seen = 1;
    } else if (x < left_x) {
      left_x = x;
      left_y = y;
    } else if (x > right_x) {
      right_x = x;
      right_y = y;
    }
  }
  void merge(ExecState&, const BoundingRatio& other) {
    if (!other.seen) return;
    add(other.left_x, other.left_y);
    add(other.right_x, other.right_y);
  }
};

}  // namespace sp

using namespace sp;

extern "C" void sp_bounding_ratio_add(BoundingRatio* state, double x, double y) noexcept {
  state->add(x, y);
}
extern "C" double sp_bounding_ratio_finish(const BoundingRatio* state) noexcept {
  if (!state->seen) return std::numeric_limits<double>::quiet_NaN();
  return (state->right_y - state->left_y) / (state->right_x - state->left_x);
}
SP_STATE_BODIES(sp_bounding_ratio, BoundingRatio)

#ifndef SP_BITCODE
namespace sp {
namespace {

Result<ResolvedAggregate> resolve_bounding_ratio(Arguments parameters, Arguments arguments,
                                                 const ResolveOptions&) {
  SP_TRY_VOID(expect_no_parameters("boundingRatio", parameters));
  SP_TRY(ResolvedAggregate resolved, two_reals("boundingRatio", arguments));
  SP_USE_BODIES(resolved, sp_bounding_ratio, BoundingRatio);
  return resolved;
}

}  // namespace

SP_AGGREGATES(bounding_ratio) {
  rows.push_back({.name = "boundingRatio",
                  .resolve = &resolve_bounding_ratio,
                  .doc = "Slope between the points of smallest and largest `x`.",
                  .example = "SELECT boundingRatio(number, number * 2) FROM numbers(20)",
                  .example_result = "2"});
}

}  // namespace sp
#endif
