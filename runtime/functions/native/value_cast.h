#pragma once
// ValueCast: converts slots of one type to slots of another, decided once per pair of types. The
// complete CAST of the engine; hot pairs also have bodies of their own (cast_numbers.cpp,
// cast_dates.cpp), with the same results.

#include <memory>
#include <span>

#include "runtime/core/arena.h"
#include "runtime/core/slot.h"
#include "runtime/functions/function.h"
#include "runtime/text/parse_value.h"

namespace sp {

/// How conversions treat what does not fit.
struct CastRules {
  bool accurate = false;  ///< accurateCast: a value that changes is an error
  bool best_effort_times =
      true;  ///< texts of DateTime: as parseDateTimeBestEffort; false for OrNull and OrZero
  bool check_overflow = false;  ///< texts of integers
  const TimeZone* server_zone = &TimeZone::utc();
};

class ValueCast {
 public:
  virtual ~ValueCast() = default;
  /// Converts one slot; strings and arrays of the result live in `arena` or where the source lives.
  /// False sets `error`.
  virtual bool convert(const void* from, void* to, Arena& arena, ParseError& error) const = 0;
};

/// Builds the conversion; errors: CANNOT_CONVERT_TYPE (70) and relatives if there is none.
Result<std::unique_ptr<const ValueCast>> make_value_cast(Type from, Type to,
                                                         const CastRules& rules);

/// What make_value_cast says if there is none.
Error no_conversion(Type from, Type to);

/// The zone of a DateTime or DateTime64 type: its own, or `server` if it has none.
const TimeZone& zone_of(Type type, const TimeZone& server);

/// Constant data of the generic cast bodies.
struct CastContext : FunctionContext {
  std::unique_ptr<const ValueCast> cast;
};

/// A call of the generic body for values of type `from`; the result is `result`, written through an
/// out pointer.
ResolvedFunction generic_cast_call(Type from, Type result, std::unique_ptr<const ValueCast> cast);

/// What a conversion does with a value that it cannot convert: the plain function, its OrZero
/// (OrDefault) and its OrNull.
enum class OnFailure : uint8_t { kError, kZero, kNull };

/// The call of `cast`, a conversion of the first of `arguments` to `to` (not Nullable), that fails
/// as `on_failure` says.
/// kError and kZero take the argument's type without wrappers; kNull sees NULLs itself and keeps
/// LowCardinality.
/// `fallback`: the slot that stands for zero with kZero (null: all bits 0).
ResolvedFunction conversion_call(std::span<const Argument> arguments, Type to,
                                 std::unique_ptr<const ValueCast> cast, OnFailure on_failure,
                                 const void* fallback = nullptr);

}  // namespace sp
