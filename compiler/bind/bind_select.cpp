// One SELECT from end to end: binds its clauses, then stacks the operators in ClickHouse's order of
// evaluation.

#include <algorithm>

#include "compiler/bind/select_binder.h"
#include "compiler/plan/tree.h"

namespace sp::binding {

SelectBinder::SelectBinder(Binder& binder, const sql::Select& select,
                           const Environment& environment)
    : binder_(binder),
      select_(select),
      environment_(environment),
      frame_{environment.ctes, &select.with, this},
      inner_{&frame_, this} {}

Result<NodePtr> SelectBinder::bind() {
  const QuerySettings around = binder_.settings;
  apply_settings(select_.settings, binder_.settings);
  Result<NodePtr> node = bind_all();
  binder_.settings = around;
  return node;
}

Result<NodePtr> SelectBinder::bind_all() {
  SP_TRY_VOID(collect_aliases());
  SP_TRY(NodePtr node, bind_from());
  SP_TRY(node, bind_array_joins(std::move(node)));
  SP_TRY_VOID(bind_clauses());
  SP_TRY(node, stack(std::move(node)));
  if (&select_ != binder_.input().query->select.get()) return node;
  std::vector<Type> shown;
  for (const NamedExpression& column : columns_) shown.push_back(binder_.shown_type(column.value));
  return binder_.cast_outputs(std::move(node), shown, select_.span);
}

Result<void> SelectBinder::bind_clauses() {
  SP_TRY_VOID(bind_columns());
  for (const auto& [clause, name] :
       {std::pair(&select_.prewhere, "PREWHERE"), std::pair(&select_.where, "WHERE")}) {
    if (!*clause) continue;
    SP_TRY(ExpressionPtr predicate, expression(**clause));
    if (auto clean = check_no_aggregates(*predicate, name); !clean)
      return at(std::move(clean).error(), (*clause)->span);
    SP_TRY(predicate, binder_.condition(predicate, name));
    if (where_) {
      SP_TRY(where_, binder_.call("and", {where_, predicate}, (*clause)->span));
    } else {
      where_ = std::move(predicate);
    }
  }
  SP_TRY_VOID(bind_group_by());
  if (select_.having) {
    SP_TRY(having_, expression(*select_.having));
    SP_TRY(having_, binder_.condition(having_, "HAVING"));
  }
  if (select_.qualify) {
    SP_TRY(qualify_, expression(*select_.qualify));
    SP_TRY(qualify_, binder_.condition(qualify_, "QUALIFY"));
  }
  SP_TRY_VOID(bind_order_by());
  SP_TRY_VOID(bind_limit_by());
  if (select_.limit) { SP_TRY(limit_, limit_value(*select_.limit, "LIMIT", limit_amount_)); }
  if (select_.offset) { SP_TRY(offset_, limit_value(*select_.offset, "OFFSET", offset_amount_)); }
  if (limit_amount_ == plan::Node::Amount::kFraction &&
      offset_amount_ == plan::Node::Amount::kFromEnd) {
    return not_implemented("a fractional LIMIT with a negative OFFSET", select_.span);
  }
  aggregated_ = select_.group_by.kind != sql::GroupBy::Kind::kNone || !aggregates_.empty();
  if (select_.group_by.with_totals && !aggregated_)
    return not_implemented("WITH TOTALS without aggregation", select_.span);
  return {};
}

// An expression as the current stage computes it: above an aggregation, over keys and aggregates.
Result<ExpressionPtr> SelectBinder::staged(const ExpressionPtr& expression) {
  if (!past_aggregation_) return expression;
  return after_aggregation(expression);
}

Result<NodePtr> SelectBinder::stack(NodePtr node) {
  if (where_ && !correlated_calls_.empty()) {
    // What needs no correlated subquery is filtered before the others become joins.
    std::vector<ExpressionPtr> conditions, before, after;
    plan::split_conjunction(where_, conditions);
    for (const ExpressionPtr& condition : conditions) {
      (check_no_rowwise_calls(*condition, "WHERE") ? before : after).push_back(condition);
    }
    node = plan::filter_over(std::move(node), before);
    SP_TRY(node, place_calls(std::move(node), after));
    node = plan::filter_over(std::move(node), after);
  } else if (where_) {
    SP_TRY(node, place_calls(std::move(node), {where_}));
    SP_TRY(node, filtered(std::move(node), where_));
  }
  if (aggregated_) { SP_TRY(node, aggregated(std::move(node))); }
  if (having_) {
    SP_TRY(having_, staged(having_));
    SP_TRY(node, place_calls(std::move(node), {having_}));
    SP_TRY(node, filtered(std::move(node), having_));
    node->having = select_.group_by.with_totals;
  }
  SP_TRY(node, windowed(std::move(node)));
  if (qualify_) {
    SP_TRY(qualify_, staged(qualify_));
    SP_TRY(node, place_calls(std::move(node), {qualify_}));
    SP_TRY(node, filtered(std::move(node), qualify_));
  }
  return projected(std::move(node));
}

Result<NodePtr> SelectBinder::filtered(NodePtr node, const ExpressionPtr& predicate) {
  NodePtr filter = make_node(Node::Kind::kFilter, std::move(node), predicate->span);
  filter->predicate = predicate;
  return filter;
}

// arrayJoin() calls and correlated subqueries that `needed` reads become nodes of their own,
// innermost first.
Result<NodePtr> SelectBinder::place_calls(NodePtr node, const std::vector<ExpressionPtr>& needed) {
  if (array_join_calls_.empty() && correlated_calls_.empty()) return node;
  for (const ExpressionPtr& expression : needed) {
    std::vector<ColumnId> ids;
    plan::for_each_column(*expression, [&](ColumnId id) { ids.push_back(id); });
    for (const ColumnId id : ids) {
      for (size_t i = 0; i < correlated_calls_.size(); ++i) {
        if (correlated_calls_[i].output != id || correlated_calls_[i].placed) continue;
        SP_TRY(node, place_correlated(std::move(node), i));
      }
      const auto found = std::find_if(
          array_join_calls_.begin(), array_join_calls_.end(),
          [&](const ArrayJoinCall& call) { return call.output == id && !call.placed; });
      if (found == array_join_calls_.end()) continue;
      const size_t index = static_cast<size_t>(found - array_join_calls_.begin());
      SP_TRY(ExpressionPtr array, staged(array_join_calls_[index].array));
      SP_TRY(node, place_calls(std::move(node), {array}));
      ArrayJoinCall& call = array_join_calls_[index];
      call.placed = true;
      NodePtr join = make_node(Node::Kind::kArrayJoin, std::move(node), select_.span);
      join->expressions = {array};
      join->array_outputs = {{call.output, call.name, call.type}};
      join->output.push_back(join->array_outputs[0]);
      if (past_aggregation_) key_outputs_.push_back(join->array_outputs[0]);
      node = std::move(join);
    }
  }
  return node;
}

Result<NodePtr> SelectBinder::aggregated(NodePtr node) {
  std::vector<ExpressionPtr> needed = keys_;
  for (const plan::AggregateCall& call : aggregates_)
    needed.insert(needed.end(), call.args.begin(), call.args.end());
  SP_TRY(node, place_calls(std::move(node), needed));
  NodePtr aggregate = make_node(Node::Kind::kAggregate, std::move(node), select_.span);
  aggregate->output.clear();
  for (const ExpressionPtr& key : keys_) {
    std::string name = key->kind == Expression::Kind::kColumn ? key->name : std::string();
    for (const NamedExpression& column : columns_) {
      if (name.empty() && plan::equal(*column.value, *key)) name = column.name;
    }
    // Keys may be one key once a known condition has chosen its branch.
    ExpressionPtr simple = binder_.simplified(key);
    const auto same = std::find_if(aggregate->keys.begin(), aggregate->keys.end(),
                                   [&](const auto& other) { return plan::equal(*other, *simple); });
    const auto place = static_cast<uint32_t>(same - aggregate->keys.begin());
    if (same == aggregate->keys.end()) {
      aggregate->output.push_back({binder_.new_column(), name, key->type});
      aggregate->keys.push_back(std::move(simple));
    }
    key_places_.push_back(place);
    key_outputs_.push_back(aggregate->output[place]);
  }
  for (const plan::AggregateCall& call : aggregates_) {
    aggregate->output.push_back({call.output, call.name, call.function.result});
  }
  aggregate->aggregates = aggregates_;
  aggregate->with_totals = select_.group_by.with_totals;
  const bool one_group =
      keys_.size() == 1 && binder_.folded(keys_[0]);  // constants are the only keys (bind_group_by)
  switch (one_group && grouping_sets_.empty() ? sql::GroupBy::Kind::kPlain
                                              : select_.group_by.kind) {
    case sql::GroupBy::Kind::kRollup: aggregate->grouping = Node::Grouping::kRollup; break;
    case sql::GroupBy::Kind::kCube: aggregate->grouping = Node::Grouping::kCube; break;
    case sql::GroupBy::Kind::kGroupingSets: aggregate->grouping = Node::Grouping::kSets; break;
    default: break;
  }
  for (const std::vector<uint32_t>& set : grouping_sets_) {
    std::vector<uint32_t>& places = aggregate->grouping_sets.emplace_back();
    for (const uint32_t key : set) {
      if (std::find(places.begin(), places.end(), key_places_[key]) == places.end())
        places.push_back(key_places_[key]);
    }
  }
  past_aggregation_ = true;
  return add_groupings(std::move(aggregate));
}

namespace {

// Arguments of aggregates over frames that slide become columns below the window: they are computed
// once for each row, not once for each frame that it is in, and live as long as the rows.
NodePtr with_arguments(Binder& binder, NodePtr node, std::vector<plan::WindowFunction>& functions) {
  NodePtr project;
  for (plan::WindowFunction& function : functions) {
    if (function.kind != plan::WindowFunction::Kind::kAggregate ||
        (function.begin.kind == sql::FrameBound::Kind::kUnboundedPreceding &&
         !function.aggregate.sliding.for_growing)) {
      continue;
    }
    for (ExpressionPtr& arg : function.args) {
      if (plan::cost(*arg) == 0) continue;
      if (!project) {
        project = make_node(Node::Kind::kProject, nullptr, node->span);
        for (const plan::OutputColumn& column : node->output) {
          project->expressions.push_back(plan::column_of(column));
          project->output.push_back(column);
        }
      }
      size_t place = 0;
      while (place < project->expressions.size() &&
             !plan::equal(*project->expressions[place], *arg)) {
        ++place;
      }
      if (place == project->expressions.size()) {
        project->expressions.push_back(arg);
        project->output.push_back({binder.new_column(), "", arg->type});
      }
      arg = plan::column_of(project->output[place]);
    }
  }
  if (!project) return node;
  project->inputs.push_back(std::move(node));
  return project;
}

}  // namespace

Result<NodePtr> SelectBinder::windowed(NodePtr node) {
  for (Window& window : windows_) {
    std::vector<ExpressionPtr> needed;
    const auto stage = [&](ExpressionPtr& expression) -> Result<void> {
      SP_TRY(expression, staged(expression));
      needed.push_back(expression);
      return {};
    };
    for (ExpressionPtr& key : window.partition_by) SP_TRY_VOID(stage(key));
    for (plan::SortKey& key : window.order_by) SP_TRY_VOID(stage(key.expression));
    for (plan::WindowFunction& function : window.functions) {
      for (ExpressionPtr& arg : function.args) SP_TRY_VOID(stage(arg));
    }
    SP_TRY(node, place_calls(std::move(node), needed));
    node = with_arguments(binder_, std::move(node), window.functions);
    NodePtr next = make_node(Node::Kind::kWindow, std::move(node), select_.span);
    next->partition_by = window.partition_by;
    next->sort_keys = window.order_by;
    next->window_functions = window.functions;
    for (const plan::WindowFunction& function : window.functions) {
      next->output.push_back({function.output, function.name, function.type});
    }
    node = std::move(next);
  }
  return node;
}

// SELECT, DISTINCT, ORDER BY, LIMIT BY and LIMIT. Sort keys that are not selected ride along and
// are dropped at the end.
Result<NodePtr> SelectBinder::projected(NodePtr node) {
  NodePtr project = make_node(Node::Kind::kProject, nullptr, select_.span);
  std::vector<ExpressionPtr> sources;  // as bound, before staging: what ORDER BY is compared with
  std::vector<ExpressionPtr> needed;
  const auto add = [&](const std::string& name, const ExpressionPtr& value) -> Result<size_t> {
    SP_TRY(ExpressionPtr expression, staged(value));
    project->expressions.push_back(expression);
    project->output.push_back({binder_.new_column(), name, expression->type});
    sources.push_back(value);
    return sources.size() - 1;
  };
  for (const NamedExpression& column : columns_) {
    auto added = add(column.name, column.value);
    if (!added) return at(std::move(added).error(), column.span);
  }
  const auto place = [&](const ExpressionPtr& value) -> Result<ExpressionPtr> {
    if (value->is_constant()) return value;
    size_t index = 0;
    while (index < sources.size() && !equals_key(*sources[index], *value)) ++index;
    if (index == sources.size()) { SP_TRY(index, add("", value)); }
    const plan::OutputColumn& column = project->output[index];
    return make_column(column.id, column.name, column.type);
  };
  // All columns are settled before anything above reads them.
  for (const OrderItem& item : order_by_) SP_TRY_VOID(place(item.key.expression));
  for (const ExpressionPtr& key : limit_by_) SP_TRY_VOID(place(key));
  SP_TRY(node, place_calls(std::move(node), project->expressions));
  const std::vector<plan::OutputColumn> output = project->output;
  const size_t selected = columns_.size();
  project->inputs.push_back(std::move(node));
  node = std::move(project);
  const auto lookup = [&](const ExpressionPtr& value) -> Result<ExpressionPtr> {
    if (value->is_constant()) return value;
    for (size_t i = 0; i < sources.size(); ++i) {
      if (equals_key(*sources[i], *value))
        return make_column(output[i].id, output[i].name, output[i].type);
    }
    return fail(ErrorCode::kLogicalError, "Expression was not projected: " + plan::print(*value),
                value->span);
  };
  if (select_.distinct && select_.distinct_on.empty()) {
    node = make_node(Node::Kind::kDistinct, std::move(node), select_.span);
    for (size_t i = 0; i < selected && output.size() > selected; ++i) {
      node->keys.push_back(make_column(output[i].id, output[i].name, output[i].type));
    }
  }
  SP_TRY(node, add_limits(std::move(node), lookup));
  if (output.size() == selected) return node;
  NodePtr final_project = make_node(Node::Kind::kProject, std::move(node), select_.span);
  final_project->output.clear();
  for (size_t i = 0; i < selected; ++i) {
    final_project->expressions.push_back(make_column(output[i].id, output[i].name, output[i].type));
    final_project->output.push_back({binder_.new_column(), output[i].name, output[i].type});
  }
  return final_project;
}

}  // namespace sp::binding
