#pragma once
// Token and TokenList: SQL text cut into tokens, the first of the grammar's two levels. Each token
// has a one-byte code, and the codes of a text stand side by side in one string, so that the second
// level is again a PEGTL grammar: over codes instead of characters. Entry: tokenize()
// (lexical.cpp).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/core/error.h"

namespace sp::sql {

// X(enumerator, text): punctuation and token classes. Texts appear in error messages.
// clang-format off
#define SP_SQL_SYMBOLS(X)                                                                        \
  X(kEnd, "end of query") X(kWord, "a name") X(kQuotedName, "a quoted name")                     \
  X(kNumber, "a number") X(kString, "a string") X(kComma, "`,`") X(kDot, "`.`")                  \
  X(kOpenRound, "`(`") X(kCloseRound, "a closing `)`") X(kOpenSquare, "`[`")                     \
  X(kCloseSquare, "a closing `]`") X(kOpenCurly, "`{`") X(kCloseCurly, "a closing `}`")          \
  X(kPlus, "`+`") X(kMinus, "`-`") X(kStar, "`*`") X(kSlash, "`/`") X(kPercent, "`%`")           \
  X(kEquals, "`=`") X(kNotEquals, "`!=`") X(kLess, "`<`") X(kGreater, "`>`")                     \
  X(kLessOrEquals, "`<=`") X(kGreaterOrEquals, "`>=`") X(kSpaceship, "`<=>`") X(kConcat, "`||`") \
  X(kArrow, "`->`") X(kQuestion, "`?`") X(kColon, "`:`") X(kDoubleColon, "`::`")                 \
  X(kSemicolon, "`;`")                                                                           \
  /* What a rule wants as a whole; never the code of a token. */                                 \
  X(kWantExpression, "an expression") X(kWantName, "a name") X(kWantTable, "a table")            \
  X(kWantQuery, "a SELECT query") X(kWantType, "a type") X(kWantUnit, "an interval unit")        \
  X(kWantValue, "a literal value")
// clang-format on

// X(enumerator, spelling): keywords; all of them may be names where no clause is meant.
// clang-format off
#define SP_SQL_KEYWORDS(X)                                                                       \
  X(kAll, "ALL") X(kAnd, "AND") X(kAnti, "ANTI") X(kAny, "ANY") X(kApply, "APPLY")               \
  X(kArray, "ARRAY") X(kAs, "AS") X(kAsc, "ASC") X(kAscending, "ASCENDING") X(kAsof, "ASOF")     \
  X(kBetween, "BETWEEN") X(kBoth, "BOTH") X(kBy, "BY") X(kCase, "CASE") X(kCast, "CAST")         \
  X(kCollate, "COLLATE") X(kColumns, "COLUMNS") X(kCross, "CROSS") X(kCube, "CUBE")              \
  X(kCurrent, "CURRENT") X(kDate, "DATE") X(kDesc, "DESC") X(kDescending, "DESCENDING")          \
  X(kDistinct, "DISTINCT") X(kDiv, "DIV") X(kElse, "ELSE") X(kEndWord, "END")                    \
  X(kExcept, "EXCEPT") X(kExists, "EXISTS") X(kExplain, "EXPLAIN") X(kExtract, "EXTRACT")        \
  X(kFalse, "FALSE") X(kFetch, "FETCH") X(kFill, "FILL") X(kFilter, "FILTER") X(kFinal, "FINAL") \
  X(kFirst, "FIRST") X(kFollowing, "FOLLOWING") X(kFor, "FOR") X(kFormat, "FORMAT")              \
  X(kFrom, "FROM") X(kFull, "FULL") X(kGlobal, "GLOBAL") X(kGroup, "GROUP")                      \
  X(kGrouping, "GROUPING") X(kGroups, "GROUPS") X(kHaving, "HAVING") X(kIgnore, "IGNORE")        \
  X(kIlike, "ILIKE") X(kIn, "IN") X(kInner, "INNER") X(kInterpolate, "INTERPOLATE")              \
  X(kIntersect, "INTERSECT") X(kInterval, "INTERVAL") X(kInto, "INTO") X(kIs, "IS")              \
  X(kJoin, "JOIN") X(kLast, "LAST") X(kLeading, "LEADING") X(kLeft, "LEFT") X(kLike, "LIKE")     \
  X(kLimit, "LIMIT") X(kLocal, "LOCAL") X(kMaterialized, "MATERIALIZED") X(kMod, "MOD")          \
  X(kNatural, "NATURAL") X(kNext, "NEXT") X(kNot, "NOT") X(kNull, "NULL") X(kNulls, "NULLS")     \
  X(kOffset, "OFFSET") X(kOn, "ON") X(kOnly, "ONLY") X(kOr, "OR") X(kOrder, "ORDER")             \
  X(kOuter, "OUTER") X(kOver, "OVER") X(kOverlay, "OVERLAY") X(kParallel, "PARALLEL")            \
  X(kPartition, "PARTITION") X(kPaste, "PASTE") X(kPlacing, "PLACING") X(kPosition, "POSITION")  \
  X(kPreceding, "PRECEDING") X(kPrewhere, "PREWHERE") X(kQualify, "QUALIFY") X(kRange, "RANGE")  \
  X(kRecursive, "RECURSIVE") X(kRegexp, "REGEXP") X(kReplace, "REPLACE") X(kRespect, "RESPECT")  \
  X(kRight, "RIGHT") X(kRollup, "ROLLUP") X(kRow, "ROW") X(kRows, "ROWS") X(kSample, "SAMPLE")   \
  X(kSelect, "SELECT") X(kSemi, "SEMI") X(kSets, "SETS") X(kSettings, "SETTINGS")                \
  X(kStaleness, "STALENESS") X(kStep, "STEP") X(kStrict, "STRICT") X(kSubstring, "SUBSTRING")    \
  X(kThen, "THEN") X(kTies, "TIES") X(kTimestamp, "TIMESTAMP") X(kTo, "TO") X(kTotals, "TOTALS") \
  X(kTrailing, "TRAILING") X(kTrim, "TRIM") X(kTrue, "TRUE") X(kUnbounded, "UNBOUNDED")          \
  X(kUnion, "UNION") X(kUnknown, "UNKNOWN") X(kUsing, "USING") X(kWhen, "WHEN")                  \
  X(kWhere, "WHERE") X(kWindow, "WINDOW") X(kWith, "WITH")                                       \
  /* Functions that ClickHouse's parser rewrites; see date_calls.cpp. */                         \
  X(kLtrim, "LTRIM") X(kRtrim, "RTRIM") X(kDateAdd, "DATE_ADD") X(kDateSub, "DATE_SUB")          \
  X(kDateDiff, "DATE_DIFF")
// clang-format on

enum class TokenCode : uint8_t {
#define SP_X(enumerator, text) enumerator,
  SP_SQL_SYMBOLS(SP_X) SP_SQL_KEYWORDS(SP_X)
#undef SP_X
      kCount
};

constexpr bool is_keyword(TokenCode code) {
  return code >= TokenCode::kAll && code < TokenCode::kCount;
}

/// One token; `partner` is the index of the matching bracket (of brackets only).
struct Token {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t partner = 0;
};

/// A text's tokens. `codes[i]` is token i's TokenCode; the last token is kEnd.
struct TokenList {
  std::string codes;
  std::vector<Token> tokens;
};

/// Cuts `text` into tokens and pairs the brackets. Fails on unclosed quotes, comments and brackets
/// (span: the opening), on characters outside the language, and on more than `max_depth` brackets
/// open at once. Linear in the text.
Result<TokenList> tokenize(std::string_view text, uint32_t max_depth = 1000);

/// Cuts text whose brackets need not match (parts of SQL between template statements); `partner`
/// means nothing then.
Result<TokenList> tokenize_unpaired(std::string_view text);

/// "3:14": where a byte of the text stands, counted from 1 (syntax_error.cpp).
std::string line_and_column(std::string_view text, uint32_t offset);

/// Finds a bare word's keyword, ignoring case; kWord if it is none.
TokenCode keyword_of(std::string_view word);
/// The spelling of a keyword ("SELECT"), or the wording of any other code for error messages ("a
/// closing `)`").
std::string_view token_text(TokenCode code);

}  // namespace sp::sql
