// Syntax errors: the furthest position, what was expected there, and the hint that helps most. Entry: syntax_error.
// The furthest-failure idea is Ford's (Packrat Parsing, 2002), as ClickHouse's Expected does it.

#include <algorithm>
#include <vector>

#include "lang/sql/grammar.h"

namespace sp::sql {

namespace {

using Code = TokenCode;

constexpr size_t kMostKeywords = 3;

std::string quoted(std::string_view text) {
  constexpr size_t kMostShown = 40;
  std::string out = "`" + std::string(text.substr(0, kMostShown));
  return out + (text.size() > kMostShown ? "...`" : "`");
}

std::string found_text(const Build& b, uint32_t index) {
  const Code code = b.code(index);
  if (code == Code::kEnd) return "the end of the query";
  return (is_keyword(code) ? "keyword " : "") + quoted(b.source(index));
}

std::string expected_text(Code code) {
  const std::string text(token_text(code));
  return is_keyword(code) ? "`" + text + "`" : text;
}

bool is_expected(const Build& b, Code code) { return b.expected().test(static_cast<size_t>(code)); }

// What was expected, in words: what a rule wants as a whole, symbols, then keywords. Many keywords mean that a clause could
// begin here, which is all there is to say.
std::string expectations(const Build& b) {
  if (is_expected(b, Code::kOn) && is_expected(b, Code::kUsing)) return "`ON` or `USING`";
  std::vector<std::string> wants, symbols, keywords;
  for (size_t i = 0; i < static_cast<size_t>(Code::kCount); ++i) {
    const auto code = static_cast<Code>(i);
    if (!is_expected(b, code)) continue;
    (is_keyword(code) ? keywords : code >= Code::kWantExpression ? wants : symbols).push_back(expected_text(code));
  }
  if (is_expected(b, Code::kWantExpression)) std::erase(wants, expected_text(Code::kWantName));
  std::vector<std::string> all = wants;
  all.insert(all.end(), symbols.begin(), symbols.end());
  // Beside the one thing that must come, clauses that also could say little.
  const bool must = is_expected(b, Code::kCloseRound) || is_expected(b, Code::kCloseSquare) || is_expected(b, Code::kCloseCurly);
  if (keywords.size() > kMostKeywords) keywords = {"another clause"};
  if (wants.empty() && !must) all.insert(all.end(), keywords.begin(), keywords.end());
  std::string out;
  for (size_t i = 0; i < all.size(); ++i) out += (i == 0 ? "" : i + 1 == all.size() ? " or " : ", ") + all[i];
  return out;
}

const std::vector<std::string_view>& clause_words() {
  static const std::vector<std::string_view> kWords = {"SELECT", "FROM",  "WHERE",  "PREWHERE", "GROUP", "ORDER",  "HAVING",
                                                       "LIMIT",  "OFFSET", "UNION", "JOIN",     "INNER", "LEFT",   "RIGHT",
                                                       "FULL",   "CROSS", "USING",  "SETTINGS", "FORMAT", "WINDOW", "QUALIFY",
                                                       "WITH",   "EXPLAIN", "INTERSECT", "EXCEPT", "ON", "AS"};
  return kWords;
}

// A misspelt keyword at the error, or just before it, where it was taken for an alias or a name.
std::string misspelt(const Build& b, uint32_t at) {
  for (const uint32_t index : {at, at - 1}) {
    if (index > at || b.code(index) != Code::kWord) continue;
    const std::string_view word = b.source(index);
    if (word.size() < 3) continue;
    std::vector<std::string_view> candidates;
    if (index == at) {
      for (size_t i = static_cast<size_t>(Code::kAll); i < static_cast<size_t>(Code::kCount); ++i) {
        if (b.expected().test(i)) candidates.push_back(token_text(static_cast<Code>(i)));
      }
    }
    std::string hint = did_you_mean(word, candidates);
    if (hint.empty()) hint = did_you_mean(word, clause_words());
    if (!hint.empty()) return index == at ? hint : hint + " (instead of " + quoted(word) + ")";
  }
  return {};
}

// The innermost bracket still open at the error.
std::optional<uint32_t> open_bracket(const Build& b, uint32_t at) {
  for (uint32_t i = at; i-- > 0;) {
    const Code code = b.code(i);
    const bool closes = code == Code::kCloseRound || code == Code::kCloseSquare || code == Code::kCloseCurly;
    if (closes) {
      i = b.token(i).partner;
    } else if (code == Code::kOpenRound || code == Code::kOpenSquare || code == Code::kOpenCurly) {
      return i;
    }
  }
  return std::nullopt;
}

std::string line_and_column(std::string_view text, uint32_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t newline = before.rfind('\n');
  const size_t column = newline == std::string_view::npos ? offset + 1 : offset - newline;
  return std::to_string(line) + ":" + std::to_string(column);
}

bool ends_operand(Code code) {
  return code == Code::kWord || code == Code::kQuotedName || code == Code::kNumber || code == Code::kString ||
         code == Code::kCloseRound || code == Code::kCloseSquare;
}

bool begins_value(Code code) {
  return code == Code::kWord || code == Code::kQuotedName || code == Code::kNumber || code == Code::kString;
}

// Keyword of the clause that the error lies in, looking back over closed brackets.
Code clause_before(const Build& b, uint32_t at) {
  for (uint32_t i = at; i-- > 0;) {
    const Code code = b.code(i);
    if (code == Code::kCloseRound || code == Code::kCloseSquare || code == Code::kCloseCurly) {
      i = b.token(i).partner;
      continue;
    }
    switch (code) {
      case Code::kSelect:
      case Code::kFrom:
      case Code::kWhere:
      case Code::kPrewhere:
      case Code::kHaving:
      case Code::kOn:
      case Code::kBy:
      case Code::kWhen:
      case Code::kLimit:
      case Code::kOpenRound:
      case Code::kOpenSquare: return code;
      default: break;
    }
  }
  return Code::kEnd;
}

std::string missing_operator_or_comma(const Build& b, uint32_t at) {
  if (at == 0 || !ends_operand(b.code(at - 1)) || !begins_value(b.code(at))) return {};
  switch (clause_before(b, at)) {
    case Code::kWhere:
    case Code::kPrewhere:
    case Code::kHaving:
    case Code::kOn:
    case Code::kWhen: return "an operator such as `=` or AND is missing before " + quoted(b.source(at));
    case Code::kSelect:
    case Code::kBy:
    case Code::kOpenRound:
    case Code::kOpenSquare: return "a comma is missing before " + quoted(b.source(at)) + "?";
    default: return {};
  }
}

std::string wanted_expression_hint(const Build& b, uint32_t at) {
  if (!is_expected(b, Code::kWantExpression)) return {};
  const Code before = at > 0 ? b.code(at - 1) : Code::kEnd;
  if (before == Code::kComma) return "remove the comma before " + (b.code(at) == Code::kEnd ? "the end" : quoted(b.source(at)));
  if (before == Code::kEquals && b.code(at) == Code::kEquals) return "write one `=`";
  if (is_keyword(b.code(at))) return "if it is a column's name, quote it: `" + std::string(b.source(at)) + "`";
  return {};
}

std::string hint_for(const Build& b, uint32_t at) {
  std::string hint = misspelt(b, at);
  if (hint.empty()) hint = wanted_expression_hint(b, at);
  if (hint.empty()) hint = missing_operator_or_comma(b, at);
  if (hint.empty() && b.code(at) == Code::kEquals && is_expected(b, Code::kWantUnit)) hint = "write INTERVAL 1 DAY";
  if (hint.empty() && is_expected(b, Code::kWantUnit)) hint = "write a unit after the number, as in INTERVAL 1 DAY";
  if (hint.empty() && is_expected(b, Code::kOn) && is_expected(b, Code::kUsing)) {
    hint = "a join needs ON condition or USING (columns); CROSS JOIN needs neither";
  }
  return hint;
}

}  // namespace

Error syntax_error(const Build& build) {
  const uint32_t at = build.furthest();
  const std::string expected = expectations(build);
  std::string message = "Syntax error";
  if (!expected.empty()) message += ": expected " + expected;
  message += (expected.empty() ? ": unexpected " : ", found ") + found_text(build, at);
  Error error = fail(ErrorCode::kSyntaxError, std::move(message), build.span(at, at + 1), hint_for(build, at));
  const bool wants_close = is_expected(build, Code::kCloseRound) || is_expected(build, Code::kCloseSquare) ||
                           is_expected(build, Code::kCloseCurly);
  if (const auto open = open_bracket(build, at); wants_close && open) {
    error.notes.push_back("the " + quoted(build.source(*open)) + " was opened at " +
                          line_and_column(build.text(), build.token(*open).begin));
  }
  return error;
}

}  // namespace sp::sql
