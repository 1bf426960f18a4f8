// Expressions back to SQL: operators in infix form with only the brackets they need, the rest in
// call form. The text parses to an equal tree. Entry: print(const Expr&).

#include "lang/sql/print_parts.h"

#include <array>
#include <cctype>

#include "lang/sql/literal_text.h"
#include "lang/sql/print.h"
#include "lang/sql/priority.h"

namespace sp::sql {

namespace {

using namespace priority;

struct InfixForm {
  std::string_view function;
  std::string_view symbol;
  int priority;
  bool merged;
};
constexpr std::array<InfixForm, 26> kInfixForms = {{
    {"or", "OR", kOr, true},
    {"and", "AND", kAnd, true},
    {"equals", "=", kComparison, false},
    {"notEquals", "!=", kComparison, false},
    {"less", "<", kComparison, false},
    {"greater", ">", kComparison, false},
    {"lessOrEquals", "<=", kComparison, false},
    {"greaterOrEquals", ">=", kComparison, false},
    {"in", "IN", kComparison, false},
    {"notIn", "NOT IN", kComparison, false},
    {"globalIn", "GLOBAL IN", kComparison, false},
    {"globalNotIn", "GLOBAL NOT IN", kComparison, false},
    {"like", "LIKE", kComparison, false},
    {"notLike", "NOT LIKE", kComparison, false},
    {"ilike", "ILIKE", kComparison, false},
    {"notILike", "NOT ILIKE", kComparison, false},
    {"match", "REGEXP", kComparison, false},
    {"isNotDistinctFrom", "<=>", kComparison, false},
    {"concat", "||", kConcat, true},
    {"plus", "+", kAdditive, false},
    {"minus", "-", kAdditive, false},
    {"multiply", "*", kMultiplicative, false},
    {"divide", "/", kMultiplicative, false},
    {"modulo", "%", kMultiplicative, false},
    {"intDiv", "DIV", kMultiplicative, false},
    {"", "", 0, false},
}};

const InfixForm* infix_form(const Expr& expr) {
  if (expr.kind != ExprKind::kFunction || expr.spelling != Spelling::kOperator ||
      expr.args.size() < 2)
    return nullptr;
  for (const InfixForm& form : kInfixForms) {
    if (form.function == expr.name && !form.function.empty() &&
        (form.merged || expr.args.size() == 2))
      return &form;
  }
  return nullptr;
}

bool is_unary(const Expr& expr, std::string_view name) {
  return expr.kind == ExprKind::kFunction && expr.name == name && expr.args.size() == 1 &&
         !expr.has_parameters && !expr.distinct;
}
bool is_not(const Expr& expr) { return is_unary(expr, "not"); }
bool is_negation(const Expr& expr) {
  return is_unary(expr, "negate") && expr.spelling == Spelling::kOperator;
}

// The tree that BETWEEN made: and(x >= a, x <= b), or for NOT: or(x < a, x > b).
bool is_between(const Expr& expr) {
  return expr.kind == ExprKind::kFunction && expr.spelling == Spelling::kBetween &&
         expr.args.size() == 2 && expr.args[0]->kind == ExprKind::kFunction &&
         expr.args[0]->args.size() == 2 && expr.args[1]->args.size() == 2 &&
         (expr.name == "and" || expr.name == "or") &&
         equal(*expr.args[0]->args[0], *expr.args[1]->args[0]);
}

std::string_view is_text(const Expr& expr) {
  if (expr.kind != ExprKind::kFunction || expr.spelling != Spelling::kIs) return {};
  if (expr.name == "isNull") return " IS NULL";
  if (expr.name == "isNotNull") return " IS NOT NULL";
  if (expr.name == "isDistinctFrom") return " IS DISTINCT FROM ";
  if (expr.name == "isNotDistinctFrom") return " IS NOT DISTINCT FROM ";
  return {};
}

bool is_subscript(const Expr& expr) {
  return expr.kind == ExprKind::kFunction && expr.spelling == Spelling::kSubscript &&
         expr.args.size() == 2;
}

// tupleElement(x, 1) or (x, 'name') written with a dot.
bool is_dot(const Expr& expr) {
  return expr.kind == ExprKind::kFunction && expr.spelling == Spelling::kDot &&
         expr.args.size() == 2 && expr.args[1]->kind == ExprKind::kLiteral;
}

bool is_number(const Expr& expr) {
  return expr.kind == ExprKind::kLiteral && !std::holds_alternative<std::string>(expr.literal) &&
         !std::holds_alternative<NullLiteral>(expr.literal) &&
         !std::holds_alternative<bool>(expr.literal);
}

int priority_of(const Expr& expr) {
  if (!expr.alias.empty() || expr.kind == ExprKind::kLambda) return kLambda;
  if (is_not(expr)) return kNot;
  if (is_negation(expr)) return kNegate;
  if (is_between(expr)) return kBetween;
  if (!is_text(expr).empty()) return kIs;
  if (is_subscript(expr) || is_dot(expr)) return kPostfix;
  if (expr.kind == ExprKind::kCast && expr.spelling == Spelling::kDoubleColon) return kPostfix;
  if (expr.kind == ExprKind::kInterval) return kPostfix;
  const InfixForm* form = infix_form(expr);
  return form != nullptr ? form->priority : kPrimary;
}

std::string operand(const Expr& expr, int min) {
  std::string text = print(expr);
  return priority_of(expr) < min ? "(" + text + ")" : text;
}

// The left side of `.`, `[` and `::`: a bare number would swallow what follows.
std::string postfix_operand(const Expr& expr, bool brackets_on_identifier) {
  const bool brackets = expr.kind == ExprKind::kLiteral ||
                        (brackets_on_identifier && expr.kind == ExprKind::kIdentifier);
  return brackets ? "(" + print(expr) + ")" : operand(expr, kPostfix);
}

std::string infix(const Expr& expr, const InfixForm& form) {
  const bool membership = form.symbol.ends_with("IN");
  std::string out = operand(*expr.args[0], form.merged ? form.priority + 1 : form.priority);
  for (size_t i = 1; i < expr.args.size(); ++i) {
    std::string right = operand(*expr.args[i], form.priority + 1);
    // x IN (name) is not x IN name: the author's brackets stay.
    const bool keep = membership && expr.args[i]->parenthesized && right == print(*expr.args[i]);
    out += " " + std::string(form.symbol) + " " + (keep ? "(" + right + ")" : right);
  }
  return out;
}

std::string between(const Expr& expr) {
  return operand(*expr.args[0]->args[0], kBetween) +
         (expr.name == "or" ? " NOT BETWEEN " : " BETWEEN ") +
         operand(*expr.args[0]->args[1], kComparison + 1) + " AND " +
         operand(*expr.args[1]->args[1], kComparison + 1);
}

std::string case_text(const Expr& expr) {
  std::string out = "CASE";
  size_t i = 0;
  if (expr.name == "caseWithExpression") out += " " + print_unaliased(*expr.args[i++]);
  for (; i + 1 < expr.args.size(); i += 2) {
    out +=
        " WHEN " + print_unaliased(*expr.args[i]) + " THEN " + print_unaliased(*expr.args[i + 1]);
  }
  return out + " ELSE " + print_unaliased(*expr.args.back()) + " END";
}

std::string negation(const Expr& expr) {
  const Expr& arg = *expr.args[0];
  const std::string text = operand(arg, kPostfix);
  return is_number(arg) || text.starts_with('-') ? "-(" + print(arg) + ")" : "-" + text;
}

std::string dotted(const Expr& expr) {
  const LiteralValue& key = expr.args[1]->literal;
  const auto* name = std::get_if<std::string>(&key);
  const std::string left = postfix_operand(*expr.args[0], name != nullptr);
  return left + "." + (name != nullptr ? quote_identifier(*name) : literal_sql(key));
}

std::string cast(const Expr& expr) {
  const Expr& value = *expr.args[0];
  if (expr.spelling != Spelling::kDoubleColon)
    return "CAST(" + print_unaliased(value) + ", " + quote_string(expr.type_text) + ")";
  const bool written =
      value.kind == ExprKind::kFunction && !value.type_text.empty() && value.alias.empty();
  const bool text = value.kind == ExprKind::kLiteral && !is_number(value) && value.alias.empty();
  return (written ? value.type_text
          : text  ? print(value)
                  : postfix_operand(value, false)) +
         "::" + expr.type_text;
}

std::string interval(const Expr& expr) {
  const Expr& amount = *expr.args[0];
  const bool plain = (amount.kind == ExprKind::kLiteral || amount.kind == ExprKind::kParameter) &&
                     amount.alias.empty();
  return "INTERVAL " + (plain ? print(amount) : "(" + print(amount) + ")") + " " + expr.name;
}

// A function's name needs no quotes even if it is a keyword: left(s, 1), if(a, b, c).
std::string function_name(const std::string& name) {
  const std::string quoted = quote_identifier(name);
  return quoted.size() == name.size() + 2 && keyword_of(name) != TokenCode::kWord ? name : quoted;
}

std::string call(const Expr& expr) {
  if (expr.spelling == Spelling::kTuple && expr.name == "tuple") {
    return "(" + print_list(expr.args) + (expr.args.size() == 1 ? ",)" : ")");
  }
  if (expr.spelling == Spelling::kArray && expr.name == "array")
    return "[" + print_list(expr.args) + "]";
  std::string out = function_name(expr.name);
  if (expr.has_parameters) out += "(" + print_list(expr.parameters) + ")";
  out += expr.distinct ? "(DISTINCT " : "(";
  const bool query_argument = expr.spelling == Spelling::kExists || expr.name == "view";
  if (query_argument && expr.args.size() == 1 && expr.args[0]->subquery != nullptr &&
      expr.args[0]->alias.empty()) {
    out += print(*expr.args[0]->subquery);
  } else {
    out += print_list(expr.args);
  }
  out += ")";
  if (expr.filter) out += " FILTER (WHERE " + print_unaliased(*expr.filter) + ")";
  if (expr.null_treatment == Expr::NullTreatment::kIgnoreNulls) out += " IGNORE NULLS";
  if (expr.null_treatment == Expr::NullTreatment::kRespectNulls) out += " RESPECT NULLS";
  if (expr.over) out += " OVER " + print_over(*expr.over);
  return out;
}

std::string function(const Expr& expr) {
  if (is_not(expr)) return "NOT " + operand(*expr.args[0], kIs);
  if (is_negation(expr)) return negation(expr);
  if (is_between(expr)) return between(expr);
  if (const std::string_view is = is_text(expr); !is.empty()) {
    const std::string left = operand(*expr.args[0], kIs) + std::string(is);
    return expr.args.size() < 2 ? left : left + operand(*expr.args[1], kBetween);
  }
  if (is_subscript(expr))
    return postfix_operand(*expr.args[0], false) + "[" + print_unaliased(*expr.args[1]) + "]";
  if (is_dot(expr)) return dotted(expr);
  if (expr.spelling == Spelling::kCase && expr.args.size() >= 3) return case_text(expr);
  if (const InfixForm* form = infix_form(expr)) return infix(expr, *form);
  return call(expr);
}

std::string lambda(const Expr& expr) {
  std::string out;
  for (const std::string& parameter : expr.lambda_params)
    out += (out.empty() ? "" : ", ") + quote_identifier(parameter);
  const bool single = expr.lambda_params.size() == 1;
  return (single ? out : "(" + out + ")") + " -> " + print_unaliased(*expr.args[0]);
}

std::string transformer(const StarTransformer& item) {
  std::string out;
  if (item.kind == StarTransformer::Kind::kApply) {
    const Expr& applied = *item.exprs[0];
    const bool lambda = applied.kind == ExprKind::kLambda;
    const std::string function =
        lambda ? print(applied)
               : function_name(applied.name) +
                     (applied.has_parameters ? "(" + print_list(applied.parameters) + ")" : "");
    if (!item.prefix.empty()) return " APPLY (" + function + ", " + quote_string(item.prefix) + ")";
    return lambda ? " APPLY (" + function + ")" : " APPLY " + function;
  }
  if (item.kind == StarTransformer::Kind::kExcept && !item.except_regex.empty()) {
    return " EXCEPT (" + quote_string(item.except_regex) + ")";
  }
  for (size_t i = 0; i < item.names.size(); ++i) {
    if (i > 0) out += ", ";
    if (item.kind == StarTransformer::Kind::kReplace)
      out += print_unaliased(*item.exprs[i]) + " AS ";
    out += quote_identifier(item.names[i]);
  }
  const std::string strict = item.strict ? "STRICT " : "";
  return (item.kind == StarTransformer::Kind::kReplace ? " REPLACE " : " EXCEPT ") + strict + "(" +
         out + ")";
}

std::string star(const Expr& expr) {
  std::string out;
  if (!expr.parts.empty()) out += print_name(expr.parts, expr.name_parameters) + ".";
  if (expr.kind == ExprKind::kStar) {
    out += "*";
  } else if (expr.args.empty()) {
    out += "COLUMNS(" + literal_sql(expr.literal) + ")";
  } else {
    out += "COLUMNS(" + print_list(expr.args) + ")";
  }
  for (const StarTransformer& item : expr.transformers) out += transformer(item);
  return out;
}

std::string without_alias(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kLiteral: return literal_sql(expr.literal);
    case ExprKind::kIdentifier: return print_name(expr.parts, expr.name_parameters);
    case ExprKind::kParameter:
      return "{" + quote_identifier(expr.name) + ":" + expr.type_text + "}";
    case ExprKind::kFunction: return function(expr);
    case ExprKind::kCast: return cast(expr);
    case ExprKind::kInterval: return interval(expr);
    case ExprKind::kLambda: return lambda(expr);
    case ExprKind::kSubquery: return "(" + print(*expr.subquery) + ")";
    case ExprKind::kStar:
    case ExprKind::kColumns: return star(expr);
  }
  return {};
}

}  // namespace

std::string literal_sql(const LiteralValue& value) {
  if (std::holds_alternative<NullLiteral>(value)) return "NULL";
  if (const auto* boolean = std::get_if<bool>(&value)) return *boolean ? "true" : "false";
  if (const auto* number = std::get_if<uint64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<int64_t>(&value)) return std::to_string(*number);
  if (const auto* number = std::get_if<double>(&value)) return double_name(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return quote_string(*text);
  return std::get<BigInteger>(value).digits;
}

std::string print_name(const std::vector<std::string>& parts,
                       const std::vector<NameParameter>& parameters) {
  std::string out;
  auto parameter = parameters.begin();
  for (uint32_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += '.';
    if (parameter != parameters.end() && parameter->part == i) {
      out += "{" + quote_identifier(parameter->name) + ":Identifier}";
      ++parameter;
    } else {
      out += quote_identifier(parts[i]);
    }
  }
  return out;
}

std::string print_list(const std::vector<ExprPtr>& list) {
  std::string out;
  for (const ExprPtr& item : list) out += (out.empty() ? "" : ", ") + print(*item);
  return out;
}

std::string print_unaliased(const Expr& expr) {
  return expr.alias.empty() ? print(expr) : "(" + print(expr) + ")";
}

std::string print(const Expr& expr) {
  std::string out = without_alias(expr);
  if (expr.alias.empty()) return out;
  if (expr.kind == ExprKind::kLambda) out = "(" + out + ")";
  return out + " AS " + quote_identifier(expr.alias);
}

}  // namespace sp::sql
