// Names: which tokens may be identifiers and aliases, and where keywords stop being names. Part of
// the grammar's second level.
// Source of the reserved aliases: ClickHouse src/Parsers/ExpressionElementParsers.cpp
// (restricted_keywords), checked word by word.

#include <cctype>

#include "lang/sql/grammar.h"
#include "lang/sql/literal_text.h"
#include "lang/sql/print.h"

namespace sp::sql::grammar {

namespace {

bool is_name(Code code) {
  return code == Code::kWord || code == Code::kQuotedName || is_keyword(code);
}

// Keywords that begin a clause and are never a column, function or bare alias, unless quoted.
bool is_hard_keyword(Code code) {
  switch (code) {
    case Code::kSelect:
    case Code::kFrom:
    case Code::kAs:
    case Code::kThen:
    case Code::kElse: return true;
    default: return false;
  }
}

// Keywords that begin or continue something, but are columns in `SELECT offset, format FROM t`.
bool is_soft_keyword(Code code) {
  switch (code) {
    case Code::kLimit:
    case Code::kOffset:
    case Code::kSettings:
    case Code::kFormat:
    case Code::kWindow:
    case Code::kExcept:
    case Code::kIntersect:
    case Code::kWith:
    case Code::kAnd:
    case Code::kOr:
    case Code::kIn:
    case Code::kIs:
    case Code::kLike:
    case Code::kIlike:
    case Code::kRegexp:
    case Code::kBetween:
    case Code::kDiv:
    case Code::kMod:
    case Code::kGlobal:
    case Code::kAll:
    case Code::kDistinct:
    case Code::kEndWord:
    case Code::kFetch:
    case Code::kSample:
    case Code::kFinal:
    case Code::kAsc:
    case Code::kDesc:
    case Code::kAscending:
    case Code::kDescending:
    case Code::kNulls:
    case Code::kCollate:
    case Code::kInner:
    case Code::kCross:
    case Code::kArray:
    case Code::kWhere:
    case Code::kPrewhere:
    case Code::kGroup:
    case Code::kHaving:
    case Code::kOrder:
    case Code::kUnion:
    case Code::kJoin:
    case Code::kUsing:
    case Code::kOn:
    case Code::kWhen:
    case Code::kBy:
    case Code::kQualify:
    case Code::kInto: return true;
    default: return false;
  }
}

// What can follow a column but not a clause keyword.
bool follows_operand(Code code) {
  switch (code) {
    case Code::kEnd:
    case Code::kComma:
    case Code::kDot:
    case Code::kCloseRound:
    case Code::kOpenSquare:
    case Code::kCloseSquare:
    case Code::kAs:
    case Code::kFrom:
    case Code::kPlus:
    case Code::kSlash:
    case Code::kPercent:
    case Code::kEquals:
    case Code::kNotEquals:
    case Code::kLess:
    case Code::kGreater:
    case Code::kLessOrEquals:
    case Code::kGreaterOrEquals:
    case Code::kSpaceship:
    case Code::kConcat:
    case Code::kDoubleColon:
    case Code::kQuestion:
    case Code::kSemicolon:
    case Code::kIs: return true;
    default: return false;
  }
}

// Clause words that are plausible columns may also stand before an infix word: format NOT IN (...),
// sample ASC.
bool is_plausible_column(Code code) {
  switch (code) {
    case Code::kLimit:
    case Code::kOffset:
    case Code::kSettings:
    case Code::kFormat:
    case Code::kWindow:
    case Code::kFinal:
    case Code::kSample:
    case Code::kArray:
    case Code::kGroup:
    case Code::kOrder: return true;
    default: return false;
  }
}

bool is_infix_word(Code code) {
  switch (code) {
    case Code::kAnd:
    case Code::kOr:
    case Code::kNot:
    case Code::kIn:
    case Code::kLike:
    case Code::kIlike:
    case Code::kRegexp:
    case Code::kBetween:
    case Code::kDiv:
    case Code::kMod:
    case Code::kMinus:
    case Code::kStar:
    case Code::kColon:
    case Code::kThen:
    case Code::kElse:
    case Code::kEndWord:
    case Code::kAsc:
    case Code::kDesc:
    case Code::kNulls: return true;
    default: return false;
  }
}

}  // namespace

bool is_clause_keyword(Code code) {
  switch (code) {
    case Code::kAll:
    case Code::kAnti:
    case Code::kAny:
    case Code::kArray:
    case Code::kAs:
    case Code::kAsof:
    case Code::kBetween:
    case Code::kCross:
    case Code::kDiv:
    case Code::kElse:
    case Code::kExcept:
    case Code::kFetch:
    case Code::kFinal:
    case Code::kFormat:
    case Code::kFrom:
    case Code::kFull:
    case Code::kGlobal:
    case Code::kGroup:
    case Code::kHaving:
    case Code::kIlike:
    case Code::kIn:
    case Code::kInner:
    case Code::kIntersect:
    case Code::kInto:
    case Code::kIs:
    case Code::kJoin:
    case Code::kLeft:
    case Code::kLike:
    case Code::kLimit:
    case Code::kMod:
    case Code::kNatural:
    case Code::kNot:
    case Code::kOffset:
    case Code::kOn:
    case Code::kOnly:
    case Code::kOr:
    case Code::kOrder:
    case Code::kParallel:
    case Code::kPaste:
    case Code::kPrewhere:
    case Code::kQualify:
    case Code::kRegexp:
    case Code::kRight:
    case Code::kSample:
    case Code::kSelect:
    case Code::kSemi:
    case Code::kSettings:
    case Code::kUnion:
    case Code::kUsing:
    case Code::kWhere:
    case Code::kWindow:
    case Code::kWith: return true;
    default: return false;
  }
}

bool begins_parameter(const Build& b, uint32_t index) {
  return b.code(index) == Code::kOpenCurly && is_name(b.code(index + 1)) &&
         b.code(index + 2) == Code::kColon;
}

bool match_name_part(Input& in, Build& b, CompoundName& name) {
  if (peek(in) != Code::kOpenCurly) {
    if (!match_name(in, b)) return false;
    name.parts.push_back(std::move(b.names.back().text));
    b.names.pop_back();
    return true;
  }
  const uint32_t first = index_of(in);
  if (!begins_parameter(b, first)) {
    b.expect(first + 1, Code::kWantName);
    return false;
  }
  advance(in);
  if (!match_name(in, b)) return false;
  std::string parameter = std::move(b.names.back().text);
  b.names.pop_back();
  advance(in);
  if (peek(in) != Code::kWord || b.source(index_of(in)) != "Identifier" ||
      b.code(index_of(in) + 1) != Code::kCloseCurly) {
    b.stop(fail(ErrorCode::kSyntaxError,
                "Syntax error: a parameter that names a table or column has the type Identifier",
                b.span(first, index_of(in) + 2),
                "write {" + quote_identifier(parameter) + ":Identifier}"));
  }
  advance(in, 2);
  const auto part = static_cast<uint32_t>(name.parts.size());
  name.parameters.push_back({part, std::move(parameter), b.span(first, index_of(in))});
  name.parts.emplace_back();
  return true;
}

bool begins_operand(const Build& b, uint32_t index) {
  const Code code = b.code(index);
  const Code next = b.code(index + 1);
  switch (code) {
    case Code::kWord:
    case Code::kQuotedName:
    case Code::kNumber:
    case Code::kString:
    case Code::kOpenRound:
    case Code::kOpenSquare:
    case Code::kOpenCurly:
    case Code::kStar:
    case Code::kMinus:
    case Code::kPlus:
    case Code::kNot: return true;
    default: break;
  }
  if (!is_keyword(code) || is_hard_keyword(code)) return false;
  if (!is_soft_keyword(code)) return true;
  if (next == Code::kOpenRound) {
    return code != Code::kLimit && code != Code::kOffset && code != Code::kWith &&
           code != Code::kSample && code != Code::kExcept && code != Code::kIntersect &&
           code != Code::kFetch && code != Code::kAll && code != Code::kDistinct &&
           code != Code::kWhere && code != Code::kPrewhere && code != Code::kHaving &&
           code != Code::kUnion && code != Code::kJoin && code != Code::kUsing &&
           code != Code::kOn && code != Code::kBy && code != Code::kWhen &&
           code != Code::kQualify && code != Code::kInto;
  }
  return follows_operand(next) || (is_plausible_column(code) && is_infix_word(next));
}

std::string name_text(const Build& b, uint32_t index) {
  b.note_name(index);
  if (b.code(index) == Code::kQuotedName) return unquote(b.source(index));
  return std::string(b.source(index));
}

bool is_word(std::string_view text, std::string_view upper) {
  if (text.size() != upper.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (std::toupper(static_cast<unsigned char>(text[i])) != upper[i]) return false;
  }
  return true;
}

bool match_name(Input& in, Build& b) {
  const uint32_t index = index_of(in);
  if (!is_name(peek(in))) {
    b.expect(index, Code::kWantName);
    return false;
  }
  const bool quoted = peek(in) == Code::kQuotedName;
  if (quoted && (b.source(index).size() <= 2 ||
                 (b.source(index)[0] == '\xE2' && b.source(index).size() <= 6))) {
    b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: a quoted name is empty",
                b.span(index, index + 1), "write a name between the quotes"));
  }
  b.names.push_back({name_text(b, index), quoted});
  advance(in);
  return true;
}

bool match_bare_alias(Input& in, Build& b) {
  if (is_clause_keyword(peek(in)) || !is_name(peek(in))) return false;
  return match_name(in, b);
}

}  // namespace sp::sql::grammar
