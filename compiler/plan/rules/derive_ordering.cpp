// Ordering: which columns a node's rows come sorted by. A scan yields each part in the order of the
// sorting key; steps that work row by row keep it; a sort makes one over the whole stream.

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/tree.h"

namespace sp::plan::rules {

namespace {

Ordering scan_ordering(const Node& scan) {
  Ordering ordering;
  for (const uint32_t key : scan.table->sorting_key) {
    bool found = false;
    for (size_t i = 0; i < scan.scan_columns.size() && !found; ++i) {
      if (scan.scan_columns[i] != key) continue;
      ordering.columns.push_back(scan.output[i].id);
      found = true;
    }
    if (!found) break;
  }
  return ordering;
}

// The longest prefix that the projection passes on as plain columns.
Ordering projected(const Node& project, const Ordering& input) {
  Ordering ordering;
  ordering.global = input.global;
  for (const ColumnId id : input.columns) {
    bool found = false;
    for (size_t i = 0; i < project.expressions.size() && !found; ++i) {
      const Expression& expression = *project.expressions[i];
      if (expression.kind != Expression::Kind::kColumn || expression.column != id) continue;
      ordering.columns.push_back(project.output[i].id);
      found = true;
    }
    if (!found) break;
  }
  return ordering;
}

Ordering sorted(const Node& sort) {
  Ordering ordering;
  ordering.global = true;
  for (const SortKey& key : sort.sort_keys) {
    if (key.descending || key.nulls_first || key.expression->kind != Expression::Kind::kColumn)
      break;
    ordering.columns.push_back(key.expression->column);
  }
  return ordering;
}

void derive(NodePtr& node) {
  switch (node->kind) {
    case Node::Kind::kScan: node->ordering = scan_ordering(*node); break;
    case Node::Kind::kProject: node->ordering = projected(*node, node->inputs[0]->ordering); break;
    case Node::Kind::kSort: node->ordering = sorted(*node); break;
    case Node::Kind::kFilter:
    case Node::Kind::kLimit:
    case Node::Kind::kArrayJoin: node->ordering = node->inputs[0]->ordering; break;
    default: node->ordering = {}; break;
  }
  if (node->ordering.columns.empty()) node->ordering = {};
}

}  // namespace

void derive_ordering(Plan& plan) {
  for_each_root(plan, [](NodePtr& root) { for_each_node(root, derive); });
}

}  // namespace sp::plan::rules
