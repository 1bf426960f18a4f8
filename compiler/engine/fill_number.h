#pragma once
// FillNumber: values of the keys of WITH FILL as numbers, and steps by intervals. Between the slots
// of rows and the filling of their gaps (fill_stage.cpp).

#include <cstdint>

#include "runtime/core/slot.h"

namespace sp {

/// Wide enough for every type that can be filled.
struct FillNumber {
  long double value = 0;  ///< 64 bits of mantissa: exact for every integer
};

/// The value in a slot that is not NULL.
FillNumber read_fill_number(Type type, const uint8_t* slot);
void write_fill_number(Type type, FillNumber number, uint8_t* slot);
/// Moves a date or time by `count` units.
FillNumber add_interval(Type type, FillNumber from, IntervalUnit unit, int64_t count);

}  // namespace sp
