// Calls and casts: from a function's name and bound arguments to an expression with its resolved
// implementation. The one place that inserts casts.

#include "compiler/bind/binder.h"

namespace sp::binding {

namespace {

// The machine does not see LowCardinality: T and LowCardinality(T) have one slot.
bool same_machine_type(Type a, Type b) {
  return a.without_low_cardinality() == b.without_low_cardinality();
}

}  // namespace

Result<ExpressionPtr> Binder::call(std::string_view name, std::vector<ExpressionPtr> args,
                                   Span span) {
  const FunctionRow* row = functions().find(name);
  if (row == nullptr) {
    return fail(ErrorCode::kUnknownFunction, "Unknown function: " + std::string(name), span,
                did_you_mean(name, functions().names()));
  }
  return call_row(*row, row->name, std::move(args), {}, span);
}

Result<ExpressionPtr> Binder::call_row(const FunctionRow& row, std::string_view name,
                                       std::vector<ExpressionPtr> args,
                                       const std::vector<std::string>& arg_names, Span span) {
  std::vector<Argument> arguments;
  for (size_t i = 0; i < args.size(); ++i) {
    const bool must_be_constant = i < 16 && (row.constant_arguments >> i & 1) != 0;
    const bool may_be_constant = i < 16 && (row.constant_arguments >> (16 + i) & 1) != 0;
    Argument argument{.type = args[i]->type, .is_constant = args[i]->is_constant()};
    if (!must_be_constant && !may_be_constant) argument.is_constant = folded(args[i]) != nullptr;
    if (i < arg_names.size()) argument.name = arg_names[i];
    if (must_be_constant || (may_be_constant && argument.is_constant)) {
      if (!argument.is_constant) {
        return fail(ErrorCode::kIllegalColumn,
                    "Argument " + std::to_string(i + 1) + " of function " + std::string(name) +
                        " must be constant",
                    args[i]->span.end != 0 ? args[i]->span : span);
      }
      auto value = value_of(args[i]);
      if (!value) return at(std::move(value).error(), span);
      argument.constant = *value;
    } else {
      argument.constant = free_value_of(*args[i]);
    }
    arguments.push_back(argument);
  }
  auto resolved = functions().resolve(row, arguments, input_.options);
  if (!resolved) return at(std::move(resolved).error(), span);

  const bool propagates = resolved->nulls == NullPolicy::kPropagate;
  for (size_t i = 0; i < args.size() && i < resolved->arguments.size(); ++i) {
    Type wanted = resolved->arguments[i];
    if (args[i]->kind == Expression::Kind::kLambda) {
      // The body gets the array of the lambda's results, so its element type is what the lambda
      // must yield.
      const Type body = wanted.is(TypeKind::kLambda)  ? wanted.inner().back()
                        : wanted.is(TypeKind::kArray) ? wanted.element()
                                                      : args[i]->args[0]->type;
      if (same_machine_type(args[i]->args[0]->type, body)) continue;
      auto lambda = std::make_shared<Expression>(*args[i]);
      SP_TRY(lambda->args[0], cast(args[i]->args[0], body, span));
      lambda->type = Type::lambda(lambda->lambda_types, body);
      args[i] = std::move(lambda);
      continue;
    }
    if (propagates) wanted = wanted.base().with_null(args[i]->type.can_be_null());
    SP_TRY(args[i], cast(args[i], wanted, span));
  }
  auto expression = std::make_shared<Expression>();
  expression->kind = Expression::Kind::kCall;
  expression->type = resolved->result;
  expression->function = std::move(*resolved);
  expression->name = row.name;
  expression->args = std::move(args);
  expression->span = in_view() ? Span{} : span;
  return ExpressionPtr(std::move(expression));
}

Result<ExpressionPtr> Binder::cast(const ExpressionPtr& expression, Type to, Span span) {
  if (same_machine_type(expression->type, to)) return expression;
  return explicit_cast(expression, to, span);
}

Result<ExpressionPtr> Binder::explicit_cast(const ExpressionPtr& expression, Type to, Span span) {
  if (expression->type == to) return expression;
  Argument from{.type = expression->type,
                .is_constant = expression->is_constant(),
                .constant = free_value_of(*expression)};
  auto resolved = resolve_cast(from, to, input_.options);
  if (!resolved) return at(std::move(resolved).error(), span);
  auto call = std::make_shared<Expression>();
  call->kind = Expression::Kind::kCall;
  call->type = resolved->result;
  call->function = std::move(*resolved);
  call->name = "CAST";
  call->args = {expression};
  call->span = in_view() ? Span{} : span;
  return ExpressionPtr(std::move(call));
}

Result<ExpressionPtr> Binder::condition(const ExpressionPtr& expression, const char* clause) {
  const Type base = expression->type.base();
  if (base.is(TypeKind::kUInt8) || base.is(TypeKind::kBool)) return expression;
  if (base.is(TypeKind::kNothing)) {
    return cast(expression, Type::nullable(Type::of(TypeKind::kUInt8)), expression->span);
  }
  if (base.is_number()) {
    return call("notEquals", {expression, constant_u64(0, Type::of(TypeKind::kUInt8))},
                expression->span);
  }
  return fail(ErrorCode::kIllegalTypeOfColumnForFilter,
              std::string("Invalid type for filter in ") + clause + ": " + expression->type.name(),
              expression->span, "compare it with a value to get a condition");
}

Result<NodePtr> Binder::cast_outputs(NodePtr node, const std::vector<Type>& types, Span span) {
  bool same = true;
  for (size_t i = 0; i < types.size(); ++i) same = same && node->output[i].type == types[i];
  if (same) return node;
  std::vector<ExpressionPtr> expressions;
  std::vector<plan::OutputColumn> output;
  for (size_t i = 0; i < types.size(); ++i) {
    const plan::OutputColumn& column = node->output[i];
    SP_TRY(ExpressionPtr value,
           cast(make_column(column.id, column.name, column.type), types[i], span));
    expressions.push_back(std::move(value));
    output.push_back({new_column(), column.name, types[i]});
  }
  NodePtr project = make_node(Node::Kind::kProject, std::move(node), span);
  project->expressions = std::move(expressions);
  project->output = std::move(output);
  return project;
}

}  // namespace sp::binding
