// -If: only rows whose last argument is true count. Generated code branches on the condition
// itself: nothing is wrapped, the nested aggregate's bodies are called directly.

#ifndef SP_BITCODE
#include "runtime/aggregates/combinator.h"
#include "runtime/aggregates/parameters.h"

namespace sp {
namespace {

Result<ResolvedAggregate> resolve_if(const CombinatorCall& call) {
  if (call.arguments.empty()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Aggregate function " + std::string(call.name) +
                    " requires at least one argument: the condition");
  }
  // Any integer counts as a condition, as Tinybird's older ClickHouse allowed; NULL is false.
  const Type condition = call.arguments.back().type.base();
  if (!condition.is_number() && !condition.is(TypeKind::kNothing))
    return illegal_type(call.name, condition);
  SP_TRY(ResolvedAggregate resolved,
         call.resolve_nested(call.arguments.first(call.arguments.size() - 1)));
  if (resolved.has_condition) {
    return fail(ErrorCode::kIllegalAggregation,
                "Nested identical combinator 'If' is not supported");
  }
  resolved.has_condition = true;
  // CAST to Bool is `!= 0` for every number; a UInt8 needs no cast.
  resolved.arguments.push_back(condition.is(TypeKind::kUInt8) ? condition
                                                              : Type::of(TypeKind::kBool));
  return resolved;
}

const Combinator combinator_if("If", &resolve_if);

}  // namespace
}  // namespace sp
#endif
