// Comparison and arithmetic of template values.

#include "lang/template/operators.h"

#include <algorithm>
#include <cmath>

namespace sp::tmpl {
namespace {

std::string_view spelled(Op op) {
  switch (op) {
    case Op::kAdd: return "+";
    case Op::kSubtract: return "-";
    case Op::kMultiply: return "*";
    case Op::kDivide: return "/";
    case Op::kFloorDivide: return "//";
    case Op::kModulo: return "%";
    case Op::kPower: return "**";
    case Op::kBitAnd: return "&";
    case Op::kBitOr: return "|";
    default: return "?";
  }
}

bool both_integers(const Value& a, const Value& b) {
  return a.kind != ValueKind::kFloat && b.kind != ValueKind::kFloat;
}

__int128 floor_divide(__int128 a, __int128 b) {
  const __int128 quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

bool integer_arithmetic(Evaluator& evaluator, Op op, __int128 a, __int128 b, Span span,
                        Value& out) {
  __int128 result = 0;
  bool overflow = false;
  switch (op) {
    case Op::kAdd: overflow = __builtin_add_overflow(a, b, &result); break;
    case Op::kSubtract: overflow = __builtin_sub_overflow(a, b, &result); break;
    case Op::kMultiply: overflow = __builtin_mul_overflow(a, b, &result); break;
    case Op::kBitAnd: result = a & b; break;
    case Op::kBitOr: result = a | b; break;
    case Op::kFloorDivide:
    case Op::kModulo:
      if (b == 0)
        return evaluator.fail(span, "Division by zero",
                              "test the divisor first: a / b if b else 0");
      result = op == Op::kModulo ? a - floor_divide(a, b) * b : floor_divide(a, b);
      break;
    default: {  // power
      if (b < 0) {
        out = Value::real_number(std::pow(static_cast<double>(a), static_cast<double>(b)));
        return true;
      }
      result = 1;
      if (a == 0 || a == 1) {
        result = b == 0 ? 1 : a;
        break;
      }
      for (__int128 i = 0; i < b && !overflow; ++i)
        overflow = __builtin_mul_overflow(result, a, &result);
    }
  }
  if (overflow)
    return evaluator.fail(span, "Number is too large in arithmetic",
                          "numbers have at most 128 bits");
  out = Value::number(result);
  return true;
}

bool number_arithmetic(Evaluator& evaluator, Op op, const Value& a, const Value& b, Span span,
                       Value& out) {
  if (op != Op::kDivide && both_integers(a, b)) {
    if (!integer_arithmetic(evaluator, op, a.integer, b.integer, span, out)) return false;
    if ((op == Op::kBitAnd || op == Op::kBitOr) && a.kind == ValueKind::kBool &&
        b.kind == ValueKind::kBool) {
      out = Value::boolean(out.integer != 0);
    }
    return true;
  }
  const double x = a.as_double(), y = b.as_double();
  switch (op) {
    case Op::kAdd: out = Value::real_number(x + y); return true;
    case Op::kSubtract: out = Value::real_number(x - y); return true;
    case Op::kMultiply: out = Value::real_number(x * y); return true;
    case Op::kPower: out = Value::real_number(std::pow(x, y)); return true;
    case Op::kDivide:
    case Op::kFloorDivide:
    case Op::kModulo:
      if (y == 0)
        return evaluator.fail(span, "Division by zero",
                              "test the divisor first: a / b if b else 0");
      out = Value::real_number(op == Op::kDivide        ? x / y
                               : op == Op::kFloorDivide ? std::floor(x / y)
                                                        : x - std::floor(x / y) * y);
      return true;
    default:
      return evaluator.fail(span, "Operator does not apply to floats: " + std::string(spelled(op)),
                            "convert the value with int(x)");
  }
}

bool repeat(Evaluator& evaluator, const Value& value, __int128 times, Span span, Value& out) {
  const __int128 size = value.kind == ValueKind::kString
                            ? static_cast<__int128>(value.text.size())
                            : static_cast<__int128>(value.list->items.size());
  if (times <= 0) times = 0;
  if (size != 0 && times > static_cast<__int128>(1) << 32) return evaluator.check_size(~0ull, span);
  if (size == 0) times = 0;
  const auto total = static_cast<uint64_t>(size * times);
  if (!evaluator.check_size(total, span) || !evaluator.spend(total / 16 + 1, span)) return false;
  if (value.kind == ValueKind::kString) {
    std::string text;
    for (__int128 i = 0; i < times; ++i) text += value.text;
    out = Value::string(std::move(text));
    return true;
  }
  if (!evaluator.spend(total, span)) return false;
  std::vector<Value> items;
  for (__int128 i = 0; i < times; ++i)
    items.insert(items.end(), value.list->items.begin(), value.list->items.end());
  out = Value::make_list(std::move(items), value.kind);
  return true;
}

}  // namespace

bool equals(Evaluator& evaluator, const Value& a, const Value& b, Span span, bool& out) {
  if (!evaluator.spend(1 + (a.text.size() + b.text.size()) / 64, span)) return false;
  out = false;
  const bool a_absent = a.kind == ValueKind::kUndefined, b_absent = b.kind == ValueKind::kUndefined;
  if (a_absent || b_absent) {
    out = a.kind == ValueKind::kNone || b.kind == ValueKind::kNone;
    return true;
  }
  if (a.is_number() && b.is_number()) {
    out = both_integers(a, b) ? a.integer == b.integer : a.as_double() == b.as_double();
    return true;
  }
  const auto textual = [](const Value& value) {
    return value.kind == ValueKind::kString || value.kind == ValueKind::kIdentifier;
  };
  if (textual(a) && textual(b)) {
    out = a.text == b.text;
    return true;
  }
  if (a.kind != b.kind) return true;
  if (a.is_sequence()) {
    if (a.list->items.size() != b.list->items.size()) return true;
    out = true;
    for (size_t i = 0; i < a.list->items.size() && out; ++i) {
      if (!equals(evaluator, a.list->items[i], b.list->items[i], span, out)) return false;
    }
    return true;
  }
  if (a.kind == ValueKind::kDict) {
    if (a.dict->items.size() != b.dict->items.size()) return true;
    for (size_t i = 0; i < a.dict->items.size(); ++i) {
      bool same = false;
      for (size_t j = 0; j < b.dict->items.size() && !same; ++j) {
        if (!equals(evaluator, a.dict->items[i].first, b.dict->items[j].first, span, same))
          return false;
        if (same &&
            !equals(evaluator, a.dict->items[i].second, b.dict->items[j].second, span, same))
          return false;
      }
      if (!same) return true;
    }
    out = true;
    return true;
  }
  out = a.kind == ValueKind::kNone;
  return true;
}

bool order(Evaluator& evaluator, const Value& a, const Value& b, Span span, int& out,
           bool& comparable) {
  if (!evaluator.spend(1 + (a.text.size() + b.text.size()) / 64, span)) return false;
  comparable = a.kind != ValueKind::kUndefined && b.kind != ValueKind::kUndefined;
  if (!comparable) return true;
  if (a.kind == ValueKind::kString && b.kind == ValueKind::kString) {
    const int result = a.text.compare(b.text);
    out = result < 0 ? -1 : result > 0 ? 1 : 0;
    return true;
  }
  Value x, y;
  if (as_number(a, &x) && as_number(b, &y)) {
    if (both_integers(x, y)) {
      out = x.integer < y.integer ? -1 : x.integer > y.integer ? 1 : 0;
    } else {
      const double p = x.as_double(), q = y.as_double();
      comparable = !std::isnan(p) && !std::isnan(q);
      out = p < q ? -1 : p > q ? 1 : 0;
    }
    return true;
  }
  if (a.is_sequence() && a.kind == b.kind) {
    const auto& p = a.list->items;
    const auto& q = b.list->items;
    for (size_t i = 0; i < std::min(p.size(), q.size()); ++i) {
      if (!order(evaluator, p[i], q[i], span, out, comparable)) return false;
      if (out != 0 || !comparable) return true;
    }
    out = p.size() < q.size() ? -1 : p.size() > q.size() ? 1 : 0;
    return true;
  }
  return evaluator.fail(span,
                        "Values cannot be ordered: " + std::string(a.type_name()) + " and " +
                            std::string(b.type_name()),
                        "convert one of them: Int32(x), String(x)");
}

bool contains(Evaluator& evaluator, const Value& container, const Value& item, Span span,
              bool& out) {
  out = false;
  if (container.kind == ValueKind::kUndefined || container.kind == ValueKind::kNone) return true;
  if (container.kind == ValueKind::kString) {
    if (item.kind == ValueKind::kUndefined) return true;
    if (item.kind != ValueKind::kString) {
      return evaluator.fail(span,
                            "`in` a string needs a string, not " + std::string(item.type_name()),
                            "convert it: str(x) in text");
    }
    if (!evaluator.spend(1 + container.text.size() / 16, span)) return false;
    out = container.text.find(item.text) != std::string::npos;
    return true;
  }
  if (container.is_sequence()) {
    for (const Value& element : container.list->items) {
      if (!equals(evaluator, element, item, span, out)) return false;
      if (out) return true;
    }
    return true;
  }
  if (container.kind == ValueKind::kDict) {
    for (const auto& [key, value] : container.dict->items) {
      if (!equals(evaluator, key, item, span, out)) return false;
      if (out) return true;
    }
    return true;
  }
  return evaluator.fail(
      span, "`in` needs a list, a string or a dict, not " + std::string(container.type_name()),
      "for example: x in [1, 2]");
}

bool apply(Evaluator& evaluator, Op op, const Value& a, const Value& b, Span span, Value& out) {
  if (a.kind == ValueKind::kUndefined) return evaluator.missing(a, span);
  if (b.kind == ValueKind::kUndefined) return evaluator.missing(b, span);
  if (op == Op::kAdd) {
    if (a.kind == ValueKind::kString && b.kind == ValueKind::kString) {
      const uint64_t size = a.text.size() + b.text.size();
      if (!evaluator.check_size(size, span) || !evaluator.spend(1 + size / 16, span)) return false;
      out = Value::string(a.text + b.text);
      return true;
    }
    if (a.is_sequence() && a.kind == b.kind) {
      const uint64_t size = a.list->items.size() + b.list->items.size();
      if (!evaluator.check_size(size, span) || !evaluator.spend(1 + size, span)) return false;
      std::vector<Value> items = a.list->items;
      items.insert(items.end(), b.list->items.begin(), b.list->items.end());
      out = Value::make_list(std::move(items), a.kind);
      return true;
    }
  }
  Value x, y;
  if (as_number(a, &x) && as_number(b, &y))
    return number_arithmetic(evaluator, op, x, y, span, out);
  if (op == Op::kMultiply) {
    const auto repeatable = [](const Value& value) {
      return value.kind == ValueKind::kString || value.is_sequence();
    };
    if (repeatable(a) && b.kind == ValueKind::kInteger)
      return repeat(evaluator, a, b.integer, span, out);
    if (repeatable(b) && a.kind == ValueKind::kInteger)
      return repeat(evaluator, b, a.integer, span, out);
  }
  return evaluator.fail(span,
                        "Operator " + std::string(spelled(op)) + " does not apply to " +
                            std::string(a.type_name()) + " and " + std::string(b.type_name()),
                        "convert one of them: Int32(x), String(x)");
}

}  // namespace sp::tmpl
