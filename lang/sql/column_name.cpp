// Result column names: an expression in ClickHouse's function form, `plus(a, 1)`. Entry:
// column_name(). Every form is checked against ClickHouse's own `meta` in
// tests/unit/lang/sql/column_name_test.cpp.

#include <cctype>
#include <cstdlib>

#include "lang/sql/literal_text.h"
#include "lang/sql/print.h"
#include "lang/sql/print_parts.h"

namespace sp::sql {

namespace {

// Numbers the subqueries of one expression, as ClickHouse names them.
struct Namer {
  uint32_t subqueries = 0;

  std::string name(const Expr& expr);
  std::string form(const Expr& expr);
  std::string list(const std::vector<ExprPtr>& exprs);
  std::string call(const Expr& expr);
  std::string over(const WindowSpec& window);
  std::string sort_list(const std::vector<SortItem>& items);
};

std::string literal_name(const LiteralValue& value) {
  // ClickHouse reads integers beyond 64 bits as Float64.
  if (const auto* big = std::get_if<BigInteger>(&value))
    return double_name(std::strtod(big->digits.c_str(), nullptr));
  return literal_sql(value);
}

bool is_collection(const Expr& expr) {
  return expr.kind == ExprKind::kFunction &&
         (expr.spelling == Spelling::kArray || expr.spelling == Spelling::kTuple);
}

// An array or tuple of literals only is one literal to ClickHouse.
bool is_constant(const Expr& expr) {
  if (!expr.alias.empty()) return false;
  if (expr.kind == ExprKind::kLiteral) return true;
  if (!is_collection(expr)) return false;
  for (const ExprPtr& arg : expr.args) {
    if (!is_constant(*arg)) return false;
  }
  return true;
}

// An array's numbers have one type, at every depth: a fraction anywhere makes them all Float64.
bool has_fraction(const Expr& expr) {
  if (expr.kind == ExprKind::kLiteral) return std::holds_alternative<double>(expr.literal);
  if (expr.spelling != Spelling::kArray) return false;
  for (const ExprPtr& arg : expr.args) {
    if (has_fraction(*arg)) return true;
  }
  return false;
}

// Inside a literal collection booleans show as numbers, and an array with a fraction shows all its
// numbers so.
std::string constant_name(const Expr& expr, bool as_double) {
  if (expr.kind == ExprKind::kLiteral) {
    if (const auto* boolean = std::get_if<bool>(&expr.literal)) return *boolean ? "1" : "0";
    const auto* natural = std::get_if<uint64_t>(&expr.literal);
    const auto* integer = std::get_if<int64_t>(&expr.literal);
    if (as_double && natural != nullptr) return double_name(static_cast<double>(*natural));
    if (as_double && integer != nullptr) return double_name(static_cast<double>(*integer));
    return literal_name(expr.literal);
  }
  const bool array = expr.spelling == Spelling::kArray;
  const bool fraction = array && (as_double || has_fraction(expr));
  std::string out;
  for (const ExprPtr& arg : expr.args)
    out += (out.empty() ? "" : ", ") + constant_name(*arg, fraction);
  return array ? "[" + out + "]" : "(" + out + ")";
}

std::string interval_function(const std::string& unit) {
  std::string out = "toInterval" + unit;
  for (size_t i = 11; i < out.size(); ++i)
    out[i] = static_cast<char>(std::tolower(static_cast<unsigned char>(out[i])));
  return out;
}

std::string Namer::list(const std::vector<ExprPtr>& exprs) {
  std::string out;
  for (const ExprPtr& expr : exprs) out += (out.empty() ? "" : ", ") + name(*expr);
  return out;
}

std::string Namer::sort_list(const std::vector<SortItem>& items) {
  std::string out;
  for (const SortItem& item : items) {
    out += (out.empty() ? "" : ", ") + name(*item.expr) + (item.descending ? " DESC" : " ASC");
    if (item.nulls == SortItem::Nulls::kFirst) out += " NULLS FIRST";
    if (item.nulls == SortItem::Nulls::kLast) out += " NULLS LAST";
    if (!item.collate.empty()) out += " COLLATE " + item.collate;
  }
  return out;
}

std::string Namer::over(const WindowSpec& window) {
  if (!window.base_name.empty() && window.partition_by.empty() && window.order_by.empty() &&
      !window.frame)
    return window.base_name;
  std::string out = window.base_name;
  const auto add = [&out](const std::string& part) { out += (out.empty() ? "" : " ") + part; };
  if (!window.partition_by.empty()) add("PARTITION BY " + list(window.partition_by));
  if (!window.order_by.empty()) add("ORDER BY " + sort_list(window.order_by));
  if (window.frame) add(print_frame(*window.frame));
  return "(" + out + ")";
}

std::string Namer::call(const Expr& expr) {
  if (is_collection(expr) && is_constant(expr)) return constant_name(expr, false);
  if (expr.name == "tuple" && !expr.has_parameters) return "(" + list(expr.args) + ")";
  if (expr.name == "array" && !expr.has_parameters) return "[" + list(expr.args) + "]";
  std::string out = expr.name;
  if (expr.distinct) out += "Distinct";
  if (expr.filter) out += "If";
  if (expr.has_parameters) out += "(" + list(expr.parameters) + ")";
  std::string args = list(expr.args);
  if (expr.filter) args += (args.empty() ? "" : ", ") + name(*expr.filter);
  out += "(" + args + ")";
  return expr.over ? out + " OVER " + over(*expr.over) : out;
}

std::string Namer::form(const Expr& expr) {
  switch (expr.kind) {
    case ExprKind::kLiteral: return literal_name(expr.literal);
    case ExprKind::kIdentifier: return expr.parts.back();
    case ExprKind::kFunction: return call(expr);
    case ExprKind::kCast: {
      const Expr& value = *expr.args[0];
      const bool written = expr.spelling == Spelling::kDoubleColon && is_collection(value) &&
                           !value.type_text.empty();
      return "CAST(" + (written ? quote_string(value.type_text) : name(value)) + ", " +
             quote_string(expr.type_text) + ")";
    }
    case ExprKind::kInterval: return interval_function(expr.name) + "(" + name(*expr.args[0]) + ")";
    case ExprKind::kLambda: {
      std::string parameters;
      for (const std::string& parameter : expr.lambda_params)
        parameters += (parameters.empty() ? "" : ", ") + parameter;
      return "lambda(tuple(" + parameters + "), " + name(*expr.args[0]) + ")";
    }
    case ExprKind::kSubquery: return "_subquery_" + std::to_string(++subqueries);
    case ExprKind::kParameter:
    case ExprKind::kStar:
    case ExprKind::kColumns: return print(expr);
  }
  return {};
}

std::string Namer::name(const Expr& expr) { return expr.alias.empty() ? form(expr) : expr.alias; }

}  // namespace

std::string column_name(const Expr& expr) { return Namer{}.name(expr); }

}  // namespace sp::sql
