// Types of times, and spans between them.

#include "runtime/aggregates/journey_time.h"

#ifndef SP_BITCODE
#include <cmath>

#include "runtime/aggregates/parameters.h"

namespace sp {

Result<JourneyTime> journey_time(std::string_view name, Type type) {
  JourneyTime time;
  const Type given = type;
  if (type.is(TypeKind::kTuple) && !type.inner().empty()) {
    time.tuple = true;
    type = type.inner()[0];
  }
  const auto kind = number_kind(type);
  const bool fits = (type.is_integer() || type.is_date_like()) && kind && !type.can_be_null();
  if (!fits) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "Illegal type " + given.name() +
                    " of first argument of aggregate "
                    "function " +
                    std::string(name) +
                    ", must be an integer, Date, DateTime, DateTime64, or a Tuple that "
                    "begins with one");
  }
  time.kind = *kind;
  time.elapsed = Type::of(TypeKind::kInt64);
  if (type.is(TypeKind::kDate) || type.is(TypeKind::kDate32)) time.unit_seconds = 86400;
  if (type.is(TypeKind::kDateTime)) time.unit_seconds = 1;
  if (type.is(TypeKind::kDateTime64)) {
    time.unit_seconds = 1;
    time.scale = static_cast<uint8_t>(type.precision());
    for (uint32_t i = 0; i < time.scale; ++i) time.ticks *= 10;
    time.elapsed = Type::decimal(18, time.scale);
  }
  return time;
}

Result<uint64_t> span_ticks(std::string_view name, std::string_view what, const Argument& parameter,
                            const JourneyTime& time) {
  auto value = constant_number(parameter);
  if (value && parameter.type.is(TypeKind::kInterval)) {
    constexpr double kSeconds[] = {1e-9, 1e-6, 1e-3, 1, 60, 3600, 86400, 604800};
    const auto unit = static_cast<size_t>(parameter.type.interval_unit());
    if (unit >= std::size(kSeconds) || time.unit_seconds == 0)
      value.reset();
    else
      *value *= kSeconds[unit] / time.unit_seconds;
  }
  if (!value || !(*value >= 0)) {
    return fail(
        ErrorCode::kBadArguments,
        "The " + std::string(what) + " of aggregate function " + std::string(name) +
            " must be a number that is not negative, or an interval of at most weeks over times");
  }
  const double ticks = std::floor(*value * static_cast<double>(time.ticks) + 1e-6);
  return ticks >= 9e18 ? UINT64_MAX / 2 : static_cast<uint64_t>(ticks);
}

}  // namespace sp
#endif
