// Syntax errors: the furthest position, what was expected there, and the hint that helps most.
// Entry: syntax_error.
// The furthest-failure idea is Ford's (Packrat Parsing, 2002), as ClickHouse's Expected does it.

#include <algorithm>
#include <cctype>
#include <vector>

#include "lang/sql/grammar.h"

namespace sp::sql {

namespace {

using Code = TokenCode;
using grammar::is_word;

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

// Words that begin a clause: where one of them could stand, a whole clause could.
bool begins_clause(Code code) {
  switch (code) {
    case Code::kWhere:
    case Code::kGroup:
    case Code::kOrder:
    case Code::kLimit:
    case Code::kUnion:
    case Code::kSettings: return true;
    default: return false;
  }
}

// What was expected, in words: what a rule wants as a whole, symbols, then keywords. Many keywords
// mean that a clause could begin here, which is all there is to say; of many others only the one
// that must come in the end.
std::string expectations(const Build& b) {
  if (is_expected(b, Code::kOn) && is_expected(b, Code::kUsing)) return "`ON` or `USING`";
  std::vector<std::string> wants, symbols, keywords;
  bool clause = false;
  for (size_t i = 0; i < static_cast<size_t>(Code::kCount); ++i) {
    const auto code = static_cast<Code>(i);
    if (!is_expected(b, code)) continue;
    // An alias's brackets and a name's dot could come after any name: no news.
    const bool noise =
        (code == Code::kDot || code == Code::kOpenRound) && is_expected(b, Code::kEnd);
    clause = clause || begins_clause(code);
    if (!noise)
      (is_keyword(code)                ? keywords
       : code >= Code::kWantExpression ? wants
                                       : symbols)
          .push_back(expected_text(code));
  }
  if (is_expected(b, Code::kWantExpression)) std::erase(wants, expected_text(Code::kWantName));
  std::vector<std::string> all = wants;
  all.insert(all.end(), symbols.begin(), symbols.end());
  // Beside the one thing that must come, clauses that also could say little.
  const bool must = is_expected(b, Code::kCloseRound) || is_expected(b, Code::kCloseSquare) ||
                    is_expected(b, Code::kCloseCurly);
  if (keywords.size() > kMostKeywords && clause) keywords = {"another clause"};
  if (keywords.size() > kMostKeywords && is_expected(b, Code::kJoin))
    keywords = {expected_text(Code::kJoin)};
  if (wants.empty() && !must) all.insert(all.end(), keywords.begin(), keywords.end());
  std::string out;
  for (size_t i = 0; i < all.size(); ++i)
    out += (i == 0 ? "" : i + 1 == all.size() ? " or " : ", ") + all[i];
  return out;
}

const std::vector<std::string_view>& clause_words() {
  static const std::vector<std::string_view> kWords = {
      "SELECT", "FROM",    "WHERE",     "PREWHERE", "GROUP",  "ORDER",  "HAVING",
      "LIMIT",  "OFFSET",  "UNION",     "JOIN",     "INNER",  "LEFT",   "RIGHT",
      "FULL",   "CROSS",   "USING",     "SETTINGS", "FORMAT", "WINDOW", "QUALIFY",
      "WITH",   "EXPLAIN", "INTERSECT", "EXCEPT",   "ON",     "AS",     "PARTITION"};
  return kWords;
}

// A misspelt keyword at the error, or just before it, where it was taken for an alias or a name.
std::string misspelt(const Build& b, uint32_t at) {
  for (const uint32_t index : {at, at - 1}) {
    if (index > at || b.code(index) != Code::kWord) continue;
    const std::string_view word = b.source(index);
    if (is_word(word, "GROUPBY")) return "write `GROUP BY` as two words";
    if (is_word(word, "ORDERBY")) return "write `ORDER BY` as two words";
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
    const bool closes =
        code == Code::kCloseRound || code == Code::kCloseSquare || code == Code::kCloseCurly;
    if (closes) {
      i = b.token(i).partner;
    } else if (code == Code::kOpenRound || code == Code::kOpenSquare || code == Code::kOpenCurly) {
      return i;
    }
  }
  return std::nullopt;
}

bool ends_operand(Code code) {
  return code == Code::kWord || code == Code::kQuotedName || code == Code::kNumber ||
         code == Code::kString || code == Code::kCloseRound || code == Code::kCloseSquare;
}

bool begins_value(Code code) {
  return code == Code::kWord || code == Code::kQuotedName || code == Code::kNumber ||
         code == Code::kString;
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
    case Code::kWhen:
      return "an operator such as `=` or AND is missing before " + quoted(b.source(at));
    case Code::kSelect:
    case Code::kBy:
    case Code::kOpenRound:
    case Code::kOpenSquare: return "a comma is missing before " + quoted(b.source(at)) + "?";
    default: return {};
  }
}

// Clauses in the order in which they may stand; a rank for each, 0 for other words.
int clause_rank(Code code) {
  switch (code) {
    case Code::kFrom: return 1;
    case Code::kPrewhere: return 2;
    case Code::kWhere: return 3;
    case Code::kGroup: return 4;
    case Code::kHaving: return 5;
    case Code::kWindow: return 6;
    case Code::kQualify: return 7;
    case Code::kOrder: return 8;
    case Code::kLimit: return 9;
    case Code::kOffset: return 10;
    case Code::kSettings: return 11;
    case Code::kFormat: return 12;
    default: return 0;
  }
}

std::string wanted_expression_hint(const Build& b, uint32_t at) {
  if (!is_expected(b, Code::kWantExpression)) return {};
  const Code before = at > 0 ? b.code(at - 1) : Code::kEnd;
  const Code found = b.code(at);
  if (before == Code::kComma)
    return "remove the comma before " + (found == Code::kEnd ? "the end" : quoted(b.source(at)));
  if (before == Code::kEquals && found == Code::kEquals) return "write one `=`";
  if (before == Code::kWith && found == Code::kSelect)
    return "WITH needs `name AS (SELECT ...)` or `expression AS name`";
  if ((before == Code::kSelect || before == Code::kDistinct) && found == Code::kFrom)
    return "name columns before FROM, or write `*` for all";
  if (found == Code::kPercent || found == Code::kQuestion || found == Code::kColon)
    return "write a parameter as {name:Type}";
  if (found == Code::kSelect) return "write a query inside an expression in brackets: (SELECT ...)";
  // A clause that follows means that something before it is missing; so do the words inside
  // expressions.
  if (clause_rank(found) > 0) return {};
  switch (found) {
    case Code::kAs:
    case Code::kThen:
    case Code::kElse:
    case Code::kEndWord:
    case Code::kAnd:
    case Code::kOr:
    case Code::kNot:
    case Code::kBy: return {};
    default: break;
  }
  if (is_keyword(found))
    return "if it is a column's name, quote it: `" + std::string(b.source(at)) + "`";
  return {};
}

std::string clause_name(Code code) {
  const std::string word(token_text(code));
  return "`" + (code == Code::kGroup || code == Code::kOrder ? word + " BY`" : word + "`");
}

// A clause that comes too late, or twice.
std::string misplaced_clause(const Build& b, uint32_t at) {
  const int rank = clause_rank(b.code(at));
  if (rank == 0) return {};
  Code later = Code::kEnd;
  for (uint32_t i = at; i-- > 0;) {
    const Code code = b.code(i);
    if (code == Code::kCloseRound || code == Code::kCloseSquare || code == Code::kCloseCurly) {
      i = b.token(i).partner;
      continue;
    }
    if (code == Code::kSelect || code == Code::kOpenRound || code == Code::kUnion) break;
    if (clause_rank(code) == rank && code == b.code(at)) {
      return clause_name(code) + " stands twice" +
             (code == Code::kWhere || code == Code::kHaving ? ": join the conditions with AND"
                                                            : "");
    }
    if (clause_rank(code) > rank) later = code;
  }
  return later == Code::kEnd ? "" : clause_name(b.code(at)) + " goes before " + clause_name(later);
}

// What is wrong by the words around the error.
std::string phrase_hint(const Build& b, uint32_t at) {
  const Code found = b.code(at);
  const Code before = at > 0 ? b.code(at - 1) : Code::kEnd;
  const Code earlier = at > 1 ? b.code(at - 2) : Code::kEnd;
  if (is_expected(b, Code::kBy) && before == Code::kGroup) return "write GROUP BY";
  if (is_expected(b, Code::kBy) && before == Code::kOrder) return "write ORDER BY";
  if (before == Code::kFrom && earlier == Code::kAs) return "a name is missing between AS and FROM";
  if (found == Code::kSelect && (before == Code::kSemicolon || is_expected(b, Code::kEnd))) {
    return "one query at a time: join two by UNION ALL, or send them one after another";
  }
  if (before == Code::kSelect && earlier == Code::kAs)
    return "write the query in brackets: WITH name AS (SELECT ...)";
  if (found == Code::kSelect && is_expected(b, Code::kAs) && before == Code::kCloseRound)
    return "write WITH name AS (SELECT ...)";
  if (found == Code::kEnd && is_expected(b, Code::kSelect) && is_expected(b, Code::kComma))
    return "a SELECT follows the WITH clause";
  if (found == Code::kNot && is_expected(b, Code::kEnd))
    return "after a value NOT goes with IN, LIKE, ILIKE or BETWEEN";
  if (found == Code::kComma && earlier == Code::kIn) return "write the list in brackets: IN (1, 2)";
  if (is_expected(b, Code::kAnd) && !is_expected(b, Code::kEnd) &&
      !is_expected(b, Code::kCloseRound)) {
    return "BETWEEN takes two values: BETWEEN 1 AND 2";
  }
  if (is_expected(b, Code::kEndWord) && is_expected(b, Code::kWhen)) return "close CASE with END";
  if (found == Code::kArray && is_expected(b, Code::kEnd)) return "write ARRAY JOIN";
  if (found == Code::kOn && is_expected(b, Code::kEnd))
    return "CROSS JOIN takes no condition: write JOIN ... ON";
  if (before == Code::kFetch) return "write FETCH FIRST 5 ROWS ONLY";
  if (found == Code::kCloseCurly && before != Code::kColon && is_expected(b, Code::kColon)) {
    return at > 2 && b.code(at - 3) == Code::kOpenCurly
               ? "only a text whose first line is % is a template: there {{...}} is replaced"
               : "write a parameter as {name:Type}";
  }
  const bool number = found == Code::kNumber && before == Code::kNumber;
  if (number && (earlier == Code::kLimit || earlier == Code::kOffset))
    return "write LIMIT 10 OFFSET 5, or LIMIT 5, 10";
  return {};
}

// A misspelt unit after INTERVAL n.
std::string unit_hint(const Build& b, uint32_t at) {
  if (!is_expected(b, Code::kWantUnit)) return {};
  if (b.code(at) == Code::kWord) {
    std::string word(b.source(at));
    for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    std::string hint = did_you_mean(word, {"SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH",
                                           "QUARTER", "YEAR", "MILLISECOND"});
    if (!hint.empty()) return hint;
  }
  return "write a unit after the number, as in INTERVAL 1 DAY";
}

// What to write, by what was expected alone.
std::string plain_hint(const Build& b, uint32_t at) {
  const std::string after = at > 0 ? " after " + quoted(b.source(at - 1)) : "";
  if (is_expected(b, Code::kWantExpression))
    return "a value, a column or a function is missing" + after;
  if (is_expected(b, Code::kWantTable)) return "name a table, or write a query in brackets";
  if (is_expected(b, Code::kWantQuery)) return "begin with SELECT or WITH";
  if (is_expected(b, Code::kWantType)) return "write a type, such as Int64 or DateTime('UTC')";
  if (is_expected(b, Code::kWantValue))
    return "write a number, a text in quotes, true, false or NULL";
  if (is_expected(b, Code::kFollowing)) return "write 1 PRECEDING, CURRENT ROW or 1 FOLLOWING";
  if (is_expected(b, Code::kUnknown) ||
      (is_expected(b, Code::kNull) && is_expected(b, Code::kDistinct))) {
    return "write IS NULL, IS NOT NULL or IS DISTINCT FROM";
  }
  if (is_expected(b, Code::kEnd) && is_expected(b, Code::kEquals)) return "write name = value";
  if (is_expected(b, Code::kJoin) && !is_expected(b, Code::kEnd))
    return "write LEFT JOIN table ON condition";
  if (is_expected(b, Code::kAs) && is_expected(b, Code::kComma)) return "write CAST(value AS Type)";
  if (is_expected(b, Code::kAs)) return "write AS and a name";
  if (is_expected(b, Code::kWantName) && b.code(at) == Code::kNumber)
    return "a name begins with a letter; quote others: `" + std::string(b.source(at)) + "`";
  if (is_expected(b, Code::kWantName)) return "a name is missing" + after;
  if (is_expected(b, Code::kEnd))
    return "remove it, or put an operator, a comma or a keyword before it";
  return {};
}

std::string hint_for(const Build& b, uint32_t at) {
  std::string hint = unit_hint(b, at);
  if (hint.empty()) hint = misspelt(b, at);
  if (hint.empty()) hint = phrase_hint(b, at);
  if (hint.empty()) hint = misplaced_clause(b, at);
  if (hint.empty()) hint = wanted_expression_hint(b, at);
  const bool keyword_only = is_expected(b, Code::kThen) || is_expected(b, Code::kFill);
  const bool setting = is_expected(b, Code::kEnd) && is_expected(b, Code::kEquals);
  if (hint.empty() && !keyword_only && !setting) hint = missing_operator_or_comma(b, at);
  if (hint.empty() && is_expected(b, Code::kOn) && is_expected(b, Code::kUsing)) {
    hint = "a join needs ON condition or USING (columns); CROSS JOIN needs neither";
  }
  if (hint.empty()) hint = plain_hint(b, at);
  return hint;
}

}  // namespace

std::string line_and_column(std::string_view text, uint32_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const size_t newline = before.rfind('\n');
  const size_t column = newline == std::string_view::npos ? offset + 1 : offset - newline;
  return std::to_string(line) + ":" + std::to_string(column);
}

Error syntax_error(const Build& build) {
  const uint32_t at = build.furthest();
  const std::string expected = expectations(build);
  std::string message = "Syntax error";
  if (!expected.empty()) message += ": expected " + expected;
  message += (expected.empty() ? ": unexpected " : ", found ") + found_text(build, at);
  Error error = fail(ErrorCode::kSyntaxError, std::move(message), build.span(at, at + 1),
                     hint_for(build, at));
  const bool wants_close = is_expected(build, Code::kCloseRound) ||
                           is_expected(build, Code::kCloseSquare) ||
                           is_expected(build, Code::kCloseCurly);
  if (const auto open = open_bracket(build, at); wants_close && open) {
    error.notes.push_back("the " + quoted(build.source(*open)) + " was opened at " +
                          line_and_column(build.text(), build.token(*open).begin));
  }
  return error;
}

}  // namespace sp::sql
