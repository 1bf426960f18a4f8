// ORDER BY, WITH FILL, LIMIT BY, LIMIT and OFFSET, and positional arguments (ORDER BY 2, GROUP BY
// 1).

#include <cmath>
#include <cstring>

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

// The SELECT column that a whole-number literal in ORDER BY, GROUP BY or LIMIT BY stands for; null
// if it is none.
Result<const SelectBinder::NamedExpression*> SelectBinder::position(const sql::Expr& expr,
                                                                    const char* clause) {
  if (expr.kind != sql::ExprKind::kLiteral) return static_cast<const NamedExpression*>(nullptr);
  const uint64_t* number = std::get_if<uint64_t>(&expr.literal);
  if (number == nullptr) return static_cast<const NamedExpression*>(nullptr);
  if (*number >= 1 && *number <= columns_.size()) {
    return static_cast<const NamedExpression*>(&columns_[*number - 1]);
  }
  return fail(ErrorCode::kBadArguments,
              std::string("Positional argument of ") + clause +
                  " is out of bounds: " + std::to_string(*number),
              expr.span, "expected 1 to " + std::to_string(columns_.size()));
}

Result<ExpressionPtr> SelectBinder::limit_value(const sql::Expr& expr, const char* clause) {
  plan::Node::Amount amount = plan::Node::Amount::kRows;
  SP_TRY(ExpressionPtr value, limit_value(expr, clause, amount));
  if (amount == plan::Node::Amount::kRows) return value;
  return not_implemented(
      std::string(amount == plan::Node::Amount::kFraction ? "a fractional " : "a negative ") +
          clause,
      expr.span);
}

// LIMIT 10; LIMIT -10: the last ten; LIMIT 0.1: a tenth of all rows.
Result<ExpressionPtr> SelectBinder::limit_value(const sql::Expr& expr, const char* clause,
                                                plan::Node::Amount& amount) {
  SP_TRY(ExpressionPtr value, expression(expr));
  const Type base = value->type.base();
  const auto refuse = [&](const char* what) {
    return fail(
        ErrorCode::kInvalidLimitExpression,
        std::string(clause) + " expression must be " + what + ". Actual: " + sql::print(expr),
        expr.span);
  };
  if (!value->is_constant() || !(base.is_integer() || base.is_float()))
    return refuse("constant with numeric type");
  if (base.is_float()) {
    SP_TRY(value, binder_.cast(value, Type::of(TypeKind::kFloat64), expr.span));
    SP_TRY(const void* slot, binder_.value_of(value));
    double number = 0;
    std::memcpy(&number, slot, sizeof(number));
    if (number >= 0 && number == std::floor(number) && number < 1e18) {
      return binder_.constant_u64(static_cast<uint64_t>(number), Type::of(TypeKind::kUInt64),
                                  expr.span);
    }
    if (!(number > 0 && number < 1)) return refuse("a whole number or between 0 and 1");
    amount = plan::Node::Amount::kFraction;
    return value;
  }
  const Type wide = Type::of(base.is_unsigned() ? TypeKind::kUInt64 : TypeKind::kInt64);
  SP_TRY(value, binder_.cast(value, wide.with_null(value->type.can_be_null()), expr.span));
  // A literal with a sign is negative whatever its digits. Values of the request that are signed
  // are looked at when they are negative, so that pages of one pipe share a plan.
  const bool negative_literal =
      expr.kind == sql::ExprKind::kLiteral && std::holds_alternative<int64_t>(expr.literal);
  bool negative = negative_literal;
  if (!base.is_unsigned() && !negative && !value->type.can_be_null()) {
    if (expr.kind == sql::ExprKind::kParameter) {
      for (const BoundParameter& given : *binder_.input().parameters) {
        negative = negative || (given.name == expr.name && given.text.starts_with("-"));
      }
      if (negative) SP_TRY_VOID(binder_.hole_text(expr.name, expr.span));
    } else if (auto slot = binder_.value_of(value)) {
      int64_t number = 0;
      std::memcpy(&number, *slot, sizeof(number));
      negative = number < 0;
    }
  }
  if (negative) amount = plan::Node::Amount::kFromEnd;
  return value;
}

Result<plan::Node::Fill> SelectBinder::fill(const sql::FillSpec& spec, Type type) {
  plan::Node::Fill fill;
  fill.enabled = true;
  const Type base = type.base();
  const auto bound = [&](const sql::ExprPtr& expr, ExpressionPtr& out,
                         const char* word) -> Result<void> {
    if (!expr) return {};
    SP_TRY(out, expression(*expr));
    if (!out->is_constant()) {
      return fail(ErrorCode::kInvalidWithFillExpression,
                  std::string("WITH FILL ") + word + " must be constant", expr->span);
    }
    if (out->type.base().is(TypeKind::kInterval)) {
      return fail(ErrorCode::kInvalidWithFillExpression,
                  std::string("WITH FILL ") + word + " may not be an interval", expr->span);
    }
    SP_TRY(out, binder_.cast(out, base, expr->span));
    return {};
  };
  if (!base.is_number() && !base.is_date_like() && !base.is(TypeKind::kDecimal)) {
    return fail(ErrorCode::kInvalidWithFillExpression,
                "WITH FILL needs a number or a date, not " + type.name(), std::nullopt);
  }
  SP_TRY_VOID(bound(spec.from, fill.from, "FROM"));
  SP_TRY_VOID(bound(spec.to, fill.to, "TO"));
  for (const auto& [expr, out] :
       {std::pair(&spec.step, &fill.step), std::pair(&spec.staleness, &fill.staleness)}) {
    if (!*expr) continue;
    SP_TRY(*out, expression(**expr));
    if (!(*out)->is_constant()) {
      return fail(ErrorCode::kInvalidWithFillExpression, "WITH FILL STEP must be constant",
                  (*expr)->span);
    }
    const Type step = (*out)->type.base();
    if (step.is(TypeKind::kInterval)) {
      if (!base.is_date_like()) {
        return fail(ErrorCode::kInvalidWithFillExpression,
                    "WITH FILL STEP as an interval needs a date column", (*expr)->span);
      }
      (out == &fill.step ? fill.step_unit : fill.staleness_unit) = step.interval_unit();
    } else {
      const Type wide = base.is_float() ? Type::of(TypeKind::kFloat64) : Type::of(TypeKind::kInt64);
      SP_TRY(*out, binder_.cast(*out, wide, (*expr)->span));
    }
  }
  return fill;
}

Result<void> SelectBinder::bind_order_by() {
  if (select_.order_by_all) {
    const sql::SortItem& all = select_.order_by.front();
    for (const NamedExpression& column : columns_) {
      order_by_.push_back(
          {{column.value, all.descending, all.nulls == sql::SortItem::Nulls::kFirst},
           std::nullopt});
    }
    return {};
  }
  for (const sql::SortItem& item : select_.order_by) {
    SP_TRY(const NamedExpression* column, position(*item.expr, "ORDER BY"));
    ExpressionPtr key;
    if (column != nullptr) {
      key = column->value;
    } else {
      SP_TRY(key, expression(*item.expr));
    }
    if (!item.collate.empty()) {
      // One alphabetical order for all languages; see docs/differences.md.
      if (!key->type.base().is(TypeKind::kString)) {
        return fail(ErrorCode::kBadArguments, "COLLATE needs a text, not " + key->type.name(),
                    item.expr->span);
      }
      SP_TRY(key, binder_.call("collationKey", {key}, item.expr->span));
    }
    OrderItem order{{key, item.descending, item.nulls == sql::SortItem::Nulls::kFirst},
                    std::nullopt};
    if (item.fill) {
      auto filled = fill(*item.fill, key->type);
      if (!filled) return at(std::move(filled).error(), item.expr->span);
      order.fill = std::move(*filled);
    }
    order_by_.push_back(std::move(order));
  }
  return {};
}

Result<void> SelectBinder::bind_limit_by() {
  if (!select_.distinct_on.empty()) {
    // DISTINCT ON (a, b) is LIMIT 1 BY a, b.
    limit_by_count_ = binder_.constant_u64(1, Type::of(TypeKind::kUInt64));
    for (const sql::ExprPtr& expr : select_.distinct_on) {
      SP_TRY(ExpressionPtr key, expression(*expr));
      limit_by_.push_back(std::move(key));
    }
    if (select_.limit_by) {
      return fail(ErrorCode::kUnsupportedMethod, "DISTINCT ON and LIMIT BY cannot stand together",
                  select_.span);
    }
  }
  if (!select_.limit_by) return {};
  SP_TRY(limit_by_count_, limit_value(*select_.limit_by->limit, "LIMIT BY"));
  if (select_.limit_by->offset) {
    SP_TRY(limit_by_offset_, limit_value(*select_.limit_by->offset, "LIMIT BY OFFSET"));
  }
  for (const NamedExpression& column : columns_) {
    const bool key = select_.limit_by->all && !column.value->is_constant() &&
                     check_no_aggregates(*column.value, "LIMIT BY ALL").ok();
    if (key) limit_by_.push_back(column.value);
  }
  for (const sql::ExprPtr& expr : select_.limit_by->keys) {
    SP_TRY(const NamedExpression* column, position(*expr, "LIMIT BY"));
    if (column != nullptr) {
      limit_by_.push_back(column->value);
      continue;
    }
    SP_TRY(ExpressionPtr key, expression(*expr));
    limit_by_.push_back(std::move(key));
  }
  return {};
}

// DISTINCT was placed; what follows it reads the SELECT's outputs through `projected`.
Result<NodePtr> SelectBinder::add_limits(
    NodePtr node, const std::function<Result<ExpressionPtr>(const ExpressionPtr&)>& projected) {
  std::vector<plan::SortKey> sort_keys;
  std::vector<plan::Node::Fill> fills;
  bool any_fill = false;
  for (const OrderItem& item : order_by_) {
    if (item.key.expression->is_constant() && !item.fill) continue;
    plan::SortKey key = item.key;
    SP_TRY(key.expression, projected(item.key.expression));
    sort_keys.push_back(std::move(key));
    fills.push_back(item.fill.value_or(plan::Node::Fill{}));
    any_fill = any_fill || item.fill.has_value();
  }
  if (!sort_keys.empty()) {
    node = make_node(Node::Kind::kSort, std::move(node), select_.span);
    node->sort_keys = sort_keys;
  }
  if (any_fill) {
    node = make_node(Node::Kind::kFill, std::move(node), select_.span);
    node->sort_keys = sort_keys;
    node->fills = std::move(fills);
    for (const sql::InterpolateItem& item : select_.interpolate) {
      const auto column =
          std::find_if(node->output.begin(), node->output.end(),
                       [&](const plan::OutputColumn& c) { return c.name == item.column; });
      if (column == node->output.end()) {
        std::vector<std::string_view> names;
        for (const plan::OutputColumn& c : node->output) names.push_back(c.name);
        return fail(ErrorCode::kUnknownIdentifier, "Unknown column of INTERPOLATE: " + item.column,
                    select_.span, did_you_mean(item.column, names));
      }
      ExpressionPtr value = make_column(column->id, column->name, column->type);
      if (item.expr) {
        // The expression sees the columns of the result.
        LambdaFrame frame;
        for (const plan::OutputColumn& c : node->output)
          frame.emplace_back(c.name, make_column(c.id, c.name, c.type));
        lambdas_.push_back(std::move(frame));
        Result<ExpressionPtr> bound = expression(*item.expr);
        lambdas_.pop_back();
        if (!bound) return std::move(bound).error();
        SP_TRY(value, binder_.cast(*bound, column->type, select_.span));
      }
      node->interpolate.emplace_back(column->id, std::move(value));
    }
    if (select_.has_interpolate && select_.interpolate.empty()) {
      for (const plan::OutputColumn& column : node->output) {
        bool key = false;
        for (const plan::SortKey& sort : sort_keys) {
          key = key || (sort.expression->kind == Expression::Kind::kColumn &&
                        sort.expression->column == column.id);
        }
        if (!key)
          node->interpolate.emplace_back(column.id,
                                         make_column(column.id, column.name, column.type));
      }
    }
  }
  if (!limit_by_.empty()) {
    node = make_node(Node::Kind::kLimit, std::move(node), select_.span);
    node->limit = limit_by_count_;
    node->offset = limit_by_offset_;
    for (const ExpressionPtr& expression : limit_by_) {
      SP_TRY(ExpressionPtr key, projected(expression));
      node->keys.push_back(std::move(key));
    }
  }
  if (limit_ || offset_) {
    node = make_node(Node::Kind::kLimit, std::move(node), select_.span);
    node->limit = limit_;
    node->offset = offset_;
    node->with_ties = select_.limit_with_ties;
    node->limit_amount = limit_amount_;
    node->offset_amount = offset_amount_;
    if (select_.limit_with_ties) {
      if (sort_keys.empty() && !order_by_.empty()) {
        node->with_ties = false;  // by constants: every row ties with the last
        node->limit = nullptr;
      } else if (sort_keys.empty()) {
        return fail(ErrorCode::kLogicalError, "LIMIT WITH TIES needs ORDER BY", select_.span);
      }
      node->sort_keys = sort_keys;
    }
  }
  return node;
}

}  // namespace sp::binding
