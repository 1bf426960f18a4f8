// Functions over lists, and Python's built-in conversions.

#include <algorithm>
#include <cmath>

#include "lang/template/evaluate.h"
#include "lang/template/function.h"
#include "lang/template/operators.h"
#include "lang/template/parameter.h"

namespace sp::tmpl {
namespace {

bool one(Evaluator& evaluator, const Expr& call, Value& value) {
  if (!evaluator.expect_count(call, 1, 1) || !evaluator.evaluate(*call.operands[0], value))
    return false;
  if (value.kind == ValueKind::kUndefined) return evaluator.missing(value, call.operands[0]->span);
  return true;
}

// The elements that a {% for %} over the value would see.
bool elements(Evaluator& evaluator, const Expr& call, const Value& value, std::vector<Value>& out) {
  if (value.is_sequence()) {
    out = value.list->items;
  } else if (value.kind == ValueKind::kDict) {
    for (const auto& [key, item] : value.dict->items) out.push_back(key);
  } else if (value.kind == ValueKind::kString) {
    size_t at = 0;
    while (at < value.text.size()) {
      size_t end = at + 1;
      while (end < value.text.size() &&
             (static_cast<unsigned char>(value.text[end]) & 0xC0) == 0x80)
        ++end;
      out.push_back(Value::string(value.text.substr(at, end - at)));
      at = end;
    }
  } else {
    return evaluator.fail(call.span,
                          call.name + "() needs a list, not " + std::string(value.type_name()),
                          "such as Array(name), split_to_array(name) or [1, 2]");
  }
  return evaluator.spend(out.size(), call.span);
}

bool len(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value;
  std::vector<Value> items;
  if (!one(evaluator, call, value) || !elements(evaluator, call, value, items)) return false;
  out = Value::number(static_cast<__int128>(items.size()));
  return true;
}

bool range(Evaluator& evaluator, const Expr& call, Value& out) {
  if (!evaluator.expect_count(call, 1, 3)) return false;
  __int128 bounds[3] = {0, 0, 1};
  for (size_t i = 0; i < call.operands.size(); ++i) {
    Value value, number;
    if (!evaluator.evaluate(*call.operands[i], value)) return false;
    if (value.kind == ValueKind::kUndefined)
      return evaluator.missing(value, call.operands[i]->span);
    if (!as_number(value, &number) || number.kind == ValueKind::kFloat) {
      return evaluator.fail(call.operands[i]->span,
                            "range() needs whole numbers, not " + std::string(value.type_name()),
                            "for example: range(1, 4)");
    }
    bounds[i] = number.integer;
  }
  if (call.operands.size() == 1) std::swap(bounds[0], bounds[1]);
  if (bounds[2] == 0)
    return evaluator.fail(call.span, "Step of range() is zero", "a step is 1, -1, 2, ...");
  std::vector<Value> items;
  for (__int128 at = bounds[0]; bounds[2] > 0 ? at < bounds[1] : at > bounds[1];) {
    if (!evaluator.spend(2, call.span)) return false;
    items.push_back(Value::number(at));
    if (__builtin_add_overflow(at, bounds[2], &at)) break;
  }
  out = Value::make_list(std::move(items));
  return true;
}

bool str(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value;
  if (!one(evaluator, call, value)) return false;
  if (value.depth() > 0 && !evaluator.spend(1000, call.span)) return false;
  out = Value::string(to_text(value));
  return evaluator.check_size(out.text.size(), call.span);
}

bool to_int(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value;
  if (!one(evaluator, call, value)) return false;
  __int128 integer = 0;
  if (value.kind == ValueKind::kFloat && std::abs(value.real) < 1e37) {
    integer = static_cast<__int128>(value.real);
  } else if (value.kind == ValueKind::kBool || value.kind == ValueKind::kInteger) {
    integer = value.integer;
  } else if (value.kind != ValueKind::kString || !parse_integer(value.text, &integer)) {
    return evaluator.fail(call.span,
                          "Value is not a whole number: " + to_text(value).substr(0, 100),
                          "for example: int('7')");
  }
  out = Value::number(integer);
  return true;
}

bool to_float(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value;
  if (!one(evaluator, call, value)) return false;
  double real = 0;
  if (value.is_number()) {
    real = value.as_double();
  } else if (value.kind != ValueKind::kString || !parse_float(value.text, &real)) {
    return evaluator.fail(call.span, "Value is not a number: " + to_text(value).substr(0, 100),
                          "for example: float('1.5')");
  }
  out = Value::real_number(real);
  return true;
}

bool to_bool(Evaluator& evaluator, const Expr& call, Value& out) {
  if (!evaluator.expect_count(call, 1, 1) || !evaluator.evaluate(*call.operands[0], out))
    return false;
  out = Value::boolean(truthy(out));
  return true;
}

bool to_list(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value;
  std::vector<Value> items;
  if (!one(evaluator, call, value) || !elements(evaluator, call, value, items)) return false;
  out = Value::make_list(std::move(items),
                         call.name == "tuple" ? ValueKind::kTuple : ValueKind::kList);
  return true;
}

bool enumerate(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value;
  std::vector<Value> items;
  if (!evaluator.expect_count(call, 1, 2) || !evaluator.evaluate(*call.operands[0], value))
    return false;
  if (value.kind == ValueKind::kUndefined) return evaluator.missing(value, call.operands[0]->span);
  if (!elements(evaluator, call, value, items)) return false;
  __int128 at = 0;
  if (const Expr* start = Evaluator::argument(call, 1, "start"); start != nullptr) {
    Value first, number;
    if (!evaluator.evaluate(*start, first)) return false;
    if (!as_number(first, &number))
      return evaluator.fail(start->span, "Start of enumerate() is not a number",
                            "for example: enumerate(list, 1)");
    at = number.integer;
  }
  for (Value& item : items) item = Value::make_list({Value::number(at++), item}, ValueKind::kTuple);
  out = Value::make_list(std::move(items));
  return out.depth() <= kMaxValueDepth || evaluator.fail(call.span, "Value is nested too deeply",
                                                         "lists and dicts nest at most 64 levels");
}

bool enumerate_with_last(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value;
  std::vector<Value> items;
  if (!one(evaluator, call, value) || !elements(evaluator, call, value, items)) return false;
  for (size_t i = 0; i < items.size(); ++i) {
    items[i] =
        Value::make_list({Value::boolean(i + 1 == items.size()), items[i]}, ValueKind::kTuple);
  }
  out = Value::make_list(std::move(items));
  return out.depth() <= kMaxValueDepth || evaluator.fail(call.span, "Value is nested too deeply",
                                                         "lists and dicts nest at most 64 levels");
}

bool zip(Evaluator& evaluator, const Expr& call, Value& out) {
  std::vector<std::vector<Value>> columns;
  size_t rows = ~size_t{0};
  for (const ExprPtr& operand : call.operands) {
    Value value;
    columns.emplace_back();
    if (!evaluator.evaluate(*operand, value)) return false;
    if (value.kind == ValueKind::kUndefined) return evaluator.missing(value, operand->span);
    if (!elements(evaluator, call, value, columns.back())) return false;
    rows = std::min(rows, columns.back().size());
  }
  std::vector<Value> items;
  for (size_t row = 0; !columns.empty() && row < rows; ++row) {
    std::vector<Value> tuple;
    for (const auto& column : columns) tuple.push_back(column[row]);
    items.push_back(Value::make_list(std::move(tuple), ValueKind::kTuple));
  }
  out = Value::make_list(std::move(items));
  return out.depth() <= kMaxValueDepth || evaluator.fail(call.span, "Value is nested too deeply",
                                                         "lists and dicts nest at most 64 levels");
}

// max, min: over the arguments, or over one list.
template <int Sign>
bool extreme(Evaluator& evaluator, const Expr& call, Value& out) {
  std::vector<Value> items;
  if (!evaluator.expect_count(call, 1, 64)) return false;
  for (const ExprPtr& operand : call.operands) {
    items.emplace_back();
    if (!evaluator.evaluate(*operand, items.back())) return false;
    if (items.back().kind == ValueKind::kUndefined)
      return evaluator.missing(items.back(), operand->span);
  }
  if (items.size() == 1) {
    const Value list = items[0];
    items.clear();
    if (!elements(evaluator, call, list, items)) return false;
  }
  if (items.empty())
    return evaluator.fail(call.span, call.name + "() of an empty list",
                          "test its length first: len(list) > 0");
  size_t best = 0;
  for (size_t i = 1; i < items.size(); ++i) {
    int sign = 0;
    bool comparable = true;
    if (!order(evaluator, items[i], items[best], call.span, sign, comparable)) return false;
    if (comparable && sign * Sign > 0) best = i;
  }
  out = std::move(items[best]);
  return true;
}

bool sum(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value, next;
  std::vector<Value> items;
  if (!one(evaluator, call, value) || !elements(evaluator, call, value, items)) return false;
  Value total = Value::number(0);
  for (const Value& item : items) {
    if (!apply(evaluator, Op::kAdd, total, item, call.span, next)) return false;
    total = std::move(next);
    next = {};
  }
  out = std::move(total);
  return true;
}

bool sorted(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value;
  std::vector<Value> items;
  if (!one(evaluator, call, value) || !elements(evaluator, call, value, items)) return false;
  // Insertion by binary search: stays inside its list whatever the comparison answers.
  std::vector<Value> ordered;
  for (Value& item : items) {
    bool good = evaluator.spend(1 + ordered.size() / 16, call.span);
    const auto at =
        std::upper_bound(ordered.begin(), ordered.end(), item, [&](const Value& a, const Value& b) {
          int sign = 0;
          bool comparable = true;
          good = good && order(evaluator, a, b, call.span, sign, comparable);
          return good && comparable && sign < 0;
        });
    if (!good) return false;
    ordered.insert(at, std::move(item));
  }
  out = Value::make_list(std::move(ordered));
  return true;
}

bool absolute(Evaluator& evaluator, const Expr& call, Value& out) {
  Value value, number;
  if (!one(evaluator, call, value)) return false;
  if (!as_number(value, &number))
    return evaluator.fail(call.span, "abs() needs a number, not " + std::string(value.type_name()),
                          "for example: abs(Int32(delta))");
  out = number.kind == ValueKind::kFloat
            ? Value::real_number(std::abs(number.real))
            : Value::number(number.integer < 0 ? -number.integer : number.integer);
  return true;
}

constexpr FunctionRule kFunctions[] = {
    {"split_to_array", "The parameter `name` split at `separator` into a list of strings.",
     "{% for x in split_to_array(attributes, 'a,b') %}", &evaluate_parameter, ParameterKind::kList,
     "String", ""},
    {"enumerate_with_last", "Pairs (is last, element) of a list.",
     "{% for last, x in enumerate_with_last(split_to_array(fields)) %}", &enumerate_with_last},
    {"enumerate", "Pairs (index, element) of a list.", "{% for i, x in enumerate(Array(codes)) %}",
     &enumerate},
    {"len", "The number of elements or characters.", "{% if len(Array(codes)) > 1 %}", &len},
    {"range", "The whole numbers from `begin` up to but without `end`.", "{% for i in range(3) %}",
     &range},
    {"zip", "Tuples of the elements at the same place.", "{% for a, b in zip(x, y) %}", &zip},
    {"str", "The value as text.", "{% set key = str(1) %}", &str},
    {"int", "The value as a whole number.", "{% set n = int(page) %}", &to_int},
    {"float", "The value as a number.", "{% set x = float(rate) %}", &to_float},
    {"bool", "Whether the value is true.", "{% if bool(flag) %}", &to_bool},
    {"list", "The elements as a list.", "{% set keys = list(filters.keys()) %}", &to_list},
    {"tuple", "The elements as a tuple.", "{% set pair = tuple(x) %}", &to_list},
    {"min", "The least of the arguments, or of one list.", "{{min(Int32(limit, 10), 100)}}",
     &extreme<-1>},
    {"max", "The greatest of the arguments, or of one list.", "{{max(Int32(page, 1), 1)}}",
     &extreme<1>},
    {"sum", "The sum of a list of numbers.", "{{sum([1, 2])}}", &sum},
    {"sorted", "The elements in order.", "{% for x in sorted(Array(codes)) %}", &sorted},
    {"abs", "The number without its sign.", "{{abs(Int32(delta))}}", &absolute},
};

}  // namespace

std::span<const FunctionRule> collection_functions() { return kFunctions; }

}  // namespace sp::tmpl
