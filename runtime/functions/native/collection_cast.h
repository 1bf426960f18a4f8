#pragma once
// Conversions between arrays, tuples and maps: of their elements, by make_value_cast.

#include "runtime/functions/native/value_cast.h"

namespace sp {

bool is_collection(Type type);
/// Builds the conversion, if one of the types is a collection and neither is a text. Errors:
/// CANNOT_CONVERT_TYPE (70) if there is none, TYPE_MISMATCH (53) for tuples of other sizes.
Result<std::unique_ptr<const ValueCast>> make_collection_cast(Type from, Type to,
                                                              const CastRules& rules);

}  // namespace sp
