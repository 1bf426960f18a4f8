// INTERVAL expressions and interval units. INTERVAL n unit becomes a kInterval node; INTERVAL '1
// hour 2 minute' a tuple of them.
// Entries: match_interval, interval_unit.

#include <array>
#include <cctype>

#include "lang/sql/grammar.h"
#include "lang/sql/literal_text.h"

namespace sp::sql::grammar {

namespace {

struct UnitNames {
  std::string_view unit;
  std::array<std::string_view, 3> short_names;
};
constexpr std::array<UnitNames, 11> kUnits = {{{"NANOSECOND", {"NS", "", ""}},
                                               {"MICROSECOND", {"US", "", ""}},
                                               {"MILLISECOND", {"MS", "", ""}},
                                               {"SECOND", {"SS", "S", ""}},
                                               {"MINUTE", {"MI", "N", ""}},
                                               {"HOUR", {"HH", "H", ""}},
                                               {"DAY", {"DD", "D", ""}},
                                               {"WEEK", {"WK", "WW", ""}},
                                               {"MONTH", {"MM", "M", ""}},
                                               {"QUARTER", {"QQ", "Q", ""}},
                                               {"YEAR", {"YYYY", "YY", ""}}}};

bool is_unit_at(const Build& b, uint32_t index) {
  return b.code(index) == Code::kWord && !interval_unit(b.source(index)).empty();
}

// `interval` may be a column: only what follows tells.
bool begins_interval(const Build& b, uint32_t index) {
  const Code next = b.code(index + 1);
  switch (next) {
    case Code::kNumber:
    case Code::kString:
    case Code::kWord:
    case Code::kQuotedName:
    case Code::kOpenCurly: return true;
    case Code::kMinus: return b.code(index + 2) == Code::kNumber && is_unit_at(b, index + 3);
    case Code::kOpenRound: return is_unit_at(b, b.token(index + 1).partner + 1);
    default:
      return is_keyword(next) && b.code(index + 2) == Code::kOpenRound &&
             !is_clause_keyword(next) && next != Code::kOr && next != Code::kAnd;
  }
}

Node make_interval(Build& b, Node amount, std::string unit, uint32_t first, uint32_t end) {
  ExprPtr expr = b.make(ExprKind::kInterval, first, end);
  expr->name = std::move(unit);
  expr->args.push_back(std::move(amount.expr));
  return b.node(std::move(expr), amount.depth + 1);
}

std::string_view next_word(std::string_view& rest) {
  while (!rest.empty() && std::isspace(static_cast<unsigned char>(rest.front())) != 0)
    rest.remove_prefix(1);
  size_t size = 0;
  while (size < rest.size() && std::isspace(static_cast<unsigned char>(rest[size])) == 0) ++size;
  const std::string_view word = rest.substr(0, size);
  rest.remove_prefix(size);
  return word;
}

// INTERVAL '1 hour 2 minute': pairs of a whole number and a unit.
Node interval_of_text(Build& b, const std::string& text, uint32_t first, uint32_t end) {
  std::vector<Node> parts;
  std::string_view rest = text;
  for (std::string_view number = next_word(rest); !number.empty(); number = next_word(rest)) {
    const bool negative = number.front() == '-';
    const std::string unit = interval_unit(next_word(rest));
    const std::string_view digits = number.substr(negative ? 1 : 0);
    const bool numeric =
        !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
    if (!numeric || unit.empty()) {
      b.stop(fail(ErrorCode::kSyntaxError,
                  "Syntax error: interval text is not a number and a unit: " + text,
                  b.span(end - 1, end), "write INTERVAL '3 day' or INTERVAL 3 DAY"));
    }
    ExprPtr amount = b.make(ExprKind::kLiteral, end - 1, end);
    amount->literal = parse_number(digits, negative).value_or(LiteralValue(uint64_t{0}));
    parts.push_back(make_interval(b, b.node(std::move(amount), 1), unit, first, end));
  }
  if (parts.size() == 1) return std::move(parts[0]);
  if (parts.empty()) {
    b.stop(fail(ErrorCode::kSyntaxError, "Syntax error: interval text is empty",
                b.span(end - 1, end)));
  }
  return b.call("tuple", std::move(parts), b.span(first, end), Spelling::kTuple);
}

}  // namespace

std::string interval_unit(std::string_view word) {
  std::string name;
  for (const char c : word) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (name.starts_with("SQL_TSI_")) name.erase(0, 8);
  for (const UnitNames& unit : kUnits) {
    if (name == unit.unit || (name.size() == unit.unit.size() + 1 && name.back() == 'S' &&
                              name.starts_with(unit.unit))) {
      return std::string(unit.unit);
    }
    for (const std::string_view short_name : unit.short_names) {
      if (!short_name.empty() && name == short_name) return std::string(unit.unit);
    }
  }
  return {};
}

bool match_interval(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (!begins_interval(b, first)) return false;
  const Nesting nesting(b, first);
  advance(in);
  if (peek(in) == Code::kString && !is_unit_at(b, first + 2)) {
    advance(in);
    b.push(interval_of_text(b, string_value(b, first + 1), first, first + 2));
    return true;
  }
  need_expression(in, b);
  Node amount = b.pop();
  if (!is_unit_at(b, index_of(in))) {
    b.expect(index_of(in), Code::kWantUnit);
    throw GrammarFailure{};
  }
  std::string unit = interval_unit(b.source(index_of(in)));
  advance(in);
  b.push(make_interval(b, std::move(amount), std::move(unit), first, index_of(in)));
  return true;
}

// DATE_ADD(unit, n, x), DATE_ADD(x, interval), DATE_SUB likewise; DATE_DIFF(unit, a, b).
bool match_date_call(Input& in, Build& b) {
  const uint32_t first = index_of(in);
  if (peek(in, b, 1) != Code::kOpenRound) return false;
  const Nesting nesting(b, first);
  const Code code = peek(in);
  const std::string unit = is_unit_at(b, first + 2) && b.code(first + 3) == Code::kComma
                               ? interval_unit(b.source(first + 2))
                               : "";
  advance(in, unit.empty() ? 2 : 4);
  std::vector<Node> args;
  match_arguments(in, b, args);
  need(in, b, Code::kCloseRound);
  const Span span = b.span(first, index_of(in));
  if (code == Code::kDateDiff) {
    if (!unit.empty()) {
      ExprPtr text = b.make(ExprKind::kLiteral, first + 2, first + 3);
      std::string lower = unit;
      for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      text->literal = std::move(lower);
      args.insert(args.begin(), b.node(std::move(text), 1));
    }
    b.push(b.call("dateDiff", std::move(args), span, Spelling::kCall));
    return true;
  }
  if (!unit.empty()) {
    if (args.size() != 2) {
      b.stop(fail(ErrorCode::kSyntaxError,
                  "Syntax error: wrong number of arguments for " + std::string(b.source(first)),
                  span, "write " + std::string(b.source(first)) + "(unit, amount, time)"));
    }
    Node interval = make_interval(b, std::move(args[0]), unit, first, index_of(in));
    args[0] = std::move(args[1]);
    args[1] = std::move(interval);
  }
  b.push(b.call(code == Code::kDateAdd ? "plus" : "minus", std::move(args), span, Spelling::kCall));
  return true;
}

}  // namespace sp::sql::grammar
