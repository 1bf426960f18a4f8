// Calls with a syntax of their own: CASE, CAST, EXTRACT, TRIM, SUBSTRING, POSITION, OVERLAY,
// EXISTS, DATE and TIMESTAMP literals. Each becomes the function call that ClickHouse makes of it.
// Entry: match_special_call, at the keyword.

#include <algorithm>
#include <array>
#include <cctype>

#include "lang/sql/grammar.h"

namespace sp::sql::grammar {

namespace {

Node needed(Input& in, Build& b) {
  need_expression(in, b);
  return b.pop();
}

// CASE [x] WHEN a THEN b ... [ELSE c] END: multiIf, or caseWithExpression. Without ELSE the last
// argument is NULL.
bool match_case(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (peek(in, b, 1) != Code::kWhen && !begins_operand(b, first + 1)) return false;
  const Code next = peek(in, b, 1);
  if (next == Code::kPlus || next == Code::kMinus || next == Code::kStar ||
      next == Code::kOpenRound || next == Code::kOpenSquare || next == Code::kNot) {
    // `case - 1` could be either; a WHEN before the statement's end, not too far away, decides for
    // the expression.
    constexpr uint32_t kMostTokens = 1000;
    uint32_t i = first + 1;
    for (uint32_t seen = 0; seen < kMostTokens && b.code(i) != Code::kWhen &&
                            b.code(i) != Code::kEnd && b.code(i) != Code::kComma;
         ++seen) {
      i = b.token(i).partner > i ? b.token(i).partner + 1 : i + 1;
    }
    if (b.code(i) != Code::kWhen) return false;
  } else if (next != Code::kWhen && is_clause_keyword(next) && peek(in, b, 2) != Code::kOpenRound) {
    return false;
  }
  const Nesting nesting(b, first);
  advance(in);
  std::vector<Node> args;
  const bool with_expression = peek(in) != Code::kWhen;
  if (with_expression) args.push_back(needed(in, b));
  need(in, b, Code::kWhen);
  do {
    args.push_back(needed(in, b));
    need(in, b, Code::kThen);
    args.push_back(needed(in, b));
  } while (accept(in, b, Code::kWhen));
  if (accept(in, b, Code::kElse)) {
    args.push_back(needed(in, b));
  } else {
    args.push_back(b.node(b.make(ExprKind::kLiteral, index_of(in), index_of(in)), 1));
  }
  need(in, b, Code::kEndWord);
  b.push(b.call(with_expression ? "caseWithExpression" : "multiIf", std::move(args),
                b.span(first, index_of(in)), Spelling::kCase));
  return true;
}

// CAST(x AS T), and CAST(x, 'T') where T is a literal; CAST(x, expr) stays a call.
bool match_cast(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  advance(in, 2);
  Node value = needed(in, b);
  std::string type;
  if (peek(in) == Code::kAs && (peek(in, b, 2) == Code::kAs || peek(in, b, 2) == Code::kComma)) {
    advance(in);  // CAST(x AS alias AS T), CAST(x AS alias, 'T')
    if (!match_name(in, b)) throw GrammarFailure{};
    value.expr->alias = std::move(b.names.back().text);
    b.names.pop_back();
  }
  if (accept(in, b, Code::kAs)) {
    if (!match_type(in, b)) throw GrammarFailure{};
    type = std::move(b.types.back());
    b.types.pop_back();
  } else {
    need(in, b, Code::kComma);
    if (peek(in) != Code::kString || peek(in, b, 1) != Code::kCloseRound) {
      std::vector<Node> args;
      args.push_back(std::move(value));
      args.push_back(needed(in, b));
      need(in, b, Code::kCloseRound);
      b.push(b.call("CAST", std::move(args), b.span(first, index_of(in)), Spelling::kCall));
      return true;
    }
    type = string_value(b, index_of(in));
    advance(in);
  }
  need(in, b, Code::kCloseRound);
  ExprPtr expr = b.make(ExprKind::kCast, first, index_of(in));
  expr->spelling = Spelling::kCast;
  expr->type_text = std::move(type);
  expr->args.push_back(std::move(value.expr));
  b.push(b.node(std::move(expr), value.depth + 1));
  return true;
}

struct ExtractForm {
  std::string_view unit;
  const char* function;
};
constexpr std::array<ExtractForm, 15> kExtractForms = {{{"NANOSECOND", "toNanosecond"},
                                                        {"MICROSECOND", "toMicrosecond"},
                                                        {"MILLISECOND", "toMillisecond"},
                                                        {"SECOND", "toSecond"},
                                                        {"MINUTE", "toMinute"},
                                                        {"HOUR", "toHour"},
                                                        {"DAY", "toDayOfMonth"},
                                                        {"WEEK", "toISOWeek"},
                                                        {"MONTH", "toMonth"},
                                                        {"QUARTER", "toQuarter"},
                                                        {"YEAR", "toYear"},
                                                        {"DOY", "toDayOfYear"},
                                                        {"EPOCH", "toUnixTimestamp"},
                                                        {"ISODOW", "toDayOfWeek"},
                                                        {"ISOYEAR", "toISOYear"}}};

std::string upper(std::string_view word) {
  std::string out(word);
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

// CENTURY and MILLENNIUM begin with the year 1 of 100 or 1000; a DECADE is the year divided by 10.
Node years_of(Build& b, std::string_view unit, Node year, Span span) {
  const auto with_number = [&](const char* function, Node left, uint64_t number) {
    ExprPtr literal = b.make(ExprKind::kLiteral, 0, 0);
    literal->span = span;
    literal->literal = number;
    std::vector<Node> args;
    args.push_back(std::move(left));
    args.push_back(b.node(std::move(literal), 1));
    return b.call(function, std::move(args), span, Spelling::kExtract);
  };
  if (unit == "DECADE") return with_number("intDiv", std::move(year), 10);
  Node whole = with_number("intDiv", with_number("minus", std::move(year), 1),
                           unit == "CENTURY" ? 100 : 1000);
  return with_number("plus", std::move(whole), 1);
}

// EXTRACT(unit FROM x); extract(text, pattern) is an ordinary function.
bool match_extract(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (b.code(first + 3) != Code::kFrom) return false;
  const std::string word = upper(b.source(first + 2));
  std::string unit = interval_unit(word);
  if (unit.empty()) unit = word;
  const auto form = std::find_if(kExtractForms.begin(), kExtractForms.end(),
                                 [&](const ExtractForm& f) { return f.unit == unit; });
  const bool day_of_week = unit == "DOW";
  const bool years = unit == "DECADE" || unit == "CENTURY" || unit == "MILLENNIUM";
  if (form == kExtractForms.end() && !day_of_week && !years) {
    b.stop(fail(
        ErrorCode::kSyntaxError, "Syntax error: EXTRACT knows no such unit: " + word,
        b.span(first + 2, first + 3),
        did_you_mean(word, {"SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR",
                            "DOW", "DOY", "EPOCH", "ISOYEAR", "DECADE", "CENTURY", "MILLENNIUM"})));
  }
  const Nesting nesting(b, first);
  advance(in, 4);
  std::vector<Node> args;
  args.push_back(needed(in, b));
  need(in, b, Code::kCloseRound);
  if (day_of_week) {
    ExprPtr mode = b.make(ExprKind::kLiteral, first, first + 1);
    mode->literal = uint64_t{2};  // Sunday is 0
    args.push_back(b.node(std::move(mode), 1));
  }
  const Span span = b.span(first, index_of(in));
  Node call = b.call(day_of_week ? "toDayOfWeek"
                     : years     ? "toYear"
                                 : form->function,
                     std::move(args), span, Spelling::kExtract);
  b.push(years ? years_of(b, unit, std::move(call), span) : std::move(call));
  return true;
}

// TRIM([BOTH | LEADING | TRAILING] characters FROM x), TRIM(x), LTRIM(x), RTRIM(x).
bool match_trim(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  const Code code = peek(in);
  const char* function = code == Code::kLtrim   ? "trimLeft"
                         : code == Code::kRtrim ? "trimRight"
                                                : "trimBoth";
  advance(in, 2);
  std::vector<Node> args;
  const Code side = peek(in);
  const bool sided = code == Code::kTrim &&
                     (side == Code::kBoth || side == Code::kLeading || side == Code::kTrailing) &&
                     begins_operand(b, index_of(in) + 1);
  if (sided) {
    function = side == Code::kBoth ? "trimBoth" : side == Code::kLeading ? "trimLeft" : "trimRight";
    advance(in);
    Node characters = needed(in, b);
    need(in, b, Code::kFrom);
    args.push_back(needed(in, b));
    args.push_back(std::move(characters));
  } else {
    match_arguments(in, b, args);
  }
  need(in, b, Code::kCloseRound);
  b.push(b.call(function, std::move(args), b.span(first, index_of(in)),
                sided ? Spelling::kTrim : Spelling::kCall));
  return true;
}

// SUBSTRING(x FROM a [FOR b]) and SUBSTRING(x, a, b); OVERLAY(x PLACING y FROM a [FOR b]);
// POSITION(x IN y).
bool match_keyword_arguments(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  const Code code = peek(in);
  const bool overlay = code == Code::kOverlay;
  advance(in, 2);
  std::vector<Node> args;
  Spelling spelling = Spelling::kCall;
  if (peek(in) != Code::kCloseRound) {
    if (!match_aliased(in, b)) throw GrammarFailure{};
    args.push_back(b.pop());
    if (overlay && accept(in, b, Code::kPlacing)) {
      args.push_back(needed(in, b));
      if (peek(in) != Code::kFrom) need(in, b, Code::kFrom);
      spelling = Spelling::kOverlay;
    }
    if (accept(in, b, Code::kFrom)) {
      if (!overlay) spelling = Spelling::kSubstring;
      args.push_back(needed(in, b));
      if (accept(in, b, Code::kFor)) args.push_back(needed(in, b));
    } else {
      while (accept(in, b, Code::kComma)) {
        if (!match_aliased(in, b)) throw GrammarFailure{};
        args.push_back(b.pop());
      }
    }
  }
  need(in, b, Code::kCloseRound);
  b.push(b.call(overlay ? "overlay" : "substring", std::move(args), b.span(first, index_of(in)),
                spelling));
  return true;
}

// POSITION(needle IN haystack) is position(haystack, needle).
bool match_position(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  const Nesting nesting(b, first);
  advance(in, 2);
  std::vector<Node> args;
  match_arguments(in, b, args);
  need(in, b, Code::kCloseRound);
  Spelling spelling = Spelling::kCall;
  if (args.size() == 1 && args[0].expr->name == "in" &&
      args[0].expr->spelling == Spelling::kOperator && !args[0].expr->parenthesized) {
    Node membership = std::move(args[0]);
    args.clear();
    args.push_back({std::move(membership.expr->args[1]), membership.depth - 1});
    args.push_back({std::move(membership.expr->args[0]), membership.depth - 1});
    spelling = Spelling::kPosition;
  }
  b.push(b.call("position", std::move(args), b.span(first, index_of(in)), spelling));
  return true;
}

bool match_exists(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (!begins_query(b, first + 2)) return false;
  const Nesting nesting(b, first);
  advance(in, 2);
  std::vector<Node> args;
  if (peek(in) == Code::kOpenRound) {
    if (!match_query(in, b)) throw GrammarFailure{};
    ExprPtr query = b.make(ExprKind::kSubquery, first + 2, index_of(in));
    query->subquery = std::move(b.queries.back());
    b.queries.pop_back();
    args.push_back(b.node(std::move(query), b.subquery_depth + 1));
  } else {
    match_arguments(in, b, args);
  }
  need(in, b, Code::kCloseRound);
  b.push(b.call("exists", std::move(args), b.span(first, index_of(in)), Spelling::kExists));
  return true;
}

// DATE '2024-01-01' is toDate(...), TIMESTAMP '...' is toDateTime(...).
bool match_date_literal(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (peek(in, b, 1) != Code::kString) return false;
  ExprPtr text = b.make(ExprKind::kLiteral, first + 1, first + 2);
  text->literal = string_value(b, first + 1);
  std::vector<Node> args;
  args.push_back(b.node(std::move(text), 1));
  const char* function = peek(in) == Code::kDate ? "toDate" : "toDateTime";
  advance(in, 2);
  b.push(b.call(function, std::move(args), b.span(first, index_of(in)), Spelling::kDateLiteral));
  return true;
}

}  // namespace

bool match_special_call(Input& in, Build& b) {
  const bool call = peek(in, b, 1) == Code::kOpenRound;
  switch (peek(in)) {
    case Code::kCase: return match_case(in, b);
    case Code::kDate:
    case Code::kTimestamp: return match_date_literal(in, b);
    case Code::kCast: return call && match_cast(in, b);
    case Code::kExtract: return call && match_extract(in, b);
    case Code::kTrim:
    case Code::kLtrim:
    case Code::kRtrim: return call && match_trim(in, b);
    case Code::kSubstring:
    case Code::kOverlay: return call && match_keyword_arguments(in, b);
    case Code::kPosition: return call && match_position(in, b);
    case Code::kExists: return call && match_exists(in, b);
    default: return false;
  }
}

}  // namespace sp::sql::grammar
