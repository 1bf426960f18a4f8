// Parameter functions: declaration, look-up, lists. Values are checked in parameter_value.cpp.

#include "lang/template/parameter.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "lang/source/trimmed.h"
#include "lang/template/json_value.h"

namespace sp::tmpl {
namespace {

std::string literal_text(const Expr* expr) {
  return expr != nullptr && expr->kind == ExprKind::kLiteral ? to_text(expr->literal)
                                                             : std::string();
}

bool is_none(const Expr& expr) {
  return expr.kind == ExprKind::kLiteral && expr.literal.kind == ValueKind::kNone;
}

// The element type of Array(name, 'Int32'): a string or the bare name of a type.
const FunctionRule* element_rule(const Expr& call) {
  const Expr* type = call.operands.size() > 1 ? call.operands[1].get() : call.keyword("type");
  std::string name = "String";
  if (type != nullptr && type->kind == ExprKind::kLiteral &&
      type->literal.kind == ValueKind::kString) {
    name = type->literal.text;
  } else if (type != nullptr && type->kind == ExprKind::kName) {
    name = type->name;
  }
  const FunctionRule* rule = find_function(name);
  const bool scalar = rule != nullptr && rule->parameter != ParameterKind::kNotAParameter &&
                      rule->parameter <= ParameterKind::kUuid;
  return scalar ? rule : nullptr;
}

void read_keywords(const Expr& call, Declaration& declaration) {
  for (const Keyword& keyword : call.keywords) {
    if (keyword.name == "description") declaration.description = literal_text(keyword.value.get());
    if (keyword.name == "format") declaration.format = literal_text(keyword.value.get());
    if (keyword.name == "example") declaration.example = literal_text(keyword.value.get());
    if (keyword.name == "required") {
      const std::string text = literal_text(keyword.value.get());
      declaration.required = text == "True" || text == "true" || text == "1";
    }
    if (keyword.name == "enum" &&
        (keyword.value->kind == ExprKind::kList || keyword.value->kind == ExprKind::kTuple)) {
      for (const ExprPtr& item : keyword.value->operands)
        declaration.enum_values.push_back(literal_text(item.get()));
    }
  }
}

}  // namespace

std::unique_ptr<Declaration> declare(const Expr& call) {
  const FunctionRule* rule = call.function;
  if (rule == nullptr || rule->parameter == ParameterKind::kNotAParameter) return nullptr;
  auto out = std::make_unique<Declaration>();
  const Expr* first = call.operands.empty() ? nullptr : call.operands[0].get();
  if (first != nullptr && first->kind == ExprKind::kName) out->name = first->name;
  if (first != nullptr && first->declaration != nullptr && out->name.empty() &&
      rule->parameter == ParameterKind::kArray) {
    out->name = first->declaration->name;  // Array(String(x)): the list is x's
  }
  out->type = rule->type;
  out->hole_type = rule->hole_type;
  size_t default_at = 1;
  if (rule->parameter == ParameterKind::kArray) {
    default_at = 2;
    const FunctionRule* element = element_rule(call);
    out->type = "Array(" + std::string(element == nullptr ? "String" : element->type) + ")";
    out->hole_type =
        "Array(" + std::string(element == nullptr ? "String" : element->hole_type) + ")";
  }
  out->default_value = Evaluator::argument(call, default_at, "default");
  if (out->default_value != nullptr && is_none(*out->default_value)) out->default_value = nullptr;
  out->has_default = out->default_value != nullptr;
  if (call.operands.size() > default_at + 1)
    out->description = literal_text(call.operands[default_at + 1].get());
  read_keywords(call, *out);
  return out;
}

namespace {

// A parameter's source: texts of the request, or a value that an expression made.
struct Given {
  const std::vector<std::string>* texts = nullptr;
  Value value;
  bool is_value = false;
  bool is_default = false;
  bool absent = false;
};

// Finds what a parameter call is about, in Python's order: a variable, the request, the default.
bool look_up(Evaluator& evaluator, const Expr& call, Given& given) {
  const Declaration& declaration = *call.declaration;
  const Expr& first = *call.operands[0];
  const bool named = first.kind == ExprKind::kName && !evaluator.is_set(first.slot);
  if (named) {
    const RequestParams* params = evaluator.context().params;
    given.texts = params == nullptr ? nullptr : params->find(first.name);
    if (given.texts != nullptr && !given.texts->empty()) return true;
    given.texts = nullptr;
  } else {
    if (!evaluator.evaluate(first, given.value)) return false;
    given.is_value =
        given.value.kind != ValueKind::kUndefined && given.value.kind != ValueKind::kNone;
    if (given.is_value) return true;
  }
  if (declaration.required.value_or(false) && !declaration.has_default) {
    const std::string name = named                                       ? first.name
                             : given.value.kind == ValueKind::kUndefined ? given.value.text
                                                                         : "value";
    Error error =
        fail(ErrorCode::kTemplateError, "Required parameter is not defined: " + name, call.span,
             "send `" + name + "` with the request: " + range_hint(declaration.type));
    if (!declaration.description.empty())
      error.notes.push_back(name + ": " + declaration.description);
    return evaluator.fail(std::move(error), TemplateStop::kMissing);
  }
  if (declaration.default_value != nullptr) {
    if (!evaluator.evaluate(*declaration.default_value, given.value)) return false;
    given.is_value =
        given.value.kind != ValueKind::kUndefined && given.value.kind != ValueKind::kNone;
    given.is_default = true;
    if (given.is_value) return true;
  }
  given.absent = true;
  if (named)
    given.value = Value::undefined(first.name);
  else if (given.value.kind != ValueKind::kUndefined)
    given.value = Value::undefined("value");
  return true;
}

bool convert_value(Evaluator& evaluator, const FunctionRule& rule, const Value& value,
                   bool is_default, std::string_view what, Span span, Value& out) {
  if (value.is_sequence() || value.kind == ValueKind::kDict || value.kind == ValueKind::kSequence) {
    return evaluator.fail(
        span,
        "Invalid value for parameter " + std::string(what) + " (" + std::string(rule.type) +
            "): a " + std::string(value.type_name()),
        "use Array(" + std::string(what) + ", '" + std::string(rule.type) + "') for lists");
  }
  if (value.kind == ValueKind::kString)
    return convert_text(evaluator, rule, value.text, is_default, what, span, out);
  // 10.0 is a good default of an integer; beyond 2^63 a float is none.
  if (rule.parameter == ParameterKind::kInteger && value.kind == ValueKind::kFloat &&
      std::abs(value.real) < 0x1p63 && std::trunc(value.real) == value.real) {
    return convert_text(evaluator, rule, integer_text(static_cast<int64_t>(value.real)), is_default,
                        what, span, out);
  }
  if (rule.parameter == ParameterKind::kInteger && value.kind == ValueKind::kBool) {
    return convert_text(evaluator, rule, value.integer != 0 ? "1" : "0", is_default, what, span,
                        out);
  }
  return convert_text(evaluator, rule, to_text(value), is_default, what, span, out);
}

// The texts of a list: repeated values as they are, one value split at commas, or a JSON array.
void split_list(std::string_view text, std::string_view separator, std::vector<Value>& out) {
  if (text.empty()) return;
  while (true) {
    const size_t at = separator.empty() ? std::string_view::npos : text.find(separator);
    out.push_back(Value::string(std::string(text.substr(0, at))));
    if (at == std::string_view::npos) return;
    text.remove_prefix(at + separator.size());
  }
}

bool list_of(Evaluator& evaluator, const Given& given, std::string_view separator, Span span,
             std::vector<Value>& out) {
  if (given.is_value && given.value.is_sequence()) {
    out = given.value.list->items;
    return evaluator.spend(out.size(), span);
  }
  if (given.texts != nullptr && given.texts->size() > 1) {
    for (const std::string& text : *given.texts) out.push_back(Value::string(text));
    return evaluator.spend(out.size(), span);
  }
  const std::string text = given.texts != nullptr ? given.texts->front() : to_text(given.value);
  const std::string_view whole = trimmed(text);
  Value parsed;
  uint64_t spent = 0;
  if (whole.size() >= 2 && whole.front() == '[' && whole.back() == ']' &&
      parse_json(whole, 1000000, &parsed, &spent)) {
    out = parsed.list->items;
  } else {
    split_list(text, separator, out);
  }
  return evaluator.spend(out.size() + spent, span);
}

bool evaluate_array(Evaluator& evaluator, const Expr& call, const Given& given,
                    std::string_view what, Value& out) {
  const FunctionRule* element = element_rule(call);
  if (element == nullptr) {
    return evaluator.fail(
        call.operands.size() > 1 ? call.operands[1]->span : call.span,
        "Unknown element type of Array: " + (call.operands.size() > 1
                                                 ? (call.operands[1]->kind == ExprKind::kName
                                                        ? call.operands[1]->name
                                                        : literal_text(call.operands[1].get()))
                                                 : std::string()),
        "allowed: String, Int8 to UInt256, Float32, Float64, Decimal, Boolean, Date, DateTime, "
        "DateTime64, UUID");
  }
  std::vector<Value> items;
  if (!list_of(evaluator, given, ",", call.span, items)) return false;
  for (Value& item : items) {
    Value converted;
    if (!convert_value(evaluator, *element, item, given.is_default, what, call.span, converted))
      return false;
    item = std::move(converted);
  }
  out = Value::make_list(std::move(items));
  out.sql_type = call.declaration->hole_type;
  return true;
}

bool evaluate_json(Evaluator& evaluator, const Expr& call, const Given& given,
                   std::string_view what, Value& out) {
  if (given.is_value && given.value.kind != ValueKind::kString) {
    out = given.value;
    return true;
  }
  const std::string& text = given.texts != nullptr ? given.texts->back() : given.value.text;
  uint64_t spent = 0;
  if (!parse_json(text, evaluator.context().max_steps, &out, &spent)) {
    return evaluator.fail(call.span,
                          "Invalid value for parameter " + std::string(what) + " (JSON): '" +
                              text.substr(0, 100) + "'",
                          "allowed: one JSON text, such as [{\"field\": \"country\"}]");
  }
  return evaluator.spend(spent + text.size() / 16, call.span);
}

bool is_identifier_path(std::string_view name) {
  bool start = true;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '.' && !start) {
      start = true;
      continue;
    }
    if (!(std::isalpha(byte) || c == '_' || (!start && std::isdigit(byte)))) return false;
    start = false;
  }
  return !start && name.size() <= 256;
}

bool identifier(Evaluator& evaluator, std::string_view text, std::string_view what, Span span,
                Value& out) {
  text = trimmed(text);
  if (!is_identifier_path(text)) {
    return evaluator.fail(span,
                          "Invalid identifier for " + std::string(what) + ": '" +
                              std::string(text.substr(0, 100)) + "'",
                          "an identifier has letters, digits and _, with dots between its parts");
  }
  out = Value::identifier(std::string(text));
  return true;
}

bool evaluate_columns(Evaluator& evaluator, const Expr& call, const Given& given,
                      std::string_view what, Value& out) {
  std::vector<Value> items, parts;
  if (!list_of(evaluator, given, ",", call.span, items)) return false;
  for (const Value& item : items) {
    Value column;
    if (!identifier(evaluator, to_text(item), what, call.span, column)) return false;
    if (!parts.empty()) parts.push_back(Value::code(", "));
    parts.push_back(std::move(column));
  }
  if (parts.empty())
    return evaluator.fail(call.span, "List of columns is empty: " + std::string(what),
                          "send names separated by commas, or give a default: columns(" +
                              std::string(what) + ", 'id')");
  out = Value::make_list(std::move(parts), ValueKind::kSequence);
  return true;
}

bool evaluate_split(Evaluator& evaluator, const Expr& call, const Given& given, Value& out) {
  std::string separator = ",";
  const Expr* expr = Evaluator::argument(call, 2, "separator");
  if (expr != nullptr) {
    Value value;
    if (!evaluator.evaluate(*expr, value)) return false;
    separator = to_text(value);
  }
  std::vector<Value> items;
  if (!list_of(evaluator, given, separator, call.span, items)) return false;
  for (Value& item : items) {
    if (item.kind == ValueKind::kString) item.text = std::string(trimmed(item.text));
  }
  out = Value::make_list(std::move(items));
  return true;
}

}  // namespace

bool evaluate_parameter(Evaluator& evaluator, const Expr& call, Value& out) {
  if (!evaluator.expect_count(call, 1, 5)) return false;
  const FunctionRule& rule = *call.function;
  const Declaration& declaration = *call.declaration;
  Given given;
  if (!look_up(evaluator, call, given)) return false;
  if (given.absent) {
    out = std::move(given.value);
    return true;
  }
  const std::string_view what =
      declaration.name.empty() ? std::string_view(call.name) : std::string_view(declaration.name);
  bool good = false;
  switch (rule.parameter) {
    case ParameterKind::kArray: good = evaluate_array(evaluator, call, given, what, out); break;
    case ParameterKind::kJson: good = evaluate_json(evaluator, call, given, what, out); break;
    case ParameterKind::kColumns: good = evaluate_columns(evaluator, call, given, what, out); break;
    case ParameterKind::kList: good = evaluate_split(evaluator, call, given, out); break;
    case ParameterKind::kColumn:
      if (given.is_value && given.value.kind == ValueKind::kIdentifier) {
        out = given.value;
        good = true;
      } else {
        good = identifier(evaluator,
                          given.texts != nullptr ? std::string_view(given.texts->back())
                                                 : std::string_view(to_text(given.value)),
                          what, call.span, out);
      }
      break;
    default:
      good =
          given.texts != nullptr
              ? convert_text(evaluator, rule, given.texts->back(), false, what, call.span, out)
              : convert_value(evaluator, rule, given.value, given.is_default, what, call.span, out);
  }
  if (good && (given.texts != nullptr || given.is_default)) out.parameter = declaration.name;
  return good;
}

}  // namespace sp::tmpl
