// Functions about the request itself: is a parameter there, stop with an error, build conditions,
// read secrets.

#include <algorithm>

#include "lang/template/evaluate.h"
#include "lang/template/function.h"
#include "lang/template/json_value.h"

namespace sp::tmpl {
namespace {

bool defined(Evaluator& evaluator, const Expr& call, Value& out) {
  if (!evaluator.expect_count(call, 1, 1)) return false;
  const Expr& expr = *call.operands[0];
  const std::string* name = nullptr;
  if (expr.kind == ExprKind::kName) name = &expr.name;
  if (expr.kind == ExprKind::kLiteral && expr.literal.kind == ValueKind::kString)
    name = &expr.literal.text;
  if (name == nullptr) {
    Value value;
    if (!evaluator.evaluate(expr, value)) return false;
    out = Value::boolean(value.kind != ValueKind::kUndefined && value.kind != ValueKind::kNone);
    return true;
  }
  if (evaluator.is_set(expr.slot)) {
    out = Value::boolean(evaluator.slot(expr.slot).kind != ValueKind::kUndefined);
    return true;
  }
  const RequestParams* params = evaluator.context().params;
  out = Value::boolean(params != nullptr && params->has(*name));
  return true;
}

bool error(Evaluator& evaluator, const Expr& call, Value&) {
  if (!evaluator.expect_count(call, 1, 2)) return false;
  Value message;
  if (!evaluator.evaluate(*call.operands[0], message)) return false;
  return evaluator.fail(fail(ErrorCode::kTemplateError, to_text(message), call.span),
                        TemplateStop::kAuthor);
}

bool custom_error(Evaluator& evaluator, const Expr& call, Value&) {
  if (!evaluator.expect_count(call, 1, 2)) return false;
  Value body, status = Value::number(400), number;
  if (!evaluator.evaluate(*call.operands[0], body)) return false;
  if (const Expr* expr = Evaluator::argument(call, 1, "status");
      expr != nullptr && !evaluator.evaluate(*expr, status)) {
    return false;
  }
  if (!as_number(status, &number) || number.integer < 400 || number.integer > 599) {
    return evaluator.fail(call.span,
                          "Status of custom_error() is not from 400 to 599: " + to_text(status),
                          "for example: custom_error({'error': 'no access'}, 403)");
  }
  Error failure = fail(ErrorCode::kTemplateCustomError, json_text(body), call.span);
  failure.notes.push_back(integer_text(number.integer));
  return evaluator.fail(std::move(failure), TemplateStop::kAuthor);
}

// sql_and(country__in=Array(countries), age__gte=Int32(age)): conditions for the parameters that
// were sent.
bool sql_and(Evaluator& evaluator, const Expr& call, Value& out) {
  struct Operator {
    std::string_view suffix, sql;
  };
  static constexpr Operator kOperators[] = {
      {"__in", " in "}, {"__not_in", " not in "}, {"__gt", " > "}, {"__gte", " >= "},
      {"__lt", " < "},  {"__lte", " <= "},        {"__eq", " = "}, {"__ne", " != "}};
  if (!evaluator.expect_count(call, 0, 0)) return false;
  std::vector<Value> parts;
  for (const Keyword& keyword : call.keywords) {
    const Operator* found = nullptr;
    for (const Operator& candidate : kOperators) {
      if (keyword.name.ends_with(candidate.suffix) &&
          (found == nullptr || candidate.suffix.size() > found->suffix.size())) {
        found = &candidate;
      }
    }
    if (found == nullptr || found->suffix.size() == keyword.name.size()) {
      return evaluator.fail(
          keyword.span, "Condition of sql_and() has no operator: " + keyword.name,
          "write column__in=..., __not_in, __eq, __ne, __gt, __gte, __lt or __lte");
    }
    Value value;
    if (!evaluator.evaluate(*keyword.value, value)) return false;
    if (value.kind == ValueKind::kUndefined || value.kind == ValueKind::kNone) continue;
    if (!parts.empty()) parts.push_back(Value::code(" and "));
    parts.push_back(
        Value::identifier(keyword.name.substr(0, keyword.name.size() - found->suffix.size())));
    parts.push_back(Value::code(std::string(found->sql)));
    parts.push_back(std::move(value));
  }
  if (parts.empty()) parts.push_back(Value::code("1"));
  out = Value::make_list(std::move(parts), ValueKind::kSequence);
  return true;
}

bool tb_secret(Evaluator& evaluator, const Expr& call, Value& out) {
  if (!evaluator.expect_count(call, 1, 2)) return false;
  const Expr& first = *call.operands[0];
  Value name;
  if (first.kind == ExprKind::kName && !evaluator.is_set(first.slot)) {
    name = Value::string(first.name);
  } else if (!evaluator.evaluate(first, name)) {
    return false;
  }
  if (evaluator.context().secret) {
    if (std::optional<std::string> secret = evaluator.context().secret(to_text(name));
        secret.has_value()) {
      out = Value::string(std::move(*secret));
      out.sql_type = "String";
      return true;
    }
  }
  if (const Expr* fallback = Evaluator::argument(call, 1, "default"); fallback != nullptr) {
    if (!evaluator.evaluate(*fallback, out)) return false;
    return true;
  }
  return evaluator.fail(call.span, "Secret is not defined: " + to_text(name),
                        "set it with POST /v0/variables");
}

constexpr FunctionRule kFunctions[] = {
    {"defined", "Whether the parameter `name` was sent, or the variable set.",
     "{% if defined(country) %}", &defined},
    {"error", "Stops the request with status 400 and `message`.", "{{error('choose a country')}}",
     &error},
    {"custom_error", "Stops the request with a JSON body and a status.",
     "{{custom_error({'error': 'no'}, 403)}}", &custom_error},
    {"sql_and",
     "Conditions joined by AND, without those whose parameter was not sent; 1 if none is left.",
     "WHERE {{sql_and(country__in=Array(countries), age__gte=Int32(age))}}", &sql_and},
    {"tb_secret", "The workspace's secret `name`.", "{{tb_secret('pg_password')}}", &tb_secret},
    {"tb_var", "The workspace's variable `name`.", "{{tb_var('region')}}", &tb_secret},
};

}  // namespace

std::span<const FunctionRule> flow_functions() { return kFunctions; }

}  // namespace sp::tmpl
