#pragma once
// NumberCast: numbers, Decimals, Bool, Enums, dates as numbers, Intervals, IPv4: anything whose
// value is a number.

#include "runtime/functions/native/value_cast.h"

namespace sp {

/// True if the type's value can be read as a number.
bool has_number(Type type);
/// Builds the conversion between two such types (not between two dates).
std::unique_ptr<const ValueCast> make_number_cast(Type from, Type to, const CastRules& rules);

}  // namespace sp
