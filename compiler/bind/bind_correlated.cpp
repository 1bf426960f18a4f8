// Correlated subqueries as values of rows: the value is a column of a join with the subquery's
// plan, made where the value is first needed. Scalar: LEFT ANY JOIN on the outer values. EXISTS:
// the same with a column that says whether a row was found; if the outer columns stand in plain
// conditions only, these conditions are the join's. x IN (q) is EXISTS (q with x = its column), and
// NULL for a NULL x.

#include <algorithm>

#include "compiler/bind/decorrelate.h"
#include "compiler/bind/select_binder.h"
#include "compiler/plan/tree.h"

namespace sp::binding {

namespace {

const Type kFlag = Type::of(TypeKind::kUInt8);

// The aggregation without keys on top, below projections and sorts: it has a row even over nothing.
const Node* keyless_aggregation(const Node& tree) {
  const Node* node = &tree;
  while (node->kind == Node::Kind::kProject || node->kind == Node::Kind::kSort)
    node = node->inputs[0].get();
  return node->kind == Node::Kind::kAggregate && node->keys.empty() ? node : nullptr;
}

bool counts(const plan::AggregateCall& call) {
  return call.function.name.starts_with("count") || call.function.name.starts_with("uniq");
}

// l = r with one side of each input.
bool splits(const Expression& condition, const Node& left, const Node& right, bool& flipped) {
  if (condition.kind != Expression::Kind::kCall || condition.name != "equals" ||
      condition.args.size() != 2)
    return false;
  for (const bool turn : {false, true}) {
    const Expression &a = *condition.args[turn ? 1 : 0], &b = *condition.args[turn ? 0 : 1];
    if (a.is_constant() || b.is_constant() || !plan::reads_only(a, left) ||
        !plan::reads_only(b, right))
      continue;
    flipped = turn;
    return true;
  }
  return false;
}

}  // namespace

// arrayJoin() and correlated subqueries stand for rows of a later step.
Result<void> SelectBinder::check_no_rowwise_calls(const Expression& expression, const char* where) {
  bool found = false;
  plan::for_each_column(expression, [&](ColumnId id) {
    for (const CorrelatedCall& call : correlated_calls_) found = found || call.output == id;
    for (const ArrayJoinCall& call : array_join_calls_) found = found || call.output == id;
  });
  if (!found) return {};
  return not_implemented(std::string("arrayJoin() or a correlated subquery in ") + where,
                         expression.span);
}

ExpressionPtr SelectBinder::add_correlated(CorrelatedCall call, Span span) {
  call.output = binder_.new_column();
  ExpressionPtr column = make_column(call.output, call.name, call.type, span);
  correlated_calls_.push_back(std::move(call));
  return column;
}

// What `SELECT count() + 1 ...` is where no row matches: counts are 0 then. Null if the value reads
// other aggregates.
ExpressionPtr SelectBinder::value_without_rows(const Node& tree) {
  const Node* aggregation = keyless_aggregation(tree);
  if (aggregation == nullptr) return nullptr;
  ExpressionPtr value = make_column(tree.output[0].id, "", tree.output[0].type);
  for (const Node* node = &tree; node != aggregation; node = node->inputs[0].get()) {
    if (node->kind == Node::Kind::kProject) value = plan::through_project(value, *node);
  }
  bool only_counts = true, any = false;
  value = plan::substitute(value, [&](const Expression& column) -> ExpressionPtr {
    for (const plan::AggregateCall& call : aggregation->aggregates) {
      if (call.output != column.column) continue;
      any = true;
      only_counts = only_counts && counts(call) && call.function.result.is_unsigned();
      if (only_counts) return binder_.constant_u64(0, call.function.result);
    }
    return nullptr;
  });
  return any && only_counts ? value : nullptr;
}

Result<ExpressionPtr> SelectBinder::correlated_scalar(NodePtr tree, Correlation correlation,
                                                      Span span) {
  if (!lambdas_.empty()) return not_implemented("a correlated subquery inside a lambda", span);
  if (tree->output.size() != 1)
    return not_implemented("a correlated subquery of several columns", span);
  CorrelatedCall call;
  call.of_no_rows = value_without_rows(*tree);
  call.type = Type::nullable(tree->output[0].type);
  call.name = tree->output[0].name;
  call.tree = std::move(tree);
  call.correlation = std::move(correlation);
  return add_correlated(std::move(call), span);
}

Result<ExpressionPtr> SelectBinder::correlated_exists(NodePtr tree, Correlation correlation,
                                                      Span span) {
  if (!lambdas_.empty()) return not_implemented("a correlated subquery inside a lambda", span);
  if (keyless_aggregation(*tree) != nullptr) return binder_.constant_u64(1, kFlag, span);
  CorrelatedCall call;
  call.exists = true;
  call.type = kFlag;
  call.name = "exists";
  call.tree = std::move(tree);
  call.correlation = std::move(correlation);
  return add_correlated(std::move(call), span);
}

Result<ExpressionPtr> SelectBinder::correlated_in(const std::vector<ExpressionPtr>& left,
                                                  NodePtr tree, Correlation correlation,
                                                  bool negated, Span span) {
  if (left.size() != tree->output.size()) {
    return fail(ErrorCode::kNumberOfColumnsDoesntMatch,
                "Number of columns of IN does not match: left " + std::to_string(left.size()) +
                    ", right " + std::to_string(tree->output.size()),
                span);
  }
  std::vector<ExpressionPtr> equal;
  for (size_t i = 0; i < left.size(); ++i) {
    const plan::OutputColumn& column = tree->output[i];
    correlation.uses.push_back({left[i], binder_.new_column()});
    SP_TRY(ExpressionPtr same,
           binder_.call("equals",
                        {make_column(column.id, column.name, column.type),
                         make_column(correlation.uses.back().placeholder, "key", left[i]->type)},
                        span));
    equal.push_back(std::move(same));
  }
  tree = plan::filter_over(std::move(tree), equal);
  SP_TRY(ExpressionPtr found, correlated_exists(std::move(tree), std::move(correlation), span));
  if (negated) { SP_TRY(found, binder_.call("not", {found}, span)); }
  if (left.size() != 1 || !left[0]->type.can_be_null()) return found;
  SP_TRY(ExpressionPtr absent, binder_.call("isNull", {left[0]}, span));
  return binder_.call(
      "if", {absent, binder_.constant(literal_image(sql::NullLiteral{}), span), found}, span);
}

// EXISTS whose outer columns stand in conditions above a plan without them: these conditions join
// that plan.
Result<NodePtr> SelectBinder::join_conditions(NodePtr node, CorrelatedCall& call, bool& done) {
  const Node* bottom = call.tree.get();
  std::vector<ExpressionPtr> conditions;
  while (reads_placeholder(*bottom, call.correlation)) {
    if (bottom->kind == Node::Kind::kProject) {
      for (ExpressionPtr& condition : conditions)
        condition = plan::through_project(condition, *bottom);
    } else if (bottom->kind == Node::Kind::kFilter) {
      plan::split_conjunction(bottom->predicate, conditions);
    } else if (bottom->kind != Node::Kind::kSort &&
               !(bottom->kind == Node::Kind::kDistinct && bottom->keys.empty())) {
      return node;
    }
    bottom = bottom->inputs[0].get();
  }
  NodePtr* place = &call.tree;
  while (place->get() != bottom) place = &(*place)->inputs[0];
  NodePtr right = make_node(Node::Kind::kProject, std::move(*place), select_.span);
  for (const plan::OutputColumn& column : right->output) {
    right->expressions.push_back(make_column(column.id, column.name, column.type));
  }
  right->output.push_back({call.output, call.name, kFlag});
  right->expressions.push_back(binder_.constant_u64(1, kFlag));
  NodePtr join = make_node(Node::Kind::kJoin, nullptr, select_.span);
  join->join = sql::JoinKind::kLeft;
  join->strictness = sql::JoinStrictness::kAny;
  join->output = node->output;
  join->output.push_back(right->output.back());
  std::vector<ExpressionPtr> residual;
  for (const ExpressionPtr& condition : conditions) {
    const ExpressionPtr bound =
        plan::substitute(condition, [&](const Expression& column) -> ExpressionPtr {
          for (const Correlation::Use& use : call.correlation.uses) {
            if (use.placeholder == column.column) return use.outer;
          }
          return nullptr;
        });
    bool flipped = false;
    if (splits(*bound, *node, *right, flipped)) {
      SP_TRY_VOID(binder_.add_join_key(*join, bound->args[flipped ? 1 : 0],
                                       bound->args[flipped ? 0 : 1], false, select_.span));
    } else {
      residual.push_back(bound);
    }
  }
  join->predicate = plan::conjunction(residual);
  join->inputs.push_back(std::move(node));
  join->inputs.push_back(std::move(right));
  done = true;
  return join;
}

Result<NodePtr> SelectBinder::place_correlated(NodePtr node, size_t index) {
  correlated_calls_[index].placed = true;
  std::vector<ExpressionPtr> needed;
  for (size_t i = 0; i < correlated_calls_[index].correlation.uses.size(); ++i) {
    SP_TRY(ExpressionPtr outer, staged(correlated_calls_[index].correlation.uses[i].outer));
    needed.push_back(std::move(outer));
  }
  SP_TRY(node, place_calls(std::move(node), needed));
  CorrelatedCall call = std::move(correlated_calls_[index]);
  correlated_calls_[index].output = call.output;
  for (size_t i = 0; i < needed.size(); ++i) {
    call.correlation.uses[i].outer = needed[i];
    if (plan::reads_only(*needed[i], *node)) continue;
    return fail(ErrorCode::kIllegalAggregation,
                "An aggregate or window function is read by a subquery that stands before it",
                needed[i]->span);
  }
  if (past_aggregation_) key_outputs_.push_back({call.output, call.name, call.type});
  if (call.exists) {
    bool done = false;
    SP_TRY(node, join_conditions(std::move(node), call, done));
    if (done) return node;
  }
  const DomainSource domain = [&]() -> Result<Decorrelated> {
    std::unordered_map<ColumnId, ColumnId> renamed;
    NodePtr project =
        make_node(Node::Kind::kProject,
                  plan::clone(*node, [&] { return binder_.new_column(); }, renamed), select_.span);
    project->output.clear();
    for (const Correlation::Use& use : call.correlation.uses) {
      project->expressions.push_back(
          plan::substitute(use.outer, [&](const Expression& column) -> ExpressionPtr {
            const auto known = renamed.find(column.column);
            return known == renamed.end() ? nullptr
                                          : make_column(known->second, column.name, column.type);
          }));
      project->output.push_back({binder_.new_column(), "outer", use.outer->type});
    }
    const std::vector<plan::OutputColumn> columns = project->output;
    return Decorrelated{make_node(Node::Kind::kDistinct, std::move(project), select_.span),
                        columns};
  };
  const plan::OutputColumn value = call.tree->output[0];
  SP_TRY(Decorrelated inner, decorrelate(binder_, std::move(call.tree), call.correlation, domain));

  // [outer values, value, 1]
  NodePtr right = make_node(Node::Kind::kProject, std::move(inner.node), select_.span);
  right->output.clear();
  const auto add = [&](ColumnId id, const std::string& name, ExpressionPtr expression) {
    right->output.push_back({id, name, expression->type});
    right->expressions.push_back(std::move(expression));
  };
  for (const plan::OutputColumn& column : inner.carried)
    add(column.id, column.name, make_column(column.id, column.name, column.type));
  const bool chooses = call.of_no_rows != nullptr;
  const ColumnId found =
      call.exists || chooses ? (call.exists ? call.output : binder_.new_column()) : 0;
  const ColumnId column = call.exists ? 0 : chooses ? binder_.new_column() : call.output;
  if (!call.exists) {
    SP_TRY(ExpressionPtr wide, binder_.explicit_cast(make_column(value.id, value.name, value.type),
                                                     call.type, select_.span));
    add(column, call.name, std::move(wide));
  }
  if (found != 0) add(found, "found", binder_.constant_u64(1, kFlag));
  NodePtr join = make_node(Node::Kind::kJoin, nullptr, select_.span);
  join->join = sql::JoinKind::kLeft;
  join->strictness = sql::JoinStrictness::kAny;
  const std::vector<plan::OutputColumn> outer_columns = node->output;
  join->output = node->output;
  join->output.insert(join->output.end(), right->output.begin(), right->output.end());
  for (size_t i = 0; i < inner.carried.size(); ++i) {
    const plan::OutputColumn& carried = inner.carried[i];
    SP_TRY_VOID(binder_.add_join_key(*join, call.correlation.uses[i].outer,
                                     make_column(carried.id, carried.name, carried.type), true,
                                     select_.span));
  }
  join->inputs.push_back(std::move(node));
  join->inputs.push_back(std::move(right));
  if (!chooses) return join;
  NodePtr project = make_node(Node::Kind::kProject, std::move(join), select_.span);
  project->output = outer_columns;
  for (const plan::OutputColumn& outer : outer_columns)
    project->expressions.push_back(make_column(outer.id, outer.name, outer.type));
  const ExpressionPtr without =
      plan::substitute(call.of_no_rows, [&](const Expression& read) -> ExpressionPtr {
        for (const Correlation::Use& use : call.correlation.uses) {
          if (use.placeholder == read.column) return use.outer;
        }
        return nullptr;
      });
  SP_TRY(ExpressionPtr chosen, binder_.call("if",
                                            {make_column(found, "found", kFlag),
                                             make_column(column, call.name, call.type), without},
                                            select_.span));
  SP_TRY(chosen, binder_.cast(chosen, call.type, select_.span));
  project->output.push_back({call.output, call.name, call.type});
  project->expressions.push_back(std::move(chosen));
  return project;
}

}  // namespace sp::binding
