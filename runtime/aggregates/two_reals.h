#pragma once
// What resolving an aggregate over two numbers, as Float64, has in common: boundingRatio,
// exponentialMovingAverage and the aggregates over intervals begin with two_reals.

#include "runtime/aggregates/number_kind.h"
#include "runtime/aggregates/parameters.h"

#ifndef SP_BITCODE
namespace sp {

/// A call over two numbers or times, cast to Float64, with a Float64 result; else errors 42 and 43.
inline Result<ResolvedAggregate> two_reals(std::string_view name, Arguments arguments) {
  SP_TRY_VOID(expect_arguments(name, arguments, 2));
  for (const Argument& argument : arguments) {
    if (!number_kind(argument.type)) return illegal_type(name, argument.type);
  }
  ResolvedAggregate resolved;
  resolved.result = Type::of(TypeKind::kFloat64);
  resolved.arguments = {resolved.result, resolved.result};
  return resolved;
}

}  // namespace sp
#endif
