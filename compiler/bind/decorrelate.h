#pragma once
// Decorrelation: a subquery that reads columns of the SELECT around it becomes a join. Its plan is
// rewritten from the top down so that it yields, beside its own columns, the outer values that each
// row belongs to. Where a filter equates every outer value with something of the subquery's own,
// that something takes its place; elsewhere the distinct outer values (the domain) are joined in.
// After "Unnesting Arbitrary Queries" (Neumann and Kemper, BTW 2015).

#include <functional>

#include "compiler/bind/binder.h"

namespace sp::binding {

/// A subquery's plan that reads no placeholders any more.
struct Decorrelated {
  NodePtr node;
  std::vector<plan::OutputColumn>
      carried;  ///< parallel to Correlation::uses; compared with NULL equal to NULL
};

/// Makes a plan of the distinct values of the outer expressions, in columns of their own.
using DomainSource = std::function<Result<Decorrelated>()>;

/// Rewrites `tree`. Error: NOT_IMPLEMENTED where an operator cannot carry the outer values.
Result<Decorrelated> decorrelate(Binder& binder, NodePtr tree, const Correlation& correlation,
                                 const DomainSource& domain);

/// True if the tree reads a placeholder.
bool reads_placeholder(const Node& node, const Correlation& correlation);

}  // namespace sp::binding
