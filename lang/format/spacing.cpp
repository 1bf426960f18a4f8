// Blanks and case within a line. Entries: spelled(), blank_between().

#include "lang/format/spacing.h"

#include <algorithm>
#include <cctype>

namespace sp::format {
namespace {

using Kind = Element::Kind;
using sql::TokenCode;

bool is_token(const ElementList& elements, uint32_t i, TokenCode code) {
  return i < elements.size() && elements[i].kind == Kind::kToken && !elements[i].opaque &&
         elements[i].code == code;
}

bool is_open(TokenCode code) {
  return code == TokenCode::kOpenRound || code == TokenCode::kOpenSquare ||
         code == TokenCode::kOpenCurly;
}
bool is_close(TokenCode code) {
  return code == TokenCode::kCloseRound || code == TokenCode::kCloseSquare ||
         code == TokenCode::kCloseCurly;
}

// Keywords whose bracket is that of a call.
bool is_called(TokenCode code) {
  switch (code) {
    case TokenCode::kCast:
    case TokenCode::kExtract:
    case TokenCode::kTrim:
    case TokenCode::kLtrim:
    case TokenCode::kRtrim:
    case TokenCode::kSubstring:
    case TokenCode::kPosition:
    case TokenCode::kOverlay:
    case TokenCode::kDateAdd:
    case TokenCode::kDateSub:
    case TokenCode::kDateDiff:
    case TokenCode::kColumns:
    case TokenCode::kRollup:
    case TokenCode::kCube: return true;
    default: return false;
  }
}

bool is_value(TokenCode code) {
  return code == TokenCode::kNull || code == TokenCode::kTrue || code == TokenCode::kFalse ||
         code == TokenCode::kEndWord;
}

// Ends an operand, so that a bracket after it is a call or a subscript and a minus an operator.
bool ends_operand(const Element& element) {
  if (element.kind != Kind::kToken) return element.kind == Kind::kComment;
  if (element.opaque || is_close(element.code)) return true;
  if (sql::is_keyword(element.code)) return !element.is_keyword || is_value(element.code);
  switch (element.code) {
    case TokenCode::kWord:
    case TokenCode::kQuotedName:
    case TokenCode::kNumber:
    case TokenCode::kString: return true;
    default: return false;
  }
}

uint32_t token_before(const ElementList& elements, uint32_t i) {
  while (i-- > 0) {
    if (elements[i].kind != Kind::kComment) return i;
  }
  return kNone;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

// INTERVAL 1 day: the unit is no keyword of the grammar's, but written like one.
bool is_interval_unit(const ElementList& elements, uint32_t i) {
  if (i < 2 || !is_token(elements, i, TokenCode::kWord)) return false;
  uint32_t amount = i - 1;
  if (elements[amount].partner != kNone && elements[amount].partner < amount)
    amount = elements[amount].partner;
  if (amount > 1 && is_token(elements, amount - 1, TokenCode::kMinus)) --amount;
  if (amount == 0 || !is_token(elements, amount - 1, TokenCode::kInterval) ||
      !elements[amount - 1].is_keyword)
    return false;
  static constexpr std::string_view kUnits[] = {
      "NANOSECOND", "MICROSECOND", "MILLISECOND", "SECOND",  "MINUTE", "HOUR",
      "DAY",        "WEEK",        "MONTH",       "QUARTER", "YEAR"};
  std::string word = upper(elements[i].text);
  if (word.ends_with('S')) word.pop_back();
  return std::find(std::begin(kUnits), std::end(kUnits), word) != std::end(kUnits);
}

bool is_sign(const ElementList& elements, uint32_t i) {
  return (is_token(elements, i, TokenCode::kMinus) || is_token(elements, i, TokenCode::kPlus)) &&
         !is_binary_operator(elements, i);
}

bool blank_before_round(const Element& left) {
  if (left.kind == Kind::kComment) return true;
  if (left.is_keyword) return !is_called(left.code);
  return !ends_operand(left) || left.code == TokenCode::kString;
}

bool blank_at_colon(const ElementList& elements, uint32_t left, uint32_t right) {
  const bool after = is_token(elements, left, TokenCode::kColon);
  const uint32_t colon = after ? left : right;
  if (colon > 0 && is_token(elements, colon - 1, TokenCode::kDot))
    return false;  // json.path.:Int64
  const uint32_t open = elements[colon].partner;
  if (open == kNone) return true;
  const bool parameter = colon == open + 2 && elements[open + 1].code != TokenCode::kString &&
                         elements[open + 1].code != TokenCode::kNumber;
  return after && !parameter;
}

}  // namespace

bool is_binary_operator(const ElementList& elements, uint32_t i) {
  const uint32_t before = token_before(elements, i);
  return before != kNone && ends_operand(elements[before]);
}

std::string spelled(const ElementList& elements, uint32_t i) {
  const Element& element = elements[i];
  if (element.kind != Kind::kToken || element.opaque) return element.text;
  if (is_interval_unit(elements, i)) return upper(element.text);
  if (!element.is_keyword) return element.text;
  if (element.code == TokenCode::kTrue) return "true";
  if (element.code == TokenCode::kFalse) return "false";
  if (is_called(element.code) && is_token(elements, i + 1, TokenCode::kOpenRound))
    return element.text;
  return upper(element.text);
}

bool blank_between(const ElementList& elements, uint32_t left, uint32_t right) {
  const Element& l = elements[left];
  const Element& r = elements[right];
  const bool tokens = l.kind == Kind::kToken && r.kind == Kind::kToken;
  // Two braces in a row would be a tag.
  if (is_token(elements, left, TokenCode::kOpenCurly) &&
      (r.text.starts_with('{') || r.text.starts_with('%') || r.text.starts_with('#')))
    return true;
  if (r.kind == Kind::kToken && !r.opaque &&
      (r.code == TokenCode::kComma || r.code == TokenCode::kSemicolon || is_close(r.code)))
    return false;
  if (l.kind == Kind::kToken && !l.opaque && is_open(l.code)) return false;
  if (!tokens) return true;
  if (!r.opaque && r.code == TokenCode::kDot) {
    // 1 .x must not become the number 1.
    return l.code == TokenCode::kNumber &&
           !(left > 0 && is_token(elements, left - 1, TokenCode::kDot));
  }
  if (is_token(elements, left, TokenCode::kDot)) {
    // `. 1` behind nothing that it could belong to must not become the number .1.
    const uint32_t before = token_before(elements, left);
    return r.code == TokenCode::kNumber && (before == kNone || !ends_operand(elements[before]));
  }
  // : : and : :: must not become :: and :: :.
  if (is_token(elements, left, TokenCode::kColon) && r.text.starts_with(':')) return true;
  if (is_token(elements, left, TokenCode::kDoubleColon) ||
      is_token(elements, right, TokenCode::kDoubleColon))
    return false;
  if (is_token(elements, left, TokenCode::kColon) || is_token(elements, right, TokenCode::kColon))
    return blank_at_colon(elements, left, right);
  if (is_sign(elements, left)) return is_sign(elements, right) || r.text.starts_with('-');
  if (is_token(elements, right, TokenCode::kOpenSquare)) return !ends_operand(l);
  if (is_token(elements, right, TokenCode::kOpenRound)) return blank_before_round(l);
  return true;
}

std::string one_line(const ElementList& elements, uint32_t begin, uint32_t end) {
  std::string out;
  uint32_t before = kNone;
  for (uint32_t i = begin; i < end; ++i) {
    if (elements[i].kind == Kind::kComment) continue;
    if (before != kNone && blank_between(elements, before, i)) out += ' ';
    out += spelled(elements, i);
    before = i;
  }
  return out;
}

}  // namespace sp::format
