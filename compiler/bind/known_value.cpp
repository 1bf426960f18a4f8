// What ClickHouse's analyzer knows before a query runs, though it reads columns: `k IS NULL` where
// k cannot be NULL, `0 AND x`, `if(0, x, 5)` and calls over such; and which branch an if() takes. A
// constant needs no key of grouping and is none of ROLLUP, CUBE, GROUPING SETS and ALL; it does not
// count when functions of LowCardinality decide on their result. Sources: ClickHouse's
// IFunctionBase::getConstantResultForNonConstArguments and IfConstantConditionPass.

#include <algorithm>
#include <array>

#include "compiler/bind/binder.h"

namespace sp::binding {

namespace {

// Functions whose calls ClickHouse leaves to the run, whatever their arguments.
constexpr std::array<std::string_view, 19> kLeftToTheRun = {
    "arrayExcept",    "arrayFold",       "arrayRotateLeft",    "arrayRotateRight",
    "arrayShiftLeft", "arrayShiftRight", "caseWithExpression", "concatWithSeparator",
    "extractGroups",  "hasSubsequence",  "hasSubsequenceUTF8", "isConstant",
    "leftPad",        "leftPadUTF8",     "rightPad",           "rightPadUTF8",
    "space",          "throwIf",         "transform"};

bool is_call(const Expression& e, std::string_view name, size_t args) {
  return e.kind == Expression::Kind::kCall && e.name == name &&
         (args == 0 || e.args.size() == args);
}

// A known value under conditions that ClickHouse takes for one type: it may stand for the other.
bool same_to_clickhouse(Type a, Type b) {
  if (a.can_be_null() != b.can_be_null() || a.is_low_cardinality() || b.is_low_cardinality())
    return false;
  const Type x = a.base(), y = b.base();
  const auto is_bit = [](Type t) { return t.is(TypeKind::kBool) || t.is(TypeKind::kUInt8); };
  if (x.is(TypeKind::kDecimal) && y.is(TypeKind::kDecimal))
    return x.scale() == y.scale() && slot_layout(x).size == slot_layout(y).size;
  if (x.is(TypeKind::kDateTime64) && y.is(TypeKind::kDateTime64)) return x.scale() == y.scale();
  return (x.is(TypeKind::kDateTime) && y.is(TypeKind::kDateTime)) || (is_bit(x) && is_bit(y));
}

}  // namespace

// Deterministic calls and sets; ClickHouse does not evaluate lambdas while analysing.
bool Binder::may_be_known(const Expression& e) const {
  if (e.kind == Expression::Kind::kColumn || e.kind == Expression::Kind::kLambda) return false;
  if (e.kind != Expression::Kind::kCall) return true;
  if (!e.function.deterministic || e.name.starts_with("emptyArray")) return false;
  const auto left = [](std::string_view name) {
    return std::find(kLeftToTheRun.begin(), kLeftToTheRun.end(), name) != kLeftToTheRun.end();
  };
  if (left(e.name)) return false;
  const FunctionRow* row = functions().find(e.name);  // under another of its names
  return row == nullptr || !left(row->name);
}

bool Binder::is_left_to_the_run(const Expression& e) const {
  if (e.kind == Expression::Kind::kCall && !may_be_known(e)) return true;
  return std::any_of(e.args.begin(), e.args.end(),
                     [&](const ExpressionPtr& arg) { return is_left_to_the_run(*arg); });
}

ExpressionPtr Binder::constant_in_run(const ExpressionPtr& expression) {
  if (ExpressionPtr constant = folded(expression)) return constant;
  return expression->is_constant() && !is_left_to_the_run(*expression) ? expression : nullptr;
}

std::optional<bool> Binder::known_condition(const ExpressionPtr& condition) {
  if (!condition || !is_fixed(*condition)) return std::nullopt;
  const Type base = condition->type.base();
  if (base.is(TypeKind::kNothing)) return false;
  if (!base.is_integer() && !base.is(TypeKind::kBool)) return std::nullopt;
  auto slot = value_of(condition);
  if (!slot) return std::nullopt;
  const auto* bytes = static_cast<const uint8_t*>(*slot);
  const uint32_t size = slot_layout(base).size;
  if (condition->type.can_be_null() && bytes[size] != 0) return false;
  return std::any_of(bytes, bytes + size, [](uint8_t byte) { return byte != 0; });
}

// No parameter of the request and no subquery below: they would tie the compiled query to a value.
bool Binder::is_fixed(const Expression& expression) const {
  if (expression.kind == Expression::Kind::kParameter) {
    using Source = plan::Parameter::Source;
    const Source source = plan_.parameters[expression.slot].source;
    return source == Source::kConstant || source == Source::kLiteral;
  }
  return expression.kind == Expression::Kind::kCall && expression.function.deterministic &&
         std::all_of(expression.args.begin(), expression.args.end(),
                     [&](const ExpressionPtr& arg) { return is_fixed(*arg); });
}

ExpressionPtr Binder::taken_branch(std::string_view function,
                                   const std::vector<ExpressionPtr>& args) {
  if (args.size() != 3 || (function != "if" && function != "multiIf")) return nullptr;
  const std::optional<bool> condition = known_condition(folded(args[0]));
  return condition ? args[*condition ? 1 : 2] : nullptr;
}

void Binder::note_branch(const ExpressionPtr& branch, const ExpressionPtr& call) {
  // A branch that is a constant has become one of the call's type.
  if (same_to_clickhouse(branch->type, call->type) && !folded(call))
    branch_types_.emplace_back(call, branch->type);
}

ExpressionPtr Binder::simplified(const ExpressionPtr& expression) {
  if (expression->kind != Expression::Kind::kCall) return expression;
  const ExpressionPtr branch = taken_branch(expression->name, expression->args);
  if (branch && branch->type == expression->type) return simplified(branch);
  std::shared_ptr<Expression> copy;
  for (size_t i = 0; i < expression->args.size(); ++i) {
    ExpressionPtr arg = simplified(expression->args[i]);
    if (arg == expression->args[i]) continue;
    if (!copy) copy = std::make_shared<Expression>(*expression);
    copy->args[i] = std::move(arg);
  }
  return copy ? ExpressionPtr(std::move(copy)) : expression;
}

Type Binder::shown_type(const ExpressionPtr& expression) const {
  for (const auto& [call, type] : branch_types_) {
    if (call == expression) return type;
  }
  return expression->type;
}

ExpressionPtr Binder::folded(const ExpressionPtr& expression) {
  const Expression& e = *expression;
  if (e.kind == Expression::Kind::kParameter) return expression;
  if (!may_be_known(e)) return nullptr;
  const bool is_null = is_call(e, "isNull", 1);
  if ((is_null || is_call(e, "isNotNull", 1)) && !e.args[0]->type.can_be_null())
    return constant_u64(is_null ? 0 : 1, e.type, e.span);
  if (is_call(e, "toTypeName", 1)) {
    const std::string name = e.args[0]->type.name();
    return constant(literal_image(sql::LiteralValue(name)), e.span);
  }
  const bool is_if = is_call(e, "if", 3), is_and = is_call(e, "and", 0),
             is_or = is_call(e, "or", 0);
  std::vector<ExpressionPtr> args;
  bool all = true;
  for (const ExpressionPtr& arg : e.args) {
    args.push_back(folded(arg));
    all = all && args.back() != nullptr;
    if (!all && !is_if && !is_and && !is_or) return nullptr;
  }
  if (all) {
    if (args == e.args) return expression;
    auto copy = std::make_shared<Expression>(e);
    copy->args = std::move(args);
    return copy;
  }
  const auto cast_to_result = [&](const ExpressionPtr& value) -> ExpressionPtr {
    auto converted = cast(value, e.type, e.span);
    return converted ? *converted : nullptr;
  };
  if (is_if) {
    if (!args[0] || args[0]->type.can_be_null()) return nullptr;  // of NULL it does not know
    const std::optional<bool> condition = known_condition(args[0]);
    if (!condition || !args[*condition ? 1 : 2]) return nullptr;
    return cast_to_result(args[*condition ? 1 : 2]);
  }
  for (const ExpressionPtr& arg : args) {
    if (!arg || arg->type.can_be_null()) continue;
    const std::optional<bool> known = known_condition(arg);
    if (!known || *known == is_and) continue;
    return cast_to_result(constant_u64(is_and ? 0 : 1, Type::of(TypeKind::kUInt8), e.span));
  }
  return nullptr;
}

}  // namespace sp::binding
