// Expressions of one SELECT, from syntax to types: dispatch over the kinds of syntax. Functions,
// aggregates, windows, IN and subqueries have files of their own.

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

std::string_view interval_function(const std::string& unit) {
  static constexpr std::pair<std::string_view, std::string_view> kUnits[] = {
      {"NANOSECOND", "toIntervalNanosecond"},
      {"MICROSECOND", "toIntervalMicrosecond"},
      {"MILLISECOND", "toIntervalMillisecond"},
      {"SECOND", "toIntervalSecond"},
      {"MINUTE", "toIntervalMinute"},
      {"HOUR", "toIntervalHour"},
      {"DAY", "toIntervalDay"},
      {"WEEK", "toIntervalWeek"},
      {"MONTH", "toIntervalMonth"},
      {"QUARTER", "toIntervalQuarter"},
      {"YEAR", "toIntervalYear"}};
  for (const auto& [name, function] : kUnits) {
    if (name == unit) return function;
  }
  return {};
}

}  // namespace

Result<ExpressionPtr> SelectBinder::expression(const sql::Expr& expr) {
  if (expr.alias.empty() || !lambdas_.empty()) return unaliased(expr);
  const auto named = aliases_.find(expr.alias);
  if (named == aliases_.end() || named->second.open) return unaliased(expr);
  return alias(expr.alias, expr.span);
}

Result<ExpressionPtr> SelectBinder::unaliased(const sql::Expr& expr) {
  switch (expr.kind) {
    case sql::ExprKind::kLiteral: return binder_.literal(expr);
    case sql::ExprKind::kIdentifier: return identifier(expr);
    case sql::ExprKind::kParameter: return binder_.hole(expr);
    case sql::ExprKind::kFunction: return function(expr);
    case sql::ExprKind::kCast: {
      SP_TRY(ExpressionPtr value, expression(*expr.args[0]));
      auto type = parse_type(expr.type_text);
      if (!type) return at(std::move(type).error(), expr.span);
      return written_cast(value, *type, expr.span);
    }
    case sql::ExprKind::kInterval: {
      SP_TRY(ExpressionPtr count, expression(*expr.args[0]));
      const std::string_view function = interval_function(expr.name);
      if (function.empty())
        return fail(ErrorCode::kSyntaxError, "Unknown interval unit: " + expr.name, expr.span);
      return binder_.call(function, {std::move(count)}, expr.span);
    }
    case sql::ExprKind::kSubquery: return scalar_subquery(expr);
    case sql::ExprKind::kLambda:
      return fail(ErrorCode::kBadArguments, "A lambda is not expected here: " + sql::print(expr),
                  expr.span, "lambdas are arguments of functions such as arrayMap");
    case sql::ExprKind::kStar:
    case sql::ExprKind::kColumns: {
      SP_TRY(std::vector<NamedExpression> columns, expand(expr));
      if (columns.size() == 1) return columns[0].value;
      return fail(ErrorCode::kUnexpectedExpression,
                  "A single column is expected here: " + sql::print(expr), expr.span);
    }
  }
  return fail(ErrorCode::kUnknownElementInAst, "Unknown expression: " + sql::print(expr),
              expr.span);
}

Result<ExpressionPtr> SelectBinder::written_cast(const ExpressionPtr& value, Type type, Span span) {
  const sql::GroupBy::Kind kind = select_.group_by.kind;
  const bool sets = kind == sql::GroupBy::Kind::kRollup || kind == sql::GroupBy::Kind::kCube ||
                    kind == sql::GroupBy::Kind::kGroupingSets;
  if (sets && value->type == type) return binder_.call("identity", {value}, span);
  return binder_.explicit_cast(value, type, span);
}

Result<std::vector<ExpressionPtr>> SelectBinder::arguments(const sql::Expr& expr,
                                                           std::vector<std::string>* names) {
  std::vector<ExpressionPtr> args;
  for (const sql::ExprPtr& arg : expr.args) {
    if (arg->kind == sql::ExprKind::kStar || arg->kind == sql::ExprKind::kColumns) {
      SP_TRY(std::vector<NamedExpression> columns, expand(*arg));
      for (NamedExpression& column : columns) {
        args.push_back(std::move(column.value));
        if (names != nullptr) names->push_back(std::move(column.name));
      }
      continue;
    }
    SP_TRY(ExpressionPtr value, expression(*arg));
    args.push_back(std::move(value));
    if (names == nullptr) continue;
    const bool is_column = arg->kind == sql::ExprKind::kIdentifier;
    if (names_its_arguments(expr) && (!is_column || !arg->alias.empty()))
      names->push_back(arg->alias.empty() ? sql::column_name(*arg) : arg->alias);
    else
      names->push_back(is_column ? arg->parts.back() : arg->alias);
  }
  return args;
}

// Binds `x -> body` over elements of the given types. A lambda of several parameters over one array
// of tuples (or a map) takes the tuples apart.
Result<ExpressionPtr> SelectBinder::lambda(const sql::Expr& expr, const std::vector<Type>& elements,
                                           Span span) {
  const size_t wanted = expr.lambda_params.size();
  const bool unpack = elements.size() == 1 && wanted > 1 && elements[0].is(TypeKind::kTuple) &&
                      elements[0].inner().size() == wanted;
  if (!unpack && wanted != elements.size()) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "A lambda of " + std::to_string(wanted) + " parameters is given " +
                    std::to_string(elements.size()) + " arrays",
                span);
  }
  auto lambda = std::make_shared<Expression>();
  lambda->kind = Expression::Kind::kLambda;
  lambda->span = span;
  lambda->lambda_types = elements;
  LambdaFrame frame;
  for (size_t i = 0; i < elements.size(); ++i) {
    lambda->lambda_columns.push_back(binder_.new_column());
    const ExpressionPtr element = make_column(
        lambda->lambda_columns[i], unpack ? "element" : expr.lambda_params[i], elements[i]);
    if (!unpack) frame.emplace_back(expr.lambda_params[i], element);
    for (size_t k = 0; unpack && k < wanted; ++k) {
      SP_TRY(
          ExpressionPtr part,
          binder_.call("tupleElement",
                       {element, binder_.constant_u64(k + 1, Type::of(TypeKind::kUInt8))}, span));
      frame.emplace_back(expr.lambda_params[k], std::move(part));
    }
  }
  lambdas_.push_back(std::move(frame));
  Result<ExpressionPtr> body = expression(*expr.args[0]);
  lambdas_.pop_back();
  if (!body) return body;
  lambda->args = {*body};
  lambda->type = Type::lambda(elements, (*body)->type);
  return ExpressionPtr(std::move(lambda));
}

}  // namespace sp::binding
