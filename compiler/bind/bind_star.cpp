// Stars: `*`, `t.*`, COLUMNS('regex'), COLUMNS(a, b), each with EXCEPT, REPLACE and APPLY. And the
// SELECT list as a whole.

#include <algorithm>
#include <memory>

#include <re2/re2.h>

#include "compiler/bind/select_binder.h"
#include "lang/sql/print.h"

namespace sp::binding {

namespace {

// The parameter of an APPLY lambda shows in names as the column that it stands for.
void rename(sql::Expr& expr, const std::string& parameter, const std::string& column) {
  if (expr.kind == sql::ExprKind::kIdentifier && expr.parts.size() == 1 &&
      expr.parts[0] == parameter)
    expr.parts = {column};
  for (const sql::ExprPtr& arg : expr.args) rename(*arg, parameter, column);
}

}  // namespace

Result<std::vector<SelectBinder::NamedExpression>> SelectBinder::star_columns(
    const sql::Expr& expr) {
  std::vector<NamedExpression> columns;
  const auto add = [&](std::string name, const ScopeColumn& column) {
    const ScopeColumn* shadow =
        expr.parts.empty() ? shadow_of(column) : nullptr;  // t.* has the arrays
    columns.push_back(
        {std::move(name), shadow != nullptr ? shadow->value : column.value, expr.span, nullptr});
  };
  const std::vector<std::string>& qualifier = expr.parts;
  if (qualifier.empty()) {
    for (const ScopeColumn& column : merged_) add(column.name, column);
  }
  bool matched = qualifier.empty();
  std::vector<std::string_view> labels;
  for (size_t r = 0; r < relations_.size(); ++r) {
    const ScopeRelation& relation = relations_[r];
    labels.push_back(relation.label);
    const bool named = qualifier.size() == 1
                           ? (qualifier[0] == relation.label || qualifier[0] == relation.table)
                           : qualifier.size() == 2 && qualifier[0] == relation.database &&
                                 qualifier[1] == relation.table;
    if (!qualifier.empty() && !named) continue;
    matched = true;
    for (const ScopeColumn& column : relation.columns) {
      if (qualifier.empty() && column.in_using) continue;
      add(projection_name(r, column.name), column);
    }
    if (!qualifier.empty()) break;
  }
  if (matched) return columns;
  return fail(ErrorCode::kUnknownIdentifier, "Unknown qualifier of *: " + qualifier.back(),
              expr.span, did_you_mean(qualifier.back(), labels));
}

Result<std::vector<SelectBinder::NamedExpression>> SelectBinder::matching_columns(
    const sql::Expr& expr) {
  std::vector<NamedExpression> columns;
  if (!expr.args.empty()) {
    for (const sql::ExprPtr& arg : expr.args) {
      SP_TRY(ExpressionPtr value, expression(*arg));
      columns.push_back({result_name(*arg), std::move(value), arg->span, nullptr});
    }
    return columns;
  }
  const std::string* pattern = std::get_if<std::string>(&expr.literal);
  const RE2 regex(pattern != nullptr ? *pattern : "", RE2::Quiet);
  if (!regex.ok()) {
    return fail(ErrorCode::kCannotCompileRegexp,
                "Cannot compile the regular expression of COLUMNS: " + regex.error(), expr.span);
  }
  SP_TRY(columns, star_columns(expr));
  std::erase_if(columns, [&](const NamedExpression& column) {
    return !RE2::PartialMatch(column.name, regex);
  });
  if (columns.empty()) {
    return fail(ErrorCode::kEmptyListOfColumnsQueried,
                "No column matches COLUMNS('" + regex.pattern() + "')", expr.span);
  }
  return columns;
}

Result<std::vector<SelectBinder::NamedExpression>> SelectBinder::expand(const sql::Expr& expr) {
  std::vector<NamedExpression> columns;
  if (expr.kind == sql::ExprKind::kStar) {
    SP_TRY(columns, star_columns(expr));
  } else {
    SP_TRY(columns, matching_columns(expr));
  }
  for (const sql::StarTransformer& transformer : expr.transformers) {
    SP_TRY_VOID(transform(transformer, columns, expr.span));
  }
  return columns;
}

Result<void> SelectBinder::transform(const sql::StarTransformer& transformer,
                                     std::vector<NamedExpression>& columns, Span span) {
  std::vector<std::string_view> names;
  for (const NamedExpression& column : columns) names.push_back(column.name);
  switch (transformer.kind) {
    case sql::StarTransformer::Kind::kExcept: {
      if (!transformer.except_regex.empty()) {
        const RE2 regex(transformer.except_regex, RE2::Quiet);
        if (!regex.ok()) {
          return fail(ErrorCode::kCannotCompileRegexp,
                      "Cannot compile the regular expression of EXCEPT: " + regex.error(), span);
        }
        std::erase_if(columns, [&](const NamedExpression& column) {
          return RE2::PartialMatch(column.name, regex);
        });
        return {};
      }
      for (const std::string& name : transformer.names) {
        if (!transformer.strict || std::find(names.begin(), names.end(), name) != names.end())
          continue;
        return fail(ErrorCode::kBadArguments, "No such column to EXCEPT: " + name, span,
                    did_you_mean(name, names));
      }
      std::erase_if(columns, [&](const NamedExpression& column) {
        // t.a is also known as a.
        const bool plain = column.value->kind == Expression::Kind::kColumn;
        return std::any_of(transformer.names.begin(), transformer.names.end(),
                           [&](const std::string& name) {
                             return name == column.name || (plain && name == column.value->name);
                           });
      });
      return {};
    }
    case sql::StarTransformer::Kind::kReplace:
      for (size_t i = 0; i < transformer.names.size(); ++i) {
        const auto column =
            std::find_if(columns.begin(), columns.end(), [&](const NamedExpression& candidate) {
              return candidate.name == transformer.names[i];
            });
        if (column == columns.end() && !transformer.strict) continue;
        if (column == columns.end()) {
          return fail(ErrorCode::kBadArguments,
                      "No such column to REPLACE: " + transformer.names[i], span,
                      did_you_mean(transformer.names[i], names));
        }
        const auto named = aliases_.find(transformer.names[i]);
        const bool own =
            named != aliases_.end() && named->second.expr == transformer.exprs[i].get();
        SP_TRY(column->value,
               own ? alias(transformer.names[i], span) : unaliased(*transformer.exprs[i]));
      }
      return {};
    case sql::StarTransformer::Kind::kApply: break;
  }
  // APPLY f, APPLY f(parameters) and APPLY (x -> ...): the function over each column.
  const sql::Expr& applied = *transformer.exprs.at(0);
  for (NamedExpression& column : columns) {
    lambdas_.push_back({{"apply", column.value}});
    Result<ExpressionPtr> value = [&]() -> Result<ExpressionPtr> {
      if (applied.kind == sql::ExprKind::kLambda) {
        lambdas_.back().front().first = applied.lambda_params.at(0);
        const sql::ExprPtr named = sql::clone(*applied.args[0]);
        rename(*named, applied.lambda_params.at(0), column.name);
        column.name = sql::column_name(*named);
        return expression(*applied.args[0]);
      }
      const sql::ExprPtr call = sql::clone(applied);
      if (call->kind == sql::ExprKind::kIdentifier) {
        call->kind = sql::ExprKind::kFunction;
        call->name = call->parts.back();
      }
      auto argument = std::make_unique<sql::Expr>();
      argument->kind = sql::ExprKind::kIdentifier;
      argument->parts = {column.name};
      argument->span = span;
      call->args.insert(call->args.begin(), std::move(argument));
      const std::string name = sql::column_name(*call);
      call->args.front()->parts = {"apply"};
      column.name = name;
      // Aggregates are allowed here though a name is bound: it is no lambda over elements.
      std::vector<LambdaFrame> frames;
      if (binder_.functions().find(call->name) != nullptr) return expression(*call);
      frames.swap(lambdas_);
      array_columns_.push_back({"apply", column.value});
      array_column_shadows_.push_back(false);
      Result<ExpressionPtr> aggregated = expression(*call);
      array_columns_.pop_back();
      array_column_shadows_.pop_back();
      frames.swap(lambdas_);
      return aggregated;
    }();
    lambdas_.pop_back();
    if (!value) return at(std::move(value).error(), span);
    column.value = *value;
  }
  return {};
}

// untuple(t): one column for each element, named as if written by hand.
Result<void> SelectBinder::add_tuple_elements(const sql::Expr& expr) {
  SP_TRY(ExpressionPtr tuple, expression(*expr.args[0]));
  const Type type = tuple->type.base();
  if (!type.is(TypeKind::kTuple)) {
    return fail(ErrorCode::kIllegalTypeOfArgument,
                "untuple() needs a tuple, not " + tuple->type.name(), expr.span);
  }
  SP_TRY(std::vector<ExpressionPtr> elements, tuple_parts(tuple, expr.span));
  const std::string source = result_name(*expr.args[0]);
  for (size_t i = 0; i < elements.size(); ++i) {
    const std::string index = i < type.element_names().size() && !type.element_names()[i].empty()
                                  ? type.element_names()[i]
                                  : std::to_string(i + 1);
    columns_.push_back({expr.alias.empty()
                            ? "tupleElement(" + source + ", " + sql::quote_string(index) + ")"
                            : expr.alias + "." + index,
                        elements[i], expr.span, nullptr});
  }
  return {};
}

Result<void> SelectBinder::bind_columns() {
  for (const sql::ExprPtr& expr : select_.columns) {
    if (expr->kind == sql::ExprKind::kStar || expr->kind == sql::ExprKind::kColumns) {
      SP_TRY(std::vector<NamedExpression> expanded, expand(*expr));
      for (NamedExpression& column : expanded) columns_.push_back(std::move(column));
      continue;
    }
    if (expr->kind == sql::ExprKind::kFunction && expr->name == "untuple" &&
        expr->args.size() == 1) {
      SP_TRY_VOID(add_tuple_elements(*expr));
      continue;
    }
    SP_TRY(ExpressionPtr value, expression(*expr));
    columns_.push_back({result_name(*expr), std::move(value), expr->span, expr.get()});
  }
  if (!columns_.empty()) return {};
  return fail(ErrorCode::kEmptyListOfColumnsQueried, "Empty list of columns in SELECT",
              select_.span);
}

}  // namespace sp::binding
