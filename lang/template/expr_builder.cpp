// Building of expression trees: chains of one precedence, literals, operators.

#include "lang/template/expr_builder.h"

#include <cctype>

#include "runtime/text/hex_digit.h"

namespace sp::tmpl {

std::vector<ExprPtr> ExprBuilder::take_from(size_t from) {
  std::vector<ExprPtr> out;
  for (size_t i = from; i < stack.size(); ++i) out.push_back(std::move(stack[i]));
  stack.resize(from);
  return out;
}

void ExprBuilder::chain(ExprKind kind, bool with_op) {
  ExprPtr right = pop();
  ExprPtr left = pop();
  if (left->kind != kind || left->closed) {
    ExprPtr node = make(kind, left->span);
    node->operands.push_back(std::move(left));
    left = std::move(node);
  }
  left->span.end = right->span.end;
  left->operands.push_back(std::move(right));
  if (with_op) {
    left->ops.push_back(ops.back());
    ops.pop_back();
  }
  push(std::move(left));
}

void ExprBuilder::count_trailer(Expr& expr) const {
  expr.trailers = expr.operands[0]->trailers + 1;
  if (expr.trailers > kMaxNesting) {
    throw ExprMismatch{expr.span.end - offset - 1, "Expression is nested too deeply"};
  }
}

void ExprBuilder::push_literal(Value value, Span span) {
  ExprPtr expr = make(ExprKind::kLiteral, span);
  expr->literal = std::move(value);
  push(std::move(expr));
}

namespace {

std::string without_underscores(std::string text) {
  std::erase(text, '_');
  return text;
}

}  // namespace

Value ExprBuilder::whole_number(std::string text, size_t at) const {
  __int128 value = 0;
  if (!parse_integer(without_underscores(std::move(text)), &value))
    throw ExprMismatch{at, "Number is too large"};
  return Value::number(value);
}

Value ExprBuilder::hex_number(std::string_view digits, size_t at) const {
  __int128 value = 0;
  for (const char c : digits) {
    if (value >> 64 != 0) throw ExprMismatch{at, "Number is too large"};
    value = value * 16 + hex_digit(c);
  }
  return Value::number(value);
}

Value ExprBuilder::float_number(std::string text, size_t at) const {
  double value = 0;
  text = without_underscores(std::move(text));
  if (text.back() == '.') text += '0';
  if (!parse_float(text, &value)) throw ExprMismatch{at, "Number is too large"};
  return Value::real_number(value);
}

std::string unescape(std::string_view body) {
  std::string out;
  for (size_t i = 0; i < body.size(); ++i) {
    if (body[i] != '\\' || i + 1 == body.size()) {
      out += body[i];
      continue;
    }
    const char c = body[++i];
    switch (c) {
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'r': out += '\r'; break;
      case '0': out += '\0'; break;
      case '\n': break;
      case '\\':
      case '\'':
      case '"': out += c; break;
      case 'x':
        if (i + 2 < body.size() && hex_digit(body[i + 1]) >= 0 && hex_digit(body[i + 2]) >= 0) {
          out += static_cast<char>(hex_digit(body[i + 1]) * 16 + hex_digit(body[i + 2]));
          i += 2;
          break;
        }
        [[fallthrough]];
      default: out += '\\'; out += c;
    }
  }
  return out;
}

Op operator_of(std::string_view text) {
  struct Entry {
    std::string_view text;
    Op op;
  };
  static constexpr Entry kOps[] = {
      {"+", Op::kAdd},           {"-", Op::kSubtract},     {"*", Op::kMultiply},
      {"/", Op::kDivide},        {"//", Op::kFloorDivide}, {"%", Op::kModulo},
      {"**", Op::kPower},        {"&", Op::kBitAnd},       {"|", Op::kBitOr},
      {"==", Op::kEqual},        {"!=", Op::kNotEqual},    {"<>", Op::kNotEqual},
      {"<", Op::kLess},          {"<=", Op::kLessEqual},   {">", Op::kGreater},
      {">=", Op::kGreaterEqual}, {"in", Op::kIn},          {"is", Op::kIs}};
  for (const Entry& entry : kOps) {
    if (entry.text == text) return entry.op;
  }
  return text.starts_with("not") ? Op::kNotIn : Op::kIsNot;
}

}  // namespace sp::tmpl
