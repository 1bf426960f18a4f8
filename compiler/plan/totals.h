#pragma once
// WITH TOTALS as a property of the plan. The totals of an aggregation are a row beside its groups;
// every operator above takes that row through on its own: projections, windows, ARRAY JOIN and
// joins compute it, WHERE, ORDER BY, DISTINCT and LIMIT let it pass, UNION keeps the first one, and
// what aggregates or compares rows again drops it. So the totals of a query are a small plan of
// their own, over the totals of its aggregations.

#include "compiler/plan/plan.h"

namespace sp::plan {

/// True if rows of totals come out of the node, beside its rows.
bool has_totals(const Node& node);

/// Writes Plan::totals: what the root's row of totals is computed by; null if it has none. Numbers
/// the aggregations whose totals it reads. Call it when no rule will rewrite the plan any more.
void derive_totals(Plan& plan);

}  // namespace sp::plan
