#pragma once
// The optimizer's rules, one a file of this folder. Each takes a whole plan and leaves an
// equivalent one. A new rule is declared here and named in the table of optimize.cpp.

#include "compiler/plan/optimize.h"
#include "compiler/plan/plan.h"

namespace sp::plan::rules {

/// Splits filters into conditions and moves each as near to its source as it can go; equalities of
/// both sides of a comma or cross join become its keys.
void push_filters(Plan& plan);
/// Drops conditions that are always true; a filter that is always false becomes no rows.
void simplify_conditions(Plan& plan);
/// Merges projections into the projection, aggregation or filter above them.
void merge_projections(Plan& plan);
/// Drops columns, aggregates and window functions that nothing reads; a scan reads at least its
/// narrowest column.
void prune_columns(Plan& plan);
/// Notes conditions of the kind column-op-constant on scans, for skipping segments. The filter
/// stays.
void bound_scans(Plan& plan);
/// Orders joins of three relations and more, and makes the smaller side of a join its hash table.
void order_joins(Plan& plan, const TableRows& tables);
/// Tells a sort how many rows are wanted of it.
void limit_sorts(Plan& plan);
/// Copies a limit into the inputs of a union.
void limit_unions(Plan& plan);
/// Derives each node's ordering.
void derive_ordering(Plan& plan);

}  // namespace sp::plan::rules
