#pragma once
// The printers' shared pieces: lists, names, literals and windows as SQL. Internal to print_*.cpp
// and column_name.cpp.

#include <string>
#include <vector>

#include "lang/sql/ast.h"
#include "lang/sql/token.h"

namespace sp::sql {

std::string literal_sql(const LiteralValue& value);
/// The expression with brackets around it if it has an alias, for places where none may stand.
std::string print_unaliased(const Expr& expr);
std::string print_name(const std::vector<std::string>& parts,
                       const std::vector<NameParameter>& parameters);
std::string print_list(const std::vector<ExprPtr>& list);
/// `w`, or `(PARTITION BY ... ORDER BY ... ROWS ...)`.
std::string print_over(const WindowSpec& window);
/// The frame: `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`.
std::string print_frame(const WindowFrame& frame);
std::string print_sort_list(const std::vector<SortItem>& items);

}  // namespace sp::sql
