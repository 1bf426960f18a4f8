#pragma once
// Parsing of the text inside {{ }} and {% %}. PEGTL grammar of the Python subset; entries below.

#include <string>
#include <string_view>
#include <vector>

#include "lang/template/expr.h"

namespace sp::tmpl {

enum class StatementKind : uint8_t {
  kIf,
  kElif,
  kElse,
  kEnd,
  kFor,
  kWhile,
  kSet,
  kComment,
  kRaw,
  kTry,
  kExcept,
  kFinally,
  kBreak,
  kContinue
};

/// What stands inside {% %}.
struct StatementText {
  StatementKind kind = StatementKind::kEnd;
  std::vector<std::string> targets;  // for, set
  std::vector<Span> target_spans;
  ExprPtr expression;  // condition, iterable, value; null where the statement has none
};

/// The most tags and parts of expressions that one template may have: as many as ClickHouse allows
/// a query's tree.
constexpr size_t kMaxElements = 50000;

/// Parses an expression; `offset`: where `text` begins in its file. `elements` counts what the
/// template has so far.
/// Errors: TEMPLATE_ERROR.
Result<ExprPtr> parse_expression(std::string_view text, uint32_t offset, size_t& elements);

/// Parses the inside of {% %}.
Result<StatementText> parse_statement(std::string_view text, uint32_t offset, size_t& elements);

}  // namespace sp::tmpl
