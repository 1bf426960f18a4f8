// Walking and small rewriting steps that the optimizer rules share.

#include "compiler/plan/tree.h"

#include <algorithm>

namespace sp::plan {

void for_each_root(Plan& plan, const std::function<void(NodePtr&)>& visit) {
  visit(plan.root);
  for (SetDefinition& set : plan.sets) {
    if (set.subplan) visit(set.subplan);
  }
  for (NodePtr& subquery : plan.subqueries) visit(subquery);
}

void for_each_node(NodePtr& root, const std::function<void(NodePtr&)>& visit) {
  for (NodePtr& input : root->inputs) for_each_node(input, visit);
  visit(root);
}

void for_each_expression(Node& node, const std::function<void(ExpressionPtr&)>& visit) {
  const auto all = [&](std::vector<ExpressionPtr>& expressions) {
    for (ExpressionPtr& expression : expressions) visit(expression);
  };
  const auto optional = [&](ExpressionPtr& expression) {
    if (expression) visit(expression);
  };
  for (ScanBound& bound : node.bounds) optional(bound.value);
  all(node.expressions);
  optional(node.predicate);
  all(node.keys);
  for (AggregateCall& call : node.aggregates) all(call.args);
  for (SortKey& key : node.sort_keys) visit(key.expression);
  optional(node.limit);
  optional(node.offset);
  all(node.left_keys);
  all(node.right_keys);
  all(node.partition_by);
  for (WindowFunction& function : node.window_functions) {
    all(function.args);
    optional(function.begin.offset);
    optional(function.end.offset);
  }
  for (std::vector<ExpressionPtr>& row : node.rows) all(row);
  for (Node::Fill& fill : node.fills) {
    optional(fill.from);
    optional(fill.to);
    optional(fill.step);
    optional(fill.staleness);
  }
  for (auto& [column, expression] : node.interpolate) visit(expression);
}

void collect_columns(const Expression& expression, ColumnSet& columns) {
  for_each_column(expression, [&](ColumnId id) { columns.insert(id); });
}

bool has_output(const Node& node, ColumnId id) {
  return std::any_of(node.output.begin(), node.output.end(),
                     [&](const OutputColumn& column) { return column.id == id; });
}

bool reads_only(const Expression& expression, const Node& node) {
  bool only = true;
  for_each_column(expression, [&](ColumnId id) { only = only && has_output(node, id); });
  return only;
}

bool is_deterministic(const Expression& expression) {
  if (expression.kind == Expression::Kind::kCall && !expression.function.deterministic)
    return false;
  return std::all_of(expression.args.begin(), expression.args.end(),
                     [](const ExpressionPtr& arg) { return is_deterministic(*arg); });
}

uint32_t cost(const Expression& expression) {
  uint32_t sum = 0;
  if (expression.kind == Expression::Kind::kLambda) sum = 100;
  if (expression.kind == Expression::Kind::kCall || expression.kind == Expression::Kind::kInSet)
    sum = 1;
  for (const ExpressionPtr& arg : expression.args) sum += cost(*arg);
  return sum;
}

const Expression& without_condition_casts(const Expression& expression) {
  const Expression* inner = &expression;
  while (inner->kind == Expression::Kind::kCall && inner->name == "CAST" &&
         inner->args.size() == 1 &&
         (inner->type.base().is(TypeKind::kBool) || inner->type.base().is(TypeKind::kUInt8)) &&
         (inner->args[0]->type.base().is(TypeKind::kBool) ||
          inner->args[0]->type.base().is(TypeKind::kUInt8))) {
    inner = inner->args[0].get();
  }
  return *inner;
}

void split_conjunction(const ExpressionPtr& predicate, std::vector<ExpressionPtr>& out) {
  const Expression& bare = without_condition_casts(*predicate);
  if (bare.kind == Expression::Kind::kCall && bare.function.intrinsic == Intrinsic::kAnd) {
    for (const ExpressionPtr& arg : bare.args) split_conjunction(arg, out);
    return;
  }
  // Below the cast stands a shared pointer: find it again.
  ExpressionPtr condition = predicate;
  while (condition.get() != &bare) condition = condition->args[0];
  out.push_back(std::move(condition));
}

ExpressionPtr conjunction(const std::vector<ExpressionPtr>& conditions) {
  if (conditions.empty()) return nullptr;
  if (conditions.size() == 1) return conditions[0];
  auto both = std::make_shared<Expression>();
  both->kind = Expression::Kind::kCall;
  both->name = "and";
  both->args = conditions;
  bool nullable = false;
  for (const ExpressionPtr& condition : conditions) {
    nullable = nullable || condition->type.can_be_null();
    both->function.arguments.push_back(condition->type);
  }
  both->type = Type::of(TypeKind::kUInt8).with_null(nullable);
  both->function.result = both->type;
  both->function.intrinsic = Intrinsic::kAnd;
  both->function.nulls = NullPolicy::kSeesNulls;
  both->span = conditions[0]->span;
  return both;
}

std::vector<std::vector<uint32_t>> grouping_sets(const Node& node) {
  const auto count = static_cast<uint32_t>(node.keys.size());
  std::vector<std::vector<uint32_t>> sets;
  switch (node.grouping) {
    case Node::Grouping::kPlain: break;
    case Node::Grouping::kSets: sets = node.grouping_sets; break;
    case Node::Grouping::kRollup:
      for (uint32_t kept = count + 1; kept-- > 0;) {
        sets.emplace_back();
        for (uint32_t i = 0; i < kept; ++i) sets.back().push_back(i);
      }
      break;
    case Node::Grouping::kCube:
      for (uint32_t mask = (1u << count); mask-- > 0;) {
        sets.emplace_back();
        for (uint32_t i = 0; i < count; ++i) {
          if ((mask >> (count - 1 - i) & 1) != 0) sets.back().push_back(i);
        }
      }
      break;
  }
  return sets;
}

ExpressionPtr column_of(const OutputColumn& column) {
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kColumn;
  expression->column = column.id;
  expression->name = column.name;
  expression->type = column.type;
  return expression;
}

ExpressionPtr through_project(const ExpressionPtr& expression, const Node& project) {
  return substitute(expression, [&](const Expression& column) -> ExpressionPtr {
    for (size_t i = 0; i < project.output.size(); ++i) {
      if (project.output[i].id == column.column) return project.expressions[i];
    }
    return nullptr;
  });
}

NodePtr clone(const Node& node, const std::function<ColumnId()>& new_column,
              std::unordered_map<ColumnId, ColumnId>& renamed) {
  auto copy = std::make_unique<Node>();
  static_cast<Operator&>(*copy) = node;
  for (const NodePtr& input : node.inputs)
    copy->inputs.push_back(clone(*input, new_column, renamed));
  const auto rename = [&](ColumnId& id) {
    const auto [entry, added] = renamed.emplace(id, 0);
    if (added) entry->second = new_column();
    id = entry->second;
  };
  for (OutputColumn& column : copy->output) rename(column.id);
  for (OutputColumn& column : copy->array_outputs) rename(column.id);
  for (AggregateCall& call : copy->aggregates) rename(call.output);
  for (WindowFunction& function : copy->window_functions) rename(function.output);
  for (auto& [column, expression] : copy->interpolate) rename(column);
  if (copy->set_output) rename(*copy->set_output);
  copy->ordering = {};
  for_each_expression(*copy, [&](ExpressionPtr& expression) {
    expression = substitute(expression, [&](const Expression& column) -> ExpressionPtr {
      const auto known = renamed.find(column.column);
      if (known == renamed.end()) return nullptr;
      auto other = std::make_shared<Expression>(column);
      other->column = known->second;
      return other;
    });
  });
  return copy;
}

NodePtr filter_over(NodePtr input, const std::vector<ExpressionPtr>& conditions) {
  if (conditions.empty()) return input;
  auto filter = std::make_unique<Node>();
  filter->kind = Node::Kind::kFilter;
  filter->span = conditions[0]->span;
  filter->output = input->output;
  filter->predicate = conjunction(conditions);
  filter->inputs.push_back(std::move(input));
  return filter;
}

}  // namespace sp::plan
