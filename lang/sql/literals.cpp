// Literals of the grammar: tokens to literal nodes. Texts are decoded in literal_text.cpp.

#include <limits>

#include "lang/sql/grammar.h"
#include "lang/sql/literal_text.h"

namespace sp::sql::grammar {

namespace {

bool equals_word(std::string_view word, std::string_view lower) {
  if (word.size() != lower.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if ((word[i] | 0x20) != lower[i]) return false;
  }
  return true;
}

std::optional<double> non_finite(std::string_view word) {
  if (equals_word(word, "inf") || equals_word(word, "infinity"))
    return std::numeric_limits<double>::infinity();
  if (equals_word(word, "nan")) return std::numeric_limits<double>::quiet_NaN();
  return std::nullopt;
}

}  // namespace

bool is_non_finite(const Build& b, uint32_t index) {
  if (b.code(index) != Code::kWord || !non_finite(b.source(index))) return false;
  const Code next = b.code(index + 1);
  const bool after_dot = index > 0 && b.code(index - 1) == Code::kDot;
  return !after_dot && next != Code::kOpenRound && next != Code::kDot && next != Code::kArrow;
}

ExprPtr number_literal(Build& b, uint32_t first, uint32_t index, bool negative) {
  ExprPtr expr = b.make(ExprKind::kLiteral, first, index + 1);
  const std::string_view text = b.source(index);
  if (b.code(index) == Code::kWord) {
    const double value = non_finite(text).value_or(0);
    expr->literal = negative ? -value : value;
    return expr;
  }
  std::optional<LiteralValue> value = parse_number(text, negative);
  if (!value) {
    b.stop(fail(ErrorCode::kSyntaxError,
                "Syntax error: number is out of range: " + std::string(text), expr->span,
                "the largest Float64 is about 1.8e308; larger integers need toUInt256('...')"));
  }
  expr->literal = std::move(*value);
  return expr;
}

void check_string(Build& b, uint32_t index) {
  const std::string_view text = b.source(index);
  const char prefix = static_cast<char>(text[0] | 0x20);
  if (prefix != 'x' && prefix != 'b') return;
  const std::string_view digits = text.substr(2, text.size() - 3);
  const size_t wrong = digits.find_first_not_of(prefix == 'x' ? "0123456789abcdefABCDEF" : "01");
  if (wrong == std::string_view::npos) return;
  const uint32_t at = b.token(index).begin + 2 + static_cast<uint32_t>(wrong);
  b.stop(fail(ErrorCode::kSyntaxError,
              std::string("Syntax error: not a ") + (prefix == 'x' ? "hexadecimal" : "binary") +
                  " digit in " + std::string(text),
              Span{at, at + 1},
              prefix == 'x' ? "write pairs of 0-9 and a-f, as in x'4142'"
                            : "write 0 and 1 only, as in b'01000001'"));
}

std::string string_value(const Build& b, uint32_t index) { return unquote(b.source(index)); }

bool match_literal_value(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const bool negative = peek(in) == Code::kMinus && peek(in, b, 1) == Code::kNumber;
  if (negative) advance(in);
  const uint32_t index = index_of(in);
  ExprPtr expr;
  switch (peek(in)) {
    case Code::kNumber: expr = number_literal(b, first, index, negative); break;
    case Code::kString:
      expr = b.make(ExprKind::kLiteral, first, index + 1);
      expr->literal = string_value(b, index);
      break;
    case Code::kTrue:
    case Code::kFalse:
      expr = b.make(ExprKind::kLiteral, first, index + 1);
      expr->literal = peek(in) == Code::kTrue;
      break;
    case Code::kNull: expr = b.make(ExprKind::kLiteral, first, index + 1); break;
    case Code::kWord:
      // SETTINGS x = DEFAULT: no value.
      if (!is_word(b.source(index), "DEFAULT")) {
        b.expect(index, Code::kWantValue);
        return false;
      }
      expr = b.make(ExprKind::kLiteral, first, index + 1);
      break;
    default: b.expect(index, Code::kWantValue); return false;
  }
  advance(in);
  b.push(b.node(std::move(expr), 1));
  return true;
}

}  // namespace sp::sql::grammar
