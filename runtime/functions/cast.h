#pragma once
// Casts with bodies of their own, by family; resolve_cast asks them in turn before it takes the
// generic road.

#include <optional>

#include "runtime/functions/function.h"
#include "runtime/text/time_zone.h"

namespace sp {

/// Zone and tick units of the date types of a call.
struct ZoneContext : FunctionContext {
  const TimeZone* zone = nullptr;  ///< of the side that has a time of day
  int64_t from_unit = 1;           ///< ticks a second of the source (DateTime64)
  int64_t to_unit = 1;             ///< of the target
};

/// Numbers, Bool, Enum, Interval among each other; types without wrappers.
std::optional<ResolvedFunction> resolve_number_cast(Type from, Type to);
/// Dates and times among each other and with numbers; types without wrappers.
std::optional<ResolvedFunction> resolve_date_cast(Type from, Type to, const TimeZone& server_zone);

/// The type that an explicit CAST of `from` to `to` yields: a DateTime without a zone takes the
/// source's zone.
Type cast_result_type(Type from, Type to);

}  // namespace sp
