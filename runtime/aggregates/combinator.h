#pragma once
// Combinators: suffixes of aggregate names (-If, -Array, -State, ...) that turn one aggregate into
// another, written once over the contract of aggregate.h. Each stands in its own file
// combinator_*.cpp; AggregateRegistry takes them off the end of a name, the longest match first.

#include <span>
#include <string>
#include <vector>

#include "runtime/aggregates/aggregate.h"

namespace sp {

/// A call with a combinator: `nested` is the name without the suffix.
struct CombinatorCall {
  const AggregateRegistry* registry;
  std::string_view name;    ///< as called
  std::string_view nested;  ///< the name without this suffix
  std::span<const Argument> parameters;
  std::span<const Argument> arguments;  ///< LowCardinality stripped, Nullable kept
  const ResolveOptions* options;

  Result<ResolvedAggregate> resolve_nested(std::span<const Argument> nested_arguments) const {
    return registry->resolve(nested, parameters, nested_arguments, *options);
  }
};

/// One combinator; instances live in static storage and register themselves.
struct Combinator {
  using Resolve = Result<ResolvedAggregate> (*)(const CombinatorCall& call);
  Combinator(const char* suffix_name, Resolve resolve_call)
      : suffix(suffix_name),
        resolve(resolve_call),
        next(head) {
    head = this;
  }
  static const Combinator* first() { return head; }

  const char* suffix;
  Resolve resolve;
  const Combinator* next;

 private:
  static const Combinator* head;
};

/// Finds the longest combinator that `name` ends with (and is longer than); nullptr if none.
const Combinator* find_combinator(std::string_view name);

/// The aggregate that every aggregate over the literal NULL is.
ResolvedAggregate nothing_aggregate();

}  // namespace sp
