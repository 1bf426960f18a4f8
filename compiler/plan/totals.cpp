// Derivation of the plan of totals; see totals.h. Runs last of the optimizer's steps.

#include "compiler/plan/totals.h"

#include <algorithm>

#include "compiler/plan/tree.h"

namespace sp::plan {

namespace {

NodePtr totals_of(Node& node, uint32_t& next);

// HAVING right above the aggregation, projections aside: only groups that pass it join the totals.
void bound_by_having(Node& having) {
  ExpressionPtr condition = having.predicate;
  Node* node = having.inputs[0].get();
  for (; node->kind == Node::Kind::kProject; node = node->inputs[0].get()) {
    condition = through_project(condition, *node);
  }
  if (node->kind == Node::Kind::kAggregate) node->totals_condition = std::move(condition);
}

NodePtr leaf(Node& aggregate, uint32_t& next) {
  aggregate.totals = next++;
  auto node = std::make_unique<Node>();
  node->kind = Node::Kind::kTotals;
  node->span = aggregate.span;
  node->output = aggregate.output;
  node->totals = aggregate.totals;
  return node;
}

NodePtr over(const Node& node, std::vector<NodePtr> inputs) {
  auto copy = std::make_unique<Node>();
  static_cast<Operator&>(*copy) = node;
  copy->ordering = {};
  copy->inputs = std::move(inputs);
  return copy;
}

NodePtr over_input(Node& node, uint32_t& next) {
  std::vector<NodePtr> inputs;
  inputs.push_back(totals_of(*node.inputs[0], next));
  if (!inputs[0]) return nullptr;
  return over(node, std::move(inputs));
}

NodePtr of_union(Node& node, uint32_t& next) {
  std::vector<NodePtr> inputs;
  for (const NodePtr& input : node.inputs) {
    if (NodePtr totals = totals_of(*input, next)) inputs.push_back(std::move(totals));
  }
  if (inputs.empty()) return nullptr;
  return over(node, std::move(inputs));
}

// The totals of both sides side by side; a side without has the default values of an outer join.
NodePtr of_join(Node& node, uint32_t& next) {
  NodePtr left = totals_of(*node.inputs[0], next), right = totals_of(*node.inputs[1], next);
  if (!left && !right) return nullptr;
  auto join = std::make_unique<Node>();
  join->kind = Node::Kind::kJoin;
  join->span = node.span;
  join->output = node.output;
  join->join = left && right ? sql::JoinKind::kCross : sql::JoinKind::kLeft;
  const bool only_right = !left;
  for (NodePtr* side : {&left, &right}) {
    if (*side) continue;
    *side = std::make_unique<Node>();
    (*side)->kind = Node::Kind::kValues;
    (*side)->span = node.span;
    (*side)->output = node.inputs[side == &left ? 0 : 1]->output;
  }
  if (only_right) std::swap(left, right);
  join->inputs.push_back(std::move(left));
  join->inputs.push_back(std::move(right));
  return join;
}

NodePtr totals_of(Node& node, uint32_t& next) {
  switch (node.kind) {
    case Node::Kind::kAggregate: return node.with_totals ? leaf(node, next) : nullptr;
    case Node::Kind::kProject:
    case Node::Kind::kArrayJoin:
    case Node::Kind::kWindow: return over_input(node, next);
    case Node::Kind::kFilter: {
      NodePtr totals = totals_of(*node.inputs[0], next);
      if (totals && node.having) bound_by_having(node);
      return totals;
    }
    case Node::Kind::kSort:
    case Node::Kind::kLimit:
    case Node::Kind::kDistinct:
    case Node::Kind::kFill: return totals_of(*node.inputs[0], next);
    case Node::Kind::kUnion: return of_union(node, next);
    case Node::Kind::kJoin: return of_join(node, next);
    default: return nullptr;
  }
}

}  // namespace

bool has_totals(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kAggregate: return node.with_totals;
    case Node::Kind::kIntersect:
    case Node::Kind::kExcept:
    case Node::Kind::kRecursive: return false;
    default:
      return std::any_of(node.inputs.begin(), node.inputs.end(),
                         [](const NodePtr& input) { return has_totals(*input); });
  }
}

void derive_totals(Plan& plan) {
  uint32_t next = 0;
  plan.totals = totals_of(*plan.root, next);
}

}  // namespace sp::plan
