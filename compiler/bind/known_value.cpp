// What ClickHouse's analyzer takes for a constant though it reads columns: `k IS NULL` where k
// cannot be NULL, `0 AND x`, `if(0, x, 5)` and calls over such. Grouping asks: a constant needs no
// key, and is none of ROLLUP, CUBE and GROUPING SETS.
// Source: ClickHouse's IFunctionBase::getConstantResultForNonConstArguments.

#include <algorithm>

#include "compiler/bind/select_binder.h"

namespace sp::binding {

namespace {

bool is_call(const Expression& e, std::string_view name, size_t args) {
  return e.kind == Expression::Kind::kCall && e.name == name &&
         (args == 0 || e.args.size() == args);
}

// Deterministic calls and sets; ClickHouse does not evaluate lambdas while analysing.
bool may_fold(const Expression& e) {
  if (e.kind == Expression::Kind::kColumn || e.kind == Expression::Kind::kLambda) return false;
  return e.kind != Expression::Kind::kCall || e.function.deterministic;
}

}  // namespace

/// The constant that the expression is to ClickHouse, perhaps the expression itself; null if it is
/// none.
ExpressionPtr SelectBinder::folded(const ExpressionPtr& expression) {
  const Expression& e = *expression;
  if (!may_fold(e)) return nullptr;
  if (e.kind == Expression::Kind::kParameter) return expression;
  const bool is_null = is_call(e, "isNull", 1);
  if ((is_null || is_call(e, "isNotNull", 1)) && !e.args[0]->type.can_be_null()) {
    return binder_.constant_u64(is_null ? 0 : 1, e.type, e.span);
  }
  std::vector<ExpressionPtr> args;
  for (const ExpressionPtr& arg : e.args) args.push_back(folded(arg));
  // A number that is known and not NULL.
  const auto value = [&](const ExpressionPtr& constant) -> std::optional<bool> {
    if (!constant || constant->type.can_be_null() || slot_layout(constant->type).size != 1)
      return std::nullopt;
    auto slot = binder_.value_of(constant);
    return slot ? std::optional(*static_cast<const uint8_t*>(*slot) != 0) : std::nullopt;
  };
  if (std::find(args.begin(), args.end(), nullptr) == args.end()) {
    if (args == e.args) return expression;
    auto copy = std::make_shared<Expression>(e);
    copy->args = std::move(args);
    return copy;
  }
  if (is_call(e, "if", 3)) {
    const std::optional<bool> condition = value(args[0]);
    if (!condition) return nullptr;
    const ExpressionPtr& chosen = args[*condition ? 1 : 2];
    if (!chosen) return nullptr;
    auto cast = binder_.cast(chosen, e.type, e.span);
    return cast ? *cast : nullptr;
  }
  const bool is_and = is_call(e, "and", 0);
  if (!is_and && !is_call(e, "or", 0)) return nullptr;
  for (const ExpressionPtr& arg : args) {
    const std::optional<bool> known = value(arg);
    if (!known || *known == is_and) continue;
    auto cast = binder_.cast(
        binder_.constant_u64(is_and ? 0 : 1, Type::of(TypeKind::kUInt8), e.span), e.type, e.span);
    return cast ? *cast : nullptr;
  }
  return nullptr;
}

}  // namespace sp::binding
