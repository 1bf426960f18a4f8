// Aggregates and GROUP BY. An aggregate call becomes a column; afterwards each expression above the
// aggregation is rewritten over keys and those columns, and a column of FROM that is left over is
// NOT_AN_AGGREGATE.

#include <algorithm>
#include <cctype>

#include "compiler/bind/aggregate_spelling.h"
#include "compiler/bind/select_binder.h"
#include "compiler/plan/tree.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

// anyIf(x, c) RESPECT NULLS is any_respect_nullsIf(x, c); other aggregates stay what they are.
std::string keeping_nulls(const std::string& name) {
  constexpr std::string_view kFirst[] = {"first_value", "firstValue", "any_value", "anyValue"};
  constexpr std::string_view kLast[] = {"last_value", "lastValue", "anyLast"};
  if (name.find("espect") != std::string::npos) return name;
  for (const std::string_view last : kLast) {
    if (name.starts_with(last)) return "anyLast_respect_nulls" + name.substr(last.size());
  }
  for (const std::string_view first : kFirst) {
    if (name.starts_with(first)) return "any_respect_nulls" + name.substr(first.size());
  }
  const bool any = name.starts_with("any") && !name.starts_with("anyHeavy");
  return any ? "any_respect_nulls" + name.substr(3) : name;
}

// The aggregate's full name: DISTINCT and FILTER are the combinators -Distinct and -If, count
// distinct is uniqExact.
std::string aggregate_name(const sql::Expr& expr) {
  std::string name = expr.name;
  std::string lower = name;
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (auto meaning = respelled_aggregate(name)) {
    name = std::move(*meaning);
  } else if (expr.distinct && lower.starts_with("count")) {
    name = "uniqExact" + name.substr(5);
  } else if (expr.distinct) {
    name += "Distinct";
  }
  const bool any = lower == "any" || lower == "any_value" || lower == "anylast";
  if (any && expr.null_treatment == sql::Expr::NullTreatment::kRespectNulls)
    name += "_respect_nulls";
  if (expr.filter) name += "If";
  if (expr.null_treatment == sql::Expr::NullTreatment::kRespectNulls) return keeping_nulls(name);
  return name;
}

// count, COUNT, countIf, ...: count(*) counts rows.
bool is_count(const std::string& name) {
  constexpr std::string_view kCount = "count";
  return name.size() >= kCount.size() &&
         std::equal(kCount.begin(), kCount.end(), name.begin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

bool is_bare_star(const sql::Expr& expr) {
  return expr.args.size() == 1 && expr.args[0]->kind == sql::ExprKind::kStar &&
         expr.args[0]->parts.empty() && expr.args[0]->transformers.empty();
}

}  // namespace

Result<ResolvedAggregate> SelectBinder::resolve_aggregate(const sql::Expr& expr,
                                                          std::vector<ExpressionPtr>& args) {
  if (!(is_count(expr.name) && is_bare_star(expr))) { SP_TRY(args, arguments(expr, nullptr)); }
  if (expr.filter) {
    SP_TRY(ExpressionPtr condition, expression(*expr.filter));
    SP_TRY(condition, binder_.condition(condition, "FILTER"));
    args.push_back(std::move(condition));
  }
  std::vector<Argument> parameters, types;
  for (const sql::ExprPtr& parameter : expr.parameters) {
    SP_TRY(ExpressionPtr value, expression(*parameter));
    auto slot = binder_.value_of(value);
    if (!slot) return at(std::move(slot).error(), parameter->span);
    parameters.push_back({.type = value->type, .is_constant = true, .constant = *slot});
  }
  for (const ExpressionPtr& arg : args) {
    types.push_back({.type = arg->type,
                     .is_constant = arg->is_constant(),
                     .constant = binder_.free_value_of(*arg)});
  }
  const std::string name = aggregate_name(expr);
  auto resolved = binder_.aggregates().resolve(name, parameters, types, binder_.input().options);
  if (!resolved) return at(std::move(resolved).error(), expr.span);
  for (size_t i = 0; i < args.size() && i < resolved->arguments.size(); ++i) {
    Type wanted = resolved->arguments[i];
    const bool is_condition = resolved->has_condition && i + 1 == args.size();
    if (is_condition && args[i]->type.base().is(TypeKind::kNothing)) continue;
    if (resolved->skip_nulls || is_condition)
      wanted = wanted.base().with_null(args[i]->type.can_be_null());
    SP_TRY(args[i], binder_.cast(args[i], wanted, expr.span));
  }
  if (resolved->has_condition && !args.empty()) {
    SP_TRY(args.back(), binder_.condition(args.back(), "-If"));
  }
  return resolved;
}

Result<ExpressionPtr> SelectBinder::aggregate(const sql::Expr& expr) {
  const AggregateRow* row = binder_.aggregates().find(expr.name);
  if (row != nullptr && row->window_only) {
    return fail(ErrorCode::kBadArguments, "A window function needs OVER: " + expr.name, expr.span,
                "write " + expr.name + "(...) OVER (PARTITION BY ... ORDER BY ...)");
  }
  if (!lambdas_.empty()) {
    return fail(ErrorCode::kIllegalAggregation,
                "An aggregate function may not stand inside a lambda: " + expr.name, expr.span);
  }
  plan::AggregateCall call;
  SP_TRY(call.function, resolve_aggregate(expr, call.args));
  for (const ExpressionPtr& arg : call.args) {
    bool nested = false, windowed = false;
    plan::for_each_column(*arg, [&](ColumnId id) {
      nested = nested || aggregate_ids_.contains(id);
      windowed = windowed || window_ids_.contains(id);
    });
    if (!nested && !windowed) continue;
    return fail(
        ErrorCode::kIllegalAggregation,
        std::string(nested ? "An aggregate" : "A window") +
            " function is found inside another aggregate function: " + sql::column_name(expr),
        expr.span,
        "compute the inner one in a subquery, or give the column and the alias different names");
  }
  for (const plan::AggregateCall& other : aggregates_) {
    if (other.function.name != call.function.name ||
        other.function.result != call.function.result || other.args.size() != call.args.size() ||
        !expr.parameters.empty()) {
      continue;
    }
    bool same = true;
    for (size_t i = 0; same && i < call.args.size(); ++i)
      same = plan::equal(*other.args[i], *call.args[i]);
    if (same) return make_column(other.output, other.name, other.function.result);
  }
  call.output = binder_.new_column();
  call.name = expr.alias.empty() ? sql::column_name(expr) : expr.alias;
  aggregate_ids_.insert(call.output);
  ExpressionPtr column = make_column(call.output, call.name, call.function.result, expr.span);
  aggregates_.push_back(std::move(call));
  return column;
}

// grouping(a, b): bits, the last argument's lowest, 1 where the row's grouping set leaves the key
// out.
Result<ExpressionPtr> SelectBinder::grouping(const sql::Expr& expr) {
  if (select_.group_by.kind == sql::GroupBy::Kind::kNone) {
    return fail(ErrorCode::kIllegalAggregation, "grouping() needs GROUP BY", expr.span);
  }
  if (expr.args.empty() || expr.args.size() > 64) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch, "grouping() takes 1 to 64 keys",
                expr.span);
  }
  GroupingCall call;
  SP_TRY(call.args, arguments(expr, nullptr));
  call.output = binder_.new_column();
  call.name = sql::column_name(expr);
  call.span = expr.span;
  aggregate_ids_.insert(call.output);
  groupings_.push_back(call);
  return make_column(call.output, call.name, Type::of(TypeKind::kUInt64), expr.span);
}

// A projection over the aggregation with a column for each grouping(): an array of its values, by
// the set's number.
Result<NodePtr> SelectBinder::add_groupings(NodePtr node) {
  if (groupings_.empty()) return node;
  const Type number = Type::of(TypeKind::kUInt64);
  const std::vector<std::vector<uint32_t>> sets = plan::grouping_sets(*node);
  ExpressionPtr set_number;
  if (!sets.empty()) {
    node->set_output = binder_.new_column();
    node->output.push_back({*node->set_output, "grouping set", number});
    set_number = make_column(*node->set_output, "grouping set", number);
  }
  using Kind = sql::GroupBy::Kind;
  const bool plain = select_.group_by.kind == Kind::kPlain || select_.group_by.kind == Kind::kAll;
  NodePtr project = make_node(Node::Kind::kProject, std::move(node), select_.span);
  for (const plan::OutputColumn& column : project->output) {
    project->expressions.push_back(make_column(column.id, column.name, column.type));
  }
  for (const GroupingCall& call : groupings_) {
    std::vector<uint64_t> values(std::max<size_t>(sets.size(), 1));
    for (const ExpressionPtr& arg : call.args) {
      size_t key = 0;
      while (key < keys_.size() && !equals_key(*keys_[key], *arg)) ++key;
      if (key == keys_.size() || (!plain && binder_.folded(arg))) {
        return fail(ErrorCode::kBadArguments,
                    "The argument of grouping() is not in GROUP BY keys: " + plan::print(*arg),
                    call.span);
      }
      for (size_t s = 0; s < values.size(); ++s) {
        const bool given = s < grouping_sets_.size();  // as written: two keys may be one by now
        const std::vector<uint32_t>* set = given          ? &grouping_sets_[s]
                                           : sets.empty() ? nullptr
                                                          : &sets[s];
        const auto wanted = given ? static_cast<uint32_t>(key) : key_places_[key];
        const bool inside =
            set == nullptr || std::find(set->begin(), set->end(), wanted) != set->end();
        values[s] = values[s] << 1 | (inside ? 0 : 1);
      }
    }
    ExpressionPtr value = binder_.constant_u64(values[0], number);
    if (set_number) {
      std::vector<ExpressionPtr> elements;
      for (const uint64_t bits : values) elements.push_back(binder_.constant_u64(bits, number));
      SP_TRY(ExpressionPtr list, binder_.call("array", std::move(elements), call.span));
      SP_TRY(ExpressionPtr place,
             binder_.call("plus", {set_number, binder_.constant_u64(1, number)}, call.span));
      SP_TRY(value, binder_.call("arrayElement", {list, place}, call.span));
    }
    project->output.push_back({call.output, call.name, number});
    project->expressions.push_back(std::move(value));
  }
  return project;
}

Result<void> SelectBinder::check_no_aggregates(const Expression& expression, const char* where) {
  bool aggregate = false, window = false;
  plan::for_each_column(expression, [&](ColumnId id) {
    aggregate = aggregate || aggregate_ids_.contains(id);
    window = window || window_ids_.contains(id);
  });
  if (!aggregate && !window) return {};
  return fail(
      ErrorCode::kIllegalAggregation,
      std::string(aggregate ? "An aggregate" : "A window") + " function is found in " + where,
      expression.span,
      std::string(where) == "WHERE" ? (aggregate ? "use HAVING" : "use QUALIFY, or a subquery")
                                    : "");
}

Result<void> SelectBinder::bind_group_by() {
  const sql::GroupBy& group = select_.group_by;
  const auto add_key = [&](const sql::Expr& expr) -> Result<uint32_t> {
    SP_TRY(const NamedExpression* column, position(expr, "GROUP BY"));
    ExpressionPtr key;
    if (column != nullptr) {
      key = column->value;
    } else {
      SP_TRY(key, expression(expr));
    }
    if (auto clean = check_no_aggregates(*key, "GROUP BY"); !clean)
      return at(std::move(clean).error(), expr.span);
    for (size_t i = 0; i < keys_.size(); ++i) {
      if (plan::equal(*keys_[i], *key)) return static_cast<uint32_t>(i);
    }
    keys_.push_back(std::move(key));
    return static_cast<uint32_t>(keys_.size() - 1);
  };
  const bool modified =
      group.kind == sql::GroupBy::Kind::kRollup || group.kind == sql::GroupBy::Kind::kCube;
  for (const sql::ExprPtr& expr : group.keys) {
    // GROUP BY (a, b) groups by both.
    if (expr->kind == sql::ExprKind::kFunction && expr->name == "tuple" && expr->alias.empty()) {
      for (const sql::ExprPtr& part : expr->args) SP_TRY_VOID(add_key(*part));
    } else {
      SP_TRY_VOID(add_key(*expr));
    }
  }
  // Constants are no keys of ROLLUP, CUBE and GROUPING SETS.
  ExpressionPtr dropped;
  const auto is_folded = [&](const ExpressionPtr& key) {
    const ExpressionPtr constant = binder_.folded(key);
    if (constant) dropped = constant;
    return constant != nullptr;
  };
  if (modified) std::erase_if(keys_, is_folded);
  for (const auto& set : group.sets) {
    std::vector<uint32_t> indexes;
    for (const sql::ExprPtr& expr : set) {
      const size_t known = keys_.size();
      SP_TRY(const uint32_t index, add_key(*expr));
      if (!is_folded(keys_[index]))
        indexes.push_back(index);
      else if (keys_.size() > known)
        keys_.pop_back();
    }
    grouping_sets_.push_back(std::move(indexes));
  }
  // But no rows make no group where there were keys: one of the constants stays, in every set.
  if (dropped && keys_.empty()) {
    keys_.push_back(dropped);
    for (auto& set : grouping_sets_) set.push_back(0);
  }
  if (group.kind == sql::GroupBy::Kind::kAll) {
    for (const NamedExpression& column : columns_) SP_TRY_VOID(add_group_all_keys(column.value));
  }
  return {};
}

// GROUP BY ALL: the largest parts of the SELECT list that hold no aggregate.
Result<void> SelectBinder::add_group_all_keys(const ExpressionPtr& expression) {
  if (binder_.folded(expression)) return {};
  if (check_no_aggregates(*expression, "GROUP BY")) {
    for (const ExpressionPtr& key : keys_) {
      if (plan::equal(*key, *expression)) return {};
    }
    keys_.push_back(expression);
    return {};
  }
  for (const ExpressionPtr& arg : expression->args) SP_TRY_VOID(add_group_all_keys(arg));
  return {};
}

// Structural equality that also takes two parameters of the request with one value for equal: a
// template names the same parameter in SELECT and in GROUP BY, and each use is a hole of its own.
bool SelectBinder::equals_key(const Expression& a, const Expression& b) {
  if (&a == &b || plan::equal(a, b)) return true;
  if (a.kind != b.kind || a.type != b.type || a.args.size() != b.args.size()) return false;
  if (a.kind == Expression::Kind::kParameter) return binder_.same_value(a, b);
  if (a.kind != Expression::Kind::kCall || a.name != b.name ||
      a.function.intrinsic != b.function.intrinsic ||
      a.function.immediate != b.function.immediate ||
      a.function.symbol.address != b.function.symbol.address || !a.function.deterministic) {
    return false;
  }
  for (size_t i = 0; i < a.args.size(); ++i) {
    if (!equals_key(*a.args[i], *b.args[i])) return false;
  }
  return true;
}

Result<ExpressionPtr> SelectBinder::after_aggregation(const ExpressionPtr& expression) {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (equals_key(*keys_[i], *expression)) {
      // A constant among the keys stands in the row of totals too, and in every grouping set.
      const auto kind = select_.group_by.kind;
      const bool plain = kind == sql::GroupBy::Kind::kPlain || kind == sql::GroupBy::Kind::kAll;
      if (!plain || select_.group_by.with_totals) {
        if (const ExpressionPtr constant = binder_.constant_in_run(expression)) return constant;
      }
      const plan::OutputColumn& key = key_outputs_[i];
      return make_column(key.id, key.name, key.type, expression->span);
    }
  }
  if (expression->kind == Expression::Kind::kColumn) {
    const ColumnId id = expression->column;
    bool known = aggregate_ids_.contains(id) || window_ids_.contains(id);
    for (const LambdaFrame& frame : lambdas_) {
      for (const auto& [name, value] : frame) known = known || value->column == id;
    }
    for (const ArrayJoinCall& call : array_join_calls_)
      known = known || (call.output == id && !call.placed);
    for (const CorrelatedCall& call : correlated_calls_)
      known = known || (call.output == id && !call.placed);
    for (const plan::OutputColumn& key : key_outputs_) known = known || key.id == id;
    if (known) return expression;
    return fail(
        ErrorCode::kNotAnAggregate,
        "Column is not under aggregate function and not in GROUP BY keys: " + expression->name,
        expression->span,
        "add `" + expression->name + "` to GROUP BY, or take any(" + expression->name + ")");
  }
  const bool lambda = expression->kind == Expression::Kind::kLambda;
  if (lambda) {
    LambdaFrame frame;
    for (size_t i = 0; i < expression->lambda_columns.size(); ++i) {
      frame.emplace_back(
          "", make_column(expression->lambda_columns[i], "", expression->lambda_types[i]));
    }
    lambdas_.push_back(std::move(frame));
  }
  std::shared_ptr<Expression> copy;
  Result<ExpressionPtr> result = expression;
  for (size_t i = 0; i < expression->args.size(); ++i) {
    Result<ExpressionPtr> arg = after_aggregation(expression->args[i]);
    if (!arg) {
      const ExpressionPtr constant = binder_.folded(expression);
      copy = nullptr;
      if (constant)
        result = constant;
      else
        result = std::move(arg);
      break;
    }
    if (*arg == expression->args[i]) continue;
    if (!copy) copy = std::make_shared<Expression>(*expression);
    copy->args[i] = *arg;
  }
  if (lambda) lambdas_.pop_back();
  if (!result || !copy) return result;
  return ExpressionPtr(std::move(copy));
}

}  // namespace sp::binding
