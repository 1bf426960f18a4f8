// Filter pushdown. Each condition sinks on its own: through projections (rewritten), sorts,
// distinct, array joins that it does not read, aggregations and windows when it reads their keys
// only, into the inputs of unions, and to the side of a join that it reads, where the kind of join
// allows. What cannot sink further stays where it is.

#include <algorithm>

#include "compiler/plan/rules/rules.h"
#include "compiler/plan/tree.h"

namespace sp::plan::rules {

namespace {

constexpr uint32_t kMaxRepeatedCost = 3;  // calls that may be computed again below a projection

using Conditions = std::vector<ExpressionPtr>;

NodePtr sink(NodePtr node, Conditions conditions);

// Moves the conditions for which `below` holds (it may rewrite them) into `sunk`.
template <class Below>
void take(Conditions& conditions, Conditions& sunk, Below below) {
  Conditions kept;
  for (ExpressionPtr& condition : conditions) {
    ExpressionPtr lower = is_deterministic(*condition) ? below(condition) : nullptr;
    if (lower)
      sunk.push_back(std::move(lower));
    else
      kept.push_back(std::move(condition));
  }
  conditions = std::move(kept);
}

NodePtr over_input(NodePtr node, const Conditions& kept, Conditions sunk) {
  node->inputs[0] = sink(std::move(node->inputs[0]), std::move(sunk));
  return filter_over(std::move(node), kept);
}

NodePtr through_projection(NodePtr node, Conditions conditions) {
  Conditions sunk;
  take(conditions, sunk, [&](const ExpressionPtr& condition) -> ExpressionPtr {
    uint32_t repeated = 0;
    bool pure = true;
    for (size_t i = 0; i < node->output.size(); ++i) {
      bool read = false;
      for_each_column(*condition, [&](ColumnId id) { read = read || id == node->output[i].id; });
      if (!read) continue;
      repeated += cost(*node->expressions[i]);
      pure = pure && is_deterministic(*node->expressions[i]);
    }
    if (!pure || repeated > kMaxRepeatedCost) return nullptr;
    return through_project(condition, *node);
  });
  return over_input(std::move(node), conditions, std::move(sunk));
}

NodePtr through_aggregation(NodePtr node, Conditions conditions) {
  Conditions sunk;
  if (!node->keys.empty() && node->grouping == Node::Grouping::kPlain) {
    take(conditions, sunk, [&](const ExpressionPtr& condition) -> ExpressionPtr {
      bool keys_only = true;
      for_each_column(*condition, [&](ColumnId id) {
        bool key = false;
        for (size_t i = 0; i < node->keys.size(); ++i) key = key || node->output[i].id == id;
        keys_only = keys_only && key;
      });
      if (!keys_only || (condition->is_constant() && !node->with_totals)) return nullptr;
      return substitute(condition, [&](const Expression& column) -> ExpressionPtr {
        for (size_t i = 0; i < node->keys.size(); ++i) {
          if (node->output[i].id == column.column) return node->keys[i];
        }
        return nullptr;
      });
    });
  }
  return over_input(std::move(node), conditions, std::move(sunk));
}

// A window keeps whole partitions together: only conditions on partition columns may go below.
NodePtr through_window(NodePtr node, Conditions conditions) {
  Conditions sunk;
  take(conditions, sunk, [&](const ExpressionPtr& condition) -> ExpressionPtr {
    bool partition_only = true;
    for_each_column(*condition, [&](ColumnId id) {
      partition_only =
          partition_only && std::any_of(node->partition_by.begin(), node->partition_by.end(),
                                        [&](const ExpressionPtr& key) {
                                          return key->kind == Expression::Kind::kColumn &&
                                                 key->column == id;
                                        });
    });
    return partition_only ? condition : nullptr;
  });
  return over_input(std::move(node), conditions, std::move(sunk));
}

NodePtr through_array_join(NodePtr node, Conditions conditions) {
  Conditions sunk;
  take(conditions, sunk, [&](const ExpressionPtr& condition) -> ExpressionPtr {
    return reads_only(*condition, *node->inputs[0]) ? condition : nullptr;
  });
  return over_input(std::move(node), conditions, std::move(sunk));
}

NodePtr into_union(NodePtr node, Conditions conditions) {
  Conditions sunk;
  take(conditions, sunk, [](const ExpressionPtr& condition) { return condition; });
  for (NodePtr& input : node->inputs) {
    Conditions own;
    for (const ExpressionPtr& condition : sunk) {
      own.push_back(substitute(condition, [&](const Expression& column) -> ExpressionPtr {
        for (size_t i = 0; i < node->output.size(); ++i) {
          if (node->output[i].id == column.column) return column_of(input->output[i]);
        }
        return nullptr;
      }));
    }
    input = sink(std::move(input), std::move(own));
  }
  return filter_over(std::move(node), conditions);
}

// l = r over both sides of a comma or cross join is a key.
bool take_key(Node& join, const ExpressionPtr& condition) {
  const Expression& bare = without_condition_casts(*condition);
  if (bare.kind != Expression::Kind::kCall || bare.name != "equals" || bare.args.size() != 2)
    return false;
  for (const bool flipped : {false, true}) {
    const ExpressionPtr& left = bare.args[flipped ? 1 : 0];
    const ExpressionPtr& right = bare.args[flipped ? 0 : 1];
    if (left->is_constant() || right->is_constant()) continue;
    if (left->type.without_low_cardinality() != right->type.without_low_cardinality()) continue;
    if (!reads_only(*left, *join.inputs[0]) || !reads_only(*right, *join.inputs[1])) continue;
    join.left_keys.push_back(left);
    join.right_keys.push_back(right);
    join.join = sql::JoinKind::kInner;
    return true;
  }
  return false;
}

NodePtr into_join(NodePtr node, Conditions conditions) {
  using sql::JoinKind;
  using sql::JoinStrictness;
  const bool crossing = node->join == JoinKind::kCross || node->join == JoinKind::kComma;
  const bool inner = crossing || node->join == JoinKind::kInner;
  const bool plain =
      node->strictness == JoinStrictness::kAll || node->strictness == JoinStrictness::kDefault;
  // The kept side of an outer, semi or anti join may be filtered before; the other side may not.
  const bool left_may = inner || node->join == JoinKind::kLeft;
  const bool right_may = (inner && plain) || (node->join == JoinKind::kRight && plain);
  Conditions left, right;
  take(conditions, left, [&](const ExpressionPtr& condition) -> ExpressionPtr {
    return left_may && !condition->is_constant() && reads_only(*condition, *node->inputs[0])
               ? condition
               : nullptr;
  });
  take(conditions, right, [&](const ExpressionPtr& condition) -> ExpressionPtr {
    return right_may && !condition->is_constant() && reads_only(*condition, *node->inputs[1])
               ? condition
               : nullptr;
  });
  if (inner && plain) {
    if (node->predicate && node->join == JoinKind::kInner) {
      // One-sided conditions of ON filter their side as well.
      Conditions residual, both;
      split_conjunction(node->predicate, residual);
      take(residual, left, [&](const ExpressionPtr& condition) -> ExpressionPtr {
        return !condition->is_constant() && reads_only(*condition, *node->inputs[0]) ? condition
                                                                                     : nullptr;
      });
      take(residual, right, [&](const ExpressionPtr& condition) -> ExpressionPtr {
        return !condition->is_constant() && reads_only(*condition, *node->inputs[1]) ? condition
                                                                                     : nullptr;
      });
      node->predicate = conjunction(residual);
    }
    std::erase_if(conditions, [&](const ExpressionPtr& condition) {
      return (crossing || node->join == JoinKind::kInner) && take_key(*node, condition);
    });
  }
  node->inputs[0] = sink(std::move(node->inputs[0]), std::move(left));
  node->inputs[1] = sink(std::move(node->inputs[1]), std::move(right));
  return filter_over(std::move(node), conditions);
}

NodePtr sink(NodePtr node, Conditions conditions) {
  switch (node->kind) {
    case Node::Kind::kFilter: {
      if (node->having) break;
      Conditions own;
      split_conjunction(node->predicate, own);
      own.insert(own.end(), conditions.begin(), conditions.end());
      return sink(std::move(node->inputs[0]), std::move(own));
    }
    case Node::Kind::kProject: return through_projection(std::move(node), std::move(conditions));
    case Node::Kind::kAggregate: return through_aggregation(std::move(node), std::move(conditions));
    case Node::Kind::kWindow: return through_window(std::move(node), std::move(conditions));
    case Node::Kind::kArrayJoin: return through_array_join(std::move(node), std::move(conditions));
    case Node::Kind::kUnion: return into_union(std::move(node), std::move(conditions));
    case Node::Kind::kJoin: return into_join(std::move(node), std::move(conditions));
    case Node::Kind::kSort:
      if (node->limit == nullptr) return over_input(std::move(node), {}, std::move(conditions));
      break;
    case Node::Kind::kDistinct:
      if (node->keys.empty()) return over_input(std::move(node), {}, std::move(conditions));
      break;
    default: break;
  }
  for (NodePtr& input : node->inputs) input = sink(std::move(input), {});
  return filter_over(std::move(node), conditions);
}

}  // namespace

void push_filters(Plan& plan) {
  for_each_root(plan, [](NodePtr& root) { root = sink(std::move(root), {}); });
}

}  // namespace sp::plan::rules
