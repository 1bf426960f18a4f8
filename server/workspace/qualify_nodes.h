#pragma once
// qualify_nodes(): writes the pipe's name before its nodes' names in FROM and IN, so that a node inlined into another
// pipe still reads its own pipe's nodes ("endpoint" exists in many). Names of the query's own CTEs are left alone.

#include "lang/sql/ast.h"
#include "server/workspace/project.h"

namespace sp {

void qualify_nodes(sql::Query& query, const Pipe& pipe);

}  // namespace sp
