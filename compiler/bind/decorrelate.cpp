// decorrelate(): see decorrelate.h. One method for each kind of operator that outer values pass.

#include "compiler/bind/decorrelate.h"

#include <algorithm>

#include "compiler/plan/tree.h"

namespace sp::binding {

namespace {

bool is_placeholder(const Correlation& correlation, ColumnId id) {
  return std::any_of(correlation.uses.begin(), correlation.uses.end(),
                     [&](const Correlation::Use& use) { return use.placeholder == id; });
}

bool reads_placeholder(const Expression& expression, const Correlation& correlation) {
  bool reads = false;
  plan::for_each_column(expression,
                        [&](ColumnId id) { reads = reads || is_placeholder(correlation, id); });
  return reads;
}

bool own_expressions_read(const Node& node, const Correlation& correlation) {
  bool reads = false;
  // Only looked at: the expressions are not changed.
  plan::for_each_expression(const_cast<Node&>(node), [&](ExpressionPtr& expression) {
    reads = reads || reads_placeholder(*expression, correlation);
  });
  return reads;
}

const Expression& without_casts(const Expression& expression) {
  const Expression* bare = &expression;
  while (bare->kind == Expression::Kind::kCall && bare->name == "CAST" && bare->args.size() == 1)
    bare = bare->args[0].get();
  return *bare;
}

class Decorrelator {
 public:
  Decorrelator(Binder& binder, const Correlation& correlation, const DomainSource& domain)
      : binder_(binder),
        correlation_(correlation),
        domain_(domain),
        uses_(correlation.uses.size(), 0) {}

  Result<Decorrelated> run(NodePtr tree) {
    count_uses(*tree);
    return push(std::move(tree));
  }

 private:
  using Kind = Node::Kind;

  void count_uses(const Node& node) {
    plan::for_each_expression(const_cast<Node&>(node), [&](ExpressionPtr& expression) {
      plan::for_each_column(*expression, [&](ColumnId id) {
        for (size_t i = 0; i < uses_.size(); ++i)
          uses_[i] += correlation_.uses[i].placeholder == id ? 1 : 0;
      });
    });
    for (const NodePtr& input : node.inputs) count_uses(*input);
  }

  // The placeholder's value in a tree that carries it.
  Result<ExpressionPtr> carried_value(const plan::OutputColumn& column, Type wanted, Span span) {
    ExpressionPtr value = make_column(column.id, column.name, column.type);
    if (column.type.can_be_null() && !wanted.can_be_null()) {
      SP_TRY(value, binder_.call("assumeNotNull", {value}, span));
    }
    return binder_.cast(value, wanted, span);
  }

  Result<void> replace(Node& node, const std::vector<plan::OutputColumn>& carried) {
    std::vector<ExpressionPtr> values;
    for (size_t i = 0; i < carried.size(); ++i) {
      SP_TRY(ExpressionPtr value,
             carried_value(carried[i], correlation_.uses[i].outer->type, node.span));
      values.push_back(std::move(value));
    }
    plan::for_each_expression(
        node, [&](ExpressionPtr& expression) { expression = replaced(expression, values); });
    return {};
  }
  ExpressionPtr replaced(const ExpressionPtr& expression,
                         const std::vector<ExpressionPtr>& values) {
    return plan::substitute(expression, [&](const Expression& column) -> ExpressionPtr {
      for (size_t i = 0; i < values.size(); ++i) {
        if (correlation_.uses[i].placeholder == column.column) return values[i];
      }
      return nullptr;
    });
  }

  static void append(std::vector<plan::OutputColumn>& output,
                     const std::vector<plan::OutputColumn>& more) {
    output.insert(output.end(), more.begin(), more.end());
  }
  static std::vector<ExpressionPtr> columns_of(const std::vector<plan::OutputColumn>& columns) {
    std::vector<ExpressionPtr> out;
    for (const plan::OutputColumn& column : columns)
      out.push_back(make_column(column.id, column.name, column.type));
    return out;
  }
  Error refuse(const Node& node, const char* what) {
    Error error = not_implemented(std::string("a correlated subquery with ") + what, node.span);
    error.hint = "write it as a JOIN";
    return error;
  }

  // The tree beside every value of the domain.
  Result<Decorrelated> cross(NodePtr node) {
    SP_TRY(Decorrelated domain, domain_());
    NodePtr join = make_node(Kind::kJoin, nullptr, node->span);
    join->join = sql::JoinKind::kCross;
    join->strictness = sql::JoinStrictness::kAll;
    join->output = node->output;
    append(join->output, domain.carried);
    join->inputs.push_back(std::move(node));
    join->inputs.push_back(std::move(domain.node));
    return Decorrelated{std::move(join), std::move(domain.carried)};
  }

  Result<Decorrelated> push(NodePtr node) {
    if (!reads_placeholder(*node, correlation_)) return cross(std::move(node));
    switch (node->kind) {
      case Kind::kFilter: return filter(std::move(node));
      case Kind::kProject: return project(std::move(node));
      case Kind::kAggregate: return aggregate(std::move(node));
      case Kind::kJoin: return join(std::move(node));
      case Kind::kUnion:
      case Kind::kIntersect:
      case Kind::kExcept: return set_operation(std::move(node));
      case Kind::kDistinct:
      case Kind::kLimit:
      case Kind::kSort:
      case Kind::kArrayJoin:
      case Kind::kWindow: return passing(std::move(node));
      default: return refuse(*node, "an outer column in this place");
    }
  }

  // own = outer for every outer value: `own` is carried instead of the domain.
  Result<std::optional<Decorrelated>> by_equality(Node& filter) {
    std::vector<ExpressionPtr> conditions;
    plan::split_conjunction(filter.predicate, conditions);
    std::vector<ExpressionPtr> own(uses_.size());
    std::vector<bool> used(conditions.size());
    for (size_t i = 0; i < uses_.size(); ++i) {
      const Correlation::Use& use = correlation_.uses[i];
      for (size_t c = 0; c < conditions.size() && !own[i]; ++c) {
        const Expression& call = *conditions[c];
        if (used[c] || call.kind != Expression::Kind::kCall || call.name != "equals" ||
            call.args.size() != 2)
          continue;
        for (const bool flipped : {false, true}) {
          const Expression& outer = without_casts(*call.args[flipped ? 1 : 0]);
          const ExpressionPtr& inner = call.args[flipped ? 0 : 1];
          if (outer.kind != Expression::Kind::kColumn || outer.column != use.placeholder) continue;
          if (inner->is_constant() || reads_placeholder(*inner, correlation_) ||
              !plan::is_deterministic(*inner))
            continue;
          if (inner->type.base() != use.outer->type.base()) {
            const Type types[] = {inner->type.base(), use.outer->type.base()};
            if (uses_[i] > 1 || !least_supertype(types)) continue;
          }
          own[i] = inner;
          used[c] = true;
          break;
        }
      }
      if (!own[i]) return std::optional<Decorrelated>();
    }
    NodePtr project = make_node(Kind::kProject, std::move(filter.inputs[0]), filter.span);
    project->expressions = columns_of(project->output);
    std::vector<plan::OutputColumn> carried;
    std::vector<ExpressionPtr> kept;
    for (size_t i = 0; i < own.size(); ++i) {
      carried.push_back({binder_.new_column(), "outer", own[i]->type});
      project->expressions.push_back(own[i]);
      if (!own[i]->type.can_be_null()) continue;
      SP_TRY(ExpressionPtr present,
             binder_.call("isNotNull", {make_column(carried[i].id, "outer", carried[i].type)},
                          filter.span));
      kept.push_back(std::move(present));
    }
    append(project->output, carried);
    for (size_t c = 0; c < conditions.size(); ++c) {
      if (!used[c]) kept.push_back(conditions[c]);
    }
    NodePtr node = plan::filter_over(std::move(project), kept);
    if (node->kind == Kind::kFilter) SP_TRY_VOID(replace(*node, carried));
    return std::optional(Decorrelated{std::move(node), std::move(carried)});
  }

  Result<Decorrelated> filter(NodePtr node) {
    if (!reads_placeholder(*node->inputs[0], correlation_)) {
      SP_TRY(std::optional<Decorrelated> equal, by_equality(*node));
      if (equal) return std::move(*equal);
    }
    SP_TRY(Decorrelated input, push(std::move(node->inputs[0])));
    SP_TRY_VOID(replace(*node, input.carried));
    node->inputs[0] = std::move(input.node);
    node->output = node->inputs[0]->output;
    return Decorrelated{std::move(node), std::move(input.carried)};
  }

  Result<Decorrelated> project(NodePtr node) {
    SP_TRY(Decorrelated input, push(std::move(node->inputs[0])));
    SP_TRY_VOID(replace(*node, input.carried));
    for (ExpressionPtr& column : columns_of(input.carried))
      node->expressions.push_back(std::move(column));
    append(node->output, input.carried);
    node->inputs[0] = std::move(input.node);
    return Decorrelated{std::move(node), std::move(input.carried)};
  }

  // One group, or one set of groups, for each outer value.
  Result<Decorrelated> aggregate(NodePtr node) {
    if (node->grouping != Node::Grouping::kPlain || node->with_totals)
      return refuse(*node, "group modifiers");
    SP_TRY(Decorrelated input, push(std::move(node->inputs[0])));
    SP_TRY_VOID(replace(*node, input.carried));
    std::vector<plan::OutputColumn> carried;
    const auto end_of_keys = static_cast<ptrdiff_t>(node->keys.size());
    for (const plan::OutputColumn& column : input.carried) {
      node->keys.push_back(make_column(column.id, column.name, column.type));
      carried.push_back({binder_.new_column(), column.name, column.type});
    }
    node->output.insert(node->output.begin() + end_of_keys, carried.begin(), carried.end());
    node->inputs[0] = std::move(input.node);
    return Decorrelated{std::move(node), std::move(carried)};
  }

  // Sort, window, distinct, LIMIT (which becomes LIMIT BY the outer values) and ARRAY JOIN.
  Result<Decorrelated> passing(NodePtr node) {
    if (node->kind == Kind::kLimit && node->with_ties) return refuse(*node, "LIMIT WITH TIES");
    const size_t before = node->inputs[0]->output.size();
    SP_TRY(Decorrelated input, push(std::move(node->inputs[0])));
    SP_TRY_VOID(replace(*node, input.carried));
    const std::vector<plan::OutputColumn> added(
        node->output.begin() + static_cast<ptrdiff_t>(std::min(before, node->output.size())),
        node->output.end());
    node->output = input.node->output;
    const auto keys = columns_of(input.carried);
    if (node->kind == Kind::kWindow || node->kind == Kind::kArrayJoin) append(node->output, added);
    if (node->kind == Kind::kWindow)
      node->partition_by.insert(node->partition_by.end(), keys.begin(), keys.end());
    if (node->kind == Kind::kLimit || (node->kind == Kind::kDistinct && !node->keys.empty())) {
      node->keys.insert(node->keys.end(), keys.begin(), keys.end());
    }
    node->inputs[0] = std::move(input.node);
    return Decorrelated{std::move(node), std::move(input.carried)};
  }

  Result<Decorrelated> set_operation(NodePtr node) {
    std::vector<plan::OutputColumn> carried;
    for (NodePtr& input : node->inputs) {
      const std::vector<plan::OutputColumn> own = input->output;
      SP_TRY(Decorrelated pushed, push(std::move(input)));
      // By position: the tree's own columns, then the outer values in their declared types.
      NodePtr ordered = make_node(Kind::kProject, std::move(pushed.node), node->span);
      ordered->output = own;
      ordered->expressions = columns_of(own);
      for (size_t i = 0; i < pushed.carried.size(); ++i) {
        const Type type = correlation_.uses[i].outer->type.without_low_cardinality();
        SP_TRY(ExpressionPtr value, carried_value(pushed.carried[i], type, node->span));
        ordered->output.push_back({binder_.new_column(), pushed.carried[i].name, value->type});
        ordered->expressions.push_back(std::move(value));
      }
      input = std::move(ordered);
    }
    for (size_t i = 0; i < uses_.size(); ++i) {
      const plan::OutputColumn& first = node->inputs[0]->output[node->output.size()];
      node->output.push_back({binder_.new_column(), first.name, first.type});
      carried.push_back(node->output.back());
    }
    return Decorrelated{std::move(node), std::move(carried)};
  }

  Result<Decorrelated> join(NodePtr node) {
    using sql::JoinKind;
    const bool inner = node->join == JoinKind::kInner || node->join == JoinKind::kCross ||
                       node->join == JoinKind::kComma;
    const bool in_left = reads_placeholder(*node->inputs[0], correlation_);
    const bool in_right = reads_placeholder(*node->inputs[1], correlation_);
    const bool in_condition = own_expressions_read(*node, correlation_);
    if (node->join == JoinKind::kFull) return refuse(*node, "a FULL JOIN");
    const bool right_kept = node->join == JoinKind::kRight;
    bool left = in_left || (in_condition && !right_kept) || (!inner && !right_kept);
    bool right = in_right || (in_condition && right_kept) || right_kept;
    // A key is computed from its own side.
    for (const ExpressionPtr& key : node->left_keys)
      left = left || reads_placeholder(*key, correlation_);
    for (const ExpressionPtr& key : node->right_keys)
      right = right || reads_placeholder(*key, correlation_);
    Decorrelated sides[2];
    for (const int side : {0, 1}) {
      if (side == 0 ? !left : !right) continue;
      SP_TRY(sides[side], push(std::move(node->inputs[static_cast<size_t>(side)])));
    }
    const std::vector<plan::OutputColumn> carried =
        left && !right_kept ? sides[0].carried : sides[1].carried;
    if (left) SP_TRY_VOID(replace_in(node->left_keys, sides[0].carried, node->span));
    if (right) SP_TRY_VOID(replace_in(node->right_keys, sides[1].carried, node->span));
    if (node->predicate) {
      std::vector<ExpressionPtr> predicate = {node->predicate};
      SP_TRY_VOID(replace_in(predicate, carried, node->span));
      node->predicate = predicate[0];
    }
    if (left && right) {
      if (node->strictness == sql::JoinStrictness::kAsof) return refuse(*node, "an ASOF JOIN");
      node->null_safe.resize(node->left_keys.size());
      for (size_t i = 0; i < carried.size(); ++i) {
        const auto a = columns_of({sides[0].carried[i]}), b = columns_of({sides[1].carried[i]});
        SP_TRY_VOID(binder_.add_join_key(*node, a[0], b[0], true, node->span));
      }
      if (node->join == JoinKind::kCross || node->join == JoinKind::kComma)
        node->join = JoinKind::kInner;
    }
    if (left) node->inputs[0] = std::move(sides[0].node);
    if (right) node->inputs[1] = std::move(sides[1].node);
    node->output = node->inputs[0]->output;
    append(node->output, node->inputs[1]->output);
    return Decorrelated{std::move(node), carried};
  }

  Result<void> replace_in(std::vector<ExpressionPtr>& expressions,
                          const std::vector<plan::OutputColumn>& carried, Span span) {
    std::vector<ExpressionPtr> values;
    for (size_t i = 0; i < carried.size(); ++i) {
      SP_TRY(ExpressionPtr value,
             carried_value(carried[i], correlation_.uses[i].outer->type, span));
      values.push_back(std::move(value));
    }
    for (ExpressionPtr& expression : expressions) expression = replaced(expression, values);
    return {};
  }

  Binder& binder_;
  const Correlation& correlation_;
  const DomainSource& domain_;
  std::vector<uint32_t> uses_;  // of each placeholder, in the whole tree
};

}  // namespace

bool reads_placeholder(const Node& node, const Correlation& correlation) {
  if (own_expressions_read(node, correlation)) return true;
  return std::any_of(node.inputs.begin(), node.inputs.end(),
                     [&](const NodePtr& input) { return reads_placeholder(*input, correlation); });
}

Result<Decorrelated> decorrelate(Binder& binder, NodePtr tree, const Correlation& correlation,
                                 const DomainSource& domain) {
  return Decorrelator(binder, correlation, domain).run(std::move(tree));
}

}  // namespace sp::binding
