#pragma once
// SQL trees back to text. print() gives canonical one-line SQL that parses to the same tree;
// column_name() gives ClickHouse's name of an unaliased column: `plus(a, 1)`, `count()`,
// `if(equals(a, 'x'), 1, 2)`.

#include <string>

#include "lang/sql/ast.h"

namespace sp::sql {

std::string print(const Expr& expr);
std::string print(const Query& query);
std::string print(const Statement& statement);
/// The result column's name as ClickHouse shows it in `meta`: the alias if there is one, else the
/// expression in function form.
std::string column_name(const Expr& expr);
/// Deep copies.
ExprPtr clone(const Expr& expr);
QueryPtr clone(const Query& query);
/// Equal trees, ignoring spans, spelling and aliases.
bool equal(const Expr& a, const Expr& b);
/// Prints the tree indented, one node a line, for `explain=ast`.
std::string dump(const Query& query);
/// Quotes an identifier with backticks if it needs it; a string literal with ClickHouse's escapes.
std::string quote_identifier(const std::string& name);
std::string quote_string(const std::string& text);

}  // namespace sp::sql
