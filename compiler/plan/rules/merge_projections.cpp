// A projection that only feeds another projection, an aggregation or a filter is merged into it, so
// that rows pass one step less and the consumer sees the columns themselves.

#include <unordered_map>

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/tree.h"

namespace sp::plan::rules {

namespace {

constexpr uint32_t kCheap = 0;  // columns and parameters may be repeated freely

// A computed column may be merged if it is read once; a plain one always.
bool may_merge(Node& consumer, const Node& project) {
  std::unordered_map<ColumnId, uint32_t> uses;
  for_each_expression(consumer, [&](ExpressionPtr& expression) {
    const bool lambda = cost(*expression) >= 100;  // may run many times for one row
    for_each_column(*expression, [&](ColumnId id) { uses[id] += lambda ? 2 : 1; });
  });
  for (size_t i = 0; i < project.output.size(); ++i) {
    const Expression& expression = *project.expressions[i];
    if (!is_deterministic(expression)) return false;
    if (cost(expression) > kCheap && uses[project.output[i].id] > 1) return false;
  }
  return true;
}

void merge(NodePtr& node) {
  if (node->inputs.size() != 1 || node->inputs[0]->kind != Node::Kind::kProject) return;
  if (node->kind != Node::Kind::kProject && node->kind != Node::Kind::kAggregate) return;
  Node& project = *node->inputs[0];
  if (!may_merge(*node, project)) return;
  for_each_expression(
      *node, [&](ExpressionPtr& expression) { expression = through_project(expression, project); });
  NodePtr input = std::move(project.inputs[0]);
  node->inputs[0] = std::move(input);
}

}  // namespace

void merge_projections(Plan& plan) {
  for_each_root(plan, [](NodePtr& root) { for_each_node(root, merge); });
}

}  // namespace sp::plan::rules
