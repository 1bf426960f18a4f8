// Function calls: special forms that are no functions of values (IN, EXISTS, arrayJoin, CASE,
// aggregates, windows), calls of WITH-lambdas, higher-order functions, then the function table.

#include <algorithm>
#include <cctype>

#include "compiler/bind/aggregate_spelling.h"
#include "compiler/bind/select_binder.h"

namespace sp::binding {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_in(const std::string& name) {
  return name == "in" || name == "notin" || name == "globalin" || name == "globalnotin" ||
         name == "nullin" || name == "notnullin";
}

}  // namespace

const sql::Expr* SelectBinder::lambda_alias(const std::string& name) const {
  for (const SelectBinder* binder = this; binder != nullptr; binder = binder->environment_.outer) {
    const auto named = binder->aliases_.find(name);
    if (named != binder->aliases_.end() && named->second.expr->kind == sql::ExprKind::kLambda)
      return named->second.expr;
  }
  return nullptr;
}

Result<ExpressionPtr> SelectBinder::function(const sql::Expr& expr) {
  if (expr.over) return window_function(expr);
  const std::string name = lower(expr.name);
  if (is_in(name)) return in(expr);
  if (name == "exists" && expr.args.size() == 1 && expr.args[0]->kind == sql::ExprKind::kSubquery)
    return exists(expr);
  if (expr.name == "arrayJoin" && expr.args.size() == 1) return array_join_call(expr);
  if (name == "casewithexpression") return case_with_expression(expr);
  if (name == "grouping") return grouping(expr);
  if (name == "cast" && expr.args.size() == 2) {
    SP_TRY(ExpressionPtr value, expression(*expr.args[0]));
    SP_TRY(ExpressionPtr target, expression(*expr.args[1]));
    SP_TRY(const void* text, binder_.value_of(target));
    if (!target->type.is(TypeKind::kString)) {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "The second argument of CAST must be a type's name", expr.span);
    }
    auto type = parse_type(static_cast<const StringRef*>(text)->view());
    if (!type) return at(std::move(type).error(), expr.span);
    return written_cast(value, *type, expr.span);
  }
  if (const sql::Expr* lambda = lambda_alias(expr.name)) return apply_lambda(*lambda, expr);

  if (auto value = formula_call(expr)) return std::move(*value);
  const FunctionRow* row = binder_.functions().find(expr.name);
  if (row == nullptr || expr.distinct || expr.filter || expr.has_parameters) {
    if (respelled_aggregate(expr.name) || binder_.aggregates().find(expr.name) != nullptr)
      return aggregate(expr);
    if (row != nullptr) {
      return fail(ErrorCode::kSyntaxError, "Not an aggregate function: " + expr.name, expr.span,
                  "DISTINCT, FILTER and parameters belong to aggregate functions");
    }
    std::vector<std::string_view> names = binder_.functions().names();
    const auto& aggregates = binder_.aggregates().names();
    names.insert(names.end(), aggregates.begin(), aggregates.end());
    for (const FormulaRow& formula : formula_rows()) names.emplace_back(formula.name);
    return fail(ErrorCode::kUnknownFunction, "Unknown function: " + expr.name, expr.span,
                did_you_mean(expr.name, names));
  }
  const auto is_lambda = [&](const sql::Expr& arg) {
    return arg.kind == sql::ExprKind::kLambda ||
           (arg.kind == sql::ExprKind::kIdentifier && arg.parts.size() == 1 &&
            lambda_alias(arg.parts[0]) != nullptr);
  };
  if (row->takes_lambda && !expr.args.empty() && is_lambda(*expr.args[0]))
    return higher_order(*row, expr);
  std::vector<std::string> names;
  SP_TRY(std::vector<ExpressionPtr> args, arguments(expr, &names));
  if (auto value = over_tuples(row->name, args, expr.span)) return std::move(*value);
  // t.1 of an array of tuples: of each of them.
  if (row->name == std::string_view("tupleElement") && args.size() == 2 &&
      args[0]->type.is(TypeKind::kArray)) {
    auto each = std::make_shared<Expression>();
    each->kind = Expression::Kind::kLambda;
    each->span = expr.span;
    each->lambda_types = {args[0]->type.element()};
    each->lambda_columns = {binder_.new_column()};
    const ExpressionPtr element =
        make_column(each->lambda_columns[0], "element", each->lambda_types[0]);
    SP_TRY(ExpressionPtr part,
           binder_.call_row(*row, expr.name, {element, args[1]}, {}, expr.span));
    each->type = Type::lambda(each->lambda_types, part->type);
    each->args = {std::move(part)};
    return binder_.call("arrayMap", {std::move(each), args[0]}, expr.span);
  }
  if (is_mixed_null_if(*row, args)) return mixed_null_if(args, expr.span);
  const ExpressionPtr branch = binder_.taken_branch(row->name, args);
  SP_TRY(ExpressionPtr value, binder_.call_row(*row, expr.name, args, names, expr.span));
  const std::string_view row_name = row->name;
  if (row_name.starts_with("to") && row_name.ends_with("OrDefault") && value->type.can_be_null())
    return default_for_null(value, args, expr.span);
  if (branch && !(branch->type == value->type)) binder_.note_branch(branch, value);
  return value;
}

Result<ExpressionPtr> SelectBinder::higher_order(const FunctionRow& row, const sql::Expr& expr) {
  std::vector<ExpressionPtr> args(1);
  std::vector<Type> elements;
  const bool folds = row.name == std::string_view("arrayFold");
  for (size_t i = 1; i < expr.args.size(); ++i) {
    SP_TRY(ExpressionPtr array, expression(*expr.args[i]));
    if (folds && i + 1 == expr.args.size()) {
      elements.insert(elements.begin(),
                      array->type);  // the accumulator is the lambda's first parameter
      args.push_back(std::move(array));
      continue;
    }
    const Type base = array->type.base();
    if (base.is(TypeKind::kArray)) {
      elements.push_back(base.element());
    } else if (base.is(TypeKind::kMap)) {
      elements.push_back(Type::tuple({base.inner()[0], base.inner()[1]}, {"keys", "values"}));
    } else {
      return fail(ErrorCode::kIllegalTypeOfArgument,
                  "Argument " + std::to_string(i + 1) + " of function " + expr.name +
                      " must be an array, not " + array->type.name(),
                  expr.args[i]->span);
    }
    args.push_back(std::move(array));
  }
  const sql::Expr& given = *expr.args[0];
  const sql::Expr* body =
      given.kind == sql::ExprKind::kLambda ? &given : lambda_alias(given.parts[0]);
  SP_CHECK(body != nullptr);
  SP_TRY(args[0], lambda(*body, elements, given.span));
  return binder_.call_row(row, expr.name, std::move(args), {}, expr.span);
}

// WITH x -> x + 1 AS f ... f(2): the body with its parameters replaced.
Result<ExpressionPtr> SelectBinder::apply_lambda(const sql::Expr& lambda, const sql::Expr& call) {
  SP_TRY(std::vector<ExpressionPtr> args, arguments(call, nullptr));
  if (args.size() != lambda.lambda_params.size()) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch,
                "Lambda " + call.name + " takes " + std::to_string(lambda.lambda_params.size()) +
                    " arguments, given " + std::to_string(args.size()),
                call.span);
  }
  if (lambdas_.size() > 100)
    return fail(ErrorCode::kTooDeepRecursion, "Too deep lambdas: " + call.name, call.span);
  LambdaFrame frame;
  for (size_t i = 0; i < args.size(); ++i) frame.emplace_back(lambda.lambda_params[i], args[i]);
  lambdas_.push_back(std::move(frame));
  Result<ExpressionPtr> value = expression(*lambda.args[0]);
  lambdas_.pop_back();
  return value;
}

// CASE x WHEN a THEN b ... ELSE c END is multiIf(x = a, b, ..., c).
Result<ExpressionPtr> SelectBinder::case_with_expression(const sql::Expr& expr) {
  SP_TRY(std::vector<ExpressionPtr> given, arguments(expr, nullptr));
  if (given.size() < 3) {
    return fail(ErrorCode::kNumberOfArgumentsDoesntMatch, "CASE needs at least one WHEN",
                expr.span);
  }
  std::vector<ExpressionPtr> args;
  size_t i = 1;
  for (; i + 1 < given.size(); i += 2) {
    SP_TRY(ExpressionPtr matches, binder_.call("equals", {given[0], given[i]}, expr.span));
    args.push_back(std::move(matches));
    args.push_back(given[i + 1]);
  }
  args.push_back(i < given.size() ? given[i]
                                  : binder_.constant(literal_image(sql::NullLiteral{}), expr.span));
  // One LowCardinality argument among constants: the result is LowCardinality too, though that of
  // multiIf is not.
  std::vector<Argument> seen;
  for (const ExpressionPtr& arg : given)
    seen.push_back({.type = arg->type, .is_constant = arg->is_constant()});
  SP_TRY(ExpressionPtr value, binder_.call("multiIf", std::move(args), expr.span));
  auto named = std::make_shared<Expression>(*value);
  named->name = "caseWithExpression";  // a function of its own to what asks for constants
  value = std::move(named);
  return binder_.explicit_cast(value, restore_low_cardinality(value->type, seen), expr.span);
}

Result<ExpressionPtr> SelectBinder::array_join_call(const sql::Expr& expr) {
  SP_TRY(ExpressionPtr array, expression(*expr.args[0]));
  const Type base = array->type.base();
  if (!base.is(TypeKind::kArray) && !base.is(TypeKind::kMap)) {
    return fail(ErrorCode::kTypeMismatch,
                "Argument of arrayJoin must be an array or a map, not " + array->type.name(),
                expr.span);
  }
  if (!lambdas_.empty())
    return fail(ErrorCode::kBadArguments, "arrayJoin() may not stand inside a lambda", expr.span);
  const Type element = base.is(TypeKind::kArray)
                           ? base.element()
                           : Type::tuple({base.inner()[0], base.inner()[1]}, {"keys", "values"});
  // The same call in several places unrolls the array once.
  for (const ArrayJoinCall& call : array_join_calls_) {
    if (plan::equal(*call.array, *array))
      return make_column(call.output, call.name, call.type, expr.span);
  }
  ArrayJoinCall call{
      .array = array, .output = binder_.new_column(), .type = element, .name = "arrayJoin"};
  array_join_calls_.push_back(call);
  return make_column(call.output, call.name, call.type, expr.span);
}

}  // namespace sp::binding
