// resolve_cast: picks the implementation of CAST for a pair of types: nothing at all, an
// instruction, a body of its own, or the generic ValueCast. Declared in
// runtime/functions/function.h.

#include "runtime/functions/cast.h"
#include "runtime/functions/native/value_cast.h"
#include "runtime/functions/signature.h"

namespace sp {

namespace {

Type unwrapped(Type type) {
  type = type.without_low_cardinality();
  return type.is(TypeKind::kSimpleAggregateFunction) ? type.element().without_low_cardinality()
                                                     : type;
}

}  // namespace

Result<ResolvedFunction> resolve_cast(const Argument& from, Type to,
                                      const ResolveOptions& options) {
  const Type result = cast_result_type(from.type, to);
  const Type source = unwrapped(from.type);
  const Type target = unwrapped(result);
  if (source == target) return inlined(result, Intrinsic::kIdentity, {from.type});

  CastRules rules;
  const TimeZone* server = TimeZone::find(options.timezone);
  if (server != nullptr) rules.server_zone = server;

  const bool text_to_nullable =
      source.base().is_string_like() && target.is_nullable() && !target.base().is_string_like();
  const bool loses_null = source.is_nullable() && !target.is_nullable();
  const bool null_literal = source == Type::null_type();
  if (text_to_nullable || loses_null || null_literal) {
    // The body sees NULLs itself, or makes them.
    SP_TRY(auto cast, make_value_cast(source, target, rules));
    ResolvedFunction call = generic_cast_call(source, result, std::move(cast));
    call.arguments = {from.type};
    call.nulls = NullPolicy::kSeesNulls;
    return call;
  }

  const Type from_value = source.base();
  const Type to_value = target.base();
  std::optional<ResolvedFunction> direct;
  if (from_value == to_value) direct = inlined(result, Intrinsic::kIdentity, {from.type});
  if (!direct) direct = resolve_number_cast(from_value, to_value);
  if (!direct) direct = resolve_date_cast(from_value, to_value, *rules.server_zone);
  if (!direct) {
    SP_TRY(auto cast, make_value_cast(from_value, to_value, rules));
    direct = generic_cast_call(from_value, result, std::move(cast));
  }
  direct->result = result;
  direct->arguments = {from.type};
  return std::move(*direct);
}

}  // namespace sp
