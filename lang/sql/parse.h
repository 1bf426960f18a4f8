#pragma once
// Text to SQL trees: the one entry of the SQL grammar. PEGTL stays in the .cpp files.

#include <string>
#include <string_view>

#include "lang/sql/ast.h"

namespace sp::sql {

/// Limits as ClickHouse's defaults; exceeding them is TOO_DEEP_RECURSION (306), SYNTAX_ERROR (62),
/// TOO_BIG_AST (168).
struct ParseLimits {
  uint32_t max_query_size_bytes = 262144;
  uint32_t max_depth = 1000;
  uint32_t max_elements = 50000;
};

/// Parses a statement; trailing `;` allowed. Error spans are byte offsets in `text`; SYNTAX_ERROR
/// carries what was expected and a hint. Thread-safe; no global state.
/// `names`, if given, gets the places of all tokens that were read as names or types, also if
/// parsing fails later.
Result<Statement> parse_statement(std::string_view text, const ParseLimits& limits = {},
                                  std::vector<Span>* names = nullptr);
/// Parses a query without FORMAT (a pipe's node).
Result<QueryPtr> parse_query(std::string_view text, const ParseLimits& limits = {},
                             std::vector<Span>* names = nullptr);
/// Parses one expression (sorting keys, partition keys, DEFAULT, TTL).
Result<ExprPtr> parse_expression(std::string_view text, const ParseLimits& limits = {});
/// Parses a comma-separated list of expressions, outer tuple parentheses optional
/// (ENGINE_SORTING_KEY).
Result<std::vector<ExprPtr>> parse_expression_list(std::string_view text,
                                                   const ParseLimits& limits = {});

}  // namespace sp::sql
