#pragma once
// Walking plan trees: what every optimizer rule needs. Nodes are owned from the top; rules rewrite
// them in place.

#include <functional>
#include <unordered_map>
#include <unordered_set>

#include "compiler/plan/plan.h"

namespace sp::plan {

using ColumnSet = std::unordered_set<ColumnId>;

/// Calls `visit` for the root, for each set's subplan and for each scalar subquery.
void for_each_root(Plan& plan, const std::function<void(NodePtr&)>& visit);
/// Calls `visit` for every node, inputs before their consumer. `visit` may replace the node.
void for_each_node(NodePtr& root, const std::function<void(NodePtr&)>& visit);
/// Calls `visit` for every expression of one node (not of its inputs).
void for_each_expression(Node& node, const std::function<void(ExpressionPtr&)>& visit);

/// Adds the columns that an expression reads.
void collect_columns(const Expression& expression, ColumnSet& columns);
/// True if all columns that the expression reads are outputs of the node.
bool reads_only(const Expression& expression, const Node& node);
bool has_output(const Node& node, ColumnId id);
/// False if a part of it (rand(), generateUUIDv4()) may not be moved or merged.
bool is_deterministic(const Expression& expression);
/// Number of calls, lambdas counted a hundredfold: what computing it twice would cost.
uint32_t cost(const Expression& expression);

/// Splits at AND; casts of conditions to Bool are taken off.
void split_conjunction(const ExpressionPtr& predicate, std::vector<ExpressionPtr>& out);
/// Joins conditions by AND, as the function `and` does inline; null for none.
ExpressionPtr conjunction(const std::vector<ExpressionPtr>& conditions);
/// The expression beneath casts of a condition to Bool or UInt8 that do not change its truth.
const Expression& without_condition_casts(const Expression& expression);
/// Rewrites columns that `project` computes into what they stand for.
ExpressionPtr through_project(const ExpressionPtr& expression, const Node& project);

/// A copy of a tree that may stand beside it in one plan: the columns that it makes have new ids.
/// `renamed` maps old ids to new ones.
NodePtr clone(const Node& node, const std::function<ColumnId()>& new_column,
              std::unordered_map<ColumnId, ColumnId>& renamed);

/// The grouping sets of an aggregation, as indexes of keys: written out for ROLLUP and CUBE, empty
/// for a plain one.
std::vector<std::vector<uint32_t>> grouping_sets(const Node& aggregate);

ExpressionPtr column_of(const OutputColumn& column);
NodePtr filter_over(NodePtr input, const std::vector<ExpressionPtr>& conditions);

}  // namespace sp::plan
