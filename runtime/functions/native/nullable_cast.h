#pragma once
// Conversions around NULL: each wraps the conversion of the values themselves. Used by
// make_value_cast and by the OrZero, OrNull and OrDefault forms.

#include "runtime/functions/native/value_cast.h"

namespace sp {

/// From a Nullable type: `inner` converts values that are not NULL to `to`.
std::unique_ptr<const ValueCast> cast_from_nullable(std::unique_ptr<const ValueCast> inner,
                                                    Type from, Type to);
/// To a Nullable type: `inner` converts to its element.
std::unique_ptr<const ValueCast> cast_to_nullable(std::unique_ptr<const ValueCast> inner, Type to);
/// Wraps a conversion so that failures give a default value, or NULL if `to` is Nullable.
/// `fallback`: slot of type `to` used on failure (null: zeros, NULL for Nullable).
std::unique_ptr<const ValueCast> make_lenient(std::unique_ptr<const ValueCast> cast, Type from,
                                              Type to, const void* fallback);

}  // namespace sp
