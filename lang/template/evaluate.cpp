// The walk over template expressions.

#include "lang/template/evaluate.h"

#include <algorithm>

#include "lang/template/function.h"
#include "lang/template/operators.h"
#include "lang/template/parameter.h"

namespace sp::tmpl {

namespace {

// Copying this much text takes the time of a step.
constexpr uint64_t kBytesPerStep = 256;

}  // namespace

bool Evaluator::fail(Span span, std::string message, std::string hint) {
  return fail(sp::fail(ErrorCode::kTemplateError, std::move(message), span, std::move(hint)));
}

bool Evaluator::fail(Error error, TemplateStop stop) {
  if (error_) return false;
  error_ = std::move(error);
  if (context_.stop != nullptr) *context_.stop = stop;
  return false;
}

bool Evaluator::missing(const Value& undefined, Span span) {
  return fail(
      sp::fail(ErrorCode::kTemplateError, "Required parameter is not defined: " + undefined.text,
               span, "send `" + undefined.text + "` with the request, or give it a default"),
      TemplateStop::kMissing);
}

bool Evaluator::spend(uint64_t steps, Span span) {
  steps_ += steps;
  if (steps_ <= context_.max_steps) return true;
  exhausted_ = true;
  return fail(span,
              "Template takes too many steps: more than " + std::to_string(context_.max_steps),
              "a loop may never end");
}

bool Evaluator::check_size(uint64_t size, Span span) {
  if (size <= context_.max_output_bytes) return true;
  exhausted_ = true;
  return fail(span,
              "Template builds too large a value: more than " +
                  std::to_string(context_.max_output_bytes) + " bytes",
              "a loop may write more than it should");
}

const Expr* Evaluator::argument(const Expr& call, size_t at, std::string_view keyword) {
  if (at < call.operands.size()) return call.operands[at].get();
  return keyword.empty() ? nullptr : call.keyword(keyword);
}

bool Evaluator::expect_count(const Expr& call, size_t least, size_t most) {
  const size_t given = call.operands.size() - (call.kind == ExprKind::kMethod ? 1 : 0);
  if (given >= least && given <= most) return true;
  const std::string wanted =
      least == most ? std::to_string(least) : std::to_string(least) + " to " + std::to_string(most);
  const FunctionRule* rule = call.function;
  const std::string arguments = most == 1 ? " argument, not " : " arguments, not ";
  return fail(
      sp::fail(ErrorCode::kTemplateError,
               call.name + "() takes " + wanted + arguments + std::to_string(given), call.span,
               rule == nullptr || rule->example.empty()
                   ? "methods take what Python's take"
                   : "for example: " + std::string(rule->example)),
      TemplateStop::kMistake);
}

bool Evaluator::evaluate(const Expr& expr, Value& out) {
  if (!spend(1, expr.span)) return false;
  switch (expr.kind) {
    case ExprKind::kLiteral:
      out = expr.literal;
      return spend(out.text.size() / kBytesPerStep, expr.span);
    case ExprKind::kName: return name(expr, out);
    case ExprKind::kCall: return call(expr, out);
    case ExprKind::kMethod: return method(expr, out);
    case ExprKind::kIndex: return index(expr, out);
    case ExprKind::kSlice: return slice(expr, out);
    case ExprKind::kArithmetic: return arithmetic(expr, out);
    case ExprKind::kCompare: return compare(expr, out);
    case ExprKind::kList:
    case ExprKind::kTuple: {
      std::vector<Value> values;
      if (!items(expr, values)) return false;
      out = Value::make_list(std::move(values),
                             expr.kind == ExprKind::kList ? ValueKind::kList : ValueKind::kTuple);
      return out.depth() <= kMaxValueDepth || fail(expr.span, "Value is nested too deeply",
                                                   "lists and dicts nest at most 64 levels");
    }
    case ExprKind::kDict: {
      std::vector<Value> values;
      if (!items(expr, values)) return false;
      std::vector<std::pair<Value, Value>> pairs;
      for (size_t i = 0; i + 1 < values.size(); i += 2)
        pairs.emplace_back(std::move(values[i]), std::move(values[i + 1]));
      out = Value::make_dict(std::move(pairs));
      return out.depth() <= kMaxValueDepth || fail(expr.span, "Value is nested too deeply",
                                                   "lists and dicts nest at most 64 levels");
    }
    case ExprKind::kAnd:
    case ExprKind::kOr:
      for (const ExprPtr& operand : expr.operands) {
        if (!evaluate(*operand, out)) return false;
        if (truthy(out) == (expr.kind == ExprKind::kOr)) return true;
      }
      return true;
    case ExprKind::kNot:
      if (!evaluate(*expr.operands[0], out)) return false;
      out = Value::boolean(!truthy(out));
      return true;
    case ExprKind::kNegate: {
      Value operand;
      if (!evaluate(*expr.operands[0], operand)) return false;
      return apply(*this, Op::kSubtract, Value::number(0), operand, expr.span, out);
    }
    case ExprKind::kTernary: {
      Value condition;
      if (!evaluate(*expr.operands[1], condition)) return false;
      return evaluate(*expr.operands[truthy(condition) ? 0 : 2], out);
    }
  }
  return fail(expr.span, "Expression is not supported");
}

bool Evaluator::items(const Expr& expr, std::vector<Value>& out) {
  out.reserve(expr.operands.size());
  for (const ExprPtr& operand : expr.operands) {
    out.emplace_back();
    if (!evaluate(*operand, out.back())) return false;
  }
  return true;
}

bool Evaluator::name(const Expr& expr, Value& out) {
  if (is_set(expr.slot)) {
    out = slots_[static_cast<size_t>(expr.slot)];
    return spend(out.text.size() / kBytesPerStep, expr.span);
  }
  const std::vector<std::string>* sent =
      context_.params == nullptr ? nullptr : context_.params->find(expr.name);
  if (sent != nullptr && !sent->empty()) {
    out = Value::string(sent->back());
    out.raw = true;
    out.parameter = expr.name;
    return spend(out.text.size() / kBytesPerStep, expr.span);
  }
  out = Value::undefined(expr.name);
  return true;
}

bool Evaluator::arithmetic(const Expr& expr, Value& out) {
  Value result, right, next;
  if (!evaluate(*expr.operands[0], result)) return false;
  for (size_t i = 0; i < expr.ops.size(); ++i) {
    if (!evaluate(*expr.operands[i + 1], right)) return false;
    if (!apply(*this, expr.ops[i], result, right, expr.span, next)) return false;
    result = std::move(next);
    next = {};
  }
  out = std::move(result);
  return true;
}

bool Evaluator::compare(const Expr& expr, Value& out) {
  Value left, right;
  if (!evaluate(*expr.operands[0], left)) return false;
  for (size_t i = 0; i < expr.ops.size(); ++i) {
    if (!evaluate(*expr.operands[i + 1], right)) return false;
    bool holds = false;
    switch (expr.ops[i]) {
      case Op::kEqual:
      case Op::kIs:
      case Op::kNotEqual:
      case Op::kIsNot:
        if (!equals(*this, left, right, expr.span, holds)) return false;
        if (expr.ops[i] == Op::kNotEqual || expr.ops[i] == Op::kIsNot) holds = !holds;
        break;
      case Op::kIn:
      case Op::kNotIn:
        if (!contains(*this, right, left, expr.span, holds)) return false;
        if (expr.ops[i] == Op::kNotIn) holds = !holds;
        break;
      default: {
        int sign = 0;
        bool comparable = true;
        if (!order(*this, left, right, expr.span, sign, comparable)) return false;
        const Op op = expr.ops[i];
        holds = comparable && (op == Op::kLess        ? sign < 0
                               : op == Op::kLessEqual ? sign <= 0
                               : op == Op::kGreater   ? sign > 0
                                                      : sign >= 0);
      }
    }
    if (!holds) {
      out = Value::boolean(false);
      return true;
    }
    left = std::move(right);
    right = {};
  }
  out = Value::boolean(true);
  return true;
}

namespace {

// The UTF-8 characters of a text, as Python counts them.
std::vector<std::string_view> characters(std::string_view text) {
  std::vector<std::string_view> out;
  size_t at = 0;
  while (at < text.size()) {
    size_t end = at + 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    out.push_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

}  // namespace

bool Evaluator::index(const Expr& expr, Value& out) {
  Value container, key;
  if (!evaluate(*expr.operands[0], container) || !evaluate(*expr.operands[1], key)) return false;
  if (container.kind == ValueKind::kUndefined) return missing(container, expr.span);
  if (container.kind == ValueKind::kDict) {
    for (const auto& [name, value] : container.dict->items) {
      bool same = false;
      if (!equals(*this, name, key, expr.span, same)) return false;
      if (same) {
        Value found = value;
        out = std::move(found);
        return true;
      }
    }
    return fail(expr.span, "Key is not in the dict: " + to_text(key), "use .get(key, default)");
  }
  if (!container.is_sequence() && container.kind != ValueKind::kString) {
    return fail(expr.span, "Value cannot be indexed: " + std::string(container.type_name()),
                "lists, tuples, dicts and strings have elements");
  }
  Value number;
  if (!as_number(key, &number) || number.kind == ValueKind::kFloat) {
    return fail(expr.span, "Index is not a whole number: " + to_text(key),
                "lists are indexed by numbers: values[0]");
  }
  const bool text = container.kind == ValueKind::kString;
  const std::vector<std::string_view> letters =
      text ? characters(container.text) : std::vector<std::string_view>();
  if (!spend(letters.size() / 16, expr.span)) return false;
  const auto size = static_cast<__int128>(text ? letters.size() : container.list->items.size());
  const __int128 at = number.integer < 0 ? number.integer + size : number.integer;
  if (at < 0 || at >= size) {
    return fail(expr.span, "Index is out of range: " + integer_text(number.integer),
                "there are " + integer_text(size) + " elements");
  }
  if (text) {
    out = Value::string(std::string(letters[static_cast<size_t>(at)]));
  } else {
    Value found = container.list->items[static_cast<size_t>(at)];
    out = std::move(found);
  }
  return true;
}

bool Evaluator::slice(const Expr& expr, Value& out) {
  Value container;
  if (!evaluate(*expr.operands[0], container)) return false;
  if (container.kind == ValueKind::kUndefined) return missing(container, expr.span);
  const bool text = container.kind == ValueKind::kString;
  if (!text && !container.is_sequence()) {
    return fail(expr.span, "Value cannot be sliced: " + std::string(container.type_name()),
                "lists, tuples and strings have slices: text[0:3]");
  }
  std::optional<__int128> bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    if (expr.operands[i + 1] == nullptr) continue;
    Value bound, number;
    if (!evaluate(*expr.operands[i + 1], bound)) return false;
    if (bound.kind == ValueKind::kNone) continue;
    if (!as_number(bound, &number) || number.kind == ValueKind::kFloat) {
      return fail(expr.span, "Slice bound is not a whole number: " + to_text(bound),
                  "for example: text[0:3]");
    }
    bounds[i] = number.integer;
  }
  const __int128 step = bounds[2].value_or(1);
  if (step == 0) return fail(expr.span, "Slice step is zero", "a step is 1, -1, 2, ...");
  const std::vector<std::string_view> letters =
      text ? characters(container.text) : std::vector<std::string_view>();
  const auto size = static_cast<__int128>(text ? letters.size() : container.list->items.size());
  if (!spend(static_cast<uint64_t>(size) / 16 + 1, expr.span)) return false;
  const __int128 low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  const auto clamp = [&](__int128 at) { return std::clamp(at < 0 ? at + size : at, low, high); };
  const __int128 begin = bounds[0] ? clamp(*bounds[0]) : step > 0 ? 0 : size - 1;
  const __int128 end = bounds[1] ? clamp(*bounds[1]) : step > 0 ? size : -1;
  std::string joined;
  std::vector<Value> items;
  for (__int128 at = begin; step > 0 ? at < end : at > end; at += step) {
    if (text) {
      joined += letters[static_cast<size_t>(at)];
    } else {
      items.push_back(container.list->items[static_cast<size_t>(at)]);
    }
    if (step > size || -step > size) break;
  }
  if (!spend(items.size(), expr.span)) return false;
  out =
      text ? Value::string(std::move(joined)) : Value::make_list(std::move(items), container.kind);
  return true;
}

bool Evaluator::method(const Expr& expr, Value& out) {
  const Expr& target = *expr.operands[0];
  Value held;
  Value* receiver = &held;
  if (target.kind == ExprKind::kName && is_set(target.slot)) {
    receiver = &slot(target.slot);
  } else if (!evaluate(target, held)) {
    return false;
  }
  if (receiver->kind == ValueKind::kUndefined) return missing(*receiver, target.span);
  const MethodRule* rule = find_method(expr.name, receiver->kind);
  if (rule == nullptr) {
    const std::vector<std::string_view> names = method_names(receiver->kind);
    std::string hint = did_you_mean(expr.name, names);
    if (hint.empty())
      hint =
          names.empty() ? "it has no methods" : "for example: " + std::string(names.front()) + "()";
    return fail(
        sp::fail(ErrorCode::kTemplateError,
                 "Unknown method of " + std::string(receiver->type_name()) + ": " + expr.name,
                 expr.span, std::move(hint)),
        TemplateStop::kMistake);
  }
  Value result;
  if (!rule->evaluate(*this, expr, *receiver, result)) return false;
  out = std::move(result);
  return true;
}

Error unknown_function(const Expr& call) {
  std::vector<std::string_view> names;
  for (const FunctionRule* rule : all_functions()) names.push_back(rule->name);
  std::string hint = did_you_mean(call.name, names);
  if (hint.empty())
    hint = "ClickHouse functions stand outside of {{ }}; inside are template functions only";
  const Span name{call.span.begin, call.span.begin + static_cast<uint32_t>(call.name.size())};
  return sp::fail(ErrorCode::kTemplateError, "Unknown template function: " + call.name, name,
                  std::move(hint));
}

bool Evaluator::call(const Expr& expr, Value& out) {
  if (expr.function == nullptr) return fail(unknown_function(expr), TemplateStop::kMistake);
  return expr.function->evaluate(*this, expr, out);
}

}  // namespace sp::tmpl
