// Order and sides of joins. Inner joins of several relations are joined again from the largest on,
// always with the smallest relation that an equality connects, so that no product of two comes
// before a key that a third would give (greedy operator ordering, Fegaras, DEXA 1998). And the
// right side of a join becomes its hash table: an inner, left or right join with the larger side
// there is turned around. Sizes are rough: rows of the tables, shares for conditions.

#include <algorithm>

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/tree.h"

namespace sp::plan::rules {

namespace {

using sql::JoinKind;
using sql::JoinStrictness;

constexpr double kUnknown = 1000;        // rows of what nothing is known about
constexpr double kPointShare = 0.01;     // of rows that an equality with a constant keeps
constexpr double kConditionShare = 0.3;  // ... any other condition
constexpr double kGroupShare = 0.1;      // groups in rows
constexpr double kTurnFactor = 2;  // how much larger the right side must be to turn a join around

bool is_plain(const Node& join) {
  return join.strictness == JoinStrictness::kAll || join.strictness == JoinStrictness::kDefault;
}
bool is_inner(const Node& node) {
  return node.kind == Node::Kind::kJoin && is_plain(node) &&
         (node.join == JoinKind::kInner || node.join == JoinKind::kCross ||
          node.join == JoinKind::kComma);
}

double condition_share(const ExpressionPtr& predicate) {
  std::vector<ExpressionPtr> conditions;
  split_conjunction(predicate, conditions);
  double share = 1;
  for (const ExpressionPtr& condition : conditions) {
    const bool point = condition->kind == Expression::Kind::kCall && condition->name == "equals" &&
                       std::any_of(condition->args.begin(), condition->args.end(),
                                   [](const ExpressionPtr& arg) { return arg->is_constant(); });
    share *= point ? kPointShare : kConditionShare;
  }
  return share;
}

double rows_of(const Node& node, const TableRows& tables) {
  const double input = node.inputs.empty() ? 1 : rows_of(*node.inputs[0], tables);
  switch (node.kind) {
    case Node::Kind::kScan: {
      const auto known = tables.find(node.table->name);
      return known == tables.end() ? kUnknown : static_cast<double>(known->second);
    }
    case Node::Kind::kNumbers:
    case Node::Kind::kWorkingTable:
    case Node::Kind::kRecursive: return kUnknown;
    case Node::Kind::kValues: return static_cast<double>(node.rows.size());
    case Node::Kind::kFilter: return input * condition_share(node.predicate);
    case Node::Kind::kAggregate: return node.keys.empty() ? 1 : input * kGroupShare;
    case Node::Kind::kDistinct: return input * kConditionShare;
    case Node::Kind::kLimit:
      return node.keys.empty() ? std::min(input, kUnknown) : input * kConditionShare;
    case Node::Kind::kUnion: {
      double sum = 0;
      for (const NodePtr& part : node.inputs) sum += rows_of(*part, tables);
      return sum;
    }
    case Node::Kind::kJoin: {
      const double right = rows_of(*node.inputs[1], tables);
      if (!is_plain(node)) return node.join == JoinKind::kRight ? right : input;
      return node.left_keys.empty() ? input * right : std::max(input, right);
    }
    default: return input;
  }
}

// l = r, or a condition over several relations (then `right` is null).
struct Condition {
  ExpressionPtr left, right;
  bool null_safe = false;
};

struct Relations {
  std::vector<NodePtr> nodes;
  std::vector<Condition> conditions;
};

void flatten(NodePtr node, Relations& out) {
  if (!is_inner(*node)) {
    out.nodes.push_back(std::move(node));
    return;
  }
  for (size_t i = 0; i < node->left_keys.size(); ++i) {
    out.conditions.push_back({node->left_keys[i], node->right_keys[i],
                              i < node->null_safe.size() && node->null_safe[i] != 0});
  }
  if (node->predicate) {
    std::vector<ExpressionPtr> parts;
    split_conjunction(node->predicate, parts);
    for (ExpressionPtr& part : parts) out.conditions.push_back({std::move(part), nullptr, false});
  }
  flatten(std::move(node->inputs[0]), out);
  flatten(std::move(node->inputs[1]), out);
}

bool within(const Expression& expression, const ColumnSet& columns) {
  bool inside = true;
  for_each_column(expression, [&](ColumnId id) { inside = inside && columns.contains(id); });
  return inside;
}

ColumnSet columns_of(const Node& node) {
  ColumnSet columns;
  for (const OutputColumn& column : node.output) columns.insert(column.id);
  return columns;
}

// One side of the key in `left`, the other in `right`; turned as needed.
bool connects(Condition& condition, const ColumnSet& left, const ColumnSet& right) {
  if (!condition.right) return false;
  if (within(*condition.left, left) && within(*condition.right, right)) return true;
  if (!within(*condition.left, right) || !within(*condition.right, left)) return false;
  std::swap(condition.left, condition.right);
  return true;
}

NodePtr join_pair(NodePtr left, NodePtr right, std::vector<Condition>& conditions, Span span) {
  auto join = std::make_unique<Node>();
  join->kind = Node::Kind::kJoin;
  join->span = span;
  join->strictness = JoinStrictness::kAll;
  const ColumnSet left_columns = columns_of(*left), right_columns = columns_of(*right);
  ColumnSet both = left_columns;
  both.insert(right_columns.begin(), right_columns.end());
  std::vector<ExpressionPtr> residual;
  std::erase_if(conditions, [&](Condition& condition) {
    if (connects(condition, left_columns, right_columns)) {
      join->left_keys.push_back(condition.left);
      join->right_keys.push_back(condition.right);
      join->null_safe.push_back(condition.null_safe ? 1 : 0);
      return true;
    }
    if (condition.right || !within(*condition.left, both)) return false;
    residual.push_back(condition.left);
    return true;
  });
  join->join = join->left_keys.empty() ? JoinKind::kCross : JoinKind::kInner;
  join->output = left->output;
  join->output.insert(join->output.end(), right->output.begin(), right->output.end());
  join->inputs.push_back(std::move(left));
  join->inputs.push_back(std::move(right));
  // A product has no condition of its own.
  if (join->join == JoinKind::kCross) return filter_over(std::move(join), residual);
  join->predicate = conjunction(residual);
  return join;
}

// The relations and keys of a chain of inner joins, looked at.
void inspect(const Node& node, std::vector<ColumnSet>& relations,
             std::vector<const Expression*>& keys) {
  if (!is_inner(node)) {
    relations.push_back(columns_of(node));
    return;
  }
  for (const auto* side : {&node.left_keys, &node.right_keys}) {
    for (const ExpressionPtr& key : *side) keys.push_back(key.get());
  }
  inspect(*node.inputs[0], relations, keys);
  inspect(*node.inputs[1], relations, keys);
}

// Three relations or more, each key of one of them: any order finds its keys again.
bool may_reorder(const Node& join) {
  if (!is_inner(join)) return false;
  std::vector<ColumnSet> relations;
  std::vector<const Expression*> keys;
  inspect(join, relations, keys);
  if (relations.size() < 3 || keys.empty()) return false;
  return std::all_of(keys.begin(), keys.end(), [&](const Expression* key) {
    return std::any_of(relations.begin(), relations.end(),
                       [&](const ColumnSet& columns) { return within(*key, columns); });
  });
}

NodePtr reordered(NodePtr root, const TableRows& tables) {
  const Span span = root->span;
  Relations relations;
  flatten(std::move(root), relations);
  std::vector<NodePtr> left = std::move(relations.nodes);
  const auto largest =
      std::max_element(left.begin(), left.end(), [&](const NodePtr& a, const NodePtr& b) {
        return rows_of(*a, tables) < rows_of(*b, tables);
      });
  NodePtr node = std::move(*largest);
  left.erase(largest);
  while (!left.empty()) {
    const ColumnSet here = columns_of(*node);
    size_t best = left.size();
    bool best_connected = false;
    for (size_t i = 0; i < left.size(); ++i) {
      const ColumnSet there = columns_of(*left[i]);
      const bool connected =
          std::any_of(relations.conditions.begin(), relations.conditions.end(),
                      [&](Condition& condition) { return connects(condition, here, there); });
      const bool better =
          best == left.size() || (connected && !best_connected) ||
          (connected == best_connected && rows_of(*left[i], tables) < rows_of(*left[best], tables));
      if (!better) continue;
      best = i;
      best_connected = connected;
    }
    NodePtr right = std::move(left[best]);
    left.erase(left.begin() + static_cast<ptrdiff_t>(best));
    node = join_pair(std::move(node), std::move(right), relations.conditions, span);
  }
  return node;
}

// Relations of a chain are seen to before the chain is.
void order(NodePtr& node, const TableRows& tables, bool in_chain = false) {
  const bool chain = is_inner(*node);
  for (NodePtr& input : node->inputs) order(input, tables, chain);
  if (!in_chain && may_reorder(*node)) node = reordered(std::move(node), tables);
}

void turn(NodePtr& node, const TableRows& tables) {
  for (NodePtr& input : node->inputs) turn(input, tables);
  if (node->kind != Node::Kind::kJoin || !is_plain(*node) || node->left_keys.empty()) return;
  if (node->join != JoinKind::kInner && node->join != JoinKind::kLeft &&
      node->join != JoinKind::kRight)
    return;
  const double left = rows_of(*node->inputs[0], tables), right = rows_of(*node->inputs[1], tables);
  if (right < left * kTurnFactor) return;
  std::swap(node->inputs[0], node->inputs[1]);
  std::swap(node->left_keys, node->right_keys);
  if (node->join != JoinKind::kInner)
    node->join = node->join == JoinKind::kLeft ? JoinKind::kRight : JoinKind::kLeft;
  node->output = node->inputs[0]->output;
  node->output.insert(node->output.end(), node->inputs[1]->output.begin(),
                      node->inputs[1]->output.end());
}

}  // namespace

void order_joins(Plan& plan, const TableRows& tables) {
  if (tables.empty()) return;  // nothing is known: as written
  for_each_root(plan, [&](NodePtr& root) {
    order(root, tables);
    turn(root, tables);
  });
}

}  // namespace sp::plan::rules
