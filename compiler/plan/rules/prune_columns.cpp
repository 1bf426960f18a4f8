// Column pruning: from the root down, each node is told what is read of it and drops the rest. A
// scan that nothing is read of (count()) keeps its narrowest column, since rows must still come.

#include <algorithm>

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/tree.h"
#include "runtime/core/slot.h"

namespace sp::plan::rules {

namespace {

void prune(NodePtr& node, const ColumnSet& required);

void pass_outputs(Node& node) { node.output = node.inputs[0]->output; }

// What a scan of the column costs: fixed-width first, by width; strings, then serialized values
// last.
uint32_t scan_width(Type type) {
  const Type base = type.base();
  const uint32_t wide = base.is_string_like() ? (type.is_low_cardinality() ? 100 : 1000) : 0;
  const bool serialized = base.is(TypeKind::kArray) || base.is(TypeKind::kMap) ||
                          base.is(TypeKind::kTuple) || base.is(TypeKind::kAggregateFunction) ||
                          base.is(TypeKind::kJson);
  return slot_layout(type).size + wide + (serialized ? 10000 : 0);
}

void prune_scan(Node& node, const ColumnSet& required) {
  std::vector<uint32_t> columns;
  std::vector<OutputColumn> output;
  for (size_t i = 0; i < node.output.size(); ++i) {
    if (!required.contains(node.output[i].id)) continue;
    columns.push_back(node.scan_columns[i]);
    output.push_back(node.output[i]);
  }
  if (output.empty() && !node.output.empty()) {
    size_t narrowest = 0;
    for (size_t i = 1; i < node.output.size(); ++i) {
      if (scan_width(node.output[i].type) < scan_width(node.output[narrowest].type)) narrowest = i;
    }
    columns = {node.scan_columns[narrowest]};
    output = {node.output[narrowest]};
  }
  node.scan_columns = std::move(columns);
  node.output = std::move(output);
}

void prune_project(Node& node, const ColumnSet& required) {
  std::vector<ExpressionPtr> expressions;
  std::vector<OutputColumn> output;
  for (size_t i = 0; i < node.output.size(); ++i) {
    if (!required.contains(node.output[i].id)) continue;
    expressions.push_back(node.expressions[i]);
    output.push_back(node.output[i]);
  }
  if (output.empty()) {
    size_t cheapest = 0;
    for (size_t i = 1; i < node.expressions.size(); ++i) {
      if (cost(*node.expressions[i]) < cost(*node.expressions[cheapest])) cheapest = i;
    }
    expressions = {node.expressions[cheapest]};
    output = {node.output[cheapest]};
  }
  node.expressions = std::move(expressions);
  node.output = std::move(output);
}

void prune_values(Node& node, const ColumnSet& required) {
  std::vector<size_t> kept;
  for (size_t i = 0; i < node.output.size(); ++i) {
    if (required.contains(node.output[i].id)) kept.push_back(i);
  }
  if (kept.empty() && !node.output.empty()) kept.push_back(0);
  const auto select = [&]<class T>(std::vector<T>& list) {
    std::vector<T> chosen;
    for (const size_t i : kept) chosen.push_back(list[i]);
    list = std::move(chosen);
  };
  select(node.output);
  for (std::vector<ExpressionPtr>& row : node.rows) select(row);
}

void prune_aggregate(Node& node, const ColumnSet& required) {
  std::vector<AggregateCall> kept;
  for (AggregateCall& call : node.aggregates) {
    const bool last_hope = node.keys.empty() && kept.empty() && &call == &node.aggregates.back();
    if (required.contains(call.output) || last_hope) kept.push_back(std::move(call));
  }
  node.aggregates = std::move(kept);
  std::erase_if(node.output, [&](const OutputColumn& column) {
    for (size_t i = 0; i < node.keys.size(); ++i) {
      if (node.output[i].id == column.id) return false;
    }
    if (node.set_output == column.id) return false;
    return std::none_of(node.aggregates.begin(), node.aggregates.end(),
                        [&](const AggregateCall& call) { return call.output == column.id; });
  });
}

// Columns that the node's own expressions read.
ColumnSet read_by(Node& node) {
  ColumnSet columns;
  for_each_expression(node,
                      [&](ExpressionPtr& expression) { collect_columns(*expression, columns); });
  return columns;
}

void prune_union(Node& node, const ColumnSet& required) {
  std::vector<size_t> kept;
  const bool projections =
      node.kind == Node::Kind::kUnion &&
      std::all_of(node.inputs.begin(), node.inputs.end(),
                  [](const NodePtr& input) { return input->kind == Node::Kind::kProject; });
  for (size_t i = 0; i < node.output.size(); ++i) {
    if (!projections || required.contains(node.output[i].id)) kept.push_back(i);
  }
  if (kept.empty()) kept.push_back(0);
  for (NodePtr& input : node.inputs) {
    ColumnSet wanted;
    for (const size_t i : kept) wanted.insert(input->output[i].id);
    prune(input, wanted);
  }
  std::vector<OutputColumn> output;
  for (const size_t i : kept) output.push_back(node.output[i]);
  node.output = std::move(output);
}

void prune(NodePtr& node, const ColumnSet& required) {
  switch (node->kind) {
    case Node::Kind::kScan: return prune_scan(*node, required);
    case Node::Kind::kValues: return prune_values(*node, required);
    case Node::Kind::kOneRow:
    case Node::Kind::kWorkingTable:
    case Node::Kind::kNumbers: return;
    case Node::Kind::kRecursive: {
      // Every round must yield what the next one reads: all columns stay.
      for (NodePtr& input : node->inputs) {
        ColumnSet all;
        for (const OutputColumn& column : input->output) all.insert(column.id);
        prune(input, all);
      }
      return;
    }
    case Node::Kind::kUnion:
    case Node::Kind::kIntersect:
    case Node::Kind::kExcept: return prune_union(*node, required);
    case Node::Kind::kProject:
      prune_project(*node, required);
      return prune(node->inputs[0], read_by(*node));
    case Node::Kind::kAggregate:
      prune_aggregate(*node, required);
      return prune(node->inputs[0], read_by(*node));
    default: break;
  }
  if (node->kind == Node::Kind::kWindow) {
    std::erase_if(node->window_functions,
                  [&](const WindowFunction& f) { return !required.contains(f.output); });
    if (node->window_functions.empty()) {
      NodePtr input = std::move(node->inputs[0]);
      node = std::move(input);
      return prune(node, required);
    }
  }
  ColumnSet wanted = read_by(*node);
  wanted.insert(required.begin(), required.end());
  const bool whole_rows = (node->kind == Node::Kind::kDistinct && node->keys.empty()) ||
                          node->kind == Node::Kind::kFill;
  if (whole_rows) {
    for (const OutputColumn& column : node->output) wanted.insert(column.id);
  }
  for (NodePtr& input : node->inputs) prune(input, wanted);
  if (node->kind == Node::Kind::kJoin) {
    node->output = node->inputs[0]->output;
    node->output.insert(node->output.end(), node->inputs[1]->output.begin(),
                        node->inputs[1]->output.end());
    return;
  }
  pass_outputs(*node);
  node->output.insert(node->output.end(), node->array_outputs.begin(), node->array_outputs.end());
  for (const WindowFunction& function : node->window_functions) {
    node->output.push_back({function.output, function.name, function.type});
  }
}

}  // namespace

void prune_columns(Plan& plan) {
  for_each_root(plan, [](NodePtr& root) {
    ColumnSet all;
    for (const OutputColumn& column : root->output) all.insert(column.id);
    prune(root, all);
  });
}

}  // namespace sp::plan::rules
