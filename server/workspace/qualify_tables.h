#pragma once
// qualify_tables(): writes a database before every table name of a query in FROM and IN, so that names inside an inlined
// node mean what they mean in its own pipe ("endpoint" exists in many), whoever reads it. The query's own CTEs are left
// alone.

#include <string>

#include "lang/sql/ast.h"

namespace sp {

void qualify_tables(sql::Query& query, const std::string& database);

}  // namespace sp
