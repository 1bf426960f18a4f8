#pragma once
// Texts of literals: quotes and escapes away from and back into text, and numbers. Used by the
// grammar and the printers.

#include <optional>
#include <string>
#include <string_view>

#include "lang/sql/ast.h"

namespace sp::sql {

/// Removes the quotes of 'x', `x` or "x" and decodes ClickHouse's escapes; unknown escapes keep
/// their backslash. Also decodes $tag$x$tag$, x'41' and b'01000001'.
std::string unquote(std::string_view token);
/// Reads a number token (decimal, hex, binary, hex float, underscores) under an optional minus.
/// Integers that do not fit 64 bits are BigInteger. Nothing if it is no number or beyond a double's
/// range.
std::optional<LiteralValue> parse_number(std::string_view token, bool negative);
/// Writes a double as ClickHouse writes literals in names: shortest digits, `1.` for whole ones,
/// `1e21` beyond 21 digits.
std::string double_name(double value);

}  // namespace sp::sql
